#include "map/view.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/footprint_reader.h"
#include "tests/unit/map/view_world.h"

static const struct gw_point origin = { 116.8, 35.5 };

static struct gw_eye eye_at(double x, double y)
{
    struct gw_plane plane = gw_plane_around(origin);
    struct gw_point p = gw_plane_back(&plane, (struct gw_xy) { x, y });
    return (struct gw_eye) { p.lon, p.lat, NAN, NAN, 90, 100, 4, false };
}

static void add_box(struct view_world *w, double x0, double y0, double x1, double y1,
                    double height_m)
{
    const struct gw_xy corners[] = { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } };
    world_add_block(w, corners, height_m);
}

static struct gw_view *look(const struct view_world *w, const struct gw_eye *eye)
{
    struct gw_footprints *f = world_footprints(w, w->count);
    struct gw_view *v;
    assert_int_equal(gw_view_create(eye, f, &v), 0);
    gw_footprints_unref(&f);
    return v;
}

static bool sees(const struct gw_view *v, double x, double y)
{
    struct gw_plane plane = gw_plane_around(origin);
    struct gw_point p = gw_plane_back(&plane, (struct gw_xy) { x, y });
    return gw_view_contains(v, p.lon, p.lat);
}

static struct view_world *new_world(void)
{
    struct view_world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    w->plane = gw_plane_around(origin);
    return w;
}

static void under_the_sky_all_within_range_is_seen(void **state)
{
    struct gw_eye eye = eye_at(0, 0);
    struct gw_view *v;
    (void)state;
    assert_int_equal(gw_view_create(&eye, NULL, &v), 0);
    assert_true(sees(v, 0, 0));
    assert_true(sees(v, 99, 0));
    assert_true(sees(v, -70, -70));
    assert_false(sees(v, 0, 101));
    assert_int_equal(gw_view_place(v), GW_VIEW_OPEN);
    double circle = M_PI * 100 * 100;
    assert_true(fabs(gw_view_area_m2(v) - circle) < circle * 1e-5);
    gw_view_unref(&v);
}

static void a_wedge_is_seen_and_no_more(void **state)
{
    struct gw_eye eye = eye_at(0, 0);
    struct gw_view *v;
    (void)state;
    eye.azimuth_deg = 90; // to the east
    assert_int_equal(gw_view_create(&eye, NULL, &v), 0);
    assert_true(sees(v, 50, 0));
    assert_true(sees(v, 50, 49));
    assert_true(sees(v, 50, -49));
    assert_false(sees(v, 50, 51));
    assert_false(sees(v, -50, 0));
    gw_view_unref(&v);

    eye.azimuth_deg = 350; // over north
    assert_int_equal(gw_view_create(&eye, NULL, &v), 0);
    assert_true(sees(v, 0, 50));
    assert_true(sees(v, 20, 50));
    assert_false(sees(v, 50, 40));
    gw_view_unref(&v);

    eye.turns = true;
    assert_int_equal(gw_view_create(&eye, NULL, &v), 0);
    assert_true(sees(v, 0, -50));
    gw_view_unref(&v);
}

static void tilt_bounds_the_ground(void **state)
{
    struct gw_eye eye = eye_at(0, 0);
    struct gw_view *v;
    (void)state;
    eye.azimuth_deg = 0;
    eye.height_m = 11.5;
    eye.tilt_deg = -45; // 29.4 degrees to both sides: 2.8 m to 35.8 m
    assert_int_equal(gw_view_create(&eye, NULL, &v), 0);
    assert_false(sees(v, 0, 2.5));
    assert_true(sees(v, 0, 3));
    assert_true(sees(v, 0, 35));
    assert_false(sees(v, 0, 37));
    gw_view_unref(&v);
}

static void a_wall_hides_what_is_behind_it(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    (void)state;
    add_box(w, 20, -10, 30, 10, 9);
    struct gw_view *v = look(w, &eye);
    assert_true(sees(v, 19.9, 0));
    assert_false(sees(v, 20.1, 0));
    assert_false(sees(v, 99, 0));
    assert_true(sees(v, 40, 21));
    assert_false(sees(v, 40, 19));
    assert_true(sees(v, -40, 0));
    gw_view_unref(&v);
    free(w);
}

// Lens at 31.5 m, roof at 11.5 m: 30 m and 10 m above whom it looks for. What leaves the
// building at 40 m is hidden up to 40 * 30 / 20 = 60 m.
static void who_looks_over_a_roof_sees_beyond_its_shadow(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    (void)state;
    eye.height_m = 31.5;
    add_box(w, 30, -10, 40, 10, 11.5);
    struct gw_view *v = look(w, &eye);
    assert_true(sees(v, 29.9, 0));
    assert_false(sees(v, 30.1, 0));
    assert_false(sees(v, 59.9, 0));
    assert_true(sees(v, 60.1, 0));
    assert_true(sees(v, 99, 0));
    gw_view_unref(&v);
    free(w);
}

