#include "ingest/video_track.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SPS 0x67, 0x42, 0xc0, 0x1e, 0x80, 1
#define PPS 0x68, 0x80, 4
#define IDR 0x65, 0x88, 0x84, 1
#define SLICE 0x41, 0x9a, 0x11, 2

enum { FRAMES = 32, PT = 96, TICKS = 3600, SSRC = 7 };

struct seen {
    struct gw_video_track *t;
    uint64_t now_us;
    uint16_t next_seq;
    int count;
    bool whole; // what the last packet was said to make
    struct gw_frame *frames[FRAMES];
};

static void on_frame(void *arg, struct gw_frame *frame)
{
    struct seen *s = arg;

    assert_true(s->count < FRAMES);
    s->frames[s->count++] = gw_frame_ref(frame);
}

static void start(struct seen *s, struct gw_buf *params)
{
    struct gw_media_format format = {
        .codec = GW_CODEC_H264, .clock_rate = 90000, .payload_type = PT, .params = params
    };
    assert_int_equal(gw_video_track_start(s->t, &format), 0);
}

static int set_up(void **state)
{
    static const uint8_t params[] = { 0, 0, 0, 6, SPS, 0, 0, 0, 3, PPS };
    static struct seen s;
    struct gw_video_track_config config = { .on_frame = on_frame, .arg = &s };

    s = (struct seen) { .now_us = 5000000, .next_seq = 65530 };
    assert_int_equal(gw_video_track_create(&config, &s.t), 0);
    struct gw_buf *buf = gw_buf_copy(params, sizeof(params));
    start(&s, buf);
    gw_buf_unref(&buf);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct seen *s = *state;

    gw_video_track_destroy(s->t);
    for (int i = 0; i < s->count; i++)
        gw_frame_unref(&s->frames[i]);
    return 0;
}

struct header {
    uint8_t type;
    uint16_t seq;
    uint32_t timestamp;
    uint32_t ssrc;
};

static void send_packet(struct seen *s, struct header h, const void *payload, size_t len)
{
    uint8_t packet[64] = {
        0x80,
        (uint8_t)(0x80 | h.type),
        (uint8_t)(h.seq >> 8),
        (uint8_t)h.seq,
        (uint8_t)(h.timestamp >> 24),
        (uint8_t)(h.timestamp >> 16),
        (uint8_t)(h.timestamp >> 8),
        (uint8_t)h.timestamp,
        (uint8_t)(h.ssrc >> 24),
        (uint8_t)(h.ssrc >> 16),
        (uint8_t)(h.ssrc >> 8),
        (uint8_t)h.ssrc,
    };
    memcpy(packet + 12, payload, len);
    s->now_us += 40000;
    s->whole =
        gw_video_track_packet(s->t, packet, 12 + len, s->now_us, s->now_us + 1000000000);
}

// One access unit in one packet; the timestamp goes with the sequence number.
static void send_frame(struct seen *s, bool key)
{
    static const uint8_t idr[] = { IDR };
    static const uint8_t slice[] = { SLICE };
    struct header h = { PT, s->next_seq, s->next_seq * TICKS, SSRC };

    send_packet(s, h, key ? idr : slice, 4);
    s->next_seq++;
}

static struct gw_video_track_stats stats(const struct seen *s)
{
    struct gw_video_track_stats st;
    gw_video_track_stats(s->t, &st);
    return st;
}

static void sets_every_field_of_a_frame(void **state)
{
    static const uint8_t expected[] = { 0, 0, 0, 4, IDR };
    struct seen *s = *state;

    send_frame(s, true);
    send_frame(s, false);
    const struct gw_frame *f = s->frames[0];
    assert_int_equal(f->codec, GW_CODEC_H264);
    assert_true(f->key);
    assert_int_equal(f->seq, 0);
    assert_int_equal(f->pts_90k, 0);
    assert_int_equal(f->arrived_us, 5040000);
    assert_int_equal(f->arrived_unix_us, 1005040000);
    assert_int_equal(f->len, sizeof(expected));
    assert_memory_equal(f->data, expected, sizeof(expected));
    assert_false(s->frames[1]->key);
    assert_int_equal(s->frames[1]->seq, 1);
    assert_int_equal(s->frames[1]->pts_90k, TICKS);
    assert_ptr_equal(s->frames[1]->params, f->params);
}

