// A source pushes over a real socket pair: what its reports say of its clocks reaches the
// frames, and its sound stands where it was heard.

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/clock.h"
#include "ingest/push.h"
#include "ingest/push_link.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define URI "rtsp://engine/push/7"
#define SDP                                                                              \
    "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:streamid=0\r\n"  \
    "m=audio 0 RTP/AVP 8\r\na=control:streamid=1\r\n"
#define SPS "\x67\x42\xc0\x1e\x80\x01"
#define PPS "\x68\x80\x04"
#define IDR "\x65\x88\x84\x01"

enum { SSRC = 7, STREAM = 5 };

static const uint64_t NTP_TO_UNIX_S = 2208988800; // from 1900 to 1970

// How long before it was sent the source took each: the picture half a second, its sound
// a tenth.
static const uint64_t PICTURE_AGE_US = 500 * GW_MS;
static const uint64_t SOUND_AGE_US = 100 * GW_MS;

struct world {
    uv_loop_t loop;
    struct gw_push *push;
    int fd; // the source's end
    struct gw_frame *picture;
    struct gw_frame *sound;
};

static enum gw_rtsp_source on_source(void *arg, struct gw_rtsp_text path,
                                     uint32_t *ret_stream, const char **ret_key)
{
    (void)arg;
    (void)path;
    *ret_stream = STREAM;
    *ret_key = "key";
    return GW_RTSP_SOURCE_HERE;
}

static void on_frame(void *arg, uint32_t stream, struct gw_frame *frame)
{
    struct world *w = arg;
    struct gw_frame **slot = gw_codec_is_audio(frame->codec) ? &w->sound : &w->picture;
    assert_int_equal(stream, STREAM);
    if (!*slot)
        *slot = gw_frame_ref(frame);
    if (w->picture && w->sound)
        uv_stop(&w->loop);
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    (void)arg;
    assert_int_not_equal(status->state, GW_SOURCE_RETRYING); // nothing ends it
}

static void say(struct world *w, const void *data, size_t len)
{
    assert_int_equal(write(w->fd, data, len), len);
}

static void ask(struct world *w, const char *request)
{
    say(w, request, strlen(request));
}

static void send_on(struct world *w, uint8_t channel, const uint8_t *data, size_t len)
{
    const uint8_t head[] = { '$', channel, (uint8_t)(len >> 8), (uint8_t)len };
    say(w, head, sizeof(head));
    say(w, data, len);
}

// All at RTP time 0, as one moment of the source's.
static void send_rtp(struct world *w, uint8_t channel, uint8_t type, uint8_t seq,
                     const char *payload, size_t len)
{
    uint8_t packet[64] = { 0x80, type, 0, seq, [11] = SSRC };
    memcpy(packet + 12, payload, len);
    send_on(w, channel, packet, 12 + len);
}

