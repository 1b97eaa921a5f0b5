#include "app/norms.h"

#include "app/engine.h"
#include "base/clock.h"
#include "base/rng.h"
#include "map/codes.h"
#include "map/snapshot_builder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORLDS = 40, CAMERAS = 400, TOWNS = 3, VILLAGES = 4, DEPARTMENTS = 4, CODE = 64 };

static const uint64_t now_us = 5000ull * 60 * GW_SECOND;

// A world and the truth about it, as a child would write it down.
struct truth {
    char id[CODE], town[CODE], village[CODE], grid[CODE], department[CODE];
    enum gw_camera_kind kind;
    enum gw_norm_area area;
    enum gw_norm_word word;
};

struct world {
    struct gw_snapshot *snapshot;
    struct gw_states *states;
    struct gw_health *health;
    struct truth truth[CAMERAS]; // by number, less one
};

static void add_divisions(struct gw_snapshot_builder *b)
{
    struct gw_division d = { "370812", "区", "", 1, "", 0 };
    assert_int_equal(gw_snapshot_builder_add_division(b, &d), 0);
    for (int town = 1; town <= TOWNS; town++) {
        char code[CODE], below[CODE];
        snprintf(code, sizeof(code), "370812%03d000", town);
        d = (struct gw_division) { code, "镇", "370812", 2, "", 0 };
        assert_int_equal(gw_snapshot_builder_add_division(b, &d), 0);
        for (int village = 1; village <= VILLAGES; village++) {
            snprintf(below, sizeof(below), "370812%03d%03d", town, village);
            d = (struct gw_division) { below, "村", code, 3, "", 0 };
            assert_int_equal(gw_snapshot_builder_add_division(b, &d), 0);
        }
    }
}

// Grids below communities, and in each of them a compound.
static void add_cells(struct gw_snapshot_builder *b)
{
    for (int town = 1; town <= TOWNS; town++)
        for (int i = 0; i < 3; i++) {
            char code[CODE];
            int len = 12 + 3 * i;
            snprintf(code, sizeof(code), "370812%03d001001001", town);
            code[len] = '\0';
            struct gw_cell cell = { code, "格", "", "", gw_cell_level(code), "", 0 };
            assert_int_equal(gw_snapshot_builder_add_cell(b, &cell), 0);
        }
}

// Finds the camera in a random condition, and says what it counts as then.
static enum gw_norm_word meet(struct gw_rng *rng, struct world *w, uint32_t num,
                              bool has_sub)
{
    const struct gw_camera_condition live = { GW_CAMERA_LIVE, GW_CAUSE_NONE };
    enum gw_cause cause =
        (enum gw_cause)(GW_CAUSE_NONE + 1 + gw_rng_below(rng, GW_CAUSES - 1));
    uint64_t old_us = now_us - (GW_HEALTH_KEPT_MIN + 1) * 60ull * GW_SECOND;
    uint32_t stream = gw_stream_of(num, 0);
    switch (gw_rng_below(rng, 7)) {
    case 0: gw_health_on_answer(w->health, stream, now_us); return GW_NORM_INTACT;
    case 1:
        gw_health_on_failure(w->health, stream, cause, false, now_us);
        return gw_norm_of_cause(cause);
    case 2:
        gw_health_on_failure(w->health, stream, GW_CAUSE_STALLED, false, now_us);
        gw_health_on_answer(w->health, stream, now_us);
        return GW_NORM_BROKEN;
    case 3: // of a stream that there may not be any more
        gw_health_on_failure(w->health, gw_stream_of(num, 1), GW_CAUSE_STALLED, true,
                             now_us);
        return has_sub ? GW_NORM_BROKEN : GW_NORM_INTACT;
    case 4: // live for so long that nobody remembers since when
        gw_health_on_pictures(w->health, stream, old_us);
        gw_states_set(w->states, num, live);
        return GW_NORM_INTACT;
    case 5: gw_health_on_answer(w->health, stream, old_us); return GW_NORM_UNJUDGED;
    default: return GW_NORM_UNJUDGED;
    }
}

