#include "map/locate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/geojson.h"

#define POLYGON(rings) "{\"type\":\"Polygon\",\"coordinates\":[" rings "]}"

static struct gw_cell cell(const char *code, int level, const char *geometry)
{
    return (struct gw_cell) { code, "", "", "", level, geometry, 0 };
}

static void expect(const struct gw_cell *cells, size_t n, double lon, double lat,
                   const char *code)
{
    struct gw_locator *l;
    assert_int_equal(gw_locator_create(cells, n, &l), 0);
    assert_string_equal(gw_locator_find(l, lon, lat), code);
    gw_locator_destroy(l);
}

static void common_borders_go_to_the_lowest_code(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("b", 3, POLYGON("[[0,0],[1,0],[1,1],[0,1],[0,0]]")),
        cell("a", 3, POLYGON("[[1,0],[2,0],[2,1],[1,1],[1,0]]")),
        cell("c", 3, POLYGON("[[0,1],[2,1],[2,2],[0,2],[0,1]]")),
    };
    expect(cells, 3, 0.5, 0.5, "b");
    expect(cells, 3, 1.5, 0.5, "a");
    expect(cells, 3, 1, 0.5, "a");
    expect(cells, 3, 1, 1, "a");
    expect(cells, 3, 0.5, 1, "b");
    expect(cells, 3, 2, 2, "c");
    expect(cells, 3, 0, 0, "b");
    expect(cells, 3, 2.0001, 1, "");
    expect(cells, 3, NAN, NAN, "");
}

static void the_deepest_level_wins(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("1", 1, POLYGON("[[0,0],[9,0],[9,9],[0,9],[0,0]]")),
        cell("9", 5, POLYGON("[[4,4],[5,4],[5,5],[4,5],[4,4]]")),
        cell("2", 3, POLYGON("[[3,3],[6,3],[6,6],[3,6],[3,3]]")),
    };
    expect(cells, 3, 4.5, 4.5, "9");
    expect(cells, 3, 3.5, 4.5, "2");
    expect(cells, 3, 1, 1, "1");
}

static void a_hole_is_outside_and_its_border_inside(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("a", 3,
             POLYGON("[[0,0],[9,0],[9,9],[0,9],[0,0]],"
                     "[[3,3],[3,6],[6,6],[6,3],[3,3]]")),
    };
    expect(cells, 1, 1, 4, "a");
    expect(cells, 1, 4, 4, "");
    expect(cells, 1, 3, 4, "a");
    expect(cells, 1, 7, 4, "a");
}

static void a_ray_through_a_corner_counts_once(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("a", 3, POLYGON("[[0,0],[1,-1],[2,0],[1,1],[0,0]]")),
    };
    expect(cells, 1, 1, 0, "a");
    expect(cells, 1, 0.1, 0, "a");
    expect(cells, 1, 0.1, 1, "");
    expect(cells, 1, 0.1, -1, "");
    const struct gw_cell stairs[] = {
        cell("a", 3, POLYGON("[[0,0],[5,0],[5,2],[3,2],[3,1],[1,1],[1,2],[0,2],[0,0]]")),
    };
    expect(stairs, 1, 0.5, 1, "a");
    expect(stairs, 1, 2, 1.5, "");
    expect(stairs, 1, 4, 1, "a");
    expect(stairs, 1, 2, 2, "");
}

static void parts_of_a_multipolygon_count_alike(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("a", 3,
             "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,0],[1,1],[0,0]]],"
             "[[[5,5],[6,5],[6,6],[5,5]]]]}"),
    };
    expect(cells, 1, 0.9, 0.5, "a");
    expect(cells, 1, 5.9, 5.5, "a");
    expect(cells, 1, 3, 3, "");
}

static void cells_may_cross_the_date_line(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("a", 3, POLYGON("[[179,0],[-179,0],[-179,1],[179,1],[179,0]]")),
        cell("b", 3, POLYGON("[[-179,0],[-178,0],[-178,1],[-179,1],[-179,0]]")),
    };
    expect(cells, 2, 179.5, 0.5, "a");
    expect(cells, 2, -179.5, 0.5, "a");
    expect(cells, 2, 180, 0.5, "a");
    expect(cells, 2, -180, 0.5, "a");
    expect(cells, 2, -178.5, 0.5, "b");
    expect(cells, 2, 0, 0.5, "");
}

