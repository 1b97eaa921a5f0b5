#include "ingest/rtp_h264.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/h264_params.h"
#include "ingest/nal_units.h"
#include "tests/unit/ingest/fed_unit.h"

#define SPS 0x67, 0x42, 0xc0, 0x1e, 0x80, 1
#define PPS 0x68, 0x80, 4
#define SEI 0x06, 5, 1, 0x77, 0x80
#define IDR 0x65, 0x88, 0x84, 1
#define SLICE 0x41, 0x9a, 0x11, 2      // first_mb_in_slice 0
#define SLICE_REST 0x41, 0x5a, 0x22, 3 // first_mb_in_slice 1: goes on
#define LENGTH(n) 0, 0, 0, n

static void feed_params(struct fed *s)
{
    assert_int_equal(FEED(s, 0, false, SPS), 0);
    assert_int_equal(FEED(s, 0, false, PPS), 0);
}

static void a_key_frame_leaves_with_its_marker(void **state)
{
    struct fed *s = *state;

    feed_params(s);
    FEED(s, 0, false, SEI);
    FEED(s, 0, true, IDR);
    assert_int_equal(s->count, 1);
    assert_frame(s, 0, LENGTH(5), SEI, LENGTH(4), IDR);
    assert_true(s->frames[0]->key);
    assert_int_equal(s->frames[0]->codec, GW_CODEC_H264);
    assert_true(gw_param_sets_complete(&gw_h264_param_syntax, s->frames[0]->params));
}

static void without_params_it_is_no_key_frame(void **state)
{
    struct fed *s = *state;

    FEED(s, 0, false, SPS);
    FEED(s, 0, true, IDR);
    assert_false(s->frames[0]->key);
    assert_null(s->frames[0]->params);
}

static void a_new_timestamp_ends_what_no_marker_ended(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, false, SLICE);
    FEED(s, 1, false, SLICE_REST);
    assert_int_equal(s->count, 0);
    FEED(s, 2, true, SLICE);
    assert_int_equal(s->count, 2);
    assert_frame(s, 0, LENGTH(4), SLICE, LENGTH(4), SLICE_REST);
    assert_frame(s, 1, LENGTH(4), SLICE);
    assert_int_equal(s->timestamps[0], 1);
    assert_int_equal(s->timestamps[1], 2);
}

// Case 27: the marker bit on an SEI instead of the last slice.
static void a_marker_ahead_of_the_slices_ends_nothing(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, true, SEI);
    FEED(s, 1, false, SLICE);
    FEED(s, 2, true, SEI);
    FEED(s, 2, false, SLICE);
    FEED(s, 3, true, SEI);
    assert_int_equal(s->count, 2);
    assert_frame(s, 0, LENGTH(5), SEI, LENGTH(4), SLICE);
    assert_frame(s, 1, LENGTH(5), SEI, LENGTH(4), SLICE);
}

static void fragments_make_one_unit(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, false, 0x7c, 0x81, 0x9a, 0x11);
    FEED(s, 1, false, 0x7c, 0x01, 0x22);
    FEED(s, 1, true, 0x7c, 0x41, 0x33);
    assert_frame(s, 0, LENGTH(5), 0x61, 0x9a, 0x11, 0x22, 0x33);
}

// Case 27: Tiandy changes the type midway; empty fragments.
static void odd_fragments_are_understood(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, false, 0x7c, 0x81);
    FEED(s, 1, false, 0x7c, 0x01, 0x9a, 0x11);
    FEED(s, 1, false, 0x7c, 0x05);
    FEED(s, 1, true, 0x7c, 0x47, 0x33);
    assert_frame(s, 0, LENGTH(4), 0x61, 0x9a, 0x11, 0x33);
    assert_int_equal(FEED(s, 2, false, 0x7c, 0x01), 0);
    assert_int_equal(gw_access_unit_dropped(s->unit), 0);
}

static void a_fragment_without_its_beginning_is_malformed(void **state)
{
    struct fed *s = *state;

    assert_int_equal(FEED(s, 1, false, 0x7c, 0x01, 0x22), -EBADMSG);
    assert_int_equal(FEED(s, 1, true, 0x7c, 0x41, 0x33), 0); // of what is given up
    assert_int_equal(s->count, 0);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
    assert_int_equal(FEED(s, 2, false, 0x7c), -EBADMSG);
}

