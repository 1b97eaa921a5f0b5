#include "ingest/rtp_latm.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// AAC-LC of 44.1 kHz and two channels: version 0, one program, one layer, one unit.
#define CONFIG "config=400024203fc0"
#define OUT_OF_BAND "cpresent=0;" CONFIG

struct seen {
    struct gw_rtp_latm latm;
    unsigned count;
    size_t len[GW_RTP_LATM_UNITS_MAX];
    uint32_t timestamp[GW_RTP_LATM_UNITS_MAX];
    uint8_t bytes[32 * 1024]; // of all units, one behind the other
    size_t total;
};

static void on_unit(void *arg, struct gw_frame *unit, uint32_t timestamp)
{
    struct seen *s = arg;

    assert_true(s->count < GW_RTP_LATM_UNITS_MAX);
    assert_int_equal(unit->codec, GW_CODEC_AAC);
    assert_int_equal(unit->len, unit->cap);
    s->len[s->count] = unit->len;
    s->timestamp[s->count++] = timestamp;
    memcpy(s->bytes + s->total, unit->data, unit->len);
    s->total += unit->len;
}

static int begin(struct seen *s, const char *fmtp)
{
    struct gw_media_format audio = {
        .codec = GW_CODEC_AAC, .latm = true, .clock_rate = 44100, .fmtp = fmtp
    };
    gw_rtp_latm_finish(&s->latm);
    *s = (struct seen) { 0 };
    return gw_rtp_latm_init(&s->latm, &audio);
}

static int set_up(void **state)
{
    static struct seen s;
    *state = &s;
    return begin(&s, OUT_OF_BAND);
}

static int tear_down(void **state)
{
    struct seen *s = *state;
    gw_rtp_latm_finish(&s->latm);
    return 0;
}

// From an exact allocation, so that a read past the end is seen.
static int feed(struct seen *s, uint32_t timestamp, bool marker, const void *payload,
                size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, payload, len);
    struct gw_rtp_packet p = {
        .timestamp = timestamp, .marker = marker, .payload = exact, .len = len
    };
    int r = gw_rtp_latm_packet(&s->latm, &p, on_unit, s);
    free(exact);
    return r;
}

#define FEED(s, timestamp, marker, ...)                                                  \
    feed(s, timestamp, marker, (const uint8_t[]) { __VA_ARGS__ },                        \
         sizeof((const uint8_t[]) { __VA_ARGS__ }))

static void reads_the_description(void **state)
{
    struct seen *s = *state;

    assert_int_equal(s->latm.mux.config.sample_rate, 44100);
    assert_int_equal(s->latm.mux.config.channels, 2);
    assert_int_equal(s->latm.mux.config.object_type, 2);
    assert_int_equal(s->latm.mux.asc_len, 2);
    assert_memory_equal(s->latm.mux.asc, "\x12\x10", 2);
    assert_int_equal(s->latm.mux.units, 1);
    assert_false(s->latm.in_band);

    // Who sends a config and no cpresent means that it counts.
    assert_int_equal(begin(s, CONFIG), 0);
    assert_false(s->latm.in_band);
    assert_int_equal(begin(s, "profile-level-id=30"), 0);
    assert_true(s->latm.in_band);
    assert_int_equal(s->latm.mux.asc_len, 0);
}

// Version 1: HE-AAC of 24 kHz (48 kHz heard) in 25 bits, and other data behind the unit.
static void reads_version_1_sbr_and_other_data(void **state)
{
    struct seen *s = *state;

    assert_int_equal(begin(s, "cpresent=0;config=8ff8000192b09880ff8100"), 0);
    assert_int_equal(s->latm.mux.config.object_type, 5);
    assert_int_equal(s->latm.mux.config.sample_rate, 24000);
    assert_int_equal(s->latm.mux.asc_len, 4);
    assert_true(s->latm.mux.others);
    assert_int_equal(FEED(s, 1, true, 2, 'a', 'b', 0xee, 0xee), 0);
    assert_int_equal(s->len[0], 2);
}

static void a_config_cut_anywhere_is_refused(void **state)
{
    static const char whole[] = "cpresent=0;config=40002420";
    struct seen *s = *state;
    char fmtp[sizeof(whole)];

    for (size_t len = strlen("cpresent=0;config="); len < strlen(whole); len++) {
        memcpy(fmtp, whole, len);
        fmtp[len] = '\0';
        assert_int_equal(begin(s, fmtp), -EBADMSG);
    }
}

