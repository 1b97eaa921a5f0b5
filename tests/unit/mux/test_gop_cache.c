#include "mux/gop_cache.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CAP = 100, COST = sizeof(struct gw_frame) + CAP };

static int push(struct gw_gop_cache *c, bool key)
{
    struct gw_frame *frame = gw_frame_create(CAP);
    assert_non_null(frame);
    frame->key = key;
    int r = gw_gop_cache_push(c, &(struct gw_unit) { .frame = frame });
    gw_frame_unref(&frame); // the cache keeps its own reference
    return r;
}

static void keeps_what_follows_the_last_key_frame(void **state)
{
    struct gw_gop_cache c;
    (void)state;

    gw_gop_cache_init(&c, 1 << 20);
    assert_int_equal(push(&c, false), 0);
    assert_int_equal(c.count, 0); // no key frame yet
    assert_int_equal(push(&c, true), 0);
    assert_int_equal(push(&c, false), 0);
    assert_int_equal(c.count, 2);
    assert_int_equal(c.bytes, 2 * COST);
    assert_int_equal(push(&c, true), 0);
    assert_int_equal(c.count, 1);
    assert_true(c.units[0].frame->key);
    gw_gop_cache_finish(&c);
}

static void gives_up_a_gop_that_outgrows_the_bytes(void **state)
{
    struct gw_gop_cache c;
    (void)state;

    gw_gop_cache_init(&c, 2 * COST);
    assert_int_equal(push(&c, true), 0);
    assert_int_equal(push(&c, false), 0); // exactly full
    assert_int_equal(push(&c, false), -EMSGSIZE);
    assert_int_equal(c.count, 0);
    assert_int_equal(c.bytes, 0);
    assert_int_equal(push(&c, false), 0); // once a GOP
    assert_int_equal(c.count, 0);
    assert_int_equal(push(&c, true), 0);
    assert_int_equal(c.count, 1);
    gw_gop_cache_finish(&c);
}

static void gives_up_a_gop_of_too_many_frames(void **state)
{
    struct gw_gop_cache c;
    (void)state;

    gw_gop_cache_init(&c, SIZE_MAX);
    for (int i = 0; i < GW_GOP_FRAMES_MAX; i++)
        assert_int_equal(push(&c, i == 0), 0);
    assert_int_equal(c.count, GW_GOP_FRAMES_MAX);
    assert_int_equal(push(&c, false), -EMSGSIZE);
    assert_int_equal(c.count, 0);
    gw_gop_cache_finish(&c);
}

static void a_key_frame_over_the_bound_leaves_it_empty(void **state)
{
    struct gw_gop_cache c;
    (void)state;

    gw_gop_cache_init(&c, COST - 1);
    assert_int_equal(push(&c, true), -EMSGSIZE);
    assert_int_equal(c.count, 0);
    gw_gop_cache_finish(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_follows_the_last_key_frame),
        cmocka_unit_test(gives_up_a_gop_that_outgrows_the_bytes),
        cmocka_unit_test(gives_up_a_gop_of_too_many_frames),
        cmocka_unit_test(a_key_frame_over_the_bound_leaves_it_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
