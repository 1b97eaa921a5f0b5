#include "tests/farm/faults.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void specs_are_read(void **state)
{
    struct farm_order order;
    (void)state;

    assert_int_equal(farm_order_parse("stall 1-10", 20, &order), 0);
    assert_int_equal(order.fault, FARM_STALL);
    assert_int_equal(order.first, 1);
    assert_int_equal(order.last, 10);
    assert_int_equal(farm_order_parse("drop:0.05:7", 20, &order), 0);
    assert_int_equal(order.fault, FARM_DROP);
    assert_int_equal(order.drop_ppm, 50000);
    assert_int_equal(order.first, 7);
    assert_int_equal(order.last, 7);
    assert_int_equal(farm_order_parse("resume", 20, &order), 0);
    assert_int_equal(order.fault, FARM_RESUME);
    assert_int_equal(order.last, 20);
    assert_int_equal(farm_order_parse("close all", 20, &order), 0);
    assert_int_equal(order.last, 20);
}

static void nonsense_is_refused(void **state)
{
    static const struct {
        const char *spec;
        int error;
    } cases[] = {
        { "", -EBADMSG },          { "explode 1", -EBADMSG },  { "stall x", -EBADMSG },
        { "stall 1-", -EBADMSG },  { "stall 1-2x", -EBADMSG }, { "stall 1 2", -EBADMSG },
        { "drop", -EBADMSG },      { "drop x 1", -EBADMSG },   { "drop 1.5 1", -ERANGE },
        { "drop nan 1", -ERANGE }, { "stall 0", -ERANGE },     { "stall 5-4", -ERANGE },
        { "stall 21", -ERANGE },   { "stall 1-21", -ERANGE },
    };
    struct farm_order order = { .first = 42 };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(farm_order_parse(cases[i].spec, 20, &order), cases[i].error);
    assert_int_equal(order.first, 42);
}

static void faults_touch_their_cameras_only(void **state)
{
    struct farm_faults f;
    struct farm_order order;
    (void)state;

    assert_int_equal(farm_faults_init(&f, 5), 0);
    assert_int_equal(farm_order_parse("stall 2-3", 5, &order), 0);
    farm_faults_apply(&f, &order);
    assert_int_equal(farm_order_parse("resume 3", 5, &order), 0);
    farm_faults_apply(&f, &order);
    for (uint32_t camera = 1; camera <= 5; camera++)
        assert_int_equal(farm_faults_of(&f, camera)->stall, camera == 2);
    farm_faults_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specs_are_read),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(faults_touch_their_cameras_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