static void put_u32(uint8_t *p, uint64_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

// RTP time 0 was so long ago.
static void send_report(struct world *w, uint8_t channel, uint64_t age_us)
{
    uint64_t unix_us = gw_clock_unix_us() - age_us;
    uint8_t report[28] = { 0x80, 0xc8, 0, 6, [7] = SSRC };
    put_u32(report + 8, unix_us / GW_SECOND + NTP_TO_UNIX_S);
    put_u32(report + 12, (unix_us % GW_SECOND << 32) / GW_SECOND);
    send_on(w, channel, report, sizeof(report));
}

static int set_up(void **state)
{
    static struct world w;
    const struct gw_push_config config = {
        .timeout_us = 60 * GW_SECOND,
        .stall_us = 60 * GW_SECOND,
        .audio = true,
        .on_source = on_source,
        .source_arg = &w,
        .on_frame = on_frame,
        .on_status = on_status,
        .arg = &w,
    };
    int fds[2];

    w = (struct world) { 0 };
    assert_int_equal(uv_loop_init(&w.loop), 0);
    assert_int_equal(gw_push_create(&w.loop, &config, &w.push), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    w.fd = fds[1];
    gw_push_adopt(w.push, fds[0], NULL, 0);
    ask(&w, "ANNOUNCE " URI " RTSP/1.0\r\nCSeq: 1\r\n"
            "Authorization: Basic dTprZXk=\r\nContent-Type: application/sdp\r\n");
    char length[64];
    snprintf(length, sizeof(length), "Content-Length: %zu\r\n\r\n", strlen(SDP));
    ask(&w, length);
    ask(&w, SDP);
    ask(&w, "SETUP " URI "/streamid=0 RTSP/1.0\r\nCSeq: 2\r\n"
            "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n");
    ask(&w, "SETUP " URI "/streamid=1 RTSP/1.0\r\nCSeq: 3\r\n"
            "Transport: RTP/AVP/TCP;unicast;interleaved=2-3\r\n\r\n");
    ask(&w, "RECORD " URI " RTSP/1.0\r\nCSeq: 4\r\n\r\n");
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    gw_push_destroy(w->push);
    (void)uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    gw_frame_unref(&w->picture);
    gw_frame_unref(&w->sound);
    (void)close(w->fd);
    return 0;
}

static void reports_say_when_and_where_the_sound_stands(void **state)
{
    struct world *w = *state;

    send_report(w, 1, PICTURE_AGE_US);
    send_report(w, 3, SOUND_AGE_US);
    send_rtp(w, 0, 96, 1, SPS, sizeof(SPS) - 1);
    send_rtp(w, 0, 96, 2, PPS, sizeof(PPS) - 1);
    send_rtp(w, 0, 0x80 | 96, 3, IDR, sizeof(IDR) - 1);
    send_rtp(w, 2, 8, 1, "a sound", 7);
    (void)uv_run(&w->loop, UV_RUN_DEFAULT);

    assert_true(w->picture->key);
    assert_true(w->picture->arrived_unix_us - w->picture->taken_unix_us >=
                PICTURE_AGE_US - GW_MS);
    assert_true(w->sound->taken_unix_us - w->picture->taken_unix_us >=
                PICTURE_AGE_US - SOUND_AGE_US - GW_MS);
    // By when they arrived they would be of one moment.
    assert_true(w->sound->pts_90k - w->picture->pts_90k >=
                (int64_t)(PICTURE_AGE_US - SOUND_AGE_US - GW_MS) * 9 / 100);
}

static void sound_is_counted(void **state)
{
    struct gw_push_stats stats;
    struct world *w = *state;

    send_rtp(w, 0, 96, 1, SPS, sizeof(SPS) - 1);
    send_rtp(w, 0, 96, 2, PPS, sizeof(PPS) - 1);
    send_rtp(w, 2, 8, 1, "early", 5); // no picture was here yet
    send_rtp(w, 0, 0x80 | 96, 3, IDR, sizeof(IDR) - 1);
    send_rtp(w, 2, 8, 3, "a sound", 7);
    (void)uv_run(&w->loop, UV_RUN_DEFAULT);

    gw_push_stats(w->push, &stats);
    assert_int_equal(stats.frames, 1);
    assert_int_equal(stats.audio.packets, 2);
    assert_int_equal(stats.audio.packets_lost, 1);
    assert_int_equal(stats.audio.frames, 1);
    assert_int_equal(stats.audio.frames_dropped, 1);
    assert_int_equal(stats.audio.bytes, 7);
}

static uint64_t received(const struct world *w)
{
    struct gw_push_stats stats;
    gw_push_stats(w->push, &stats);
    return stats.bytes;
}

// Packets of a channel that nobody set up, as many as the socket holds. Returns their
// bytes.
static size_t pile_up(const struct world *w)
{
    enum { PACKET = 4 + 1000, PACKETS = 30 };
    static uint8_t packets[PACKETS * PACKET];
    size_t piled = 0;
    ssize_t n;

    for (size_t i = 0; i < PACKETS; i++)
        memcpy(packets + i * PACKET, "$\x09\x03\xe8", 4);
    do {
        n = send(w->fd, packets, sizeof(packets), MSG_DONTWAIT);
        piled += n > 0 ? (size_t)n : 0;
    } while (n == (ssize_t)sizeof(packets));
    return piled;
}

static void a_backlog_gives_one_buffer_a_turn(void **state)
{
    struct world *w = *state;

    size_t piled = pile_up(w);
    assert_true(piled > 2 * GW_PUSH_RECEIVE_BYTES);
    for (uint64_t before = 0; before < piled;) {
        (void)uv_run(&w->loop, UV_RUN_NOWAIT);
        assert_true(received(w) - before <= GW_PUSH_RECEIVE_BYTES);
        assert_true(received(w) > before); // it goes on all the same
        before = received(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reports_say_when_and_where_the_sound_stands,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(sound_is_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_backlog_gives_one_buffer_a_turn, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
