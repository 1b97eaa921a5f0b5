#include "map/topology.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VILLAGE "370812001001"
#define CELL(n) VILLAGE #n

struct world {
    struct gw_topology *t;
    char found[2048]; // "kind code other lon,lat area\n" for each
    size_t count;
};

static int on_finding(void *arg, const struct gw_topology_finding *finding)
{
    static const char *const kinds[] = { "crossing", "overlap", "gap", "stray" };
    struct world *w = arg;
    size_t at = strlen(w->found);
    w->count++;
    if (at + 128 < sizeof(w->found))
        snprintf(w->found + at, sizeof(w->found) - at, "%s %s %s %.3f,%.3f %.0f\n",
                 kinds[finding->kind], finding->code, finding->other, finding->lon,
                 finding->lat, finding->area_m2 / 1000);
    return 0;
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    *state = w;
    return gw_topology_create(&w->t);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    gw_topology_destroy(w->t);
    free(w);
    return 0;
}

// A box in thousandths of degrees from 116, 35.
static struct gw_topology_area box(const char *code, const char *division, int level,
                                   const int at[4], char text[512])
{
    double w = 116 + at[0] / 1e3, s = 35 + at[1] / 1e3, e = 116 + at[2] / 1e3,
           n = 35 + at[3] / 1e3;
    snprintf(text, 512,
             "{\"type\":\"Polygon\",\"coordinates\":[[[%f,%f],[%f,%f],[%f,%f],[%f,%f],"
             "[%f,%f]]]}",
             w, s, e, s, e, n, w, n, w, s);
    return (struct gw_topology_area) { code, division, level, text };
}

static void add_box(struct world *w, const char *code, int level, int west, int south,
                    int east, int north)
{
    char text[512];
    struct gw_topology_area area =
        box(code, VILLAGE, level, (const int[]) { west, south, east, north }, text);
    assert_int_equal(gw_topology_add_cell(w->t, &area), 0);
}

static void add_village(struct world *w, const char *code, int west, int east)
{
    char text[512];
    struct gw_topology_area area =
        box(code, "", 3, (const int[]) { west, 0, east, 30 }, text);
    assert_int_equal(gw_topology_add_village(w->t, &area), 0);
}

static void expect(struct world *w, const char *found)
{
    assert_int_equal(gw_topology_check(w->t, on_finding, w), 0);
    assert_string_equal(w->found, found);
}

static void areas_that_fit_are_not_spoken_of(void **state)
{
    struct world *w = *state;
    add_village(w, VILLAGE, 0, 20);
    add_village(w, "370812001002", 20, 40);
    add_box(w, CELL(001), 3, 0, 0, 10, 10);
    add_box(w, CELL(002), 3, 10, 0, 20, 10);
    add_box(w, CELL(003), 3, 0, 10, 20, 20);
    add_box(w, "370812001001", 2, 0, 0, 20, 20); // its level is above
    add_box(w, "S-school", 3, 5, 5, 15, 15);     // a special cell lies across
    expect(w, "");
}

static void a_cell_that_crosses_itself_is_told_with_the_place(void **state)
{
    struct world *w = *state;
    const struct gw_topology_area bow = {
        CELL(001), VILLAGE, 3,
        "{\"type\":\"Polygon\",\"coordinates\":[[[116,35],[116.02,35.02],[116.02,35],"
        "[116,35.02],[116,35]]]}"
    };
    assert_int_equal(gw_topology_add_cell(w->t, &bow), 0);
    expect(w, "crossing " CELL(001) "  116.010,35.010 0\n");
}

static void cells_that_overlap_are_told_once(void **state)
{
    struct world *w = *state;
    add_box(w, CELL(001), 3, 0, 0, 10, 10);
    add_box(w, CELL(002), 3, 8, 0, 20, 10); // 182 m by 1112 m
    expect(w, "overlap " CELL(001) " " CELL(002) " 116.009,35.005 203\n");
}

static void a_sliver_is_none(void **state)
{
    struct world *w = *state;
    const struct gw_topology_area beside = {
        CELL(002), VILLAGE, 3, // 1 mm of it over 1 km
        "{\"type\":\"Polygon\",\"coordinates\":[[[116.00999999,35],[116.02,35],"
        "[116.02,35.005],[116.00999999,35.005],[116.00999999,35]]]}"
    };
    add_box(w, CELL(001), 3, 0, 0, 10, 5);
    assert_int_equal(gw_topology_add_cell(w->t, &beside), 0);
    expect(w, "");
}

static void a_gap_between_cells_is_told(void **state)
{
    struct world *w = *state;
    add_box(w, CELL(001), 3, 0, 0, 30, 10);
    add_box(w, CELL(002), 3, 0, 10, 10, 20);
    add_box(w, CELL(003), 3, 20, 10, 30, 20);
    add_box(w, CELL(004), 3, 0, 20, 30, 30);
    assert_int_equal(gw_topology_check(w->t, on_finding, w), 0);
    assert_int_equal(w->count, 1);
    assert_non_null(strstr(w->found, "gap "));
    assert_non_null(strstr(w->found, " 116.015,35.015 1013\n"));
}

static void a_special_cell_fills_a_gap(void **state)
{
    struct world *w = *state;
    add_box(w, CELL(001), 3, 0, 0, 30, 10);
    add_box(w, CELL(002), 3, 0, 10, 10, 20);
    add_box(w, CELL(003), 3, 20, 10, 30, 20);
    add_box(w, CELL(004), 3, 0, 20, 30, 30);
    add_box(w, "S-park", 3, 10, 10, 20, 20);
    expect(w, "");
}

static void a_cell_in_two_villages_is_told(void **state)
{
    struct world *w = *state;
    add_village(w, VILLAGE, 0, 20);
    add_village(w, "370812001002", 20, 40);
    add_box(w, CELL(001), 3, 10, 0, 24, 10);
    expect(w, "stray " CELL(001) " 370812001002 116.022,35.005 405\n");
}

static void there_is_a_bound(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 60; i++)
        add_box(w, CELL(001), 3, 0, 0, 10, 10); // each with each
    assert_int_equal(gw_topology_check(w->t, on_finding, w), -EOVERFLOW);
    assert_int_equal(w->count, GW_TOPOLOGY_FINDINGS_MAX);
}

static void what_is_no_area_is_refused(void **state)
{
    struct world *w = *state;
    const struct gw_topology_area none = { CELL(001), VILLAGE, 3, "{\"type\":\"Poly" };
    assert_int_equal(gw_topology_add_cell(w->t, &none), -EBADMSG);
    expect(w, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(areas_that_fit_are_not_spoken_of),
        TEST(a_cell_that_crosses_itself_is_told_with_the_place),
        TEST(cells_that_overlap_are_told_once),
        TEST(a_sliver_is_none),
        TEST(a_gap_between_cells_is_told),
        TEST(a_special_cell_fills_a_gap),
        TEST(a_cell_in_two_villages_is_told),
        TEST(there_is_a_bound),
        TEST(what_is_no_area_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
