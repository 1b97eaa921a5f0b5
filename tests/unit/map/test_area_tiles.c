#include "map/area_tiles.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/area_clip.h"
#include "map/mvt.h"
#include "map/snapshot_builder.h"
#include "mvt_reader.h"

static const struct gw_web_tile world = { 0, 0, 0 };

// What a feature of a tile looks like to a reader; the layer is called "a".
static struct gw_buf *tile_of(const void *commands, size_t len)
{
    struct gw_buf *tile = NULL;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "a");
    gw_mvt_feature(m, GW_MVT_POLYGON, 1);
    gw_mvt_geometry(m, commands, len);
    assert_int_equal(gw_mvt_finish(m, &tile), 0);
    gw_mvt_destroy(m);
    return tile;
}

// ---- one area, cut to a tile ----

static struct gw_shape shape_of(const double *rings, const size_t *counts, size_t n)
{
    struct gw_shape shape;
    size_t points = 0;
    for (size_t i = 0; i < n; i++)
        points += counts[i];
    assert_int_equal(gw_shape_init(&shape, points, n), 0);
    for (size_t i = 0; i < points; i++)
        shape.points[i] = (struct gw_point) { rings[2 * i], rings[2 * i + 1] };
    for (size_t i = 0, end = 0; i < n; i++)
        shape.ring_ends[i] = end += counts[i];
    gw_shape_complete(&shape);
    return shape;
}

struct seen {
    int64_t area; // twice, holes taken off
    size_t rings;
    int32_t west, east;
    const struct gw_shape *shape;
    const struct gw_web_tile *tile;
};

static void on_polygon(void *arg, const struct mvt_feature *f)
{
    struct seen *s = arg;
    const int32_t low = -GW_AREA_MARGIN, high = GW_MVT_EXTENT + GW_AREA_MARGIN;
    s->west = INT32_MAX;
    s->east = INT32_MIN;
    for (size_t i = 0, first = 0; i < f->ring_count; first = f->ring_ends[i++])
        s->area += mvt_ring_area(f->points + first, f->ring_ends[i] - first);
    for (size_t i = 0; i < f->point_count; i++) {
        assert_true(f->points[i].x >= low && f->points[i].x <= high);
        assert_true(f->points[i].y >= low && f->points[i].y <= high);
        s->west = f->points[i].x < s->west ? f->points[i].x : s->west;
        s->east = f->points[i].x > s->east ? f->points[i].x : s->east;
    }
    s->rings += f->ring_count;
}

static struct seen look(const struct gw_shape *shape, const struct gw_web_tile *tile)
{
    struct seen s = { .shape = shape, .tile = tile };
    struct gw_area_clip *clip;
    struct gw_protobuf commands = { 0 };
    assert_int_equal(gw_area_clip_create(&clip), 0);
    assert_int_equal(gw_area_clip_write(clip, shape, tile, &commands), 0);
    assert_int_equal(commands.error, 0);
    if (commands.len > 0) {
        struct gw_buf *buf = tile_of(commands.data, commands.len);
        assert_int_equal(mvt_read(gw_buf_data(buf), gw_buf_len(buf), on_polygon, &s), 1);
        gw_buf_unref(&buf);
    }
    gw_protobuf_finish(&commands);
    gw_area_clip_destroy(clip);
    return s;
}

static void a_hole_stays_a_hole(void **state)
{
    static const double rings[] = { -90, -40, 90, -40, 90, 40, -90, 40, -90, -40,
                                    -45, -20, 45, -20, 45, 20, -45, 20, -45, -20 };
    struct gw_shape shape = shape_of(rings, (const size_t[]) { 5, 5 }, 2);
    (void)state;
    struct seen s = look(&shape, &world);
    assert_int_equal(s.rings, 2);
    // 180 by 80 degrees less 90 by 40, in units of Mercator.
    double outer = gw_web_place_of((struct gw_point) { 0, -40 }).y -
                   gw_web_place_of((struct gw_point) { 0, 40 }).y;
    double inner = gw_web_place_of((struct gw_point) { 0, -20 }).y -
                   gw_web_place_of((struct gw_point) { 0, 20 }).y;
    double wanted = 2 * 4096.0 * 4096.0 * (outer * 0.5 - inner * 0.25);
    assert_true(fabs((double)s.area - wanted) < 4 * 4096 * 4);
    gw_shape_finish(&shape);
}