static void a_session_begins_with_a_key_frame(void **state)
{
    struct seen *s = *state;

    send_frame(s, false);
    send_frame(s, false);
    send_frame(s, true);
    assert_int_equal(s->count, 1);
    assert_true(s->frames[0]->key);
    assert_int_equal(s->frames[0]->seq, 2);
    assert_int_equal(stats(s).frames_dropped, 2);
}

static void sequence_numbers_wrap(void **state)
{
    struct seen *s = *state;

    for (int i = 0; i < 20; i++)
        send_frame(s, i == 0);
    assert_int_equal(s->count, 20);
    assert_int_equal(s->frames[19]->seq, 19);
    assert_int_equal(stats(s).packets_lost, 0);
}

static void a_loss_shows_in_seq_and_the_picture_goes_on(void **state)
{
    struct seen *s = *state;

    send_frame(s, true);
    s->next_seq = (uint16_t)(s->next_seq + 3);
    send_frame(s, false);
    assert_int_equal(s->count, 2);
    assert_int_equal(s->frames[1]->seq, 2);
    assert_int_equal(stats(s).packets_lost, 3);
    assert_int_equal(stats(s).frames_dropped, 1);
}

static void doubled_and_late_packets_are_dropped(void **state)
{
    struct seen *s = *state;

    send_frame(s, true);
    send_frame(s, false);
    s->next_seq--;
    send_frame(s, false);
    s->next_seq = (uint16_t)(s->next_seq - 2);
    send_frame(s, false);
    s->next_seq++;
    send_frame(s, false);
    assert_int_equal(s->count, 3);
    assert_int_equal(s->frames[2]->seq, 2);
    assert_int_equal(stats(s).packets_late, 2);
    assert_int_equal(stats(s).packets_lost, 0);
}

static void numbers_that_begin_anew_are_followed(void **state)
{
    struct seen *s = *state;

    send_frame(s, true);
    s->next_seq = 30000;
    send_frame(s, false);
    s->next_seq = 29950; // a short way back is known by the second packet
    send_frame(s, false);
    send_frame(s, false);
    send_frame(s, false);
    assert_int_equal(s->count, 4);
    assert_int_equal(stats(s).packets_late, 1);
    assert_int_equal(stats(s).packets_lost, 2);
}

// Case 27: Geovision sends payload type 50 among the others.
static void other_payload_types_are_ignored(void **state)
{
    struct seen *s = *state;

    send_frame(s, true);
    send_packet(s, (struct header) { 50, s->next_seq++, 0, SSRC }, "junk", 4);
    send_packet(s, (struct header) { 97, 1, 0, 99 }, "audio", 5);
    send_frame(s, false);
    assert_int_equal(s->count, 2);
    assert_int_equal(s->frames[1]->seq, 1);
    assert_int_equal(stats(s).packets_ignored, 2);
    assert_int_equal(stats(s).packets_lost, 0);
}

static void another_sender_within_a_session_is_a_loss(void **state)
{
    static const uint8_t slice[] = { SLICE };
    struct seen *s = *state;

    send_frame(s, true);
    send_frame(s, false);
    send_packet(s, (struct header) { PT, 9, 400, 8 }, slice, 4);
    send_packet(s, (struct header) { PT, 10, 400 + TICKS, 8 }, slice, 4);
    assert_int_equal(s->count, 4);
    assert_int_equal(s->frames[2]->seq, 3);
    assert_int_equal(s->frames[2]->pts_90k, 2 * TICKS);
    assert_int_equal(s->frames[3]->pts_90k, 3 * TICKS);
}

static void says_of_each_packet_whether_a_picture_is_whole(void **state)
{
    static const uint8_t first[] = { 0x7c, 0x81, 0x9a, 0x84 };
    static const uint8_t last[] = { 0x7c, 0x41, 0x9a, 0x84 };
    struct seen *s = *state;
    struct header h = { PT, 0, 7, SSRC };

    // Ahead of a key frame, of no use yet: the line carries it all the same.
    send_frame(s, false);
    assert_true(s->whole);
    assert_int_equal(s->count, 0);

    s->next_seq += 2; // a picture is lost
    h.seq = s->next_seq;
    send_packet(s, h, last, 4); // without its beginning
    assert_false(s->whole);
    h.seq = ++s->next_seq;
    h.type = 50; // quirk 27: junk of another payload type
    send_packet(s, h, first, 4);
    assert_false(s->whole);
    s->next_seq++;
    send_frame(s, true);
    assert_true(s->whole);
    s->next_seq--;
    send_frame(s, true); // doubled
    assert_false(s->whole);
}

