#include "ingest/h264_params.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Ids: SPS 0 is ue(v) '1', SPS 1 '010'; PPS likewise, in the byte after the header.
static const uint8_t SPS0[] = { 0x67, 0x42, 0xc0, 0x1e, 0x80, 1 };
static const uint8_t SPS0_B[] = { 0x67, 0x42, 0xc0, 0x28, 0x80, 2 };
static const uint8_t SPS1[] = { 0x67, 0x42, 0xc0, 0x1e, 0x40, 3 };
static const uint8_t PPS0[] = { 0x68, 0x80, 4 };

static int take(struct gw_buf **params, const void *nal, size_t len)
{
    return gw_param_sets_take(&gw_h264_param_syntax, params, nal, len);
}

static void sps_come_first_whatever_the_order(void **state)
{
    static const uint8_t expected[] = { 0,    0, 0, 6, 0x67, 0x42, 0xc0, 0x1e, 0x80,
                                        1,    0, 0, 0, 6,    0x67, 0x42, 0xc0, 0x1e,
                                        0x40, 3, 0, 0, 0,    3,    0x68, 0x80, 4 };
    struct gw_buf *params = NULL;
    (void)state;

    assert_int_equal(take(&params, PPS0, sizeof(PPS0)), 0);
    assert_false(gw_param_sets_complete(&gw_h264_param_syntax, params));
    assert_int_equal(take(&params, SPS0, sizeof(SPS0)), 0);
    assert_true(gw_param_sets_complete(&gw_h264_param_syntax, params));
    assert_int_equal(take(&params, SPS1, sizeof(SPS1)), 0);
    assert_int_equal(gw_buf_len(params), sizeof(expected));
    assert_memory_equal(gw_buf_data(params), expected, sizeof(expected));
    gw_buf_unref(&params);
}

static void the_same_set_again_keeps_the_object(void **state)
{
    struct gw_buf *params = NULL;
    (void)state;

    take(&params, SPS0, sizeof(SPS0));
    take(&params, PPS0, sizeof(PPS0));
    const struct gw_buf *before = params;
    take(&params, SPS0, sizeof(SPS0));
    take(&params, PPS0, sizeof(PPS0));
    assert_ptr_equal(params, before);
    gw_buf_unref(&params);
}

static void a_changed_set_replaces_the_one_of_its_id(void **state)
{
    struct gw_buf *params = NULL;
    (void)state;

    take(&params, SPS0, sizeof(SPS0));
    take(&params, PPS0, sizeof(PPS0));
    struct gw_buf *before = gw_buf_ref(params);
    size_t len = gw_buf_len(params);
    assert_int_equal(take(&params, SPS0_B, sizeof(SPS0_B)), 0);
    assert_ptr_not_equal(params, before);
    assert_int_equal(gw_buf_len(params), len);
    assert_memory_equal(gw_buf_data(params) + 4, SPS0_B, sizeof(SPS0_B));
    assert_memory_equal(gw_buf_data(before) + 4, SPS0, sizeof(SPS0)); // immutable
    gw_buf_unref(&before);
    gw_buf_unref(&params);
}

static void of_too_many_the_latest_are_kept(void **state)
{
    struct gw_buf *params = NULL;
    (void)state;

    for (unsigned id = 0; id < 31; id++) {
        // ue(v) of ids 15 to 30: 0000 1xxxx, so 16 + id - 15 in nine bits.
        unsigned bits = (id % 16 + 16) << 7;
        uint8_t pps[] = { 0x68, (uint8_t)(bits >> 8), (uint8_t)bits, 1 };
        assert_int_equal(take(&params, pps, sizeof(pps)), 0);
    }
    assert_int_equal(gw_buf_len(params), GW_H264_PPS_MAX * 8);
    gw_buf_unref(&params);
}

static void refuses_what_is_no_parameter_set(void **state)
{
    static const uint8_t slice[] = { 0x65, 0x88, 0x84 };
    static const uint8_t endless_id[] = { 0x68, 0, 0, 0, 0 };
    uint8_t large[GW_PARAM_SET_BYTES_MAX + 1] = { 0x68, 0x80 };
    struct gw_buf *params = NULL;
    (void)state;

    assert_int_equal(take(&params, slice, sizeof(slice)), -EBADMSG);
    assert_int_equal(take(&params, endless_id, sizeof(endless_id)), -EBADMSG);
    assert_int_equal(take(&params, SPS0, 0), -EBADMSG);
    for (size_t len = 1; len <= 4; len++)
        assert_int_equal(take(&params, SPS0, len), -EBADMSG);
    assert_int_equal(take(&params, large, sizeof(large)), -EMSGSIZE);
    assert_null(params);
    assert_int_equal(take(&params, large, sizeof(large) - 1), 0);
    gw_buf_unref(&params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sps_come_first_whatever_the_order),
        cmocka_unit_test(the_same_set_again_keeps_the_object),
        cmocka_unit_test(a_changed_set_replaces_the_one_of_its_id),
        cmocka_unit_test(of_too_many_the_latest_are_kept),
        cmocka_unit_test(refuses_what_is_no_parameter_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
