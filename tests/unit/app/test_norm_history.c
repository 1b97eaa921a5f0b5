#include "app/norm_history.h"

#include "base/rng.h"
#include "map/snapshot_builder.h"
#include "map/store_norms.h"
#include "tests/unit/map/temp_dir.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

// From 1 November 2026 on, over a change of American clocks.
enum {
    FIRST_HOUR = 20758 * 24,
    HOURS = 24 * 70,
    CAMERAS = 12,
    GONE = 3, // cameras that are kept and not registered any more
    KINDS = 3,
    QUESTIONS = 120,
};

static struct temp_dir dir;
static struct gw_snapshot *snapshot;
static struct gw_rng rng;

// What is kept; kinds and areas go by number.
static uint8_t kept[HOURS][CAMERAS + GONE][GW_NORM_WORDS];
static uint32_t looked_at[HOURS];

static enum gw_norm_area area_of(int number)
{
    return (enum gw_norm_area)(number % GW_AREAS);
}

static void make_snapshot(void)
{
    static const char *const types[GW_AREAS] = { "", "1", "2" };
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    assert_non_null(b);
    for (int i = 0; i < CAMERAS; i++) {
        char id[16];
        const char *details[GW_DETAILS];
        for (int k = 0; k < GW_DETAILS; k++)
            details[k] = k == GW_DETAIL_POINT_TYPE ? types[area_of(i)] : "";
        snprintf(id, sizeof(id), "c%d", (i * 7) % CAMERAS); // not in order of numbers
        const struct gw_camera c = {
            .num = (uint32_t)i + 1,
            .id = id,
            .lon = NAN,
            .lat = NAN,
            .kind = (enum gw_camera_kind)(i % KINDS),
            .details = details,
        };
        assert_int_equal(gw_snapshot_builder_add_camera(b, &c), 0);
    }
    assert_int_equal(gw_snapshot_builder_finish(b, &snapshot), 0);
    gw_snapshot_builder_destroy(b);
}

static void fill_hour(struct gw_store *store, int hour)
{
    struct gw_norm_hour *h = gw_norm_hour_create((uint32_t)(FIRST_HOUR + hour));
    assert_non_null(h);
    looked_at[hour] = (uint32_t)gw_rng_below(&rng, 4);
    for (uint32_t minute = 0; minute < looked_at[hour]; minute++) {
        gw_norm_hour_mark(h, minute * 7);
        for (uint32_t i = 0; i < CAMERAS + GONE; i++) {
            enum gw_norm_word word = (enum gw_norm_word)gw_rng_below(&rng, GW_NORM_WORDS);
            assert_int_equal(gw_norm_hour_count(h, i + 1, word), 0);
            kept[hour][i][word]++;
        }
    }
    assert_int_equal(gw_store_add_norms(store, h), 0);
    gw_norm_hour_destroy(h);
}

static int set_up(void **state)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    (void)state;
    gw_rng_init(&rng, 5);
    assert_int_equal(temp_dir_make(&dir), 0);
    make_snapshot();
    assert_int_equal(gw_store_open(dir.path, &store, error), 0);
    assert_int_equal(gw_store_begin(store), 0);
    for (int hour = 0; hour < HOURS; hour++)
        fill_hour(store, hour);
    assert_int_equal(gw_store_commit(store), 0);
    gw_store_close(store);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    gw_snapshot_unref(&snapshot);
    temp_dir_remove(&dir);
    return 0;
}

static void set_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

// The step that a kept hour falls into, as the clock on the wall says; false: it is not
// in the span.
static bool step_of(const struct gw_norm_span *span, int hour, char ret[64])
{
    static const char *const forms[GW_STEPS] = { "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d",
                                                 "%Y-%m" };
    time_t at = (time_t)(FIRST_HOUR + hour) * 3600;
    struct tm tm;
    localtime_r(&at, &tm);
    long day = (tm.tm_year + 1900) * 10000L + (tm.tm_mon + 1) * 100 + tm.tm_mday;
    long first = span->first.year * 10000L + span->first.month * 100 + span->first.day;
    long last = span->last.year * 10000L + span->last.month * 100 + span->last.day;
    strftime(ret, 64, forms[span->step], &tm);
    if (span->step == GW_STEP_HOUR)
        snprintf(ret + strlen(ret), 64 - strlen(ret), "%+03ld:%02ld", tm.tm_gmtoff / 3600,
                 labs(tm.tm_gmtoff / 60 % 60));
    return day >= first && day <= last;
}

// Which step each kept hour falls into, -1: none. Every hour of the span has one.
static int steps[HOURS];

static void find_steps(const struct gw_norm_span *span, const struct gw_norm_table *t)
{
    for (size_t i = 1; i < t->count; i++)
        assert_string_not_equal(t->steps[i - 1].label, t->steps[i].label);
    for (int hour = 0; hour < HOURS; hour++) {
        char name[64];
        steps[hour] = -1;
        if (!step_of(span, hour, name))
            continue;
        for (size_t i = 0; i < t->count; i++)
            if (strcmp(t->steps[i].label, name) == 0)
                steps[hour] = (int)i;
        assert_true(steps[hour] >= 0);
    }
}