// 60 m and 10 m above: the near wing, left at 30 m, hides up to 36 m; the far one from
// 50 m up to 72 m. Between them is the yard.
static void who_looks_over_a_wing_sees_the_yard_behind_it(void **state)
{
    static const struct gw_xy outer[] = {
        { 20, -20 }, { 60, -20 }, { 60, 20 }, { 20, 20 }
    };
    static const struct gw_xy yard[] = {
        { 30, -15 }, { 30, 15 }, { 50, 15 }, { 50, -15 }
    };
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    (void)state;
    eye.height_m = 61.5;
    world_add_block(w, outer, 11.5);
    memcpy(w->buildings[0].ring[1], yard, sizeof(yard));
    w->buildings[0].ring_points[1] = 4;
    w->buildings[0].rings = 2;
    struct gw_view *v = look(w, &eye);
    assert_false(sees(v, 35.9, 0));
    assert_true(sees(v, 36.1, 0));
    assert_true(sees(v, 49.9, 0));
    assert_false(sees(v, 50.1, 0));
    assert_false(sees(v, 71.9, 0));
    assert_true(sees(v, 72.1, 0));
    gw_view_unref(&v);
    free(w);
}

static void what_is_lower_than_a_person_hides_nobody(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    (void)state;
    add_box(w, 20, -10, 30, 10, 1.2);
    struct gw_view *v = look(w, &eye);
    assert_true(sees(v, 50, 0));
    gw_view_unref(&v);
    free(w);
}

static void a_camera_in_its_own_wall_sees_the_street(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(-2, 0); // 2 m inside the eastern wall
    (void)state;
    add_box(w, -30, -10, 0, 10, 12);
    struct gw_view *v = look(w, &eye);
    assert_int_equal(gw_view_place(v), GW_VIEW_ON_WALL);
    assert_true(sees(v, 50, 0));
    assert_true(sees(v, 1, 60));
    assert_false(sees(v, -40, 0)); // the house is between
    gw_view_unref(&v);

    // Exactly on the wall, and on a corner.
    eye = eye_at(0, 3);
    v = look(w, &eye);
    assert_true(sees(v, 50, 0));
    assert_false(sees(v, -40, 0));
    gw_view_unref(&v);
    eye = eye_at(0, 10);
    v = look(w, &eye);
    assert_true(sees(v, 50, 50));
    gw_view_unref(&v);
    free(w);
}

static void the_wall_is_the_one_that_the_camera_faces(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(-2, 0);
    (void)state;
    eye.azimuth_deg = 270; // nearer to the eastern wall, looks west
    add_box(w, -8, -10, 0, 10, 12);
    struct gw_view *v = look(w, &eye);
    assert_int_equal(gw_view_place(v), GW_VIEW_ON_WALL);
    assert_true(sees(v, -40, 0));
    assert_false(sees(v, 40, 0));
    gw_view_unref(&v);
    free(w);
}

static void a_wall_between_two_houses_has_no_outside(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(-1, 0); // next to the house that stands wall to wall
    (void)state;
    add_box(w, -20, -6, 0, 6, 12);
    add_box(w, 0, -6, 20, 6, 12);
    struct gw_view *v = look(w, &eye);
    assert_int_equal(gw_view_place(v), GW_VIEW_ON_WALL);
    assert_true(sees(v, -1, 40) != sees(v, -1, -40)); // on one of the long sides
    gw_view_unref(&v);
    free(w);
}

static void on_a_roof_the_yard_below_is_hidden(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    (void)state;
    eye.height_m = 21.5;
    add_box(w, -10, -10, 10, 10, 11.5); // 20 m, 10 m: hidden up to 20 m
    struct gw_view *v = look(w, &eye);
    assert_int_equal(gw_view_place(v), GW_VIEW_ON_ROOF);
    assert_false(sees(v, 19.9, 0));
    assert_true(sees(v, 20.1, 0));
    assert_true(sees(v, -99, 0));
    gw_view_unref(&v);
    free(w);
}

static void deep_indoors_the_walls_are_the_world(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    (void)state;
    add_box(w, -30, -30, 30, 30, 12);
    struct gw_view *v = look(w, &eye);
    assert_int_equal(gw_view_place(v), GW_VIEW_INDOORS);
    assert_true(sees(v, 29, 0));
    assert_false(sees(v, 31, 0));
    gw_view_unref(&v);
    free(w);
}

// ---- properties, on random worlds ----

static int add_ring_area(void *arg, bool inner, const struct gw_point *points, size_t n)
{
    struct gw_plane plane = gw_plane_around(origin);
    double twice = 0;
    assert_true(n >= 4);
    assert_memory_equal(&points[0], &points[n - 1], sizeof(*points));
    for (size_t i = 0; i + 1 < n; i++)
        twice +=
            gw_cross(gw_plane_of(&plane, points[i]), gw_plane_of(&plane, points[i + 1]));
    assert_true(inner ? twice < 0.1 : twice > -0.1); // RFC 7946 section 3.1.6
    *(double *)arg += twice / 2;
    return 0;
}