static void an_area_ends_at_the_margin(void **state)
{
    static const double ring[] = { -170, -80, 0,  -80,  170, -80,  170,
                                   80,   0,   80, -170, 80,  -170, -80 };
    const struct gw_web_tile inside = { 4, 7, 7 };
    struct gw_shape shape = shape_of(ring, (const size_t[]) { 7 }, 1);
    (void)state;
    struct seen s = look(&shape, &inside);
    int64_t side = GW_MVT_EXTENT + 2 * GW_AREA_MARGIN;
    assert_int_equal(s.rings, 1);
    assert_int_equal(s.area, 2 * side * side);
    gw_shape_finish(&shape);
}

// From 179 east to 179 west, two degrees, by an edge that goes the short way.
static void an_area_across_the_date_line_is_on_both_sides(void **state)
{
    static const double ring[] = { 179, -1, -179, -1, -179, 1, 179, 1, 179, -1 };
    const struct gw_web_tile west = { 6, 0, 31 }, east = { 6, 63, 31 },
                             middle = { 6, 32, 31 };
    struct gw_shape shape = shape_of(ring, (const size_t[]) { 5 }, 1);
    int32_t degree = (int32_t)(4096 * 64 / 360.0); // units
    (void)state;
    struct seen s = look(&shape, &east);
    assert_true(abs(s.west - (4096 - degree)) <= 2);
    assert_int_equal(s.east, 4096 + GW_AREA_MARGIN);
    s = look(&shape, &west);
    assert_int_equal(s.west, -GW_AREA_MARGIN);
    assert_true(abs(s.east - degree) <= 2);
    assert_int_equal(look(&shape, &middle).rings, 0);
    s = look(&shape, &world);
    assert_true(s.west < 0 && s.east > 4096);
    gw_shape_finish(&shape);
}

static void a_ring_that_crosses_itself_becomes_two(void **state)
{
    static const double bow[] = { -40, -40, 40, 40, 40, -40, -40, 40, -40, -40 };
    struct gw_shape shape = shape_of(bow, (const size_t[]) { 5 }, 1);
    (void)state;
    assert_int_equal(look(&shape, &world).rings, 2);
    gw_shape_finish(&shape);
}

// An island in a lake in an area, and another area beside them; whichever comes first.
static void rings_within_rings_are_told_apart(void **state)
{
    static const double rings[] = { -80, -40, 20,  -40, 20,  40, -80, 40, -80, -40,
                                    -60, -20, 0,   -20, 0,   20, -60, 20, -60, -20,
                                    -40, -10, -20, -10, -20, 10, -40, 10, -40, -10,
                                    40,  -10, 60,  -10, 60,  10, 40,  10, 40,  -10 };
    static const struct {
        double lat, width;
    } parts[] = { { 40, 100 }, { 20, -60 }, { 10, 20 }, { 10, 20 } };
    double wanted = 0;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        wanted += 2 * 4096.0 * 4096.0 * parts[i].width / 360 *
                  (gw_web_place_of((struct gw_point) { 0, -parts[i].lat }).y -
                   gw_web_place_of((struct gw_point) { 0, parts[i].lat }).y);
    for (size_t first = 0; first < 4; first++) {
        double turned[40];
        for (size_t i = 0; i < 40; i++)
            turned[i] = rings[(i + 10 * first) % 40];
        struct gw_shape shape = shape_of(turned, (const size_t[]) { 5, 5, 5, 5 }, 4);
        struct seen s = look(&shape, &world);
        assert_int_equal(s.rings, 4);
        assert_true(fabs((double)s.area - wanted) < 4 * 4096 * 4);
        gw_shape_finish(&shape);
    }
}

// ---- random worlds: what all tiles of a zoom show adds up to the area ----

static void star(struct gw_rng *rng, double *ring, size_t n, double lon, double lat,
                 double degrees)
{
    for (size_t i = 0; i < n; i++) {
        double angle = 2 * M_PI * (double)i / (double)(n - 1);
        double r = degrees * (0.2 + 0.8 * (double)gw_rng_below(rng, 1000) / 1000);
        ring[2 * i] = lon + r * cos(angle);
        ring[2 * i + 1] = lat + r * sin(angle);
    }
    ring[2 * n - 2] = ring[0];
    ring[2 * n - 1] = ring[1];
}