// kind -1: all.
static void check_group(const struct gw_norm_table *t, size_t group, int kind, int step)
{
    struct gw_norm_figures expected = { 0 };
    uint32_t minutes = 0;
    for (int hour = 0; hour < HOURS; hour++) {
        if (steps[hour] != step)
            continue;
        minutes += looked_at[hour];
        for (int i = 0; i < CAMERAS; i++)
            for (int word = 0; word < GW_NORM_WORDS; word++) {
                if (kind >= 0 && i % KINDS != kind)
                    continue;
                expected.areas[GW_AREA_ALL].by[word] += kept[hour][i][word];
                if (area_of(i) != GW_AREA_ALL)
                    expected.areas[area_of(i)].by[word] += kept[hour][i][word];
            }
    }
    assert_memory_equal(gw_norm_table_at(t, group, (size_t)step), &expected,
                        sizeof(expected));
    assert_int_equal(t->steps[step].minutes, minutes);
}

static int ask(const struct gw_norm_span *span, enum gw_norm_by by,
               struct gw_norm_table *t)
{
    const struct gw_norm_question question = { .by = by };
    *t = (struct gw_norm_table) { .by = by };
    assert_int_equal(gw_norm_groups_init(&t->groups, snapshot, &question), 0);
    return gw_norm_history_read(dir.path, snapshot, span, t);
}

static void sums_are_those_of_a_naive_recount_in_any_zone(void **state)
{
    static const char *const zones[] = { "UTC0", "CST-8", "IST-5:30", "NST3:30",
                                         "EST5EDT,M3.2.0,M11.1.0" };
    const struct gw_norm_date begin = { 2026, 11, 1 };
    (void)state;
    for (int i = 0; i < QUESTIONS; i++) {
        set_zone(zones[i % 5]);
        // The first ones begin on the day on which American clocks change.
        int from = i < 5 * GW_STEPS ? 0 : (int)gw_rng_below(&rng, 72) - 2;
        struct gw_norm_span span = {
            .first = gw_norm_date_after(&begin, from),
            .last = gw_norm_date_after(&begin, from + (int)gw_rng_below(&rng, 20)),
            .step = (enum gw_norm_step_size)(i / 5 % GW_STEPS),
        };
        struct gw_norm_table t;
        assert_int_equal(ask(&span, GW_BY_KIND, &t), 0);
        assert_int_equal(t.groups.count, KINDS);
        find_steps(&span, &t);
        for (int step = 0; step < (int)t.count; step++) {
            for (int kind = 0; kind < KINDS; kind++)
                check_group(&t, (size_t)kind, kind, step);
            check_group(&t, KINDS, -1, step);
        }
        gw_norm_table_finish(&t);
    }
    unsetenv("TZ");
    tzset();
}

static void an_answer_is_bounded(void **state)
{
    struct gw_norm_span span = { { 2026, 1, 1 }, { 2026, 12, 31 }, GW_STEP_HOUR };
    struct gw_norm_table t;
    (void)state;
    assert_int_equal(gw_norm_span_days(&span), 365);
    assert_int_equal(ask(&span, GW_BY_CAMERA, &t), -E2BIG);
    gw_norm_table_finish(&t);
    span.step = GW_STEP_DAY;
    assert_int_equal(ask(&span, GW_BY_CAMERA, &t), 0);
    gw_norm_table_finish(&t);
}

static void dates_are_read_as_they_are_written(void **state)
{
    static const char *const bad[] = { "",           "2026-11",    "2026-11-31",
                                       "2025-02-29", "2026-1-1",   "2026-11-28 ",
                                       "x026-11-28", "1969-12-31", "2026/11/28",
                                       "2026-00-10", "2026-11-2x", "9999-01-01" };
    struct gw_norm_date d = { 1, 2, 3 };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_norm_date_read(bad[i], &d), -EINVAL);
    assert_int_equal(d.year, 1); // untouched on failure
    assert_int_equal(gw_norm_date_read("2024-02-29", &d), 0);
    assert_true(d.year == 2024 && d.month == 2 && d.day == 29);
    d = gw_norm_date_after(&d, -60);
    assert_true(d.year == 2023 && d.month == 12 && d.day == 31);
    const struct gw_norm_span backwards = { { 2026, 3, 1 },
                                            { 2026, 2, 28 },
                                            GW_STEP_DAY };
    assert_int_equal(gw_norm_span_days(&backwards), 0);
    assert_int_equal(gw_norm_step_of_name("month"), GW_STEP_MONTH);
    assert_int_equal(gw_norm_step_of_name("week"), GW_STEPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_those_of_a_naive_recount_in_any_zone),
        cmocka_unit_test(an_answer_is_bounded),
        cmocka_unit_test(dates_are_read_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