static struct gw_eye random_eye(struct gw_rng *rng)
{
    struct gw_eye eye = eye_at(world_between(rng, -60, 60), world_between(rng, -60, 60));
    eye.height_m = world_between(rng, 2, 30);
    if (gw_rng_below(rng, 2))
        eye.azimuth_deg = world_between(rng, 0, 360);
    return eye;
}

static void rings_have_the_area_of_the_view(void **state)
{
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 3);
    for (int k = 0; k < 200; k++) {
        struct view_world *w = new_world();
        for (int i = 0; i < 25; i++)
            world_add_random(w, &rng, 80);
        struct gw_eye eye = random_eye(&rng);
        struct gw_view *v = look(w, &eye);
        double area = 0;
        assert_int_equal(gw_view_rings(v, add_ring_area, &area), 0);
        // Arcs of the range are drawn as chords, 0.03 % of the circle at most.
        assert_true(fabs(area - gw_view_area_m2(v)) < 1 + 4e-4 * M_PI * 100 * 100);
        gw_view_unref(&v);
        free(w);
    }
}

// Unless the house is built around the lens, which then hangs on it.
static void one_more_house_shows_no_more_ground(void **state)
{
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 4);
    for (int k = 0; k < 100; k++) {
        struct view_world *w = new_world();
        struct gw_eye eye = random_eye(&rng);
        double before = INFINITY;
        for (int i = 0; i < 20; i++) {
            world_add_random(w, &rng, 80);
            struct gw_view *v = look(w, &eye);
            if (gw_view_place(v) != GW_VIEW_OPEN) {
                gw_view_unref(&v);
                break;
            }
            assert_true(gw_view_area_m2(v) <= before + 0.5);
            before = gw_view_area_m2(v);
            gw_view_unref(&v);
        }
        free(w);
    }
}

static void equal_keys_mean_equal_worlds(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0), turned = eye;
    (void)state;
    turned.azimuth_deg = 10;
    add_box(w, 20, -10, 30, 10, 9);
    add_box(w, 2000, -10, 2030, 10, 9); // out of range
    struct gw_footprints *both = world_footprints(w, 2), *one = world_footprints(w, 1);
    w->buildings[0].height_m = 10;
    struct gw_footprints *higher = world_footprints(w, 1);
    uint64_t key = gw_view_key(&eye, both);
    assert_true(key == gw_view_key(&eye, one));
    assert_true(key != gw_view_key(&eye, higher));
    assert_true(key != gw_view_key(&eye, NULL));
    assert_true(key != gw_view_key(&turned, both));
    gw_footprints_unref(&both);
    gw_footprints_unref(&one);
    gw_footprints_unref(&higher);
    free(w);
}

static void the_obstacle_is_the_first_house_that_hides(void **state)
{
    struct view_world *w = new_world();
    struct gw_eye eye = eye_at(0, 0);
    struct gw_view_obstacle o = { .distance_m = -1 };
    (void)state;
    eye.height_m = 31.5;
    add_box(w, 10, -10, 12, 10, 3); // is looked over
    add_box(w, 30, -10, 40, 10, 16);
    add_box(w, 50, -10, 60, 10, 40);
    struct gw_footprints *f = world_footprints(w, w->count);
    struct gw_view *v;
    assert_int_equal(gw_view_create(&eye, f, &v), 0);
    struct gw_point behind = gw_plane_back(&w->plane, (struct gw_xy) { 80, 0 });
    assert_true(gw_view_obstacle(v, &eye, f, behind.lon, behind.lat, &o));
    assert_true(fabs(o.distance_m - 50) < 0.1); // passes the one of 16 m at 16.5 m
    assert_true(fabs(o.height_m - 40) < 0.1);
    struct gw_point free_place = gw_plane_back(&w->plane, (struct gw_xy) { 0, 80 });
    o.distance_m = -1;
    assert_false(gw_view_obstacle(v, &eye, f, free_place.lon, free_place.lat, &o));
    assert_true(o.distance_m < 0);
    gw_view_unref(&v);
    gw_footprints_unref(&f);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_the_sky_all_within_range_is_seen),
        cmocka_unit_test(a_wedge_is_seen_and_no_more),
        cmocka_unit_test(tilt_bounds_the_ground),
        cmocka_unit_test(a_wall_hides_what_is_behind_it),
        cmocka_unit_test(who_looks_over_a_roof_sees_beyond_its_shadow),
        cmocka_unit_test(who_looks_over_a_wing_sees_the_yard_behind_it),
        cmocka_unit_test(what_is_lower_than_a_person_hides_nobody),
        cmocka_unit_test(a_camera_in_its_own_wall_sees_the_street),
        cmocka_unit_test(the_wall_is_the_one_that_the_camera_faces),
        cmocka_unit_test(a_wall_between_two_houses_has_no_outside),
        cmocka_unit_test(on_a_roof_the_yard_below_is_hidden),
        cmocka_unit_test(deep_indoors_the_walls_are_the_world),
        cmocka_unit_test(rings_have_the_area_of_the_view),
        cmocka_unit_test(one_more_house_shows_no_more_ground),
        cmocka_unit_test(equal_keys_mean_equal_worlds),
        cmocka_unit_test(the_obstacle_is_the_first_house_that_hides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
