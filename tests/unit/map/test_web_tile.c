#include "map/web_tile.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/camera_quads.h"

enum { CAMERAS = 400, WORLDS = 20 };

static void addresses_are_read(void **state)
{
    struct gw_web_tile t;
    (void)state;
    assert_int_equal(gw_web_tile_read("0/0/0.mvt", &t), 0);
    assert_int_equal(gw_web_tile_read("22/4194303/4194302.mvt", &t), 0);
    assert_int_equal(t.z, 22);
    assert_int_equal(t.x, 4194303);
    assert_int_equal(t.y, 4194302);
}

static void what_is_no_tile_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "/",
        "0/0/0",
        "0/0/0.mvt ",
        "0/0/0.mvtx",
        "0/0/0.png",
        "0/1/0.mvt",
        "0/0/1.mvt",
        "1/2/0.mvt",
        "23/0/0.mvt",
        "-1/0/0.mvt",
        "1/-1/0.mvt",
        "1/+1/0.mvt",
        "01/0/0.mvt",
        "1/00/0.mvt",
        "1/ 1/0.mvt",
        "1//0.mvt",
        "1/1/.mvt",
        "1/1/0/0.mvt",
        "1/0x1/0.mvt",
        "1/1.0/0.mvt",
        "1/1e0/0.mvt",
        "4294967296/0/0.mvt",
        "18446744073709551616/0/0.mvt",
        "22/4194304/0.mvt",
        "1/4294967297/0.mvt",
        "1/1/18446744073709551617.mvt",
    };
    struct gw_web_tile t = { .z = 7 };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_web_tile_read(bad[i], &t), -EINVAL);
    assert_int_equal(t.z, 7); // untouched
}

// Published values: EPSG 3857 is 20037508.34 m wide on each side of the origin.
static void places_are_those_of_web_mercator(void **state)
{
    static const struct {
        struct gw_point point;
        double x_m, y_m;
    } known[] = {
        { { 0, 0 }, 0, 0 },
        { { 180, 85.0511287798066 }, 20037508.342789, 20037508.342789 },
        { { -180, -85.0511287798066 }, -20037508.342789, -20037508.342789 },
        // EPSG guidance note 7-2, the example of method 1024.
        { { -100.3333333333, 24.3817870556 }, -11169055.58, 2800000.00 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        struct gw_web_place place = gw_web_place_of(known[i].point);
        assert_true(fabs((place.x - 0.5) * 40075016.685578 - known[i].x_m) < 0.02);
        assert_true(fabs((0.5 - place.y) * 40075016.685578 - known[i].y_m) < 0.02);
        struct gw_point back = gw_web_place_back(place);
        assert_true(fabs(back.lon - known[i].point.lon) < 1e-9);
        assert_true(fabs(back.lat - known[i].point.lat) < 1e-9);
    }
}

static void poles_are_at_the_edge(void **state)
{
    (void)state;
    assert_true(gw_web_place_of((struct gw_point) { 0, 90 }).y < 1e-12);
    assert_true(gw_web_place_of((struct gw_point) { 0, -90 }).y > 1 - 1e-12);
}

static void a_box_is_the_ground_of_its_tile(void **state)
{
    const struct gw_web_tile all = { 0, 0, 0 }, east = { 2, 3, 1 };
    struct gw_box box = gw_web_tile_box(&all, 0);
    (void)state;
    assert_true(box.west == -180 && box.east == 180 && box.south == -90 &&
                box.north == 90);
    box = gw_web_tile_box(&east, 0);
    assert_true(box.west == 90 && box.east == 180 && fabs(box.south) < 1e-9);
    assert_true(fabs(box.north - 66.51326044311186) < 1e-9);
    box = gw_web_tile_box(&east, 0.5);
    assert_true(box.west == 45 && box.east == 180); // the date line ends it
}

// ---- cameras by tile ----

static struct gw_camera *random_cameras(struct gw_rng *rng)
{
    static const double edges[] = { -180, 180, -90, 90, 0, 85.06, -85.06 };
    struct gw_camera *cameras = calloc(CAMERAS, sizeof(*cameras));
    for (uint32_t i = 0; i < CAMERAS; i++) {
        cameras[i].num = i + 1;
        cameras[i].lon = (double)gw_rng_below(rng, 360000001) / 1e6 - 180;
        cameras[i].lat = (double)gw_rng_below(rng, 180000001) / 1e6 - 90;
        if (gw_rng_below(rng, 4) == 0) // several on one place
            cameras[i].lon = edges[gw_rng_below(rng, 7)];
        if (gw_rng_below(rng, 4) == 0)
            cameras[i].lat = edges[2 + gw_rng_below(rng, 5)];
        if (fabs(cameras[i].lon) > 180)
            abort();
        if (gw_rng_below(rng, 10) == 0)
            cameras[i].lat = NAN;
    }
    return cameras;
}

// By the place itself: another way than by keys.
static uint32_t index_of(double share, int z)
{
    double at = floor(share * ldexp(1, z));
    return (uint32_t)fmin(at, ldexp(1, z) - 1);
}

static size_t count_in(const struct gw_camera_quads *q, const struct gw_web_tile *t,
                       const struct gw_camera *camera, bool *ret_has)
{
    size_t n;
    const struct gw_camera_quad *in = gw_camera_quads_in(q, t, &n);
    *ret_has = false;
    for (size_t i = 0; i < n; i++)
        *ret_has |= in[i].num == camera->num;
    return n;
}

static void each_camera_is_in_its_tile_and_in_no_other(void **state)
{
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 41);
    for (int world = 0; world < WORLDS; world++) {
        struct gw_camera_quads q;
        struct gw_camera *cameras = random_cameras(&rng);
        assert_int_equal(gw_camera_quads_init(&q, cameras, CAMERAS), 0);
        for (size_t i = 0; i < CAMERAS; i++) {
            int z = (int)gw_rng_below(&rng, GW_WEB_ZOOM_MAX + 1);
            struct gw_web_place p =
                gw_web_place_of((struct gw_point) { cameras[i].lon, cameras[i].lat });
            bool has, placed = !isnan(cameras[i].lat);
            struct gw_web_tile t = { z, 0, 0 };
            t.x = placed ? index_of(p.x, z) : 0;
            t.y = placed ? index_of(p.y, z) : 0;
            count_in(&q, &t, &cameras[i], &has);
            assert_int_equal(has, placed);
            t.x ^= z > 0;
            count_in(&q, &t, &cameras[i], &has);
            assert_true(!has || z == 0);
        }
        gw_camera_quads_finish(&q);
        free(cameras);
    }
}

