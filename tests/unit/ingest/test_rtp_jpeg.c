#include "ingest/rtp_jpeg.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/jpeg_header.h"
#include "tests/unit/ingest/fed_unit.h"

// Main header (RFC 2435 section 3.1) of a picture of 64x48.
#define HEAD(offset, type, q) 0, 0, 0, offset, type, q, 8, 6
#define LARGE_HEAD 0, 0, 0, 0, 1, 50, 0, 0 // over 2040 pixels
#define TABLES_16 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16

enum { SOF = 0xc0, DQT = 0xdb, DRI = 0xdd, SOS = 0xda };

// The contents of a segment, or NULL. `*ret_len` is without the length itself (0 for
// none).
static const uint8_t *segment(const struct gw_frame *f, uint8_t marker, size_t *ret_len)
{
    *ret_len = 0;
    for (size_t at = 2; at + 4 < f->len;) {
        size_t len = (size_t)(f->data[at + 2] << 8 | f->data[at + 3]);
        assert_int_equal(f->data[at], 0xff);
        if (f->data[at + 1] == marker) {
            *ret_len = len - 2;
            return f->data + at + 4;
        }
        if (f->data[at + 1] == SOS)
            break;
        at += 2 + len;
    }
    return NULL;
}

static void scan_is(const struct gw_frame *f, const char *scan)
{
    size_t len;
    const uint8_t *sos = segment(f, SOS, &len);
    assert_non_null(sos);
    size_t at = (size_t)(sos - f->data) + len;
    assert_int_equal(f->len - at, strlen(scan) + 2);
    assert_memory_equal(f->data + at, scan, strlen(scan));
    assert_memory_equal(f->data + f->len - 2, "\xff\xd9", 2);
}

static void fragments_make_a_whole_file(void **state)
{
    struct fed *f = *state;
    size_t len;

    assert_int_equal(FEED(f, 9, false, HEAD(0, 1, 50), 'a', 'b', 'c'), 0);
    assert_int_equal(FEED(f, 9, true, HEAD(3, 1, 50), 'd'), 0);
    assert_int_equal(f->count, 1);
    const struct gw_frame *frame = f->frames[0];
    assert_int_equal(frame->codec, GW_CODEC_JPEG);
    assert_true(frame->key);
    assert_null(frame->params);
    assert_int_equal(f->timestamps[0], 9);
    assert_memory_equal(frame->data, "\xff\xd8", 2);
    const uint8_t *sof = segment(frame, SOF, &len);
    assert_memory_equal(sof, "\x08\0\x30\0\x40\x03\0\x22\0\x01\x11\x01\x02\x11\x01", len);
    assert_null(segment(frame, DRI, &len));
    scan_is(frame, "abcd");
}

static void an_end_marker_that_is_there_is_not_doubled(void **state)
{
    struct fed *f = *state;

    FEED(f, 1, true, HEAD(0, 0, 50), 'a', 0xff, 0xd9);
    scan_is(f->frames[0], "a");
}

// RFC 2435 appendix A: 50 is the standard's tables, 99 nearly lossless.
static void a_quality_factor_gives_the_tables(void **state)
{
    struct fed *f = *state;
    size_t len;

    FEED(f, 1, true, HEAD(0, 1, 50), 'a');
    const uint8_t *dqt = segment(f->frames[0], DQT, &len);
    assert_int_equal(len, 65);
    assert_memory_equal(dqt, "\0\x10\x0b\x0c\x0e", 5);
    FEED(f, 2, true, HEAD(0, 1, 99), 'a');
    assert_memory_equal(segment(f->frames[1], DQT, &len), "\0\x01\x01\x01\x01", 5);
    FEED(f, 3, true, HEAD(0, 1, 1), 'a');
    assert_memory_equal(segment(f->frames[2], DQT, &len), "\0\xff\xff\xff\xff", 5);
    assert_int_equal(FEED(f, 4, true, HEAD(0, 1, 0), 'a'), -EBADMSG);
    assert_int_equal(FEED(f, 5, true, HEAD(0, 1, 100), 'a'), -EBADMSG);
}

static void tables_in_band_are_kept_for_their_factor(void **state)
{
    struct fed *f = *state;
    size_t len;

    assert_int_equal(FEED(f, 1, true, HEAD(0, 1, 200), 0, 0, 0, 64, TABLES_16, TABLES_16,
                          TABLES_16, TABLES_16, 'a'),
                     0);
    assert_int_equal(FEED(f, 2, true, HEAD(0, 1, 200), 0, 0, 0, 0, 'b'), 0);
    assert_memory_equal(segment(f->frames[1], DQT, &len), "\0\x10\x10\x10", 4);
    // One table is that of all components.
    assert_memory_equal(segment(f->frames[1], SOF, &len) + 9, "\x01\x11\0\x02\x11\0", 6);
    scan_is(f->frames[1], "b");
    assert_int_equal(FEED(f, 3, true, HEAD(0, 1, 201), 0, 0, 0, 0, 'b'), -EBADMSG);
    assert_int_equal(FEED(f, 4, true, HEAD(0, 1, 255), 0, 0, 0, 0, 'b'), -EBADMSG);
}

