#include "ingest/worker/output.h"

#include <errno.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    // Of RTP. Nothing is lost between us: fewer and larger ones than a network takes.
    PACKET_BYTES = 16 * 1024,
    FRAMING_BYTES = 4,             // '$', channel, length: RFC 2326 section 10.12
    BATCH_BYTES = 128 * 1024,      // packets of an access unit leave together
    ANSWER_BYTES = 2048,           // the engine's are shorter
    DESCRIPTION_BYTES = 16 * 1024, // parameter sets in base64 included
};

static const char PLACE[] = "rtsp://engine/source";

struct gw_output {
    int fd;
    AVFormatContext *rtp;
    bool begun; // its header is written
    unsigned cseq;
    int error; // of the socket; it stays
    size_t len;
    uint8_t batch[BATCH_BYTES];
};

static int send_all(struct gw_output *out, const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len && !out->error) {
        ssize_t n = send(out->fd, at, len, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            out->error = -errno;
        } else if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return out->error;
}

static int flush(struct gw_output *out)
{
    size_t len = out->len;
    out->len = 0;
    return send_all(out, out->batch, len);
}

// One packet of libavformat's RTP muxer.
static int on_rtp(void *arg, uint8_t *data, int len)
{
    struct gw_output *out = arg;

    if (out->len + FRAMING_BYTES + (size_t)len > sizeof(out->batch) && flush(out))
        return AVERROR(EPIPE);
    uint8_t *to = out->batch + out->len;
    to[0] = '$';
    to[1] = 0;
    to[2] = (uint8_t)(len >> 8);
    to[3] = (uint8_t)len;
    memcpy(to + FRAMING_BYTES, data, (size_t)len);
    out->len += FRAMING_BYTES + (size_t)len;
    return len;
}

// Reads up to the blank line: the engine's answers have no bodies, and it says nothing
// unasked.
static int read_answer(struct gw_output *out, char answer[ANSWER_BYTES])
{
    size_t len = 0;

    answer[0] = '\0';
    while (!strstr(answer, "\r\n\r\n")) {
        if (len + 1 == ANSWER_BYTES)
            return -EMSGSIZE;
        ssize_t n = recv(out->fd, answer + len, ANSWER_BYTES - 1 - len, 0);
        if (n == 0)
            return -EPIPE;
        if (n < 0 && errno != EINTR)
            return -errno;
        len += n > 0 ? (size_t)n : 0;
        answer[len] = '\0';
    }
    return 0;
}

// `extra` are further header lines, each with its CRLF.
static int ask(struct gw_output *out, const char *method, const char *track,
               const char *extra, const char *body)
{
    char text[DESCRIPTION_BYTES + 512];
    char answer[ANSWER_BYTES];

    int len = snprintf(text, sizeof(text),
                       "%s %s%s RTSP/1.0\r\nCSeq: %u\r\n%sContent-Length: %zu\r\n\r\n%s",
                       method, PLACE, track, ++out->cseq, extra, strlen(body), body);
    if (len < 0 || (size_t)len >= sizeof(text))
        return -EMSGSIZE;
    int r = send_all(out, text, (size_t)len);
    if (!r)
        r = read_answer(out, answer);
    if (!r && strncmp(answer, "RTSP/1.0 200", strlen("RTSP/1.0 200")) != 0)
        r = -EPROTO;
    return r;
}

static int announce(struct gw_output *out)
{
    static const char transport[] =
        "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n";
    char description[DESCRIPTION_BYTES];

    if (av_sdp_create(&out->rtp, 1, description, sizeof(description)) < 0)
        return -EBADMSG;
    int r = ask(out, "ANNOUNCE", "", "Content-Type: application/sdp\r\n", description);
    if (!r) // as av_sdp_create() calls the first stream
        r = ask(out, "SETUP", "/streamid=0", transport, "");
    if (!r)
        r = ask(out, "RECORD", "", "", "");
    return r;
}

static int open_io(struct gw_output *out)
{
    uint8_t *buffer = av_malloc(PACKET_BYTES);
    if (buffer)
        out->rtp->pb =
            avio_alloc_context(buffer, PACKET_BYTES, 1, out, NULL, on_rtp, NULL);
    if (!out->rtp->pb) {
        av_free(buffer);
        return AVERROR(ENOMEM);
    }
    out->rtp->pb->max_packet_size = PACKET_BYTES;
    return 0;
}

// No sender reports: they would claim that a picture was taken when it came by here.
static int begin(struct gw_output *out)
{
    AVDictionary *options = NULL;
    int r = av_dict_set(&options, "rtpflags", "skip_rtcp", 0);
    if (r >= 0)
        r = avformat_write_header(out->rtp, &options);
    av_dict_free(&options);
    out->begun = r >= 0;
    return r;
}

static int open_rtp(struct gw_output *out, const AVCodecParameters *video)
{
    int r = avformat_alloc_output_context2(&out->rtp, NULL, "rtp", NULL);
    if (r < 0)
        return r;
    AVStream *stream = avformat_new_stream(out->rtp, NULL);
    if (!stream)
        return AVERROR(ENOMEM);
    r = avcodec_parameters_copy(stream->codecpar, video);
    if (r < 0)
        return r;
    stream->codecpar->codec_tag = 0;
    stream->time_base = (AVRational) { 1, 90000 };
    r = open_io(out);
    return r < 0 ? r : begin(out);
}

int gw_output_open(int fd, const AVCodecParameters *video, struct gw_output **ret_output)
{
    struct gw_output *out = calloc(1, sizeof(*out));
    if (!out)
        return -ENOMEM;
    out->fd = fd;
    int r = open_rtp(out, video) < 0 ? -EBADMSG : announce(out);
    if (r) {
        gw_output_close(out); // takes a half-opened one
        return r;
    }
    *ret_output = out;
    return 0;
}

void gw_output_close(struct gw_output *out)
{
    if (!out)
        return;
    if (out->begun)
        (void)av_write_trailer(out->rtp); // it frees what the header took
    if (out->rtp && out->rtp->pb)
        av_freep(&out->rtp->pb->buffer);
    if (out->rtp)
        avio_context_free(&out->rtp->pb);
    avformat_free_context(out->rtp);
    free(out);
}

int gw_output_write(struct gw_output *out, AVPacket *packet)
{
    packet->stream_index = 0;
    int r = av_write_frame(out->rtp, packet);
    if (out->error)
        return out->error;
    return r < 0 ? -EBADMSG : flush(out);
}