// The network's fault: it is given up, and not called malformed.
static void a_fragment_whose_beginning_was_lost_is_not_malformed(void **state)
{
    struct fed *s = *state;

    gw_access_unit_gap(s->unit);
    assert_int_equal(FEED(s, 1, false, 0x7c, 0x01, 0x22), -EPROTO);
    assert_int_equal(FEED(s, 1, true, 0x7c, 0x41, 0x33), 0);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
    assert_int_equal(FEED(s, 2, true, 0x7c, 0x41, 0x33), -EBADMSG);
}

static void aggregates_are_taken_apart(void **state)
{
    struct fed *s = *state;

    assert_int_equal(FEED(s, 1, true, 0x78, 0, 6, SPS, 0, 3, PPS, 0, 4, IDR), 0);
    assert_frame(s, 0, LENGTH(4), IDR);
    assert_true(s->frames[0]->key);
}

// Case 29.
static void an_aggregate_past_its_end_gives_the_access_unit_up(void **state)
{
    struct fed *s = *state;

    assert_int_equal(FEED(s, 1, false, 0x78, 0, 4, SLICE, 0, 200, 1), -EBADMSG);
    assert_int_equal(FEED(s, 1, true, SLICE), 0);
    assert_int_equal(s->count, 0);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
    assert_int_equal(FEED(s, 2, false, 0x78, 0), -EBADMSG);
    FEED(s, 3, true, SLICE);
    assert_int_equal(s->count, 1);
}

static void delimiters_and_filler_are_dropped(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, false, 0x09, 0xf0);
    FEED(s, 1, false, SLICE);
    FEED(s, 1, true, 0x0c, 0xff, 0xff, 0x80);
    assert_frame(s, 0, LENGTH(4), SLICE);
}

// Case 22: V380.
static void start_codes_inside_a_packet_part_units(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, true, 0, 0, 0, 1, SPS, 0, 0, 0, 1, PPS, 0, 0, 1, SEI, 0, 0, 0, 1, IDR);
    FEED(s, 2, true, SLICE, 0, 0, 1, SLICE_REST); // it has shown the habit
    assert_frame(s, 0, LENGTH(5), SEI, LENGTH(4), IDR);
    assert_true(s->frames[0]->key);
    assert_frame(s, 1, LENGTH(4), SLICE, LENGTH(4), SLICE_REST);
}

static void start_codes_inside_fragments_part_units(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, false, 0x7c, 0x87, 0x42, 0xc0, 0x1e, 0x80, 1, 0, 0);
    FEED(s, 1, false, 0x7c, 0x07, 0, 1, PPS, 0, 0, 0);
    FEED(s, 1, true, 0x7c, 0x47, 1, IDR);
    assert_frame(s, 0, LENGTH(4), IDR);
    assert_true(s->frames[0]->key);
}

static void params_outside_of_the_stream_serve_too(void **state)
{
    static const uint8_t both[] = { 0, 0, 0, 1, SPS, 0, 0, 0, 1, PPS, 0, 0, 1, SEI };
    struct fed *s = *state;

    assert_int_equal(gw_nal_units_take_params(s->unit, both, sizeof(both)), 0);
    FEED(s, 1, true, IDR);
    assert_true(s->frames[0]->key);
}

static void unchanged_params_stay_the_same_object(void **state)
{
    struct fed *s = *state;

    feed_params(s);
    FEED(s, 0, true, IDR);
    feed_params(s);
    FEED(s, 0, true, IDR);
    FEED(s, 1, false, 0x67, 0x42, 0xc0, 0x28, 0x80, 1);
    FEED(s, 1, true, IDR);
    assert_ptr_equal(s->frames[0]->params, s->frames[1]->params);
    assert_ptr_not_equal(s->frames[1]->params, s->frames[2]->params);
}

