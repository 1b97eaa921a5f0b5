// A place's record: kinds, attributes, edits, and where it belongs.
#include "map/place.h"
#include "map/snapshot_builder.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct gw_place_edit edit_of(const char *id)
{
    return (struct gw_place_edit) { .id = id, .lon = NAN, .lat = NAN };
}

static void test_kinds_have_names_that_lead_back(void **state)
{
    (void)state;
    for (int k = 0; k < GW_PLACE_KINDS; k++) {
        enum gw_place_kind kind = (enum gw_place_kind)k;
        struct gw_text text = gw_place_kind_text(kind);
        assert_int_equal(gw_place_kind_of_name(gw_place_kind_name(kind)), kind);
        assert_int_equal(gw_place_kind_of_name(text.en), kind);
        assert_int_equal(gw_place_kind_of_name(text.zh), kind);
    }
    assert_int_equal(gw_place_kind_of_name("卫生院"), GW_PLACE_HOSPITAL);
    assert_int_equal(gw_place_kind_of_name("ktv"), GW_PLACE_ENTERTAINMENT);
    assert_int_equal(gw_place_kind_of_name("spaceport"), GW_PLACE_KINDS);
    assert_int_equal(gw_place_kind_group(GW_PLACE_SCHOOL), GW_PLACE_KEY);
    assert_int_equal(gw_place_kind_group(GW_PLACE_PART_EXTENDED), GW_PLACE_PART);
    assert_int_equal(gw_place_kind_group(GW_PLACE_OTHER), GW_PLACE_NO_GROUP);
    assert_int_equal(gw_place_group_of_name("city_part"), GW_PLACE_PART);
}

static void test_a_part_is_known_by_its_code(void **state)
{
    (void)state;
    struct gw_place_scratch scratch = { 0 };
    struct gw_place p;
    struct gw_place_edit edit = edit_of("3708120102000017");
    assert_int_equal(gw_place_edit_apply(&edit, NULL, &scratch, &p), 0);
    assert_string_equal(p.class_code, "0102");
    assert_int_equal(p.kind, GW_PLACE_PART_PUBLIC);

    edit = edit_of("3708129902000017"); // there is no large class 99
    assert_int_equal(gw_place_edit_apply(&edit, NULL, &scratch, &p), 0);
    assert_string_equal(p.class_code, "");
    assert_int_equal(p.kind, GW_PLACE_OTHER);
}

static void test_attributes_are_sorted_replaced_and_bounded(void **state)
{
    (void)state;
    char text[GW_PLACE_ATTRIBUTES_BYTES] = "";
    assert_int_equal(gw_place_attributes_add(text, "floors", "12"), 0);
    assert_int_equal(gw_place_attributes_add(text, "beds", "800"), 0);
    assert_int_equal(gw_place_attributes_add(text, "电话", "0537=1"), 0);
    assert_string_equal(text, "beds=800\nfloors=12\n电话=0537=1\n");
    assert_int_equal(gw_place_attributes_add(text, "floors", "13"), 0);
    assert_int_equal(gw_place_attributes_add(text, "beds", ""), 0);
    assert_string_equal(text, "floors=13\n电话=0537=1\n");
    assert_int_equal(gw_place_attributes_add(text, "a=b", "1"), -EINVAL);
    assert_int_equal(gw_place_attributes_add(text, "a", "1\n2"), -EINVAL);

    char value[GW_PLACE_VALUE_MAX + 2];
    memset(value, 'x', sizeof(value));
    value[GW_PLACE_VALUE_MAX + 1] = '\0';
    assert_int_equal(gw_place_attributes_add(text, "a", value), -EMSGSIZE);
    value[GW_PLACE_VALUE_MAX] = '\0';
    char name[GW_PLACE_KEY_MAX + 1];
    for (int i = 0; i < GW_PLACE_ATTRIBUTES_MAX - 2; i++) {
        snprintf(name, sizeof(name), "%0*d", GW_PLACE_KEY_MAX, i);
        assert_int_equal(gw_place_attributes_add(text, name, value), 0);
    }
    assert_int_equal(gw_place_attributes_add(text, "one more", "1"), -ENOSPC);
    assert_int_equal(gw_place_attributes_add(text, "floors", value), 0);
}

