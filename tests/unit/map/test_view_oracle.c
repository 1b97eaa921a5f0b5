// What a view says of points on the ground, beside rays that Embree traces through the
// same buildings as solids.
#include "map/footprint_reader.h"
#include "map/view.h"

#include <embree3/rtcore.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/geo.h"
#include "tests/unit/map/view_world.h"

enum { WORLDS = 60, EYES = 12, POINTS = 1500, DISTRICT_EYES = 400, HIGH_POINTS = 12 };

// ---- Embree's side ----

struct solid {
    RTCDevice device;
    RTCScene scene;
    float *vertices; // x, y, z
    unsigned *triangles;
    unsigned vertex_count, triangle_count, vertex_cap, triangle_cap;
};

static unsigned vertex(struct solid *s, struct gw_xy p, double z)
{
    if (s->vertex_count == s->vertex_cap) {
        s->vertex_cap = s->vertex_cap ? 2 * s->vertex_cap : 1024;
        s->vertices = realloc(s->vertices, s->vertex_cap * 3 * sizeof(*s->vertices));
        assert_non_null(s->vertices);
    }
    float *v = s->vertices + 3 * (size_t)s->vertex_count;
    v[0] = (float)p.x;
    v[1] = (float)p.y;
    v[2] = (float)z;
    return s->vertex_count++;
}

static void triangle(struct solid *s, unsigned a, unsigned b, unsigned c)
{
    if (s->triangle_count == s->triangle_cap) {
        s->triangle_cap = s->triangle_cap ? 2 * s->triangle_cap : 1024;
        s->triangles = realloc(s->triangles, s->triangle_cap * 3 * sizeof(*s->triangles));
        assert_non_null(s->triangles);
    }
    unsigned *t = s->triangles + 3 * (size_t)s->triangle_count++;
    t[0] = a;
    t[1] = b;
    t[2] = c;
}

static void add_wall(struct solid *s, struct gw_xy a, struct gw_xy b, double height_m)
{
    unsigned a0 = vertex(s, a, 0), b0 = vertex(s, b, 0);
    unsigned a1 = vertex(s, a, height_m), b1 = vertex(s, b, height_m);
    triangle(s, a0, b0, b1);
    triangle(s, a0, b1, a1);
}

static void add_roof(struct solid *s, const struct gw_xy *corners, double height_m)
{
    unsigned v[PART_CORNERS];
    for (int i = 0; i < PART_CORNERS; i++)
        v[i] = vertex(s, corners[i], height_m);
    triangle(s, v[0], v[1], v[2]);
    triangle(s, v[0], v[2], v[3]);
}

static void add_building(struct solid *s, const struct world_building *b)
{
    for (size_t r = 0; r < b->rings; r++)
        for (size_t i = 0; i < b->ring_points[r]; i++)
            add_wall(s, b->ring[r][i], b->ring[r][(i + 1) % b->ring_points[r]],
                     b->height_m);
    for (size_t part = 0; part < b->part_count; part++)
        add_roof(s, b->parts[part], b->height_m);
}

static void complete(struct solid *s)
{
    s->device = rtcNewDevice("threads=1");
    assert_non_null(s->device);
    s->scene = rtcNewScene(s->device);
    rtcSetSceneFlags(s->scene, RTC_SCENE_FLAG_ROBUST);
    RTCGeometry g = rtcNewGeometry(s->device, RTC_GEOMETRY_TYPE_TRIANGLE);
    void *to = rtcSetNewGeometryBuffer(g, RTC_BUFFER_TYPE_VERTEX, 0, RTC_FORMAT_FLOAT3,
                                       3 * sizeof(float), s->vertex_count);
    memcpy(to, s->vertices, s->vertex_count * 3 * sizeof(float));
    to = rtcSetNewGeometryBuffer(g, RTC_BUFFER_TYPE_INDEX, 0, RTC_FORMAT_UINT3,
                                 3 * sizeof(unsigned), s->triangle_count);
    memcpy(to, s->triangles, s->triangle_count * 3 * sizeof(unsigned));
    rtcCommitGeometry(g);
    rtcAttachGeometry(s->scene, g);
    rtcReleaseGeometry(g);
    rtcCommitScene(s->scene);
}

static void finish(struct solid *s)
{
    rtcReleaseScene(s->scene);
    rtcReleaseDevice(s->device);
    free(s->vertices);
    free(s->triangles);
}

