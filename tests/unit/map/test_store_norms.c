#include "map/store_norms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/rng.h"
#include "tests/unit/map/temp_dir.h"

enum { DAYS = 5, CAMERAS = 40, ADDITIONS = 300, FIRST_DAY = 20000 };

struct world {
    struct temp_dir dir;
    struct gw_store *store;
};

static int set_up(void **state)
{
    char error[GW_STORE_ERROR_MAX];
    struct world *w = calloc(1, sizeof(*w));
    assert_int_equal(temp_dir_make(&w->dir), 0);
    assert_int_equal(gw_store_open(w->dir.path, &w->store, error), 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    gw_store_close(w->store);
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static void add(struct gw_store *store, const struct gw_norm_hour *hour)
{
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_add_norms(store, hour), 0);
    assert_int_equal(gw_store_commit(store), 0);
}

// What should be kept, minute by minute.
struct truth {
    uint8_t minutes[DAYS][CAMERAS][GW_NORM_HOURS][GW_NORM_WORDS];
    uint64_t looked_at[DAYS][GW_NORM_HOURS];
    unsigned rows;
};

// A few minutes of a random hour that nobody counted yet.
static void add_some(struct gw_store *store, struct gw_rng *rng, struct truth *t)
{
    unsigned day = (unsigned)gw_rng_below(rng, DAYS);
    unsigned hour = (unsigned)gw_rng_below(rng, GW_NORM_HOURS);
    struct gw_norm_hour *h =
        gw_norm_hour_create((FIRST_DAY + day) * GW_NORM_HOURS + hour);
    assert_non_null(h);
    assert_int_equal(gw_store_mark_norm_minutes(store, h), 0);
    assert_int_equal(gw_norm_hour_minutes(h), t->looked_at[day][hour]);
    for (int i = 0; i < 5; i++) {
        unsigned minute = (unsigned)gw_rng_below(rng, GW_NORM_MINUTES);
        if (gw_norm_hour_has(h, minute))
            continue;
        gw_norm_hour_mark(h, minute);
        t->looked_at[day][hour] |= 1ull << minute;
        for (uint32_t c = 0; c < CAMERAS; c++) {
            if (gw_rng_below(rng, 4) == 0)
                continue; // not registered then
            enum gw_norm_word word = (enum gw_norm_word)gw_rng_below(rng, GW_NORM_WORDS);
            assert_int_equal(gw_norm_hour_count(h, c * 1000, word), 0);
            t->minutes[day][c][hour][word]++;
        }
    }
    add(store, h);
    gw_norm_hour_destroy(h);
}

static int check_row(void *arg, const struct gw_norm_row *row)
{
    struct truth *t = arg;
    assert_int_equal(row->num % 1000, 0);
    assert_memory_equal(row->hours.minutes,
                        t->minutes[row->day - FIRST_DAY][row->num / 1000],
                        sizeof(row->hours.minutes));
    t->rows++;
    return 0;
}

static int check_minutes(void *arg, const struct gw_norm_minutes_row *row)
{
    struct truth *t = arg;
    assert_memory_equal(row->hours, t->looked_at[row->day - FIRST_DAY],
                        sizeof(row->hours));
    return 0;
}

static unsigned rows_of(const struct truth *t, unsigned first, unsigned last)
{
    static const uint8_t none[GW_NORM_HOURS][GW_NORM_WORDS];
    unsigned n = 0;
    for (unsigned day = first; day <= last; day++)
        for (int c = 0; c < CAMERAS; c++)
            n += memcmp(t->minutes[day][c], none, sizeof(none)) != 0;
    return n;
}

static void minutes_add_up_whatever_the_order(void **state)
{
    static struct truth t;
    struct world *w = *state;
    struct gw_rng rng;
    gw_rng_init(&rng, 3);
    memset(&t, 0, sizeof(t));
    for (int i = 0; i < ADDITIONS; i++)
        add_some(w->store, &rng, &t);
    assert_int_equal(
        gw_store_each_norm(w->store, FIRST_DAY, FIRST_DAY + DAYS - 1, check_row, &t), 0);
    assert_int_equal(t.rows, rows_of(&t, 0, DAYS - 1));
    assert_int_equal(
        gw_store_each_norm_minutes(w->store, 0, UINT32_MAX, check_minutes, &t), 0);
    t.rows = 0;
    assert_int_equal(
        gw_store_each_norm(w->store, FIRST_DAY + 1, FIRST_DAY + 2, check_row, &t), 0);
    assert_int_equal(t.rows, rows_of(&t, 1, 2));
}

static int count_row(void *arg, const struct gw_norm_row *row)
{
    unsigned *days = arg;
    if (row->day < 1000)
        days[row->day]++;
    else
        days[0]++;
    return 0;
}

static void one_minute(struct gw_store *store, uint32_t day)
{
    struct gw_norm_hour *h = gw_norm_hour_create(day * GW_NORM_HOURS + 7);
    assert_non_null(h);
    gw_norm_hour_mark(h, 0);
    assert_int_equal(gw_norm_hour_count(h, 1, GW_NORM_INTACT), 0);
    add(store, h);
    gw_norm_hour_destroy(h);
}

static void the_newest_days_are_kept_also_when_a_clock_was_wrong(void **state)
{
    unsigned days[1000] = { 0 };
    struct world *w = *state;
    for (uint32_t day = 1; day <= GW_NORM_DAYS_KEPT + 2; day++)
        one_minute(w->store, day);
    assert_int_equal(gw_store_each_norm(w->store, 0, UINT32_MAX, count_row, days), 0);
    assert_int_equal(days[2], 0);
    for (int day = 3; day <= GW_NORM_DAYS_KEPT + 2; day++)
        assert_int_equal(days[day], 1);

    // Thirty years ahead by mistake: that costs one day, and not all.
    memset(days, 0, sizeof(days));
    one_minute(w->store, 30 * 365);
    assert_int_equal(gw_store_each_norm(w->store, 0, UINT32_MAX, count_row, days), 0);
    assert_int_equal(days[0], 1);
    assert_int_equal(days[3], 0);
    for (int day = 4; day <= GW_NORM_DAYS_KEPT + 2; day++)
        assert_int_equal(days[day], 1);
}

static int take_minutes(void *arg, const struct gw_norm_minutes_row *row)
{
    uint64_t *minutes = arg;
    *minutes = row->hours[7];
    return 0;
}

static void what_was_looked_at_is_not_forgotten(void **state)
{
    uint64_t minutes = 0;
    struct world *w = *state;
    one_minute(w->store, 5);
    struct gw_norm_hour *h = gw_norm_hour_create(5 * GW_NORM_HOURS + 7);
    assert_non_null(h);
    gw_norm_hour_mark(h, 59);
    add(w->store, h);
    gw_norm_hour_destroy(h);
    assert_int_equal(gw_store_each_norm_minutes(w->store, 5, 5, take_minutes, &minutes),
                     0);
    assert_true(minutes == (1ull | 1ull << 59));
}

static int no_row(void *arg, const struct gw_norm_row *row)
{
    (void)arg;
    (void)row;
    return 0;
}

static void a_broken_day_is_told_and_begins_anew(void **state)
{
    char path[128];
    sqlite3 *db;
    struct world *w = *state;
    one_minute(w->store, 5);
    temp_dir_file(&w->dir, "gridwall.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "UPDATE norm_days SET hours = x'ff'; "
                                  "UPDATE norm_minutes SET minutes = x'00'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(gw_store_each_norm(w->store, 0, 9, no_row, NULL), -EBADMSG);
    one_minute(w->store, 5);
    assert_int_equal(gw_store_each_norm(w->store, 0, 9, no_row, NULL), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(minutes_add_up_whatever_the_order),
        CASE(the_newest_days_are_kept_also_when_a_clock_was_wrong),
        CASE(what_was_looked_at_is_not_forgotten),
        CASE(a_broken_day_is_told_and_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
