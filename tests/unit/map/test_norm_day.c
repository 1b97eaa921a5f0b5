#include "map/norm_day.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { DAYS = 2000 };

static void random_hour(struct gw_rng *rng, uint8_t minutes[GW_NORM_WORDS])
{
    unsigned left = (unsigned)gw_rng_below(rng, GW_NORM_MINUTES + 1);
    memset(minutes, 0, GW_NORM_WORDS);
    while (left > 0) {
        unsigned some = 1 + (unsigned)gw_rng_below(rng, left);
        minutes[gw_rng_below(rng, GW_NORM_WORDS)] += (uint8_t)some;
        left -= some;
    }
}

static void any_day_comes_back_as_it_was(void **state)
{
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 1);
    for (int i = 0; i < DAYS; i++) {
        struct gw_norm_day day = { 0 }, back;
        uint8_t bytes[GW_NORM_DAY_MAX];
        for (int hour = 0; hour < GW_NORM_HOURS; hour++)
            if (hour > 0 && gw_rng_below(&rng, 2))
                memcpy(day.minutes[hour], day.minutes[hour - 1], GW_NORM_WORDS);
            else
                random_hour(&rng, day.minutes[hour]);
        size_t len = gw_norm_day_encode(&day, bytes);
        assert_in_range(len, 0, GW_NORM_DAY_MAX);
        assert_int_equal(gw_norm_day_decode(bytes, len, &back), 0);
        assert_memory_equal(&back, &day, sizeof(day));
    }
}

static void a_day_of_nothing_new_is_four_bytes(void **state)
{
    static const uint8_t intact[] = { 24, 1 << GW_NORM_INTACT, 0, 60 };
    // From 3 o'clock on, for two hours; then half an hour refused.
    static const uint8_t later[] = {
        3, 0, 0, 2, 1 << GW_NORM_INTACT, 0, 60, 1, 1 << GW_NORM_REFUSED, 0, 30
    };
    struct gw_norm_day day = { 0 };
    uint8_t bytes[GW_NORM_DAY_MAX];
    (void)state;

    assert_int_equal(gw_norm_day_encode(&day, bytes), 0);
    for (int hour = 0; hour < GW_NORM_HOURS; hour++)
        day.minutes[hour][GW_NORM_INTACT] = 60;
    assert_int_equal(gw_norm_day_encode(&day, bytes), sizeof(intact));
    assert_memory_equal(bytes, intact, sizeof(intact));

    memset(&day, 0, sizeof(day));
    day.minutes[3][GW_NORM_INTACT] = day.minutes[4][GW_NORM_INTACT] = 60;
    day.minutes[5][GW_NORM_REFUSED] = 30;
    assert_int_equal(gw_norm_day_encode(&day, bytes), sizeof(later));
    assert_memory_equal(bytes, later, sizeof(later));
}

static void an_hour_takes_no_more_than_sixty_minutes(void **state)
{
    struct gw_norm_day day = { 0 };
    const uint8_t forty[GW_NORM_WORDS] = { [GW_NORM_INTACT] = 30, [GW_NORM_OTHER] = 10 };
    (void)state;

    gw_norm_day_add(&day, 23, forty);
    assert_int_equal(day.minutes[23][GW_NORM_OTHER], 10);
    gw_norm_day_add(&day, 23, forty);
    assert_int_equal(day.minutes[23][GW_NORM_INTACT], 50);
    assert_int_equal(day.minutes[23][GW_NORM_OTHER], 10);
    assert_int_equal(day.minutes[22][GW_NORM_INTACT], 0);
}

static void what_is_no_day_is_refused(void **state)
{
    static const struct {
        uint8_t bytes[8];
        size_t len;
    } bad[] = {
        { { 24, 2 }, 2 },                 // cut in its head
        { { 24, 2, 0 }, 3 },              // cut before its minutes
        { { 0, 2, 0, 60 }, 4 },           // of no hour
        { { 25, 2, 0, 60 }, 4 },          // of more than a day
        { { 20, 2, 0, 60, 5, 0, 0 }, 7 }, // likewise, both together
        { { 1, 2, 0, 61 }, 4 },           // more than an hour's minutes
        { { 1, 3, 0, 30, 31 }, 5 },       // likewise, both together
        { { 1, 2, 0, 0 }, 4 },            // a word that does not occur
        { { 1, 2, 0x80, 60 }, 4 },        // a word that there is not
    };
    struct gw_norm_day day;
    (void)state;
    memset(&day, 7, sizeof(day));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_norm_day_decode(bad[i].bytes, bad[i].len, &day), -EBADMSG);
    assert_int_equal(day.minutes[0][0], 7); // untouched on failure
    assert_int_equal(gw_norm_day_decode((const uint8_t *)"", 0, &day), 0);
    assert_int_equal(day.minutes[0][0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_day_comes_back_as_it_was),
        cmocka_unit_test(a_day_of_nothing_new_is_four_bytes),
        cmocka_unit_test(an_hour_takes_no_more_than_sixty_minutes),
        cmocka_unit_test(what_is_no_day_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