static bool nothing_between(const struct solid *s, struct gw_xy from, double from_z,
                            struct gw_xy to)
{
    struct RTCIntersectContext context;
    rtcInitIntersectContext(&context);
    struct RTCRay ray = {
        .org_x = (float)from.x,
        .org_y = (float)from.y,
        .org_z = (float)from_z,
        .dir_x = (float)(to.x - from.x),
        .dir_y = (float)(to.y - from.y),
        .dir_z = (float)(GW_TARGET_HEIGHT_M - from_z),
        .tnear = 0,
        .tfar = 1,
        .mask = UINT32_MAX,
    };
    rtcOccluded1(s->scene, &context, &ray);
    return ray.tfar >= 0;
}

// ---- comparison ----

struct tally {
    size_t points, agree, seen, lost, wrong;
};

static bool in_wedge(const struct gw_eye *eye, struct gw_xy from, struct gw_xy to)
{
    double near_m, far_m, d = hypot(to.x - from.x, to.y - from.y);
    gw_eye_ground(eye, &near_m, &far_m);
    double azimuth = atan2(to.x - from.x, to.y - from.y) * 180 / M_PI;
    return d >= near_m && d <= far_m &&
           (!gw_eye_aimed(eye) ||
            fabs(remainder(azimuth - eye->azimuth_deg, 360)) <= eye->fov_deg / 2);
}

// Returns whether the view was simplified.
static bool compare(const struct solid *solid, const struct gw_plane *plane,
                    const struct gw_eye *eye, const struct gw_footprints *f,
                    struct gw_rng *rng, struct tally *tally)
{
    struct gw_view *view;
    assert_int_equal(gw_view_create(eye, f, &view), 0);
    bool simplified = gw_view_simplified(view);
    struct gw_xy lens = gw_plane_of(plane, gw_view_lens(view));
    for (int i = 0; i < POINTS; i++) {
        double d = eye->range_m * sqrt(world_part(rng));
        double a = world_between(rng, 0, 2 * M_PI);
        struct gw_xy p = { lens.x + d * cos(a), lens.y + d * sin(a) };
        struct gw_point at = gw_plane_back(plane, p);
        bool ours = gw_view_contains(view, at.lon, at.lat);
        bool theirs =
            in_wedge(eye, lens, p) && nothing_between(solid, lens, eye->height_m, p);
        tally->points++;
        tally->agree += ours == theirs;
        tally->seen += theirs;
        tally->lost += theirs && !ours;
        tally->wrong += ours && !theirs;
    }
    gw_view_unref(&view);
    return simplified;
}

static void judge(const char *what, const struct tally *t)
{
    double share = (double)t->agree / (double)t->points;
    print_message("%s: %zu points, %.1f %% seen, %.3f %% agree\n", what, t->points,
                  100.0 * (double)t->seen / (double)t->points, 100 * share);
    assert_true(share >= 0.99);
    // Not because nothing, or all, is seen.
    assert_in_range(t->seen, t->points / 50, t->points * 9 / 10);
}

static struct gw_eye random_eye(struct gw_rng *rng, const struct gw_plane *plane,
                                double side_m)
{
    struct gw_xy at = { world_between(rng, -side_m, side_m),
                        world_between(rng, -side_m, side_m) };
    struct gw_point p = gw_plane_back(plane, at);
    bool high = gw_rng_below(rng, 3) == 0;
    return (struct gw_eye) {
        .lon = p.lon,
        .lat = p.lat,
        .azimuth_deg = gw_rng_below(rng, 2) ? world_between(rng, 0, 360) : (double)NAN,
        .tilt_deg = gw_rng_below(rng, 2) ? world_between(rng, -40, 0) : (double)NAN,
        .fov_deg = world_between(rng, 60, 150),
        .range_m = world_between(rng, 40, 200),
        .height_m = high ? world_between(rng, 10, 60) : world_between(rng, 2, 8),
    };
}

static void random_worlds_agree(void **state)
{
    static struct view_world w;
    struct tally tally = { 0 };
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 1);
    for (int k = 0; k < WORLDS; k++) {
        struct solid solid = { 0 };
        w.plane = gw_plane_around((struct gw_point) { 116.8, 35.5 });
        w.count = 0;
        for (int i = 0; i < 60; i++) {
            world_add_random(&w, &rng, 150);
            add_building(&solid, &w.buildings[i]);
        }
        complete(&solid);
        struct gw_footprints *f = world_footprints(&w, w.count);
        for (int i = 0; i < EYES; i++) {
            struct gw_eye eye = random_eye(&rng, &w.plane, 120);
            compare(&solid, &w.plane, &eye, f, &rng, &tally);
        }
        gw_footprints_unref(&f);
        finish(&solid);
    }
    judge("random worlds", &tally);
}

