#include "map/sight.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/map/view_world.h"

enum { CAMERAS = 400, PLACES = 300 };

static const struct gw_point origin = { 116.8, 35.5 };
static const atomic_bool go_on;

static struct gw_point at(double x, double y)
{
    struct gw_plane plane = gw_plane_around(origin);
    return gw_plane_back(&plane, (struct gw_xy) { x, y });
}

static struct gw_sight_camera camera(uint32_t num, double x, double y, double azimuth_deg)
{
    struct gw_point p = at(x, y);
    return (struct gw_sight_camera) {
        num, { p.lon, p.lat, azimuth_deg, NAN, 60, 100, 4, false }
    };
}

static struct gw_sight *sight_of(const struct gw_sight_camera *cameras, size_t n,
                                 struct gw_footprints *f, const struct gw_sight *before,
                                 struct gw_sight_progress *ret_progress)
{
    struct gw_sight *s;
    assert_int_equal(gw_sight_create(cameras, n, f, &s), 0);
    assert_int_equal(gw_sight_work(s, before, 0, 1, &go_on, ret_progress), 0);
    return s;
}

static size_t ask(const struct gw_sight *s, double x, double y, struct gw_sighting *ret)
{
    struct gw_point p = at(x, y);
    const struct gw_sight_question q = { .lon = p.lon, .lat = p.lat, .limit = 20 };
    return gw_sight_who(s, &q, ret);
}

// All look at, or could look at, the place 40 m north of the origin.
static void who_sees_comes_first_and_the_rest_know_why_not(void **state)
{
    struct gw_sight_camera cameras[] = {
        camera(1, 0, 0, 20),     // sees it, off its axis
        camera(2, 0, 0, 0),      // straight on
        camera(3, 0, 80, 180),   // a house stands between
        camera(4, 10, 40, NAN),  // turns
        camera(5, 0, 30, 180),   // looks away
        camera(6, -30, 40, NAN), // nobody knows where it looks
        camera(7, 30, 40, 270),  // sees 20 m only
        camera(8, 0, 38, 0),     // high up: under its picture
        camera(9, 500, 0, NAN),  // far away
        camera(10, 40, 38, 270), // looks over it
    };
    struct gw_sighting found[20];
    struct gw_sight_progress progress;
    struct view_world *w = calloc(1, sizeof(*w));
    const struct gw_xy house[] = { { -5, 50 }, { 5, 50 }, { 5, 60 }, { -5, 60 } };
    (void)state;
    assert_non_null(w);
    cameras[3].eye.turns = true;
    cameras[6].eye.range_m = 20;
    cameras[7].eye.height_m = 30;
    cameras[7].eye.tilt_deg = -10;
    cameras[9].eye.height_m = 31.5;
    cameras[9].eye.tilt_deg = -85;
    w->plane = gw_plane_around(origin);
    world_add_block(w, house, 9);
    struct gw_footprints *f = world_footprints(w, 1);
    struct gw_sight *s = sight_of(cameras, 10, f, NULL, &progress);
    assert_int_equal(progress.computed, 10);

    assert_int_equal(ask(s, 0, 40, found), 9);
    static const struct {
        uint32_t num;
        enum gw_sighting_kind kind;
        enum gw_sighting_why why;
    } want[] = {
        { 2, GW_SIGHTING_SEES, GW_WHY_SEES },
        { 1, GW_SIGHTING_SEES, GW_WHY_SEES },
        { 4, GW_SIGHTING_COULD_TURN, GW_WHY_SEES },
        { 6, GW_SIGHTING_MAY_SEE, GW_WHY_SEES },
        { 8, GW_SIGHTING_SEES_NOT, GW_WHY_BELOW },
        { 5, GW_SIGHTING_SEES_NOT, GW_WHY_TURNED_AWAY },
        { 7, GW_SIGHTING_SEES_NOT, GW_WHY_TOO_FAR },
        { 3, GW_SIGHTING_SEES_NOT, GW_WHY_BUILDING },
        { 10, GW_SIGHTING_SEES_NOT, GW_WHY_ABOVE },
    };
    for (size_t i = 0; i < 9; i++) {
        uint32_t num = found[i].num;
        assert_int_equal(num, want[i].num);
        assert_int_equal(found[i].kind, want[i].kind);
        assert_int_equal(found[i].why, want[i].why);
        assert_true(found[i].judged);
        if (num == 3) {
            assert_true(fabs(found[i].obstacle_m - 20) < 0.1);
            assert_true(fabs(found[i].obstacle_height_m - 9) < 0.1);
        }
        if (num == 4) { // 10 m to the west, 2.5 m down
            assert_true(fabs(found[i].pan_deg - 270) < 0.01);
            assert_true(fabs(found[i].tilt_deg + 14.04) < 0.01);
            assert_true(fabs(found[i].distance_m - 10) < 0.01);
        }
    }
    gw_sight_unref(&s);
    gw_footprints_unref(&f);
    free(w);
}