static void geometry_that_cannot_be_read_is_passed_over(void **state)
{
    (void)state;
    const struct gw_cell cells[] = {
        cell("a", 3, "rubbish"),
        cell("b", 3, ""),
        cell("c", 3, POLYGON("[[0,0],[1,0],[1,1],[0,0]]")),
    };
    expect(cells, 3, 0.9, 0.5, "c");
    expect(cells, 2, 0.9, 0.5, "");
}

enum { SIDE = 12, POINTS = 4000 };

// A town of crooked cells without gaps: neighbours share their corners exactly.
static void a_tiled_town_leaves_no_position_out(void **state)
{
    (void)state;
    static double lon[SIDE + 1][SIDE + 1], lat[SIDE + 1][SIDE + 1];
    static char geometry[SIDE * SIDE][512], code[SIDE * SIDE][16];
    struct gw_cell cells[SIDE * SIDE];
    struct gw_rng rng;
    gw_rng_init(&rng, 11);
    for (int y = 0; y <= SIDE; y++)
        for (int x = 0; x <= SIDE; x++) {
            bool rim = x == 0 || y == 0 || x == SIDE || y == SIDE;
            double shake = rim ? 0 : (double)gw_rng_below(&rng, 1000) / 2500.0;
            lon[y][x] = 116 + (x + shake) / 97;
            lat[y][x] = 35 + (y + shake / 3) / 89;
        }
    for (int i = 0; i < SIDE * SIDE; i++) {
        int x = i % SIDE, y = i / SIDE;
        snprintf(code[i], sizeof(code[i]), "%03d", i);
        snprintf(geometry[i], sizeof(geometry[i]),
                 POLYGON("[[%.17g,%.17g],[%.17g,%.17g],[%.17g,%.17g],[%.17g,%.17g],"
                         "[%.17g,%.17g]]"),
                 lon[y][x], lat[y][x], lon[y][x + 1], lat[y][x + 1], lon[y + 1][x + 1],
                 lat[y + 1][x + 1], lon[y + 1][x], lat[y + 1][x], lon[y][x], lat[y][x]);
        cells[i] = cell(code[i], 3, geometry[i]);
    }
    struct gw_locator *l;
    assert_int_equal(gw_locator_create(cells, SIDE * SIDE, &l), 0);
    struct gw_shape shapes[SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_int_equal(gw_geojson_shape(geometry[i], &shapes[i]), 0);

    for (int i = 0; i < POINTS; i++) {
        double t = (double)gw_rng_below(&rng, 1000) / 1000.0;
        int x = (int)gw_rng_below(&rng, SIDE), y = (int)gw_rng_below(&rng, SIDE);
        // Along the edges, where rounding decides, and anywhere.
        double px =
            i % 2 ? lon[y][x] + t * (lon[y + 1][x] - lon[y][x]) : 116 + t * SIDE / 97;
        double py = i % 2 ? lat[y][x] + t * (lat[y + 1][x] - lat[y][x])
                          : 35 + (double)gw_rng_below(&rng, 1000) / 1000.0 * SIDE / 89;
        const char *found = gw_locator_find(l, px, py);
        const char *first = "";
        for (int k = 0; k < SIDE * SIDE && !*first; k++)
            if (gw_shape_contains(&shapes[k], px, py))
                first = code[k];
        assert_true(*found);
        assert_string_equal(found, first);
    }
    for (int i = 0; i < SIDE * SIDE; i++)
        gw_shape_finish(&shapes[i]);
    gw_locator_destroy(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(common_borders_go_to_the_lowest_code),
        cmocka_unit_test(the_deepest_level_wins),
        cmocka_unit_test(a_hole_is_outside_and_its_border_inside),
        cmocka_unit_test(a_ray_through_a_corner_counts_once),
        cmocka_unit_test(parts_of_a_multipolygon_count_alike),
        cmocka_unit_test(cells_may_cross_the_date_line),
        cmocka_unit_test(geometry_that_cannot_be_read_is_passed_over),
        cmocka_unit_test(a_tiled_town_leaves_no_position_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
