#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void keeps_what_it_was_given(void **state)
{
    (void)state;
    struct gw_buf *b = gw_buf_copy("abc", 3);
    assert_non_null(b);
    assert_int_equal(gw_buf_len(b), 3);
    assert_memory_equal(gw_buf_data(b), "abc", 3);
    gw_buf_unref(&b);
    assert_null(b);
}

static void lives_until_the_last_reference_goes(void **state)
{
    (void)state;
    struct gw_buf *first = gw_buf_copy("abc", 3);
    struct gw_buf *second = gw_buf_ref(first);
    gw_buf_unref(&first);
    assert_memory_equal(gw_buf_data(second), "abc", 3); // ASan would see a free
    gw_buf_unref(&second);
}

static void refuses_a_length_that_overflows(void **state)
{
    (void)state;
    assert_null(gw_buf_create(SIZE_MAX));
}

static void unref_takes_null(void **state)
{
    (void)state;
    struct gw_buf *b = NULL;
    gw_buf_unref(&b);
    assert_null(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_it_was_given),
        cmocka_unit_test(lives_until_the_last_reference_goes),
        cmocka_unit_test(refuses_a_length_that_overflows),
        cmocka_unit_test(unref_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
