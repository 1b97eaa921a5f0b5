#include "ingest/rtp_h265.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/h265_params.h"
#include "ingest/nal_units.h"
#include "tests/unit/ingest/fed_unit.h"

#define VPS 0x40, 1, 0x0c, 1
#define SPS                                                                              \
    0x42, 1, 1, 1, 0x60, 0, 0, 3, 0, 0x90, 0, 0, 3, 0, 0, 3, 0, 0x5d, 0xa0, 0x80,        \
        0x80 // id 0 is the first bit of a0
#define PPS 0x44, 1, 0xc0, 4
#define SEI 0x4e, 1, 5, 1, 0x77, 0x80
#define IDR 0x26, 1, 0xaf, 0x11 // IDR_W_RADL, first_slice_segment_in_pic_flag
#define CRA 0x2a, 1, 0xaf, 0x22
#define SLICE 2, 1, 0xd0, 0x33 // TRAIL_R
#define SLICE_REST 2, 1, 0x50, 0x44
#define LENGTH(n) 0, 0, 0, n
#define AP 0x60, 1
#define FU(flags_and_type) 0x62, 1, flags_and_type

static void feed_params(struct fed *f)
{
    assert_int_equal(FEED(f, 0, false, VPS), 0);
    assert_int_equal(FEED(f, 0, false, SPS), 0);
    assert_int_equal(FEED(f, 0, false, PPS), 0);
}

static void a_key_frame_leaves_with_its_marker(void **state)
{
    static const uint8_t params[] = { LENGTH(4), VPS, LENGTH(21), SPS, LENGTH(4), PPS };
    struct fed *f = *state;

    feed_params(f);
    FEED(f, 0, false, SEI);
    FEED(f, 0, true, IDR);
    assert_int_equal(f->count, 1);
    assert_frame(f, 0, LENGTH(6), SEI, LENGTH(4), IDR);
    assert_true(f->frames[0]->key);
    assert_int_equal(f->frames[0]->codec, GW_CODEC_H265);
    assert_int_equal(gw_buf_len(f->frames[0]->params), sizeof(params));
    assert_memory_equal(gw_buf_data(f->frames[0]->params), params, sizeof(params));
}

// Encoders with open GOPs (x265) have no other entry points.
static void a_cra_picture_is_a_key_frame(void **state)
{
    struct fed *f = *state;

    feed_params(f);
    FEED(f, 0, true, CRA);
    assert_true(f->frames[0]->key);
    for (uint8_t type = 16; type <= 21; type++)
        FEED(f, type, true, (uint8_t)(type << 1), 1, 0x80);
    for (int i = 1; i <= 6; i++)
        assert_true(f->frames[i]->key);
}

static void without_each_parameter_set_it_is_no_key_frame(void **state)
{
    struct fed *f = *state;

    FEED(f, 0, false, VPS);
    FEED(f, 0, false, SPS);
    FEED(f, 0, true, IDR);
    assert_false(f->frames[0]->key);
    assert_null(f->frames[0]->params);
    FEED(f, 1, false, PPS);
    FEED(f, 1, true, IDR);
    assert_true(f->frames[1]->key);
}

static void changed_params_in_band_show_in_the_next_frame(void **state)
{
    struct fed *f = *state;

    feed_params(f);
    FEED(f, 0, true, IDR);
    feed_params(f);
    FEED(f, 0, true, IDR);
    FEED(f, 1, false, 0x44, 1, 0xc0, 5);
    FEED(f, 1, true, IDR);
    assert_ptr_equal(f->frames[0]->params, f->frames[1]->params);
    assert_ptr_not_equal(f->frames[1]->params, f->frames[2]->params);
}

static void a_new_timestamp_ends_what_no_marker_ended(void **state)
{
    struct fed *f = *state;

    FEED(f, 1, false, SLICE);
    FEED(f, 1, false, SLICE_REST);
    assert_int_equal(f->count, 0);
    FEED(f, 2, true, SLICE);
    assert_int_equal(f->count, 2);
    assert_frame(f, 0, LENGTH(4), SLICE, LENGTH(4), SLICE_REST);
    assert_false(f->frames[0]->key);
}

// The unit's bytes are the same wherever they are cut.
static void fragments_make_one_unit_at_every_split(void **state)
{
    static const uint8_t unit[] = { 0x26, 1, 0xaf, 0x11, 0x22, 0x33, 0x44 };
    struct fed *f = *state;

    for (size_t split = 3; split < sizeof(unit); split++) {
        uint8_t first[16] = { FU(0x80 | 19) };
        uint8_t last[16] = { FU(0x40 | 19) };
        memcpy(first + 3, unit + 2, split - 2);
        memcpy(last + 3, unit + split, sizeof(unit) - split);
        assert_int_equal(fed_packet(f, 1, false, first, 3 + split - 2), 0);
        assert_int_equal(fed_packet(f, 1, true, last, 3 + sizeof(unit) - split), 0);
        assert_frame(f, f->count - 1, LENGTH(7), 0x26, 1, 0xaf, 0x11, 0x22, 0x33, 0x44);
    }
    assert_int_equal(f->count, 4);
}