static enum gw_sight_verdict by_number(void *arg, uint32_t num)
{
    (void)arg;
    return num == 1 ? GW_SIGHT_BURDEN : num == 3 ? GW_SIGHT_LEAVE : GW_SIGHT_TAKE;
}

static void no_picture_lowers_the_rank(void **state)
{
    struct gw_sight_camera cameras[] = {
        camera(1, 0, 0, 0),                         // the best of them, but offline
        camera(2, 0, -20, 0), camera(3, 0, -20, 0), // not to be shown
        camera(4, 5, 0, NAN),                       // turns
    };
    struct gw_sighting found[20];
    struct gw_sight_progress progress;
    struct gw_point p = at(0, 40);
    const struct gw_sight_question q = { p.lon, p.lat, 3, by_number, NULL };
    (void)state;
    cameras[3].eye.turns = true;
    struct gw_sight *s = sight_of(cameras, 4, NULL, NULL, &progress);
    assert_int_equal(gw_sight_who(s, &q, found), 3);
    assert_int_equal(found[0].num, 2);
    assert_int_equal(found[1].num, 4);
    assert_int_equal(found[2].num, 1);
    assert_true(found[2].burdened);
    assert_false(found[0].judged); // no buildings are known
    gw_sight_unref(&s);
}

static void before_its_view_is_there_the_wedge_alone_is_judged(void **state)
{
    struct gw_sight_camera cameras[] = { camera(1, 0, 0, 0) };
    struct gw_sighting found[20];
    struct gw_sight *s;
    struct view_world *w = calloc(1, sizeof(*w));
    const struct gw_xy house[] = { { -5, 20 }, { 5, 20 }, { 5, 30 }, { -5, 30 } };
    struct gw_sight_progress progress;
    (void)state;
    assert_non_null(w);
    w->plane = gw_plane_around(origin);
    world_add_block(w, house, 9);
    struct gw_footprints *f = world_footprints(w, 1);
    assert_int_equal(gw_sight_create(cameras, 1, f, &s), 0);
    assert_null(gw_sight_view(s, 1));
    assert_int_equal(ask(s, 0, 40, found), 1);
    assert_int_equal(found[0].kind, GW_SIGHTING_SEES);
    assert_false(found[0].judged);

    assert_int_equal(gw_sight_work(s, NULL, 0, 1, &go_on, &progress), 0);
    assert_int_equal(ask(s, 0, 40, found), 1);
    assert_int_equal(found[0].why, GW_WHY_BUILDING);
    assert_true(found[0].judged);
    gw_sight_unref(&s);
    gw_footprints_unref(&f);
    free(w);
}

// ---- random worlds ----

static void random_camera(struct gw_rng *rng, uint32_t num, struct gw_sight_camera *ret)
{
    *ret = camera(num, world_between(rng, -300, 300), world_between(rng, -300, 300),
                  gw_rng_below(rng, 3) ? world_between(rng, 0, 360) : (double)NAN);
    ret->eye.turns = gw_rng_below(rng, 4) == 0;
    ret->eye.range_m = world_between(rng, 20, ret->eye.turns ? 400 : 120);
    ret->eye.height_m = world_between(rng, 2, ret->eye.turns ? 40 : 8);
}

static void check_order(const struct gw_sighting *found, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        assert_true(found[i - 1].kind <= found[i].kind);
        if (found[i - 1].kind == found[i].kind)
            assert_true(found[i - 1].quality >= found[i].quality);
    }
}