// GStreamer: with and without the extension that FFmpeg's encoder adds.
static void a_config_may_end_behind_the_decoders(void **state)
{
    static const char *const configs[] = { "config=40002420", "config=40002420adca00" };
    struct seen *s = *state;

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(begin(s, configs[i]), 0);
        assert_int_equal(s->latm.mux.asc_len, 2);
        assert_memory_equal(s->latm.mux.asc, "\x12\x10", 2);
        assert_int_equal(s->latm.mux.units, 1);
    }
}

static void what_is_not_spoken_is_refused(void **state)
{
    struct seen *s = *state;

    assert_int_equal(begin(s, "cpresent=0;config=c00024203fc0"), -ENOTSUP); // version A
    assert_int_equal(begin(s, "cpresent=0;config=000024203fc0"), -ENOTSUP); // own times
    assert_int_equal(begin(s, "cpresent=0;config=401024203fc0"), -ENOTSUP); // programs
    assert_int_equal(begin(s, "cpresent=0;config=400224203fc0"), -ENOTSUP); // layers
    assert_int_equal(begin(s, "cpresent=0;config=400024207fc0"), -ENOTSUP); // fixed
    assert_int_equal(begin(s, "cpresent=0;config=400084203fc0"), -ENOTSUP); // CELP
    assert_int_equal(begin(s, "cpresent=0;config=zz0024203fc0"), -EBADMSG);
    assert_int_equal(begin(s, "cpresent=0"), -EBADMSG);
    char fmtp[2048] = "cpresent=0;config=";
    memset(fmtp + strlen(fmtp), '0', 1024);
    assert_int_equal(begin(s, fmtp), -EBADMSG);
    // An AudioSpecificConfig of 65 bytes.
    assert_int_equal(begin(s, "cpresent=0;config=8ff80010208000000000"), -EMSGSIZE);
}

static void a_packet_is_an_element(void **state)
{
    struct seen *s = *state;

    assert_int_equal(FEED(s, 5, true, 3, 'a', 'b', 'c'), 0);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->timestamp[0], 5);
    assert_memory_equal(s->bytes, "abc", 3);
    assert_int_equal(FEED(s, 6, true, 0), 0); // nothing of its time
    assert_int_equal(s->count, 1);
    assert_int_equal(s->latm.dropped, 0);
}

