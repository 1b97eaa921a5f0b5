#include "app/query_string.h"

#include <errno.h>
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct gw_query_string parse(const char *text)
{
    struct gw_query_string q;
    assert_int_equal(gw_query_string_parse(text, &q), 0);
    return q;
}

static void decodes_keys_and_values(void **state)
{
    (void)state;
    struct gw_query_string q = parse("q=%E5%85%B4%E9%9A%86+1&a%3Db=%26&flag&cell=");
    assert_int_equal(q.count, 4);
    assert_string_equal(gw_query_string_get(&q, "q"), "兴隆 1");
    assert_string_equal(gw_query_string_get(&q, "a=b"), "&");
    assert_string_equal(gw_query_string_get(&q, "flag"), "");
    assert_string_equal(gw_query_string_get(&q, "cell"), "");
    assert_null(gw_query_string_get(&q, "other"));
    gw_query_string_finish(&q);
}

static void the_first_of_two_counts(void **state)
{
    (void)state;
    struct gw_query_string q = parse("&&limit=1&limit=2&");
    assert_string_equal(gw_query_string_get(&q, "limit"), "1");
    gw_query_string_finish(&q);
}

static void refuses_broken_escapes_and_nul(void **state)
{
    static const char *const bad[] = { "a=%", "a=%4", "a=%zz", "a=%00", "%0=1" };
    struct gw_query_string q = { .count = 99 };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_query_string_parse(bad[i], &q), -EBADMSG);
    assert_int_equal(q.count, 99);
}

static void has_limits(void **state)
{
    static char text[GW_QUERY_MAX + 2];
    struct gw_query_string q;
    (void)state;
    memset(text, 'a', GW_QUERY_MAX);
    q = parse(text);
    gw_query_string_finish(&q);
    text[GW_QUERY_MAX] = 'a';
    assert_int_equal(gw_query_string_parse(text, &q), -EMSGSIZE);

    char pairs[2 * (GW_QUERY_PAIRS_MAX + 1) + 1] = "";
    for (int i = 0; i < GW_QUERY_PAIRS_MAX; i++)
        strcat(pairs, "a&");
    q = parse(pairs);
    assert_int_equal(q.count, GW_QUERY_PAIRS_MAX);
    gw_query_string_finish(&q);
    strcat(pairs, "a");
    assert_int_equal(gw_query_string_parse(pairs, &q), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_keys_and_values),
        cmocka_unit_test(the_first_of_two_counts),
        cmocka_unit_test(refuses_broken_escapes_and_nul),
        cmocka_unit_test(has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