// Of a simple ring in the tile's units, by the shoelace formula.
static double area_in_units(const struct gw_shape *shape, int z)
{
    double sum = 0, units = ldexp(GW_MVT_EXTENT, z);
    for (size_t i = 0; i < shape->point_count; i++) {
        size_t k = (i + 1) % shape->point_count;
        struct gw_web_place a = gw_web_place_of(shape->points[i]);
        struct gw_web_place b = gw_web_place_of(shape->points[k]);
        sum += a.x * b.y - b.x * a.y;
    }
    return fabs(sum) * units * units;
}

// Margins overlap, so what lies in them is counted more than once: at most this much.
static void tiles_show_all_of_an_area_and_no_more(void **state)
{
    enum { POINTS = 24, SHAPES = 40, Z = 9 };
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 3);
    for (int i = 0; i < SHAPES; i++) {
        double ring[2 * POINTS];
        double degrees = 0.01 + (double)gw_rng_below(&rng, 1000) / 1000;
        star(&rng, ring, POINTS, 116, 35, degrees);
        struct gw_shape shape = shape_of(ring, (const size_t[]) { POINTS }, 1);
        struct gw_web_place a =
            gw_web_place_of((struct gw_point) { shape.box.west, shape.box.north });
        struct gw_web_place b =
            gw_web_place_of((struct gw_point) { shape.box.east, shape.box.south });
        double shown = 0, wanted = area_in_units(&shape, Z);
        for (uint32_t x = (uint32_t)ldexp(a.x, Z); x <= (uint32_t)ldexp(b.x, Z); x++)
            for (uint32_t y = (uint32_t)ldexp(a.y, Z); y <= (uint32_t)ldexp(b.y, Z); y++)
                shown += (double)look(&shape, &(struct gw_web_tile) { Z, x, y }).area;
        double around = 2 * POINTS * 2 * degrees / 360 * ldexp(GW_MVT_EXTENT, Z);
        double overlap =
            2 * 2 * GW_AREA_MARGIN * degrees * 4 / 360 * ldexp(GW_MVT_EXTENT, Z) * 4;
        assert_true(shown > wanted - around);
        assert_true(shown < wanted + around + overlap);
        gw_shape_finish(&shape);
    }
}

// ---- what is kept ----

static struct gw_snapshot *snapshot_of(const double (*squares)[2], size_t n,
                                       const char *name)
{
    struct gw_snapshot *s;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    for (size_t i = 0; i < n; i++) {
        char code[32], geometry[512];
        double w = squares[i][0], d = squares[i][1];
        snprintf(code, sizeof(code), "cell-%zu", i);
        snprintf(
            geometry, sizeof(geometry),
            "{\"type\":\"Polygon\",\"coordinates\":[[[%f,35],[%f,35],[%f,%f],[%f,%f],"
            "[%f,35]]]}",
            w, w + d, w + d, 35 + d, w, 35 + d, w);
        const struct gw_cell cell = {
            .code = code,
            .name = name,
            .division = "",
            .parent = "",
            .level = 3,
            .geometry = i == 0 ? "" : geometry,
        };
        assert_int_equal(gw_snapshot_builder_add_cell(b, &cell), 0);
    }
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);
    return s;
}

static size_t get(struct gw_area_tiles *a, const struct gw_snapshot *s, int z,
                  uint32_t areas[8], const void **ret_buf)
{
    struct gw_web_place p = gw_web_place_of((struct gw_point) { 116.0505, 35.0005 });
    struct gw_web_tile tile = { z, (uint32_t)ldexp(p.x, z), (uint32_t)ldexp(p.y, z) };
    struct gw_area_piece piece;
    struct gw_buf *pieces;
    size_t pos = 0, n = 0;
    assert_int_equal(gw_area_tiles_get(a, s, GW_AREA_CELLS, &tile, &pieces), 0);
    while (gw_area_pieces_next(pieces, &pos, &piece)) {
        assert_true(n < 8 && piece.len > 0);
        areas[n++] = piece.area;
    }
    *ret_buf = pieces;
    gw_buf_unref(&pieces);
    return n;
}

static const double squares[][2] = {
    { 116, 1 }, { 116, 0.1 }, { 116.05, 0.001 }, { 117, 0.1 }, { 116, 0.2 }
};