static void add_camera(struct gw_snapshot_builder *b, struct gw_rng *rng, struct world *w,
                       uint32_t num)
{
    static const char *const types[] = { "", "1", "2", "3", "4", "9" };
    static const enum gw_norm_area areas[] = { GW_AREA_ALL, GW_AREA_PUBLIC,
                                               GW_AREA_INDUSTRY };
    struct truth *t = &w->truth[num - 1];
    const char *details[GW_DETAILS];
    char division[CODE] = "", cell[CODE] = "";
    int town = (int)gw_rng_below(rng, TOWNS + 1);
    int village = (int)gw_rng_below(rng, VILLAGES + 1);
    size_t type = gw_rng_below(rng, 6);
    bool has_sub = gw_rng_below(rng, 2);

    snprintf(t->id, sizeof(t->id), "c%u-%u", (unsigned)gw_rng_below(rng, 10), num);
    if (town > 0) {
        snprintf(division, sizeof(division), "370812%03d%03d", town, village);
        snprintf(t->town, sizeof(t->town), "370812%03d000", town);
        if (village > 0)
            snprintf(t->village, sizeof(t->village), "%s", division);
        // In a community alone it is in no grid.
        int len = 12 + 3 * (int)gw_rng_below(rng, 3);
        snprintf(cell, sizeof(cell), "370812%03d001001001", town);
        cell[len] = '\0';
        if (len >= 15)
            snprintf(t->grid, sizeof(t->grid), "%.15s", cell);
    }
    size_t department = gw_rng_below(rng, DEPARTMENTS);
    if (department > 0)
        snprintf(t->department, sizeof(t->department), "部门%zu", department);
    for (int i = 0; i < GW_DETAILS; i++)
        details[i] = i == GW_DETAIL_POINT_TYPE ? types[type] : "";
    t->kind = (enum gw_camera_kind)gw_rng_below(rng, GW_KINDS);
    t->area = type < 3 ? areas[type] : GW_AREA_ALL;
    t->word = meet(rng, w, num, has_sub);
    const struct gw_camera camera = {
        .num = num,
        .id = t->id,
        .name = "",
        .lon = NAN,
        .lat = NAN,
        .division = division,
        .department = t->department,
        .cell = cell,
        .url_main = "rtsp://192.0.2.1/",
        .url_sub = has_sub ? "rtsp://192.0.2.1/sub" : "",
        .kind = t->kind,
        .pose = gw_camera_pose_unknown,
        .tags = "",
        .groups = "",
        .address = "",
        .initials = "",
        .details = details,
    };
    assert_int_equal(gw_snapshot_builder_add_camera(b, &camera), 0);
}

static void make(struct world *w, uint64_t seed)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    struct gw_rng rng;
    gw_rng_init(&rng, seed);
    memset(w, 0, sizeof(*w));
    w->states = gw_states_create();
    w->health = gw_health_create();
    assert_true(b && w->states && w->health);
    add_divisions(b);
    add_cells(b);
    for (int i = 1; i < DEPARTMENTS; i++) {
        char name[CODE];
        snprintf(name, sizeof(name), "部门%d", i);
        assert_int_equal(
            gw_snapshot_builder_add_department(b, &(struct gw_department) { name }), 0);
    }
    for (uint32_t num = 1; num <= CAMERAS; num++)
        add_camera(b, &rng, w, num);
    assert_int_equal(gw_snapshot_builder_finish(b, &w->snapshot), 0);
    gw_snapshot_builder_destroy(b);
}

static void finish(struct world *w)
{
    gw_snapshot_unref(&w->snapshot);
    gw_states_destroy(w->states);
    gw_health_destroy(w->health);
}

static const char *group_of(const struct truth *t, enum gw_norm_by by)
{
    switch (by) {
    case GW_BY_DISTRICT: return *t->town ? "370812" : "";
    case GW_BY_TOWN: return t->town;
    case GW_BY_VILLAGE: return t->village;
    case GW_BY_CELL: return t->grid;
    case GW_BY_DEPARTMENT: return t->department;
    case GW_BY_KIND: return gw_camera_kind_name(t->kind);
    case GW_BY_CAMERA:
    case GW_BYS: break;
    }
    return t->id;
}

// One figure, counted by looking at every camera. `group` NULL: of all together.
static uint64_t recount(const struct world *w, enum gw_norm_by by, const char *group,
                        const char *town, enum gw_norm_area area, enum gw_norm_word word)
{
    uint64_t n = 0;
    for (size_t i = 0; i < CAMERAS; i++) {
        const struct truth *t = &w->truth[i];
        n += t->word == word && (area == GW_AREA_ALL || t->area == area) &&
             (!town || strcmp(t->town, town) == 0) &&
             (!group || strcmp(group_of(t, by), group) == 0);
    }
    return n;
}

