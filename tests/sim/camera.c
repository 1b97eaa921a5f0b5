#include "tests/sim/camera.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARK_BYTES = 11, // 'M', twice 32 bits in seven-bit groups with the top bit set
    RTP_HEAD = 12,
};

static const char sdp[] = "v=0\r\nm=video 0 RTP/AVP 96\r\n"
                          "a=rtpmap:96 H264/90000\r\na=control:t\r\n";

static size_t answer_one(const char *request, enum sim_manners manners, char *out,
                         size_t cap)
{
    const char *cseq = strstr(request, "CSeq:");
    bool describe = !strncmp(request, "DESCRIBE", 8);
    bool busy = manners == SIM_BUSY && describe;

    if (manners == SIM_GARBAGE)
        return (size_t)snprintf(out, cap, "HTTP/1.1 400 Bad Request\r\n\r\n");
    int len = snprintf(
        out, cap,
        "RTSP/1.0 %s\r\nCSeq: %u\r\nSession: 1\r\n%sContent-Length: %zu\r\n\r\n%s",
        busy ? "503 Busy" : "200 OK", cseq ? (unsigned)atoi(cseq + 5) : 0,
        strncmp(request, "SETUP", 5) ? "" : "Transport: RTP/AVP/TCP;interleaved=0-1\r\n",
        describe && !busy ? sizeof(sdp) - 1 : 0, describe && !busy ? sdp : "");
    return (size_t)len;
}

size_t sim_camera_answer(const char *requests, size_t len, enum sim_manners manners,
                         char ret_answer[SIM_ANSWER_MAX])
{
    char text[SIM_ANSWER_MAX * 8];
    size_t n = 0;

    if (len >= sizeof(text))
        abort(); // over any bound of the client's
    memcpy(text, requests, len);
    text[len] = '\0';
    for (char *at = text, *end; (end = strstr(at, "\r\n\r\n")); at = end + 4) {
        *end = '\0';
        n += answer_one(at, manners, ret_answer + n, SIM_ANSWER_MAX - n);
    }
    return n;
}

static uint8_t *put(uint8_t *at, const void *data, size_t len)
{
    memcpy(at, data, len);
    return at + len;
}

static uint8_t *put_groups(uint8_t *at, uint32_t v)
{
    for (int shift = 28; shift >= 0; shift -= 7)
        *at++ = (uint8_t)(0x80 | (v >> shift & 0x7f));
    return at;
}

size_t sim_camera_picture(uint32_t camera, uint32_t number, uint16_t seq, bool key,
                          uint8_t ret_picture[SIM_PICTURE_MAX])
{
    // 1920x1080, as tests/unit/mux/test_h264_sps.c has it; STAP-A: RFC 6184 5.7.1
    static const uint8_t sets[] = {
        0x78, 0,    27,   0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02,
        0x27, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03,
        0x00, 0xc8, 0x3c, 0x60, 0xc6, 0x58, 0,    4,    0x68, 0xee, 0x3c, 0x80,
    };
    static const uint8_t idr[] = { 0x65, 0x88, 0x84 };
    static const uint8_t other[] = { 0x41, 0x9a, 0x02 };
    uint32_t time = number * 90000;
    uint8_t *at = ret_picture + 4;
    const uint8_t head[RTP_HEAD] = {
        0x80,
        0x80 | 96,
        (uint8_t)(seq >> 8),
        (uint8_t)seq,
        (uint8_t)(time >> 24),
        (uint8_t)(time >> 16),
        (uint8_t)(time >> 8),
        (uint8_t)time,
    };

    at = put(at, head, sizeof(head));
    if (key) {
        at = put(at, sets, sizeof(sets));
        at = put(at, (const uint8_t[]) { 0, sizeof(idr) + MARK_BYTES }, 2);
    }
    at = put(at, key ? idr : other, sizeof(idr));
    *at++ = 'M';
    at = put_groups(put_groups(at, camera), number);
    size_t len = (size_t)(at - ret_picture) - 4;
    (void)put(ret_picture,
              (const uint8_t[]) { '$', 0, (uint8_t)(len >> 8), (uint8_t)len }, 4);
    return len + 4;
}

static uint32_t get_groups(const uint8_t *at)
{
    uint32_t v = 0;
    for (int i = 0; i < 5; i++)
        v = v << 7 | (at[i] & 0x7f);
    return v;
}

bool sim_camera_mark(const uint8_t *data, size_t len, uint32_t *ret_camera,
                     uint32_t *ret_number)
{
    if (len < MARK_BYTES || data[len - MARK_BYTES] != 'M')
        return false;
    *ret_camera = get_groups(data + len - 10);
    *ret_number = get_groups(data + len - 5);
    return true;
}