static void test_an_edit_changes_what_it_says(void **state)
{
    (void)state;
    struct gw_place_scratch first = { 0 }, second = { 0 };
    struct gw_place old, p;
    struct gw_place_edit edit = edit_of("h1");
    edit.name = "兖州区中医院";
    edit.kind = "医院";
    edit.attributes = "beds=800\n";
    edit.lon = 116.8;
    edit.lat = 35.5;
    assert_int_equal(gw_place_edit_apply(&edit, NULL, &first, &old), 0);
    assert_string_equal(old.initials, "yzqzyy");

    edit = edit_of("h1");
    edit.address = "文化东路";
    edit.attributes = "floors=9\n";
    assert_int_equal(gw_place_edit_apply(&edit, &old, &second, &p), 0);
    assert_string_equal(p.name, "兖州区中医院");
    assert_int_equal(p.kind, GW_PLACE_HOSPITAL);
    assert_string_equal(p.address, "文化东路");
    assert_string_equal(p.attributes, "beds=800\nfloors=9\n");
    assert_true(p.lon == 116.8 && p.lat == 35.5);
    assert_false(gw_place_equal(&old, &p));

    edit = edit_of("h1");
    assert_int_equal(gw_place_edit_apply(&edit, &old, &second, &p), 0);
    assert_true(gw_place_equal(&old, &p));
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    struct gw_place_problem problem;
    struct gw_place_edit edit = edit_of("a/b");
    assert_true(gw_place_edit_check(&edit, &problem));
    assert_string_equal(problem.field, "id");
    assert_non_null(strstr(problem.what.en, "place"));
    edit = edit_of("a");
    edit.kind = "spaceport";
    assert_true(gw_place_edit_check(&edit, &problem));
    assert_string_equal(problem.field, "kind");
    edit = edit_of("a");
    edit.class_code = "9901";
    assert_true(gw_place_edit_check(&edit, &problem));
    assert_string_equal(problem.field, "class");
    edit.class_code = "0101";
    edit.lon = 200;
    assert_true(gw_place_edit_check(&edit, &problem));
    assert_string_equal(problem.field, "lon");
    edit.lon = NAN;
    assert_false(gw_place_edit_check(&edit, &problem));
}

static struct gw_snapshot *make_cells(struct gw_locator **ret_locator)
{
    static const char square[] =
        "{\"type\":\"Polygon\",\"coordinates\":[[[116,35],[117,35],[117,36],[116,36],"
        "[116,35]]]}";
    struct gw_snapshot *cells;
    size_t n;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    gw_snapshot_builder_add_cell(
        b,
        &(struct gw_cell) { .code = "370812001", .division = "370812001", .level = 1 });
    gw_snapshot_builder_add_cell(b, &(struct gw_cell) { .code = "school",
                                                        .division = "370812001001",
                                                        .parent = "370812001",
                                                        .level = 3,
                                                        .geometry = square });
    assert_int_equal(gw_snapshot_builder_finish(b, &cells), 0);
    gw_snapshot_builder_destroy(b);
    const struct gw_cell *table = gw_snapshot_cells(cells, &n);
    assert_int_equal(gw_locator_create(table, n, ret_locator), 0);
    return cells;
}

static void test_it_belongs_to_cells_and_a_division(void **state)
{
    (void)state;
    struct gw_locator *locator;
    struct gw_snapshot *cells = make_cells(&locator);
    struct gw_place_scratch scratch = { 0 };
    struct gw_place p;
    struct gw_place_edit edit = edit_of("a");
    edit.lon = 116.5;
    edit.lat = 35.5;
    assert_int_equal(gw_place_edit_apply(&edit, NULL, &scratch, &p), 0);
    gw_place_settle(&p, cells, locator, &scratch);
    assert_string_equal(p.cell, "school");
    assert_string_equal(p.division, "370812001001");
    assert_true(gw_place_in_cell(&p, "school") && gw_place_in_cell(&p, "370812001"));
    assert_false(gw_place_in_cell(&p, "37081200"));
    assert_true(gw_place_in_division(&p, "370812"));

    // A cell that is not known is below those that its code names.
    edit.cell = "370812002001001";
    edit.division = "370812002";
    assert_int_equal(gw_place_edit_apply(&edit, NULL, &scratch, &p), 0);
    gw_place_settle(&p, cells, locator, &scratch);
    assert_string_equal(p.home, "370812002001001 370812002001 370812002");
    assert_string_equal(p.division, "370812002");
    gw_locator_destroy(locator);
    gw_snapshot_unref(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_have_names_that_lead_back),
        cmocka_unit_test(test_a_part_is_known_by_its_code),
        cmocka_unit_test(test_attributes_are_sorted_replaced_and_bounded),
        cmocka_unit_test(test_an_edit_changes_what_it_says),
        cmocka_unit_test(test_what_is_wrong_is_named),
        cmocka_unit_test(test_it_belongs_to_cells_and_a_division),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