static void a_fragment_keeps_layer_and_temporal_id(void **state)
{
    struct fed *f = *state;

    // TSA_R with temporal id 2.
    FEED(f, 1, true, 0x62, 3, 0x80 | 0x40 | 3, 0xd0, 0x55);
    assert_frame(f, 0, LENGTH(4), 6, 3, 0xd0, 0x55);
}

// Case 27: the type changes midway; empty fragments.
static void odd_fragments_are_understood(void **state)
{
    struct fed *f = *state;

    FEED(f, 1, false, FU(0x80 | 1));
    FEED(f, 1, false, FU(1), 0xd0, 0x11);
    FEED(f, 1, false, FU(5));
    FEED(f, 1, true, FU(0x40 | 7), 0x33);
    assert_frame(f, 0, LENGTH(5), 2, 1, 0xd0, 0x11, 0x33);
    assert_int_equal(FEED(f, 2, false, FU(1)), 0);
    assert_int_equal(gw_access_unit_dropped(f->unit), 0);
}

static void a_fragment_without_its_beginning_is_malformed(void **state)
{
    struct fed *f = *state;

    assert_int_equal(FEED(f, 1, false, FU(1), 0x22), -EBADMSG);
    assert_int_equal(FEED(f, 1, true, FU(0x40 | 1), 0x33), 0); // of what is given up
    assert_int_equal(f->count, 0);
    assert_int_equal(gw_access_unit_dropped(f->unit), 1);
    assert_int_equal(FEED(f, 2, false, 0x62, 1), -EBADMSG);
    assert_int_equal(FEED(f, 3, false, 0x62), -EBADMSG);
}

static void aggregates_are_taken_apart(void **state)
{
    struct fed *f = *state;

    assert_int_equal(FEED(f, 1, true, AP, 0, 4, VPS, 0, 21, SPS, 0, 4, PPS, 0, 4, IDR),
                     0);
    assert_frame(f, 0, LENGTH(4), IDR);
    assert_true(f->frames[0]->key);
}

// Case 29.
static void an_aggregate_past_its_end_gives_the_access_unit_up(void **state)
{
    static const uint8_t whole[] = { AP, 0, 4, SLICE, 0, 4, SLICE_REST };
    struct fed *f = *state;

    for (size_t len = 3; len < sizeof(whole); len++) {
        int expected = len == 8 ? 0 : -EBADMSG; // there one unit ends
        assert_int_equal(fed_packet(f, (uint32_t)len, false, whole, len), expected);
    }
    assert_int_equal(FEED(f, 100, false, AP, 0, 1, 2), -EBADMSG);
    FEED(f, 101, true, SLICE);
    assert_frame(f, f->count - 1, LENGTH(4), SLICE);
}

static void what_players_do_not_need_is_dropped(void **state)
{
    struct fed *f = *state;

    FEED(f, 1, false, 0x46, 1, 0x50); // access unit delimiter
    FEED(f, 1, false, 2, 9, 0xd0, 1); // layer 1
    FEED(f, 1, false, SLICE);
    FEED(f, 1, false, 0x4c, 1, 0xff, 0x80); // filler
    FEED(f, 1, true, 0x52, 1, 0);           // reserved
    assert_frame(f, 0, LENGTH(4), SLICE);
}

// Case 22: V380.
static void start_codes_inside_a_packet_part_units(void **state)
{
    struct fed *f = *state;

    FEED(f, 1, true, 0, 0, 0, 1, VPS, 0, 0, 0, 1, SPS, 0, 0, 1, PPS, 0, 0, 1, SEI, 0, 0,
         1, IDR);
    FEED(f, 2, true, SLICE, 0, 0, 1, SLICE_REST); // it has shown the habit
    assert_frame(f, 0, LENGTH(6), SEI, LENGTH(4), IDR);
    assert_true(f->frames[0]->key);
    assert_frame(f, 1, LENGTH(4), SLICE, LENGTH(4), SLICE_REST);
}

static void start_codes_inside_fragments_part_units(void **state)
{
    struct fed *f = *state;

    feed_params(f);
    FEED(f, 1, false, FU(0x80 | 39), 5, 1, 0x77, 0x80, 0, 0);
    FEED(f, 1, true, FU(0x40 | 39), 1, IDR);
    assert_frame(f, 0, LENGTH(6), SEI, LENGTH(4), IDR);
    assert_true(f->frames[0]->key);
}

static void params_outside_of_the_stream_serve_too(void **state)
{
    static const uint8_t all[] = {
        0, 0, 0, 1, VPS, 0, 0, 1, SPS, 0, 0, 1, PPS, 0, 0, 1, 9
    };
    struct fed *f = *state;

    assert_int_equal(gw_nal_units_take_params(f->unit, all, sizeof(all)), 0);
    FEED(f, 1, true, IDR);
    assert_true(f->frames[0]->key);
}