static void seq_and_time_go_on_over_sessions(void **state)
{
    struct seen *s = *state;

    send_frame(s, true);
    send_frame(s, false);
    s->now_us += 600000000;
    s->next_seq = 5;
    start(s, NULL);
    send_frame(s, false); // of no use to anybody
    send_frame(s, true);
    assert_int_equal(s->count, 3);
    assert_true(s->frames[2]->key);
    assert_int_equal(s->frames[2]->seq, 4);
    assert_int_equal(s->frames[2]->pts_90k, 2 * TICKS);
    assert_ptr_equal(s->frames[2]->params, s->frames[0]->params);
}

static void what_a_session_left_unfinished_is_dropped(void **state)
{
    static const uint8_t part[] = { 0x7c, 0x85, 0x88, 0x84 };
    struct seen *s = *state;

    send_frame(s, true);
    send_packet(s, (struct header) { PT, s->next_seq++, 9, SSRC }, part, 4);
    start(s, NULL);
    send_frame(s, true);
    assert_true(s->frames[s->count - 1]->key);
    assert_true(s->frames[s->count - 1]->seq > (uint32_t)s->count - 1);
}

static void malformed_packets_are_counted(void **state)
{
    struct seen *s = *state;

    assert_false(gw_video_track_packet(s->t, "\x80", 1, s->now_us, 0));
    assert_false(gw_video_track_packet(s->t, "", 0, s->now_us, 0));
    assert_int_equal(stats(s).packets_malformed, 2);
    send_frame(s, true);
    assert_int_equal(s->count, 1);
}

// Case 21: wrong ones of the SDP do not stand in the way of good ones.
static void params_of_the_sdp_may_be_nonsense(void **state)
{
    static const uint8_t nonsense[] = { 0, 0, 0, 2, 0x67, 1, 0, 0, 0, 0, 0, 0, 0, 99, 1 };
    struct seen *s = *state;

    struct gw_buf *buf = gw_buf_copy(nonsense, sizeof(nonsense));
    start(s, buf);
    gw_buf_unref(&buf);
    send_frame(s, true);
    assert_int_equal(s->count, 1);
}

static void start_codec(struct seen *s, enum gw_codec codec)
{
    struct gw_media_format format = { .codec = codec, .payload_type = PT };
    assert_int_equal(gw_video_track_start(s->t, &format),
                     codec == GW_CODEC_OPUS ? -ENOTSUP : 0);
}

// As an AP with parameter sets, all in one packet.
static void send_h265_key(struct seen *s)
{
    static const uint8_t packet[] = { 0x60, 1,    0,    4,    0x40, 1,    0x0c, 1, 0,
                                      21,   0x42, 1,    1,    1,    0x60, 0,    0, 3,
                                      0,    0x90, 0,    0,    3,    0,    0,    3, 0,
                                      0x5d, 0xa0, 0x80, 0x80, 0,    4,    0x44, 1, 0xc0,
                                      4,    0,    4,    0x26, 1,    0xaf, 0x11 };
    struct header h = { PT, s->next_seq, s->next_seq * TICKS, SSRC };
    send_packet(s, h, packet, sizeof(packet));
    s->next_seq++;
}

// Somebody sets the camera from H.264 to H.265 and back.
static void the_codec_may_change_between_sessions(void **state)
{
    struct seen *s = *state;

    send_frame(s, true);
    start_codec(s, GW_CODEC_H265);
    send_frame(s, true); // what it read as H.264
    send_h265_key(s);
    assert_int_equal(s->count, 2);
    assert_int_equal(s->frames[1]->codec, GW_CODEC_H265);
    assert_true(s->frames[1]->key);
    assert_true(s->frames[1]->seq > s->frames[0]->seq);
    assert_true(s->frames[1]->pts_90k > s->frames[0]->pts_90k);

    start_codec(s, GW_CODEC_H264);
    send_frame(s, true);
    assert_int_equal(s->count, 2); // its parameter sets went with the change
    assert_true(stats(s).frames_dropped > 0);
}