// ---- the demonstration district ----

static const char *district_buildings; // a file

static struct gw_footprints *read_district(void)
{
    FILE *file = fopen(district_buildings, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    char *text = malloc((size_t)len);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)len, file), len);
    fclose(file);
    struct gw_footprints *f = gw_footprints_create();
    struct gw_footprint_report report;
    assert_int_equal(gw_footprints_read(text, (size_t)len, f, &report), 0);
    assert_int_equal(report.refused, 0);
    assert_int_equal(report.guessed, 0);
    assert_int_equal(gw_footprints_complete(f), 0);
    free(text);
    return f;
}

// Buildings within the box as solids; all are quadrangles.
struct around {
    struct solid *solid;
    const struct gw_footprints *f;
    struct gw_plane plane;
};

static void add_quadrangle(void *arg, uint32_t index)
{
    struct around *a = arg;
    struct gw_footprint b = gw_footprints_get(a->f, index);
    struct gw_xy corners[PART_CORNERS];
    assert_int_equal(b.ring_ends[0], PART_CORNERS + 1);
    for (int i = 0; i < PART_CORNERS; i++)
        corners[i] = gw_plane_of(&a->plane, b.points[i]);
    for (int i = 0; i < PART_CORNERS; i++)
        add_wall(a->solid, corners[i], corners[(i + 1) % PART_CORNERS], b.height_m);
    add_roof(a->solid, corners, b.height_m);
}

static bool compare_district(const struct gw_plane *plane, double reach_m,
                             const struct gw_eye *eye, const struct gw_footprints *f,
                             struct gw_rng *rng, struct tally *tally)
{
    struct gw_box reach = gw_box_around(plane->origin, reach_m);
    struct solid solid = { 0 };
    struct around a = { &solid, f, *plane };
    gw_footprints_visit(f, &reach, add_quadrangle, &a);
    complete(&solid);
    bool simplified = compare(&solid, plane, eye, f, rng, tally);
    finish(&solid);
    return simplified;
}

static void the_district_agrees(void **state)
{
    struct gw_footprints *f = read_district();
    struct tally tally = { 0 };
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 2);
    for (int i = 0; i < DISTRICT_EYES; i++) {
        uint32_t home = (uint32_t)gw_rng_below(&rng, gw_footprints_count(f));
        const struct gw_box *box = gw_footprints_box(f, home);
        struct gw_plane plane =
            gw_plane_around((struct gw_point) { box->west, box->south });
        struct gw_eye eye = random_eye(&rng, &plane, 30);
        compare_district(&plane, 400, &eye, f, &rng, &tally);
    }
    judge("demonstration district", &tally);
    gw_footprints_unref(&f);
}

// High up and far-reaching: so many walls that their views are simplified. They may lose
// ground, but show none that is hidden.
static void what_is_simplified_promises_nothing_false(void **state)
{
    struct gw_footprints *f = read_district();
    struct tally tally = { 0 };
    struct gw_rng rng;
    int views = 0;
    (void)state;
    gw_rng_init(&rng, 5);
    while (views < HIGH_POINTS) {
        uint32_t home = (uint32_t)gw_rng_below(&rng, gw_footprints_count(f));
        const struct gw_box *box = gw_footprints_box(f, home);
        struct gw_plane plane =
            gw_plane_around((struct gw_point) { box->west, box->south });
        struct gw_eye eye = random_eye(&rng, &plane, 30);
        eye.turns = true;
        eye.range_m = 8000;
        eye.height_m = world_between(&rng, 40, 120);
        views += compare_district(&plane, 8200, &eye, f, &rng, &tally);
    }
    double lost = (double)tally.lost / (double)tally.seen;
    print_message("simplified: %zu points, %.1f %% seen, of them %.1f %% lost, "
                  "%zu promised falsely\n",
                  tally.points, 100.0 * (double)tally.seen / (double)tally.points,
                  100 * lost, tally.wrong);
    assert_true(tally.wrong * 2000 < tally.points);
    assert_true(lost < 0.25);
    gw_footprints_unref(&f);
}

int main(int argc, char **argv)
{
    district_buildings = argc > 1 ? argv[1] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_worlds_agree),
        cmocka_unit_test(the_district_agrees),
        cmocka_unit_test(what_is_simplified_promises_nothing_false),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
