// Points in polygons as GEOS judges them, whose predicates are exact: random polygons
// with holes and several parts, on whole numbers, so that many points lie on corners and
// edges.
#include "map/polygon.h"

#include "base/rng.h"

#include <geos_c.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    WORLDS = 60,
    POINTS = 400,
    PARTS = 2,
    CORNERS_MAX = 12,
    RINGS = 2 * PARTS, // each part with a hole
    RADIUS = 64,       // degrees / STEPS
};
#define STEPS 16.0          // of a degree: all coordinates are exact
#define NEARLY_ON_EDGE 1e-9 // degrees: where rounding may decide

struct world {
    GEOSContextHandle_t geos;
    GEOSGeometry *truth;
    GEOSGeometry *border;
    struct gw_shape shape;
};

// A star around its middle: a ring that does not cross itself. Its middle is on a half
// step, so it is never a corner.
static size_t star(struct gw_rng *rng, double lon, double lat, double least, double most,
                   struct gw_point ret[CORNERS_MAX])
{
    size_t n = 3 + gw_rng_below(rng, CORNERS_MAX - 3);
    for (size_t i = 0; i < n; i++) {
        double angle = 2 * M_PI * ((double)i + 0.5) / (double)n;
        double radius = least + (most - least) * ((double)gw_rng_below(rng, 1001) / 1000);
        ret[i].lon = round((lon + radius * cos(angle)) * STEPS) / STEPS;
        ret[i].lat = round((lat + radius * sin(angle)) * STEPS) / STEPS;
    }
    return n;
}

static GEOSGeometry *geos_ring(GEOSContextHandle_t geos, const struct gw_point *p,
                               size_t n)
{
    GEOSCoordSequence *s = GEOSCoordSeq_create_r(geos, (unsigned)n + 1, 2);
    for (size_t i = 0; i <= n; i++)
        GEOSCoordSeq_setXY_r(geos, s, (unsigned)i, p[i % n].lon, p[i % n].lat);
    return GEOSGeom_createLinearRing_r(geos, s);
}

// West of `west` it begins on the other side of the globe, as an edge over the date line
// is written.
static double written(double lon)
{
    return lon > 180 ? lon - 360 : lon;
}

static void append(struct gw_shape *shape, size_t *ring, size_t *at,
                   const struct gw_point *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        shape->points[(*at)++] = (struct gw_point) { written(p[i].lon), p[i].lat };
    shape->ring_ends[(*ring)++] = *at;
}

static bool make_world(struct world *w, struct gw_rng *rng, double lon)
{
    struct gw_point outer[PARTS][CORNERS_MAX], hole[PARTS][CORNERS_MAX];
    size_t outer_n[PARTS], hole_n[PARTS], points = 0, rings = 0, at = 0;
    GEOSGeometry *parts[PARTS];
    const double radius = RADIUS / STEPS;

    for (int i = 0; i < PARTS; i++) {
        double middle = lon + i * 2.5 * radius + 0.5 / STEPS;
        outer_n[i] = star(rng, middle, 0.5 / STEPS, radius / 2, radius, outer[i]);
        hole_n[i] = star(rng, middle, 0.5 / STEPS, radius / 16, radius / 5, hole[i]);
        GEOSGeometry *inner = geos_ring(w->geos, hole[i], hole_n[i]);
        parts[i] = GEOSGeom_createPolygon_r(
            w->geos, geos_ring(w->geos, outer[i], outer_n[i]), &inner, 1);
        points += outer_n[i] + hole_n[i];
    }
    w->truth = GEOSGeom_createCollection_r(w->geos, GEOS_MULTIPOLYGON, parts, PARTS);
    w->border = GEOSBoundary_r(w->geos, w->truth);
    assert_int_equal(gw_shape_init(&w->shape, points, RINGS), 0);
    for (int i = 0; i < PARTS; i++) {
        append(&w->shape, &rings, &at, outer[i], outer_n[i]);
        append(&w->shape, &rings, &at, hole[i], hole_n[i]);
    }
    gw_shape_complete(&w->shape);
    return GEOSisValid_r(w->geos, w->truth) == 1; // a thin star's hole may leave it
}

static void finish_world(struct world *w)
{
    GEOSGeom_destroy_r(w->geos, w->truth);
    GEOSGeom_destroy_r(w->geos, w->border);
    gw_shape_finish(&w->shape);
}

struct counts {
    size_t in, out, corners, near_edge;
};

static void judge(struct world *w, double lon, double lat, bool corner,
                  struct counts *counts)
{
    double away = 0;
    GEOSGeometry *p = GEOSGeom_createPointFromXY_r(w->geos, lon, lat);
    bool in = GEOSIntersects_r(w->geos, w->truth, p) == 1;
    assert_int_equal(GEOSDistance_r(w->geos, w->border, p, &away), 1);
    GEOSGeom_destroy_r(w->geos, p);

    if (away < NEARLY_ON_EDGE && !corner) {
        counts->near_edge++; // of an edge that leans, rounding decides
        return;
    }
    counts->corners += corner;
    counts->in += in;
    counts->out += !in;
    if (gw_shape_contains(&w->shape, written(lon), lat) != in)
        fail_msg("%.17g, %.17g is %s by GEOS", lon, lat, in ? "inside" : "outside");
}

static void judge_points(struct world *w, struct gw_rng *rng, double lon,
                         struct counts *counts)
{
    const double radius = RADIUS / STEPS;
    for (int i = 0; i < POINTS; i++) {
        double dx = (int)gw_rng_below(rng, 9 * RADIUS) - 2 * RADIUS;
        double dy = (int)gw_rng_below(rng, 4 * RADIUS) - 2 * RADIUS;
        bool whole = i % 2;
        judge(w, lon + (whole ? dx : dx * 0.7311) / STEPS,
              (whole ? dy : dy * 0.7311) / STEPS, false, counts);
    }
    for (size_t i = 0; i < w->shape.point_count; i++) {
        double x = w->shape.points[i].lon;
        judge(w, x < lon - 2 * radius ? x + 360 : x, w->shape.points[i].lat, true,
              counts);
    }
}

static void compare(double lon, uint64_t seed)
{
    struct world w = { .geos = GEOS_init_r() };
    struct counts counts = { 0 };
    struct gw_rng rng;
    gw_rng_init(&rng, seed);
    for (int i = 0; i < WORLDS; i++) {
        if (make_world(&w, &rng, lon))
            judge_points(&w, &rng, lon, &counts);
        finish_world(&w);
    }
    GEOS_finish_r(w.geos);
    print_message("%zu inside, %zu outside, %zu corners, %zu too near an edge\n",
                  counts.in, counts.out, counts.corners, counts.near_edge);
    // Not a comparison of nothing.
    assert_true(counts.in > 3000 && counts.out > 3000 && counts.corners > 1000);
    assert_true(counts.near_edge < (counts.in + counts.out) / 20);
}

static void they_agree(void **state)
{
    (void)state;
    compare(116, 1);
}

static void they_agree_across_the_date_line(void **state)
{
    (void)state;
    compare(178, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_agree),
        cmocka_unit_test(they_agree_across_the_date_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