static void the_index_finds_whom_a_look_at_all_finds(void **state)
{
    static struct gw_sight_camera cameras[CAMERAS];
    static struct gw_sighting found[GW_SIGHTINGS_MAX];
    struct view_world *w = calloc(1, sizeof(*w));
    struct gw_sight_progress progress;
    struct gw_rng rng;
    (void)state;
    assert_non_null(w);
    gw_rng_init(&rng, 7);
    w->plane = gw_plane_around(origin);
    for (int i = 0; i < 200; i++)
        world_add_random(w, &rng, 300);
    for (uint32_t i = 0; i < CAMERAS; i++)
        random_camera(&rng, i + 1, &cameras[i]);
    struct gw_footprints *f = world_footprints(w, w->count);
    struct gw_sight *s = sight_of(cameras, CAMERAS, f, NULL, &progress);
    size_t seeing = 0;
    for (int k = 0; k < PLACES; k++) {
        struct gw_point p =
            at(world_between(&rng, -350, 350), world_between(&rng, -350, 350));
        const struct gw_sight_question q = { p.lon, p.lat, GW_SIGHTINGS_MAX, NULL, NULL };
        size_t n = gw_sight_who(s, &q, found), see = 0, ours = 0;
        check_order(found, n);
        for (size_t i = 0; i < n; i++)
            ours += found[i].kind != GW_SIGHTING_SEES_NOT;
        for (uint32_t i = 0; i < CAMERAS; i++)
            see += gw_view_contains(gw_sight_view(s, i + 1), p.lon, p.lat);
        // Who stands at a camera's very foot is seen by its view, turned away or not.
        assert_true(see >= ours && see - ours <= 1);
        seeing += see;
    }
    assert_true(seeing > PLACES);
    gw_sight_unref(&s);
    gw_footprints_unref(&f);
    free(w);
}

static void only_what_changed_is_computed_again(void **state)
{
    static struct gw_sight_camera cameras[CAMERAS];
    struct view_world *w = calloc(1, sizeof(*w));
    struct gw_sight_progress progress;
    struct gw_rng rng;
    (void)state;
    assert_non_null(w);
    gw_rng_init(&rng, 8);
    w->plane = gw_plane_around(origin);
    for (int i = 0; i < 200; i++)
        world_add_random(w, &rng, 300);
    for (uint32_t i = 0; i < CAMERAS; i++)
        random_camera(&rng, i + 1, &cameras[i]);
    struct gw_footprints *f = world_footprints(w, w->count);
    struct gw_sight *first = sight_of(cameras, CAMERAS, f, NULL, &progress);
    assert_int_equal(progress.computed, CAMERAS);

    cameras[3].eye.azimuth_deg = 12;
    struct gw_sight *second = sight_of(cameras, CAMERAS, f, first, &progress);
    assert_int_equal(progress.computed, 1);
    assert_int_equal(progress.taken_over, CAMERAS - 1);
    assert_ptr_equal(gw_sight_view(first, 1), gw_sight_view(second, 1));
    gw_sight_unref(&first); // what was taken over stays

    // A house is higher: who it is within reach of looks anew, and nobody else.
    w->buildings[5].height_m += 1;
    struct gw_footprints *higher = world_footprints(w, w->count);
    struct gw_sight *third = sight_of(cameras, CAMERAS, higher, second, &progress);
    assert_in_range(progress.computed, 1, CAMERAS / 2);
    assert_int_equal(progress.computed + progress.taken_over, CAMERAS);
    for (uint32_t i = 0; i < CAMERAS; i++) {
        struct gw_view *anew;
        assert_int_equal(gw_view_create(&cameras[i].eye, higher, &anew), 0);
        assert_true(gw_view_area_m2(anew) ==
                    gw_view_area_m2(gw_sight_view(third, i + 1)));
        gw_view_unref(&anew);
    }
    gw_sight_unref(&second);
    gw_sight_unref(&third);
    gw_footprints_unref(&f);
    gw_footprints_unref(&higher);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_sees_comes_first_and_the_rest_know_why_not),
        cmocka_unit_test(no_picture_lowers_the_rank),
        cmocka_unit_test(before_its_view_is_there_the_wedge_alone_is_judged),
        cmocka_unit_test(the_index_finds_whom_a_look_at_all_finds),
        cmocka_unit_test(only_what_changed_is_computed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
