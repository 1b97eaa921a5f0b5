#include "app/entity_tag.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_tag_says_which_revision_and_which_answer(void **state)
{
    (void)state;
    char one[GW_ENTITY_TAG_MAX], other[GW_ENTITY_TAG_MAX];
    struct gw_revisions read;
    struct gw_buf *live = gw_buf_copy("live", 4), *idle = gw_buf_copy("idle", 4);
    gw_entity_tag_write(INT64_C(123456789012345678), live, one);
    gw_entity_tag_write(INT64_C(123456789012345678), idle, other);
    assert_string_not_equal(one, other);
    assert_int_equal(gw_entity_tags_read(one, GW_TAGS_STRONG, &read), 0);
    assert_true(read.given && !read.any && read.count == 1);
    assert_true(read.list[0] == INT64_C(123456789012345678));
    assert_true(gw_entity_tags_have(one, one));
    assert_false(gw_entity_tags_have(other, one));
    gw_buf_unref(&live);
    gw_buf_unref(&idle);
}

static void lists_are_read_as_rfc_9110_has_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int strong, weak; // revisions that are found
    } lists[] = {
        { "\"7-a\"", 1, 1 },
        { " \"7-a\" ,\t\"8-b\" ", 2, 2 },
        { ",, \"7-a\",,\"8-b\",", 2, 2 }, // empty elements
        { "W/\"7-a\", \"8-b\"", 1, 2 },
        { "\"somebody-else's\", \"8-b\", \"\"", 1, 1 },
        { "\"8\", \"-8\", \"8 -a\"", -EBADMSG, -EBADMSG }, // no blanks within a tag
        { "\"8\", \"-8\"", 0, 0 },
        { "\"9999999999999999999-a\"", 0, 0 }, // beyond any of ours
        { "7-a", -EBADMSG, -EBADMSG },
        { "\"7-a", -EBADMSG, -EBADMSG },
        { "\"7-a\"\"8-b\"", -EBADMSG, -EBADMSG },
        { "w/\"7-a\"", -EBADMSG, -EBADMSG }, // W is a capital
        { "*, \"7-a\"", -EBADMSG, -EBADMSG },
        { "**", -EBADMSG, -EBADMSG },
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        for (int weak = 0; weak < 2; weak++) {
            struct gw_revisions read = { .count = 99 };
            int wanted = weak ? lists[i].weak : lists[i].strong;
            int r = gw_entity_tags_read(lists[i].text,
                                        weak ? GW_TAGS_WEAK : GW_TAGS_STRONG, &read);
            assert_int_equal(r < 0 ? r : (int)read.count, wanted);
            assert_int_equal(r < 0 ? 99 : read.given && !read.any, r < 0 ? 99 : 1);
        }
    }
}

static void a_star_is_whatever_there_is_and_nothing_is_no_condition(void **state)
{
    (void)state;
    struct gw_revisions read;
    assert_int_equal(gw_entity_tags_read(" * ", GW_TAGS_STRONG, &read), 0);
    assert_true(read.given && read.any);
    assert_true(gw_entity_tags_have("*", "\"1-a\""));
    assert_int_equal(gw_entity_tags_read("", GW_TAGS_STRONG, &read), 0);
    assert_false(read.given || read.any || read.count);
    assert_false(gw_entity_tags_have("", "\"1-a\""));
}

static void a_list_is_bounded(void **state)
{
    (void)state;
    char text[GW_REVISIONS_MAX * 8 + 16] = "";
    struct gw_revisions read = { .count = 99 };
    for (int i = 0; i < GW_REVISIONS_MAX; i++)
        strcat(text, "\"1-a\",");
    assert_int_equal(gw_entity_tags_read(text, GW_TAGS_STRONG, &read), 0);
    assert_int_equal(read.count, GW_REVISIONS_MAX);
    read.count = 99;
    strcat(text, "\"2-a\"");
    assert_int_equal(gw_entity_tags_read(text, GW_TAGS_STRONG, &read), -EMSGSIZE);
    assert_int_equal(read.count, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_says_which_revision_and_which_answer),
        cmocka_unit_test(lists_are_read_as_rfc_9110_has_them),
        cmocka_unit_test(a_star_is_whatever_there_is_and_nothing_is_no_condition),
        cmocka_unit_test(a_list_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