static void send_jpeg(struct seen *s, uint8_t size_8)
{
    const uint8_t packet[] = { 0, 0, 0, 0, 1, 50, size_8, size_8, 'a' };
    struct header h = { PT, s->next_seq, s->next_seq * TICKS, SSRC };
    send_packet(s, h, packet, sizeof(packet));
    s->next_seq++;
}

// The line is not to blame where nothing says how large a picture is.
static void a_session_of_pictures_without_a_size_ends_for_that(void **state)
{
    struct seen *s = *state;

    start_codec(s, GW_CODEC_JPEG);
    assert_int_equal(gw_video_track_cause(s->t, GW_CAUSE_INCOMPLETE),
                     GW_CAUSE_INCOMPLETE);
    send_jpeg(s, 0);
    assert_false(s->whole);
    assert_int_equal(stats(s).frames_unsized, 1);
    assert_int_equal(gw_video_track_cause(s->t, GW_CAUSE_INCOMPLETE), GW_CAUSE_UNSIZED);
    assert_int_equal(gw_video_track_cause(s->t, GW_CAUSE_CLOSED), GW_CAUSE_CLOSED);

    start_codec(s, GW_CODEC_JPEG); // the next session is judged by itself
    assert_int_equal(gw_video_track_cause(s->t, GW_CAUSE_INCOMPLETE),
                     GW_CAUSE_INCOMPLETE);
    send_jpeg(s, 8);
    send_jpeg(s, 0);
    assert_int_equal(s->count, 1);
    assert_int_equal(gw_video_track_cause(s->t, GW_CAUSE_INCOMPLETE),
                     GW_CAUSE_INCOMPLETE);
    start_codec(s, GW_CODEC_H264); // what was counted stays so
    assert_int_equal(stats(s).frames_unsized, 2);
}

static void what_is_no_video_is_ignored(void **state)
{
    struct seen *s = *state;

    start_codec(s, GW_CODEC_OPUS);
    send_frame(s, true);
    assert_int_equal(s->count, 0);
    assert_int_equal(stats(s).packets_ignored, 1);
    start_codec(s, GW_CODEC_H265);
    send_h265_key(s);
    assert_int_equal(s->count, 1);
}

static void frames_say_when_they_were_taken_until_the_session_ends(void **state)
{
    struct seen *s = *state;
    struct gw_rtcp_sender_report report = {
        .ssrc = SSRC,
        .ntp = (2208988800u + 1005ull) << 32, // 1005 s past 1970
        .timestamp = s->next_seq * TICKS,
    };

    gw_video_track_report(s->t, &report);
    send_frame(s, true);
    send_frame(s, false);
    assert_int_equal(s->frames[0]->taken_unix_us, 1005000000);
    assert_int_equal(s->frames[1]->taken_unix_us, 1005040000);
    start(s, NULL);
    send_frame(s, true);
    assert_int_equal(s->frames[2]->taken_unix_us, 0);
}

#define TRACK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TRACK_TEST(sets_every_field_of_a_frame),
        TRACK_TEST(a_session_begins_with_a_key_frame),
        TRACK_TEST(sequence_numbers_wrap),
        TRACK_TEST(a_loss_shows_in_seq_and_the_picture_goes_on),
        TRACK_TEST(doubled_and_late_packets_are_dropped),
        TRACK_TEST(numbers_that_begin_anew_are_followed),
        TRACK_TEST(other_payload_types_are_ignored),
        TRACK_TEST(another_sender_within_a_session_is_a_loss),
        TRACK_TEST(says_of_each_packet_whether_a_picture_is_whole),
        TRACK_TEST(seq_and_time_go_on_over_sessions),
        TRACK_TEST(what_a_session_left_unfinished_is_dropped),
        TRACK_TEST(malformed_packets_are_counted),
        TRACK_TEST(params_of_the_sdp_may_be_nonsense),
        TRACK_TEST(the_codec_may_change_between_sessions),
        TRACK_TEST(a_session_of_pictures_without_a_size_ends_for_that),
        TRACK_TEST(what_is_no_video_is_ignored),
        TRACK_TEST(frames_say_when_they_were_taken_until_the_session_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
