// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/worker/order.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void an_order_is_read_as_it_was_written(void **state)
{
    const struct gw_worker_order order = {
        .timeout_us = UINT64_MAX,
        .stall_us = 0,
        .audio = true,
        .files_dir = "/a dir/with=signs",
        .url = "http://u:p%40@h/x?y=z#",
    };
    struct gw_worker_order again;
    char text[GW_WORKER_ORDER_MAX];
    (void)state;

    int len = gw_worker_order_write(&order, text);
    assert_int_equal(len, strlen(text));
    assert_int_equal(gw_worker_order_read(text, &again), 0);
    assert_true(again.timeout_us == order.timeout_us && again.stall_us == 0 &&
                again.audio);
    assert_string_equal(again.files_dir, order.files_dir);
    assert_string_equal(again.url, order.url);
}

static void what_would_forge_a_line_is_not_written(void **state)
{
    struct gw_worker_order order = { .files_dir = "", .url = "http://h/\nx" };
    char text[GW_WORKER_ORDER_MAX];
    (void)state;

    assert_int_equal(gw_worker_order_write(&order, text), -EBADMSG);
    order = (struct gw_worker_order) { .files_dir = "/a\n", .url = "http://h/" };
    assert_int_equal(gw_worker_order_write(&order, text), -EBADMSG);
}

static void the_longest_order_fits_and_no_longer_one(void **state)
{
    char url[GW_STREAM_URL_MAX + 1];
    char dir[PATH_MAX + 100];
    struct gw_worker_order order = { UINT64_MAX, UINT64_MAX, true, dir, url };
    char text[GW_WORKER_ORDER_MAX];
    (void)state;

    memset(url, 'u', sizeof(url) - 1);
    url[sizeof(url) - 1] = '\0';
    memset(dir, 'd', sizeof(dir) - 1);
    dir[PATH_MAX - 1] = '\0';
    assert_true(gw_worker_order_write(&order, text) > 0);
    dir[PATH_MAX - 1] = 'd';
    dir[sizeof(dir) - 1] = '\0';
    assert_int_equal(gw_worker_order_write(&order, text), -EMSGSIZE);
}

static void half_an_order_is_none(void **state)
{
    static const char whole[] = "1\n2\n0\n\nhttp://h/\n";
    struct gw_worker_order order;
    char text[sizeof(whole) + 1];
    (void)state;

    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        snprintf(text, sizeof(text), "%.*s", (int)len, whole);
        assert_int_equal(gw_worker_order_read(text, &order), -EBADMSG);
    }
    strcpy(text, whole);
    assert_int_equal(gw_worker_order_read(text, &order), 0);
    static const char *const bad[] = { "x\n2\n0\n\nu\n",  "1\n-2\n0\n\nu\n",
                                       "1x\n2\n0\n\nu\n", "1\n2\n0\n\nu\nx",
                                       "1\n2\n2\n\nu\n",  "1\n2\n\nu\n" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        strcpy(text, bad[i]);
        assert_int_equal(gw_worker_order_read(text, &order), -EBADMSG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_read_as_it_was_written),
        cmocka_unit_test(what_would_forge_a_line_is_not_written),
        cmocka_unit_test(the_longest_order_fits_and_no_longer_one),
        cmocka_unit_test(half_an_order_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