static void a_gap_that_took_a_pictures_beginning_is_seen(void **state)
{
    struct fed *f = *state;

    FEED(f, 1, true, SLICE);
    gw_access_unit_gap(f->unit);
    assert_int_equal(FEED(f, 2, true, SLICE_REST), -EPROTO);
    assert_int_equal(f->count, 1);
    assert_int_equal(gw_access_unit_dropped(f->unit), 1);
}

static void refuses_other_payload_structures(void **state)
{
    struct fed *f = *state;

    assert_int_equal(FEED(f, 1, false, 0x64, 1, 0, 0, 0), -ENOTSUP); // PACI
    for (uint8_t type = 51; type <= 63; type++)
        assert_int_equal(FEED(f, type, false, (uint8_t)(type << 1), 1, 0), -EBADMSG);
}

static void an_endless_access_unit_is_given_up(void **state)
{
    static uint8_t fragment[60000] = { FU(0x80 | 1), 0xd0 };
    struct fed *f = *state;
    int r = 0;
    int packets = 0;

    for (; !r; packets++) {
        r = fed_packet(f, 1, false, fragment, sizeof(fragment));
        fragment[2] = 1;
    }
    assert_int_equal(r, -EMSGSIZE);
    assert_int_equal(packets, GW_FRAME_MAX / (sizeof(fragment) - 3) + 1);
    FEED(f, 2, true, SLICE);
    assert_int_equal(f->count, 1);
}

static int take(struct gw_buf **params, const uint8_t *nal, size_t len)
{
    return gw_param_sets_take(&gw_h265_param_syntax, params, nal, len);
}

// An SPS with sub-layers has its id further behind.
static void ids_are_found_behind_sub_layers(void **state)
{
    uint8_t sps[40] = { 0x42, 1, 0x03 }; // one sub-layer more
    struct gw_buf *params = NULL;
    (void)state;

    memset(sps + 3, 0x55, sizeof(sps) - 3);
    sps[15] = 0xc0; // profile and level are present
    sps[16] = 0;
    sps[29] = 0x80; // id 0
    assert_int_equal(take(&params, sps, sizeof(sps)), 0);
    sps[39] = 1;
    assert_int_equal(take(&params, sps, sizeof(sps)), 0);
    assert_int_equal(gw_buf_len(params), 4 + sizeof(sps)); // replaced: the same id
    sps[29] = 0x40;                                        // id 1
    assert_int_equal(take(&params, sps, sizeof(sps)), 0);
    assert_int_equal(gw_buf_len(params), 2 * (4 + sizeof(sps)));
    gw_buf_unref(&params);
}

static void refuses_what_is_no_parameter_set(void **state)
{
    static const uint8_t sps[] = { SPS };
    static const uint8_t slice[] = { IDR };
    static const uint8_t reserved_layers[] = { 0x42, 1, 0x0f, 0, 0, 0, 0, 0,
                                               0,    0, 0,    0, 0, 0, 0, 0x80 };
    static const uint8_t large_id[] = { 0x44, 1, 0x01, 0x04 }; // 64
    uint8_t large[GW_PARAM_SET_BYTES_MAX + 1] = { PPS };
    struct gw_buf *params = NULL;
    (void)state;

    for (size_t len = 0; len <= 18; len++)
        assert_int_equal(take(&params, sps, len), -EBADMSG);
    assert_int_equal(take(&params, slice, sizeof(slice)), -EBADMSG);
    assert_int_equal(take(&params, reserved_layers, sizeof(reserved_layers)), -EBADMSG);
    assert_int_equal(take(&params, large_id, sizeof(large_id)), -EBADMSG);
    assert_int_equal(take(&params, large, sizeof(large)), -EMSGSIZE);
    assert_null(params);
}

static int set_up(void **state)
{
    return fed_set_up(&gw_rtp_h265, state);
}

#define FED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FED_TEST(a_key_frame_leaves_with_its_marker),
        FED_TEST(a_cra_picture_is_a_key_frame),
        FED_TEST(without_each_parameter_set_it_is_no_key_frame),
        FED_TEST(changed_params_in_band_show_in_the_next_frame),
        FED_TEST(a_new_timestamp_ends_what_no_marker_ended),
        FED_TEST(fragments_make_one_unit_at_every_split),
        FED_TEST(a_fragment_keeps_layer_and_temporal_id),
        FED_TEST(odd_fragments_are_understood),
        FED_TEST(a_fragment_without_its_beginning_is_malformed),
        FED_TEST(aggregates_are_taken_apart),
        FED_TEST(an_aggregate_past_its_end_gives_the_access_unit_up),
        FED_TEST(what_players_do_not_need_is_dropped),
        FED_TEST(start_codes_inside_a_packet_part_units),
        FED_TEST(start_codes_inside_fragments_part_units),
        FED_TEST(params_outside_of_the_stream_serve_too),
        FED_TEST(a_gap_that_took_a_pictures_beginning_is_seen),
        FED_TEST(refuses_other_payload_structures),
        FED_TEST(an_endless_access_unit_is_given_up),
        cmocka_unit_test(ids_are_found_behind_sub_layers),
        cmocka_unit_test(refuses_what_is_no_parameter_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
