#include "app/norm_table.h"

#include "app/engine.h"
#include "base/clock.h"
#include "base/rng.h"
#include "map/snapshot_builder.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORLDS = 60, CAMERAS = 120, KINDS = 3 };

static const uint64_t now_us = 5000ull * 60 * GW_SECOND;

static struct gw_snapshot *snapshot_of(const struct gw_camera *cameras, size_t n)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    struct gw_snapshot *s = NULL;
    assert_non_null(b);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(gw_snapshot_builder_add_camera(b, &cameras[i]), 0);
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);
    return s;
}

// How many of a group's delays are known, above a value, or at most it; kind -1: of all.
struct naive {
    uint32_t us[CAMERAS];
    int kind[CAMERAS];
};

static uint32_t at_most(const struct naive *w, int kind, uint32_t us)
{
    uint32_t n = 0;
    for (int i = 0; i < CAMERAS; i++)
        n += w->us[i] && w->us[i] <= us && (kind < 0 || w->kind[i] == kind);
    return n;
}

// The least value that enough have at most, by trying each.
static uint32_t naive_percentile(const struct naive *w, int kind, unsigned percent)
{
    uint32_t best = 0;
    uint32_t known = at_most(w, kind, UINT32_MAX);
    for (int i = 0; i < CAMERAS; i++)
        if (w->us[i] && (kind < 0 || w->kind[i] == kind) && (!best || w->us[i] < best) &&
            at_most(w, kind, w->us[i]) * 100 >= known * percent)
            best = w->us[i];
    return best;
}

static void check_delay(const struct naive *w, int kind, const struct gw_delay_figures *f)
{
    uint32_t known = at_most(w, kind, UINT32_MAX);
    assert_int_equal(f->known, known);
    assert_int_equal(f->over, known - at_most(w, kind, GW_DELAY_MAX_US));
    assert_int_equal(f->p50_us, naive_percentile(w, kind, 50));
    assert_int_equal(f->p95_us, naive_percentile(w, kind, 95));
}

static void delays_are_those_of_a_naive_recount(void **state)
{
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 1);
    for (int i = 0; i < WORLDS; i++) {
        static struct naive truth;
        struct gw_camera cameras[CAMERAS] = { 0 };
        char ids[CAMERAS][16];
        struct gw_health *health = gw_health_create();
        assert_non_null(health);
        for (uint32_t k = 0; k < CAMERAS; k++) {
            truth.kind[k] = (int)gw_rng_below(&rng, KINDS);
            truth.us[k] =
                gw_rng_below(&rng, 3) ? 1 + (uint32_t)gw_rng_below(&rng, 4000000) : 0;
            snprintf(ids[k], sizeof(ids[k]), "%u", k);
            cameras[k] = (struct gw_camera) {
                .num = k + 1,
                .id = ids[k],
                .lon = NAN,
                .lat = NAN,
                .kind = (enum gw_camera_kind)truth.kind[k],
            };
            const struct gw_delays d = { { [GW_DELAY_STREAM] = truth.us[k] } };
            gw_health_set_delays(health, gw_stream_of(k + 1, 1), &d);
        }
        struct gw_snapshot *s = snapshot_of(cameras, CAMERAS);
        const struct gw_norm_world w = { .snapshot = s,
                                         .health = health,
                                         .now_us = now_us };
        const struct gw_norm_question by_kind = { .by = GW_BY_KIND };
        struct gw_norm_groups groups;
        struct gw_norm_delays delays[KINDS + 1];
        assert_int_equal(gw_norm_groups_init(&groups, s, &by_kind), 0);
        assert_int_equal(groups.count, KINDS);
        assert_int_equal(gw_norm_delays_count(&w, &groups, delays), 0);
        for (int kind = 0; kind < KINDS; kind++)
            check_delay(&truth, kind, &delays[kind].by[GW_DELAY_STREAM]);
        check_delay(&truth, -1, &delays[KINDS].by[GW_DELAY_STREAM]);
        assert_int_equal(delays[KINDS].by[GW_DELAY_KEY_FRAME].known, 0);
        gw_norm_groups_finish(&groups);
        gw_snapshot_unref(&s);
        gw_health_destroy(health);
    }
}