static void a_tile_shows_what_is_large_enough_and_has_a_shape(void **state)
{
    uint32_t areas[8];
    const void *buf;
    (void)state;
    struct gw_area_tiles *a = gw_area_tiles_create();
    struct gw_snapshot *s = snapshot_of(squares, 5, "a");
    assert_int_equal(get(a, s, 8, areas, &buf), 2);
    assert_int_equal(areas[0], 1);
    assert_int_equal(areas[1], 4);
    assert_int_equal(get(a, s, 13, areas, &buf), 3); // the small one too
    assert_int_equal(areas[1], 2);
    assert_int_equal(get(a, s, 0, areas, &buf), 0);
    gw_snapshot_unref(&s);
    gw_area_tiles_destroy(a);
}

static void tiles_are_kept_until_an_area_changes(void **state)
{
    const double moved[][2] = { { 116, 1 }, { 118, 0.1 }, { 116, 0.3 } };
    uint32_t areas[8];
    const void *first, *again, *renamed, *changed;
    (void)state;
    struct gw_area_tiles *a = gw_area_tiles_create();
    struct gw_snapshot *s = snapshot_of(squares, 5, "a");
    get(a, s, 8, areas, &first);
    get(a, s, 8, areas, &again);
    assert_ptr_equal(first, again);
    struct gw_snapshot *other_name = snapshot_of(squares, 5, "b");
    get(a, other_name, 8, areas, &renamed);
    assert_ptr_equal(first, renamed); // borders are the same
    struct gw_snapshot *other_shape = snapshot_of(moved, 3, "a");
    assert_int_equal(get(a, other_shape, 8, areas, &changed), 1);
    assert_int_equal(areas[0], 2);
    // Who holds the older snapshot is answered by it.
    assert_int_equal(get(a, s, 8, areas, &again), 2);
    assert_int_equal(areas[1], 4);
    gw_snapshot_unref(&s);
    gw_snapshot_unref(&other_name);
    gw_snapshot_unref(&other_shape);
    gw_area_tiles_destroy(a);
}

// Threads of the pool hold the snapshot before a change and the one after it side by
// side.
struct asking {
    struct gw_area_tiles *tiles;
    struct gw_snapshot *snapshots[2];
    uint32_t wanted[2]; // the one area that each shows
    uint64_t seed;
};

enum { THREADS = 4, TURNS = 300 };

static void *ask(void *arg)
{
    const struct asking *asking = arg;
    struct gw_rng rng;
    gw_rng_init(&rng, asking->seed);
    for (int i = 0; i < TURNS; i++) {
        size_t which = gw_rng_below(&rng, 2);
        uint32_t areas[8];
        const void *buf;
        if (get(asking->tiles, asking->snapshots[which], 8, areas, &buf) != 1 ||
            areas[0] != asking->wanted[which])
            abort();
    }
    return NULL;
}

static void two_states_are_not_mixed_up(void **state)
{
    const double before[][2] = { { 116, 1 }, { 116, 0.1 } };
    const double after[][2] = { { 116, 1 }, { 118, 0.1 }, { 116, 0.1 } };
    pthread_t threads[THREADS];
    struct asking asking[THREADS];
    (void)state;
    struct gw_area_tiles *tiles = gw_area_tiles_create();
    struct gw_snapshot *a = snapshot_of(before, 2, "a"), *b = snapshot_of(after, 3, "a");
    for (size_t i = 0; i < THREADS; i++) {
        asking[i] = (struct asking) { tiles, { a, b }, { 1, 2 }, i };
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &asking[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    gw_snapshot_unref(&a);
    gw_snapshot_unref(&b);
    gw_area_tiles_destroy(tiles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_stays_a_hole),
        cmocka_unit_test(an_area_ends_at_the_margin),
        cmocka_unit_test(an_area_across_the_date_line_is_on_both_sides),
        cmocka_unit_test(a_ring_that_crosses_itself_becomes_two),
        cmocka_unit_test(rings_within_rings_are_told_apart),
        cmocka_unit_test(tiles_show_all_of_an_area_and_no_more),
        cmocka_unit_test(a_tile_shows_what_is_large_enough_and_has_a_shape),
        cmocka_unit_test(tiles_are_kept_until_an_area_changes),
        cmocka_unit_test(two_states_are_not_mixed_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