static void tables_of_a_wrong_length_are_malformed(void **state)
{
    struct fed *f = *state;

    // 64 bytes where 16-bit numbers need 128.
    assert_int_equal(FEED(f, 1, true, HEAD(0, 1, 200), 0, 1, 0, 64, TABLES_16, TABLES_16,
                          TABLES_16, TABLES_16, 'a'),
                     -EBADMSG);
    assert_int_equal(FEED(f, 2, true, HEAD(0, 1, 200), 0, 0, 0, 16, TABLES_16, 'a'),
                     -EBADMSG);
    assert_int_equal(FEED(f, 3, true, HEAD(0, 1, 200), 0, 0, 0xff, 0xff, 'a'), -EBADMSG);
    // Refused ones are not kept.
    assert_int_equal(FEED(f, 4, true, HEAD(0, 1, 200), 0, 0, 0, 0, 'b'), -EBADMSG);
    assert_int_equal(f->count, 0);
}

static void restart_intervals_are_said_again(void **state)
{
    struct fed *f = *state;
    size_t len;

    FEED(f, 1, false, HEAD(0, 65, 50), 0, 4, 0xff, 0xff, 'a');
    FEED(f, 1, true, HEAD(1, 65, 50), 0, 4, 0xff, 0xff, 'b');
    assert_memory_equal(segment(f->frames[0], DRI, &len), "\0\x04", 2);
    scan_is(f->frames[0], "ab");
}

static void a_picture_without_a_part_is_dropped(void **state)
{
    struct fed *f = *state;

    assert_int_equal(FEED(f, 1, true, HEAD(3, 1, 50), 'd'), -EBADMSG); // no beginning
    FEED(f, 2, false, HEAD(0, 1, 50), 'a');
    assert_int_equal(FEED(f, 2, true, HEAD(9, 1, 50), 'd'), -EBADMSG); // a hole
    FEED(f, 3, false, HEAD(0, 1, 50), 'a');
    gw_access_unit_gap(f->unit);
    FEED(f, 3, true, HEAD(1, 1, 50), 'b');
    assert_int_equal(FEED(f, 4, true, HEAD(0, 1, 50)), -EBADMSG); // no scan
    assert_int_equal(f->count, 0);
    assert_int_equal(gw_access_unit_dropped(f->unit), 4);
    FEED(f, 5, true, HEAD(0, 1, 50), 'a');
    assert_int_equal(f->count, 1);
}

static void a_header_cut_anywhere_is_malformed(void **state)
{
    static const uint8_t packet[] = { HEAD(0, 65, 200), 0, 4, 0xff, 0xff, 0, 0, 0, 64 };
    struct fed *f = *state;

    for (size_t len = 1; len <= sizeof(packet); len++)
        assert_int_equal(fed_packet(f, (uint32_t)len, true, packet, len), -EBADMSG);
    assert_int_equal(f->count, 0);
}

static void refuses_what_headers_elsewhere_would_say(void **state)
{
    struct fed *f = *state;

    assert_int_equal(FEED(f, 1, true, HEAD(0, 2, 50), 'a'), -ENOTSUP);
    assert_int_equal(FEED(f, 2, true, HEAD(0, 128, 50), 'a'), -ENOTSUP);
    assert_int_equal(FEED(f, 3, true, 0, 0, 0, 0, 1, 50, 0, 6, 'a'), -ENOTSUP);
}

// A picture whose size stands in RFC 2435's header (0: it does not) and in an extension.
static int feed_onvif(struct fed *f, uint32_t timestamp, uint16_t profile,
                      const uint8_t *extension, size_t len, uint8_t width_8)
{
    const uint8_t payload[] = { 0, 0, 0, 0, 1, 50, width_8, width_8, 'a' };
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, extension, len);
    const struct gw_rtp_packet p = { .timestamp = timestamp,
                                     .marker = true,
                                     .payload = payload,
                                     .len = sizeof(payload),
                                     .extension = exact,
                                     .extension_len = len,
                                     .extension_profile = profile };
    int r = gw_access_unit_packet(f->unit, &p);
    free(exact);
    return r;
}

static void size_is(const struct fed *f, int i, unsigned width_px, unsigned height_px)
{
    size_t len;

    assert_true(i < f->count);
    const uint8_t *sof = segment(f->frames[i], SOF, &len);
    assert_non_null(sof);
    assert_int_equal(sof[1] << 8 | sof[2], height_px);
    assert_int_equal(sof[3] << 8 | sof[4], width_px);
}

// Fill bytes, a comment, the frame header of 2592x1944.
static const uint8_t onvif[] = { 0xff, 0xff, 0xfe, 0, 4,    1,    2,
                                 0xff, 0xff, 0xc0, 0, 8,    8,    0x07,
                                 0x98, 0x0a, 0x20, 0, 0xff, 0xff, 0xff };