static void the_tiles_of_a_zoom_hold_each_camera_once(void **state)
{
    struct gw_rng rng;
    struct gw_camera_quads q;
    (void)state;
    gw_rng_init(&rng, 42);
    struct gw_camera *cameras = random_cameras(&rng);
    assert_int_equal(gw_camera_quads_init(&q, cameras, CAMERAS), 0);
    for (int z = 0; z <= 6; z++) {
        size_t sum = 0;
        for (uint32_t x = 0; x < 1u << z; x++)
            for (uint32_t y = 0; y < 1u << z; y++) {
                size_t n;
                gw_camera_quads_in(&q, &(struct gw_web_tile) { z, x, y }, &n);
                sum += n;
            }
        assert_int_equal(sum, q.count);
    }
    gw_camera_quads_finish(&q);
    free(cameras);
}

static void keys_come_apart_again(void **state)
{
    struct gw_camera c = { .num = 1, .lon = 116.6, .lat = 35.5 };
    struct gw_camera_quads q;
    uint32_t column, row;
    (void)state;
    assert_int_equal(gw_camera_quads_init(&q, &c, 1), 0);
    gw_quad_split(q.items[0].key, &column, &row);
    struct gw_web_place p = gw_web_place_of((struct gw_point) { c.lon, c.lat });
    assert_true(fabs(column - p.x * 4294967296.0) <= 1);
    assert_true(fabs(row - p.y * 4294967296.0) <= 1);
    gw_camera_quads_finish(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(what_is_no_tile_is_refused),
        cmocka_unit_test(places_are_those_of_web_mercator),
        cmocka_unit_test(poles_are_at_the_edge),
        cmocka_unit_test(a_box_is_the_ground_of_its_tile),
        cmocka_unit_test(each_camera_is_in_its_tile_and_in_no_other),
        cmocka_unit_test(the_tiles_of_a_zoom_hold_each_camera_once),
        cmocka_unit_test(keys_come_apart_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