static void a_gap_within_drops_the_access_unit(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, false, SLICE);
    gw_access_unit_gap(s->unit);
    FEED(s, 1, true, SLICE_REST);
    assert_int_equal(s->count, 0);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
    FEED(s, 2, true, SLICE);
    assert_int_equal(s->count, 1);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
}

static void a_gap_between_counts_for_one(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, true, SLICE);
    gw_access_unit_gap(s->unit);
    FEED(s, 3, true, SLICE);
    FEED(s, 4, true, SLICE);
    assert_int_equal(s->count, 3);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
}

static void a_gap_that_took_a_pictures_beginning_is_seen(void **state)
{
    struct fed *s = *state;

    FEED(s, 1, true, SLICE);
    gw_access_unit_gap(s->unit);
    assert_int_equal(FEED(s, 2, true, SLICE_REST), -EPROTO);
    assert_int_equal(s->count, 1);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
}

static void refuses_other_payload_structures(void **state)
{
    struct fed *s = *state;

    for (uint8_t type = 25; type <= 29; type++) {
        if (type != 28)
            assert_int_equal(FEED(s, type, false, type, 0, 0, 0, 0), -ENOTSUP);
    }
    assert_int_equal(FEED(s, 30, false, 30, 0), -EBADMSG);
    assert_int_equal(FEED(s, 31, false, 31, 0), -EBADMSG);
    assert_int_equal(FEED(s, 32, false, 0, 5), -EBADMSG);
}

static void an_endless_access_unit_is_given_up(void **state)
{
    struct fed *s = *state;
    static uint8_t fragment[60000] = { 0x7c, 0x81, 0x9a };
    int r = 0;
    int packets = 0;

    for (; !r; packets++) {
        r = fed_packet(s, 1, false, fragment, sizeof(fragment));
        fragment[1] = 0x01;
    }
    assert_int_equal(r, -EMSGSIZE);
    assert_int_equal(packets, GW_FRAME_MAX / (sizeof(fragment) - 2) + 1);
    FEED(s, 2, true, SLICE);
    assert_int_equal(s->count, 1);
    assert_int_equal(gw_access_unit_dropped(s->unit), 1);
}

static void a_large_frame_leaves_with_little_room_to_spare(void **state)
{
    struct fed *s = *state;
    static uint8_t fragment[1400] = { 0x7c, 0x81, 0x9a };

    for (int i = 0; i < 100; i++) {
        fed_packet(s, 1, i == 99, fragment, sizeof(fragment));
        fragment[1] = 0x01;
    }
    assert_int_equal(s->frames[0]->len, 5 + 100 * 1398);
    assert_true(s->frames[0]->cap <= s->frames[0]->len / 10 * 11);
}

static int set_up(void **state)
{
    return fed_set_up(&gw_rtp_h264, state);
}

#define FED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FED_TEST(a_key_frame_leaves_with_its_marker),
        FED_TEST(without_params_it_is_no_key_frame),
        FED_TEST(a_new_timestamp_ends_what_no_marker_ended),
        FED_TEST(a_marker_ahead_of_the_slices_ends_nothing),
        FED_TEST(fragments_make_one_unit),
        FED_TEST(odd_fragments_are_understood),
        FED_TEST(a_fragment_without_its_beginning_is_malformed),
        FED_TEST(a_fragment_whose_beginning_was_lost_is_not_malformed),
        FED_TEST(aggregates_are_taken_apart),
        FED_TEST(an_aggregate_past_its_end_gives_the_access_unit_up),
        FED_TEST(delimiters_and_filler_are_dropped),
        FED_TEST(start_codes_inside_a_packet_part_units),
        FED_TEST(start_codes_inside_fragments_part_units),
        FED_TEST(params_outside_of_the_stream_serve_too),
        FED_TEST(unchanged_params_stay_the_same_object),
        FED_TEST(a_gap_within_drops_the_access_unit),
        FED_TEST(a_gap_between_counts_for_one),
        FED_TEST(a_gap_that_took_a_pictures_beginning_is_seen),
        FED_TEST(refuses_other_payload_structures),
        FED_TEST(an_endless_access_unit_is_given_up),
        FED_TEST(a_large_frame_leaves_with_little_room_to_spare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