// One group of that code and name, twice: the second one is for all together.
static struct gw_norm_table one_group(struct gw_norm_group *group,
                                      struct gw_norm_figures figures[2])
{
    return (struct gw_norm_table) {
        .by = GW_BY_TOWN,
        .at = "2026-11-28T15:00:00+08:00",
        .groups = { .groups = group, .count = 1 },
        .count = 1,
        .figures = figures,
    };
}

static char *text_of(struct gw_buf *buf)
{
    assert_non_null(buf);
    char *text = calloc(1, gw_buf_len(buf) + 1);
    assert_non_null(text);
    memcpy(text, gw_buf_data(buf), gw_buf_len(buf));
    gw_buf_unref(&buf);
    return text;
}

static void a_rate_below_the_norm_is_not_shown_as_if_it_met_it(void **state)
{
    struct gw_norm_group group = { "370812001000", "镇" };
    struct gw_norm_figures figures[2] = { 0 };
    (void)state;
    gw_norm_add(&figures[0], GW_AREA_PUBLIC, GW_NORM_INTACT, 97999);
    gw_norm_add(&figures[0], GW_AREA_PUBLIC, GW_NORM_REFUSED, 2001);
    struct gw_norm_table t = one_group(&group, figures);
    char *text = text_of(gw_norm_sheet(&t));
    // Codes stay digits in a spreadsheet.
    assert_non_null(strstr(text, "\"370812001000\t\",\"镇\",\"重点公共区域\",\"100000\","
                                 "\"0\",\"100000\",\"97999\",\"97999\",\"97.99%\","
                                 "\"97.99%\",\"98%\",\"否\",\"否\",\"0\",\"2001\","));
    assert_null(strstr(text, "重点行业领域")); // there are none
    free(text);
}

static void any_name_is_a_string_of_json(void **state)
{
    struct gw_norm_group group = { "a\"b\\c", "\n\x01 \"兖州\\" };
    struct gw_norm_figures figures[2] = { 0 };
    struct gw_norm_step step = { "2026-11-28", 1440 };
    (void)state;
    gw_norm_add(&figures[0], GW_AREA_INDUSTRY, GW_NORM_BROKEN, 3);
    struct gw_norm_table t = one_group(&group, figures);
    for (int history = 0; history < 2; history++) {
        t.steps = history ? &step : NULL;
        char *text = text_of(gw_norm_json(&t));
        cJSON *root = cJSON_Parse(text);
        assert_non_null(root);
        const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItem(root, "items"), 0);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(item, "code")),
                            group.code);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(item, "name")),
                            group.name);
        const cJSON *points = cJSON_GetObjectItem(item, "points");
        const cJSON *figure = history ? cJSON_GetArrayItem(points, 0) : item;
        const cJSON *industry = cJSON_GetObjectItem(figure, "key_industry");
        assert_int_equal(cJSON_GetObjectItem(industry, "online")->valueint, 3);
        assert_int_equal(cJSON_GetObjectItem(industry, "intact")->valueint, 0);
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(industry, "online_met")));
        assert_true(cJSON_IsFalse(cJSON_GetObjectItem(industry, "intact_met")));
        // Of nothing there is no point.
        const cJSON *total = cJSON_GetObjectItem(root, "total");
        if (history)
            assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(total, "points")), 0);
        cJSON_Delete(root);
        free(text);
    }
}

static void times_say_where_they_hold(void **state)
{
    char text[GW_NORM_LABEL_MAX];
    (void)state;
    setenv("TZ", "CST-8", 1);
    tzset();
    gw_norm_time(0, text);
    assert_string_equal(text, "1970-01-01T08:00:00+08:00");
    setenv("TZ", "NST3:30", 1);
    tzset();
    gw_norm_time(0, text);
    assert_string_equal(text, "1969-12-31T20:30:00-03:30");
    unsetenv("TZ");
    tzset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_are_those_of_a_naive_recount),
        cmocka_unit_test(a_rate_below_the_norm_is_not_shown_as_if_it_met_it),
        cmocka_unit_test(any_name_is_a_string_of_json),
        cmocka_unit_test(times_say_where_they_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