static void check(const struct world *w, enum gw_norm_by by, const char *town)
{
    const struct gw_norm_world now = { w->snapshot, w->states, w->health, now_us };
    const struct gw_camera_query filter = { .division = town };
    struct gw_norm_groups groups;
    const struct gw_norm_question question = {
        .by = by,
        .cell_level = 3,
        .filter = town ? &filter : NULL,
    };
    assert_int_equal(gw_norm_groups_init(&groups, w->snapshot, &question), 0);
    struct gw_norm_figures *figures = calloc(groups.count + 1, sizeof(*figures));
    assert_non_null(figures);
    gw_norms_count(&now, &groups, figures);

    uint64_t in_groups = 0;
    for (size_t g = 0; g <= groups.count; g++) {
        const char *code = g < groups.count ? groups.groups[g].code : NULL;
        if (g + 1 < groups.count && *groups.groups[g + 1].code)
            assert_true(by == GW_BY_KIND || strcmp(code, groups.groups[g + 1].code) < 0);
        for (int area = 0; area < GW_AREAS; area++)
            for (int word = 0; word < GW_NORM_WORDS; word++)
                assert_int_equal(figures[g].areas[area].by[word],
                                 recount(w, by, code, town, (enum gw_norm_area)area,
                                         (enum gw_norm_word)word));
        uint64_t total = gw_norm_total(&figures[g].areas[GW_AREA_ALL]);
        assert_true(total > 0); // groups without cameras are left out
        in_groups += g < groups.count ? total : 0;
    }
    // Each camera is in one group.
    assert_int_equal(in_groups, gw_norm_total(&figures[groups.count].areas[GW_AREA_ALL]));
    free(figures);
    gw_norm_groups_finish(&groups);
}

static void counts_are_those_of_a_naive_recount(void **state)
{
    static struct world w;
    (void)state;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        make(&w, seed);
        for (int by = 0; by < GW_BYS; by++) {
            check(&w, (enum gw_norm_by)by, NULL);
            check(&w, (enum gw_norm_by)by, "370812002000");
        }
        finish(&w);
    }
}

static void rates_are_of_those_that_were_judged(void **state)
{
    const struct gw_norm_count c = { { [GW_NORM_UNJUDGED] = 100,
                                       [GW_NORM_INTACT] = 95,
                                       [GW_NORM_BROKEN] = 3,
                                       [GW_NORM_REFUSED] = 1,
                                       [GW_NORM_OTHER] = 1 } };
    (void)state;
    assert_int_equal(gw_norm_total(&c), 200);
    assert_int_equal(gw_norm_judged(&c), 100);
    assert_int_equal(gw_norm_online(&c), 98);
    assert_int_equal(gw_norm_intact(&c), 95);
}

static void a_norm_is_met_exactly_or_not(void **state)
{
    (void)state;
    assert_true(gw_norm_is_met(GW_AREA_PUBLIC, 98, 100));
    assert_false(gw_norm_is_met(GW_AREA_PUBLIC, 97999, 100000));
    assert_true(gw_norm_is_met(GW_AREA_INDUSTRY, 19, 20));
    assert_false(gw_norm_is_met(GW_AREA_INDUSTRY, 94, 99));
}

static void causes_are_of_the_class_that_asks_the_same_person(void **state)
{
    static const struct {
        enum gw_cause cause;
        enum gw_norm_word word;
    } expected[] = {
        { GW_CAUSE_NO_ROUTE, GW_NORM_NO_ROUTE },
        { GW_CAUSE_TIMEOUT, GW_NORM_NO_ROUTE },
        { GW_CAUSE_REFUSED, GW_NORM_REFUSED },
        { GW_CAUSE_PASSWORD, GW_NORM_PASSWORD },
        { GW_CAUSE_NOT_FOUND, GW_NORM_NOT_FOUND },
        { GW_CAUSE_NO_VIDEO, GW_NORM_NO_VIDEO },
        { GW_CAUSE_STALLED, GW_NORM_STALLED },
        { GW_CAUSE_BUSY, GW_NORM_OTHER },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
        assert_int_equal(gw_norm_of_cause(expected[i].cause), expected[i].word);
    for (int cause = 1; cause < GW_CAUSES; cause++)
        assert_in_range(gw_norm_of_cause((enum gw_cause)cause), GW_NORM_NO_ROUTE,
                        GW_NORM_OTHER);
    for (int word = 0; word < GW_NORM_WORDS; word++) {
        assert_true(*gw_norm_name((enum gw_norm_word)word));
        assert_true(*gw_norm_text((enum gw_norm_word)word).zh);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_a_naive_recount),
        cmocka_unit_test(rates_are_of_those_that_were_judged),
        cmocka_unit_test(a_norm_is_met_exactly_or_not),
        cmocka_unit_test(causes_are_of_the_class_that_asks_the_same_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
