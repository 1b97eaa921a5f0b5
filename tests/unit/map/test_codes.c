#include "map/codes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void padding_zeros_do_not_count_in_a_division_code(void **state)
{
    (void)state;
    assert_int_equal(gw_division_prefix("370812"), 6);
    assert_int_equal(gw_division_prefix("370812000000"), 6);
    assert_int_equal(gw_division_prefix("370812001"), 9);
    assert_int_equal(gw_division_prefix("370812001000"), 9);
    assert_int_equal(gw_division_prefix("370812001001"), 12);
    assert_int_equal(gw_division_prefix("370812010"), 9);
    assert_int_equal(gw_division_prefix("370800"), 4);
    assert_int_equal(gw_division_prefix("370000"), 2);
    assert_int_equal(gw_division_prefix("3708120010"), 0);
    assert_int_equal(gw_division_prefix("37081200100X"), 0);
    assert_int_equal(gw_division_prefix(""), 0);
}

static void a_division_takes_in_all_below_it_and_nothing_else(void **state)
{
    (void)state;
    assert_true(gw_division_within("370812001001", "370812"));
    assert_true(gw_division_within("370812001001", "370812001"));
    assert_true(gw_division_within("370812001001", "370812001000"));
    assert_true(gw_division_within("370812001000", "370812001"));
    assert_true(gw_division_within("370812001001", "370800"));
    assert_true(gw_division_within("370812001001", "370812001001"));
    assert_false(gw_division_within("370812010001", "370812001000"));
    assert_false(gw_division_within("370812000000", "370812001"));
    assert_false(gw_division_within("370812", "370812001001"));
    assert_false(gw_division_within("370812abc", "370812"));
    assert_false(gw_division_within("", "370812"));
    assert_true(gw_division_within("old-town", "old-town"));
    assert_false(gw_division_within("old-town-2", "old-town"));
}

static void levels_follow_from_codes(void **state)
{
    (void)state;
    assert_int_equal(gw_division_level("370812"), 1);
    assert_int_equal(gw_division_level("370812001000"), 2);
    assert_int_equal(gw_division_level("370812001200"), 3);
    assert_int_equal(gw_division_level("x"), 0);
    assert_int_equal(gw_cell_level("370812001"), 1);
    assert_int_equal(gw_cell_level("370812001001001"), 3);
    assert_int_equal(gw_cell_level("370812001001001001001001"), 6);
    assert_int_equal(gw_cell_level("370812"), 0);
    assert_int_equal(gw_cell_level("37081200100100100100100100100"), 0);
}

static void a_grid_with_a_code_of_its_own_is_special(void **state)
{
    (void)state;
    assert_string_equal(gw_cell_kind("370812001", 1), "street");
    assert_string_equal(gw_cell_kind("370812001001001", 3), "grid");
    assert_string_equal(gw_cell_kind("370812001001Z01", 3), "special");
    assert_string_equal(gw_cell_kind("school", 3), "special");
    assert_string_equal(gw_cell_kind("tower-7", 5), "building");
    assert_string_equal(gw_cell_kind("370812001001001001001001", 6), "stairwell");
}

static void cell_prefixes_go_by_whole_groups_of_digits(void **state)
{
    (void)state;
    assert_true(gw_cell_prefix_of("370812001001", "370812001001001"));
    assert_false(gw_cell_prefix_of("370812001001001", "370812001001001"));
    assert_false(gw_cell_prefix_of("3708120010", "370812001001001"));
    assert_false(gw_cell_prefix_of("A1", "A10"));
    assert_false(gw_cell_prefix_of("", "370812001"));
}

static void codes_are_fit_for_urls(void **state)
{
    (void)state;
    assert_true(gw_code_valid("370812001001001"));
    assert_true(gw_code_valid("school_1.a-b"));
    assert_true(gw_code_valid("12345678901234567890123456789012"));
    assert_false(gw_code_valid("123456789012345678901234567890123"));
    assert_false(gw_code_valid(""));
    assert_false(gw_code_valid("a/b"));
    assert_false(gw_code_valid("网格"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_zeros_do_not_count_in_a_division_code),
        cmocka_unit_test(a_division_takes_in_all_below_it_and_nothing_else),
        cmocka_unit_test(levels_follow_from_codes),
        cmocka_unit_test(a_grid_with_a_code_of_its_own_is_special),
        cmocka_unit_test(cell_prefixes_go_by_whole_groups_of_digits),
        cmocka_unit_test(codes_are_fit_for_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
