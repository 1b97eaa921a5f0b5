// Distances and the plane beside PROJ's geodesics on the ellipsoid of WGS-84: as far off
// as map/geo.h and map/plane.h say, and no further.
#include "map/geo.h"
#include "map/plane.h"

#include "base/rng.h"

#include <geodesic.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PAIRS = 200000, BOXES = 20000, PLANES = 2000 };
#define SPHERE_OFF 0.006  // of the distance
#define WGS84_A 6378137.0 // metres
#define WGS84_F (1 / 298.257223563)

static struct geod_geodesic ellipsoid;
static struct gw_rng rng;

static int set_up(void **state)
{
    (void)state;
    geod_init(&ellipsoid, WGS84_A, WGS84_F);
    gw_rng_init(&rng, 7);
    return 0;
}

static double between(double low, double high)
{
    return low + (high - low) * ((double)gw_rng_below(&rng, 1000001) / 1e6);
}

static double true_distance_m(struct gw_point a, struct gw_point b)
{
    double metres;
    geod_inverse(&ellipsoid, a.lat, a.lon, b.lat, b.lon, &metres, NULL, NULL);
    return metres;
}

// From a metre to around the globe, in all directions.
static void a_sphere_is_off_by_six_in_a_thousand(void **state)
{
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        struct gw_point a = { between(-180, 180), between(-89, 89) }, b;
        double metres = pow(10, between(0, 7));
        geod_direct(&ellipsoid, a.lat, a.lon, between(0, 360), metres, &b.lat, &b.lon,
                    NULL);
        assert_true(fabs(gw_distance_m(a, b) - metres) <= SPHERE_OFF * metres);
    }
}

// What the box leaves out is farther away: also by the ellipsoid, as far as the sphere
// can be off.
static void a_box_around_a_place_is_never_too_small(void **state)
{
    (void)state;
    for (int i = 0; i < BOXES; i++) {
        struct gw_point a = { between(-170, 170), between(-80, 80) }, b;
        double metres = pow(10, between(0, 5));
        struct gw_box box = gw_box_around(a, metres);
        geod_direct(&ellipsoid, a.lat, a.lon, between(0, 360), metres * (1 - SPHERE_OFF),
                    &b.lat, &b.lon, NULL);
        assert_true(gw_box_contains(&box, b.lon, b.lat));
    }
}

static void a_plane_is_good_to_some_kilometres(void **state)
{
    (void)state;
    for (int i = 0; i < PLANES; i++) {
        struct gw_point o = { between(100, 125), between(20, 50) }, a, b;
        struct gw_plane plane = gw_plane_around(o);
        geod_direct(&ellipsoid, o.lat, o.lon, between(0, 360), between(0, 2000), &a.lat,
                    &a.lon, NULL);
        geod_direct(&ellipsoid, o.lat, o.lon, between(0, 360), between(0, 2000), &b.lat,
                    &b.lon, NULL);
        struct gw_xy d = gw_minus(gw_plane_of(&plane, b), gw_plane_of(&plane, a));
        double metres = true_distance_m(a, b);
        assert_true(fabs(hypot(d.x, d.y) - metres) <= SPHERE_OFF * metres + 0.5);
        struct gw_point back = gw_plane_back(&plane, gw_plane_of(&plane, a));
        assert_true(true_distance_m(a, back) < 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sphere_is_off_by_six_in_a_thousand),
        cmocka_unit_test(a_box_around_a_place_is_never_too_small),
        cmocka_unit_test(a_plane_is_good_to_some_kilometres),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