enum { ONVIF = 0xffd8, ONVIF_SIZE_END = 17 };

static void a_description_says_what_the_header_cannot(void **state)
{
    struct fed *f = *state;

    gw_rtp_jpeg_begin(f->unit, 2592, 1944);
    assert_int_equal(FEED(f, 1, true, LARGE_HEAD, 'a'), 0);
    size_is(f, 0, 2592, 1944);
    assert_int_equal(FEED(f, 2, true, 0, 0, 0, 0, 1, 50, 0, 6, 'a'), 0); // one is enough
    size_is(f, 1, 2592, 1944);
    assert_int_equal(FEED(f, 3, true, HEAD(0, 1, 50), 'a'), 0); // one that says itself
    size_is(f, 2, 64, 48);
    assert_int_equal(gw_rtp_jpeg_unsized(f->unit), 0);

    // Another session does not know it.
    gw_rtp_jpeg_begin(f->unit, 0, 0);
    assert_int_equal(FEED(f, 4, true, LARGE_HEAD, 'a'), -ENOTSUP);
    assert_int_equal(gw_rtp_jpeg_unsized(f->unit), 1);
    assert_int_equal(f->count, 3);
}

static void an_extension_says_it_and_it_holds(void **state)
{
    struct fed *f = *state;

    assert_int_equal(feed_onvif(f, 1, ONVIF, onvif, sizeof(onvif), 0), 0);
    size_is(f, 0, 2592, 1944);
    assert_int_equal(FEED(f, 2, true, LARGE_HEAD, 'a'), 0);
    size_is(f, 1, 2592, 1944);
    // It counts more than what is said beside it.
    assert_int_equal(feed_onvif(f, 3, ONVIF, onvif, sizeof(onvif), 8), 0);
    size_is(f, 2, 2592, 1944);
    assert_int_equal(FEED(f, 4, true, HEAD(0, 1, 50), 'a'), 0);
    size_is(f, 3, 64, 48);
}

static void an_extension_cut_anywhere_says_nothing(void **state)
{
    static const uint8_t empty[] = { 0xff, 0xc0, 0, 8, 8, 0, 0, 0, 0, 0 };
    static const uint8_t short_segment[] = { 0xff, 0xfe, 0, 1, 0xff, 0xc0 };
    struct fed *f = *state;
    uint32_t at = 1;

    for (size_t len = 0; len <= ONVIF_SIZE_END; len++)
        assert_int_equal(feed_onvif(f, at++, ONVIF, onvif, len, 0), -ENOTSUP);
    assert_int_equal(feed_onvif(f, at++, ONVIF, empty, sizeof(empty), 0), -ENOTSUP);
    assert_int_equal(feed_onvif(f, at++, ONVIF, short_segment, 6, 0), -ENOTSUP);
    assert_int_equal(feed_onvif(f, at++, 0xabac, onvif, sizeof(onvif), 0), -ENOTSUP);
    assert_int_equal(gw_rtp_jpeg_unsized(f->unit), at - 1);
    assert_int_equal(gw_access_unit_dropped(f->unit), at - 1);
    assert_int_equal(f->count, 0);
    assert_int_equal(feed_onvif(f, at++, 0xabac, onvif, sizeof(onvif), 8), 0);
    size_is(f, 0, 64, 64);
}

static void an_endless_picture_is_given_up(void **state)
{
    static uint8_t packet[60000] = { HEAD(0, 1, 50) };
    struct fed *f = *state;
    uint32_t offset = 0;
    int r = 0;

    while (!r) {
        packet[1] = (uint8_t)(offset >> 16);
        packet[2] = (uint8_t)(offset >> 8);
        packet[3] = (uint8_t)offset;
        r = fed_packet(f, 1, false, packet, sizeof(packet));
        offset += sizeof(packet) - 8;
    }
    assert_int_equal(r, -EMSGSIZE);
    assert_true(offset <= GW_FRAME_MAX + sizeof(packet));
}

static int set_up(void **state)
{
    return fed_set_up(&gw_rtp_jpeg, state);
}

#define FED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FED_TEST(fragments_make_a_whole_file),
        FED_TEST(an_end_marker_that_is_there_is_not_doubled),
        FED_TEST(a_quality_factor_gives_the_tables),
        FED_TEST(tables_in_band_are_kept_for_their_factor),
        FED_TEST(tables_of_a_wrong_length_are_malformed),
        FED_TEST(restart_intervals_are_said_again),
        FED_TEST(a_picture_without_a_part_is_dropped),
        FED_TEST(a_header_cut_anywhere_is_malformed),
        FED_TEST(refuses_what_headers_elsewhere_would_say),
        FED_TEST(a_description_says_what_the_header_cannot),
        FED_TEST(an_extension_says_it_and_it_holds),
        FED_TEST(an_extension_cut_anywhere_says_nothing),
        FED_TEST(an_endless_picture_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