// numSubFrames 2: three units.
static void units_of_an_element_have_times_of_their_own(void **state)
{
    struct seen *s = *state;

    assert_int_equal(begin(s, "cpresent=0;config=420024203fc0"), 0);
    assert_int_equal(s->latm.mux.units, 3);
    assert_int_equal(FEED(s, 100, true, 1, 'a', 2, 'b', 'c', 1, 'd'), 0);
    assert_int_equal(s->count, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(s->timestamp[i], 100 + i * 1024);
    assert_memory_equal(s->bytes, "abcd", 4);
    assert_int_equal(FEED(s, 200, true, 1, 'a', 2, 'b', 'c'), -EBADMSG);
}

static void an_element_is_whole_at_every_split(void **state)
{
    struct seen *s = *state;
    uint8_t element[2 + 300] = { 255, 45 };

    for (size_t i = 2; i < sizeof(element); i++)
        element[i] = (uint8_t)i;
    for (size_t at = 1; at < sizeof(element); at++) {
        assert_int_equal(begin(s, OUT_OF_BAND), 0);
        assert_int_equal(feed(s, 7, false, element, at), 0);
        assert_int_equal(s->count, 0);
        assert_int_equal(feed(s, 7, true, element + at, sizeof(element) - at), 0);
        assert_int_equal(s->count, 1);
        assert_int_equal(s->len[0], 300);
        assert_memory_equal(s->bytes, element + 2, 300);
        assert_int_equal(s->latm.dropped, 0);
    }
}

static void an_element_cut_anywhere_is_malformed(void **state)
{
    static const uint8_t element[] = { 5, 1, 2, 3, 4, 5 };
    struct seen *s = *state;

    for (size_t len = 0; len < sizeof(element); len++)
        assert_int_equal(feed(s, 1, true, element, len), -EBADMSG);
    assert_int_equal(FEED(s, 1, true, 1, 'a', 'b'), -EBADMSG); // more than it says
}

static void what_lost_its_beginning_is_dropped(void **state)
{
    struct seen *s = *state;

    assert_int_equal(FEED(s, 1, false, 3, 'a'), 0);
    gw_rtp_latm_gap(&s->latm);
    assert_int_equal(FEED(s, 1, true, 1, 'b'), 0); // reads like an element
    assert_int_equal(s->count, 0);
    assert_true(s->latm.dropped > 0);
    assert_int_equal(FEED(s, 2, true, 1, 'c'), 0);
    assert_int_equal(s->count, 1);

    // A new timestamp ends what has no marker.
    assert_int_equal(FEED(s, 3, false, 3, 'a'), 0);
    assert_int_equal(FEED(s, 4, true, 1, 'd'), 0);
    assert_int_equal(s->count, 2);
    assert_memory_equal(s->bytes, "cd", 2);
}

// One that never parts elements loses nothing but what was lost.
static void a_gap_between_whole_elements_costs_none(void **state)
{
    struct seen *s = *state;

    assert_int_equal(FEED(s, 1, true, 1, 'a'), 0);
    gw_rtp_latm_gap(&s->latm);
    assert_int_equal(FEED(s, 3, true, 1, 'b'), 0);
    assert_int_equal(s->count, 2);
    assert_int_equal(s->latm.dropped, 0);
}

static void lengths_are_bounded(void **state)
{
    static uint8_t long_unit[2 * GW_RTP_LATM_UNIT_MAX];
    static uint8_t part[GW_RTP_LATM_ELEMENT_MAX / 2 + 1];
    struct seen *s = *state;

    memset(long_unit, 255, 33); // 8415 bytes
    assert_int_equal(feed(s, 1, true, long_unit, sizeof(long_unit)), -EMSGSIZE);
    assert_int_equal(feed(s, 2, false, part, sizeof(part)), 0);
    assert_int_equal(feed(s, 2, false, part, sizeof(part)), -EMSGSIZE);
    assert_int_equal(s->latm.dropped, 1);
    assert_int_equal(FEED(s, 2, true, 1, 'a'), 0); // of the same element
    assert_int_equal(s->count, 0);
    assert_int_equal(FEED(s, 3, true, 1, 'a'), 0);
    assert_int_equal(s->count, 1);
}

// Nothing lies on byte bounds.
static void a_configuration_in_band_is_taken(void **state)
{
    // 0 | 0 1 000000 0000 000 | 00010 0100 0010 000 | 000 ff 0 0 | 02 'h' 'i'
    static const uint8_t first[] = {
        0x20, 0x00, 0x12, 0x10, 0x1f, 0xe0, 0x13, 0x43, 0x48
    };
    static const uint8_t same[] = { 0x81, 0x34, 0x34, 0x80 }; // 1 | 02 'h' 'i'
    struct seen *s = *state;

    assert_int_equal(begin(s, "cpresent=1"), 0);
    assert_int_equal(FEED(s, 0, true, 0x80, 0xb0, 0x80), -EPROTO); // too early
    assert_int_equal(s->latm.dropped, 1);
    assert_int_equal(feed(s, 1, true, first, sizeof(first)), 0);
    assert_int_equal(s->count, 1);
    assert_int_equal(s->latm.mux.config.sample_rate, 44100);
    assert_memory_equal(s->latm.mux.asc, "\x12\x10", 2);
    assert_memory_equal(s->bytes, "hi", 2);
    assert_int_equal(feed(s, 2, true, same, sizeof(same)), 0);
    assert_int_equal(s->count, 2);
    assert_memory_equal(s->bytes, "hihi", 4);
    for (size_t len = 1; len < sizeof(first); len++)
        assert_true(feed(s, 3, true, first, len) < 0);
    assert_int_equal(s->count, 2);
}

#define LATM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LATM_TEST(reads_the_description),
        LATM_TEST(reads_version_1_sbr_and_other_data),
        LATM_TEST(a_config_cut_anywhere_is_refused),
        LATM_TEST(a_config_may_end_behind_the_decoders),
        LATM_TEST(what_is_not_spoken_is_refused),
        LATM_TEST(a_packet_is_an_element),
        LATM_TEST(units_of_an_element_have_times_of_their_own),
        LATM_TEST(an_element_is_whole_at_every_split),
        LATM_TEST(an_element_cut_anywhere_is_malformed),
        LATM_TEST(what_lost_its_beginning_is_dropped),
        LATM_TEST(a_gap_between_whole_elements_costs_none),
        LATM_TEST(lengths_are_bounded),
        LATM_TEST(a_configuration_in_band_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
