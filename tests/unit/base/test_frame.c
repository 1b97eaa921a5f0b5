#include "base/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void resize_keeps_bytes_and_fields(void **state)
{
    (void)state;
    struct gw_frame *f = gw_frame_create(4);
    memcpy(f->data, "abcd", 4);
    f->len = 4;
    f->seq = 7;
    assert_int_equal(gw_frame_resize(&f, 4096), 0);
    assert_int_equal(f->cap, 4096);
    assert_int_equal(f->seq, 7);
    assert_memory_equal(f->data, "abcd", 4);
    assert_int_equal(gw_frame_resize(&f, 4), 0);
    assert_memory_equal(f->data, "abcd", 4);
    gw_frame_unref(&f);
}

static void the_last_reference_drops_the_parameter_sets(void **state)
{
    (void)state;
    struct gw_buf *params = gw_buf_copy("sps", 3);
    struct gw_frame *f = gw_frame_create(0);
    struct gw_frame *other = gw_frame_ref(f);
    f->params = gw_buf_ref(params);
    gw_frame_unref(&f);
    assert_memory_equal(gw_buf_data(other->params), "sps", 3);
    gw_frame_unref(&other);
    gw_buf_fill(params)[0] = 'S'; // asserts that we are the only owner again
    gw_buf_unref(&params);
}

static void a_likeness_has_the_fields_and_counts_for_itself(void **state)
{
    (void)state;
    struct gw_frame *f = gw_frame_create(100);
    f->len = 3;
    f->seq = 7;
    f->key = true;
    f->params = gw_buf_copy("sps", 3);
    struct gw_frame head = *f;
    struct gw_frame *like = gw_frame_create_like(&head);
    gw_frame_unref(&f);
    assert_int_equal(like->seq, 7);
    assert_true(like->key);
    assert_int_equal(like->len, 3);
    assert_int_equal(like->cap, 3);
    assert_memory_equal(gw_buf_data(like->params), "sps", 3);
    gw_frame_unref(&like);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resize_keeps_bytes_and_fields),
        cmocka_unit_test(a_likeness_has_the_fields_and_counts_for_itself),
        cmocka_unit_test(the_last_reference_drops_the_parameter_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
