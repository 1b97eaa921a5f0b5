#include "map/coordinates.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct place {
    double lon;
    double lat;
};

static struct place from_wgs84(enum gw_coordinates to, double lon, double lat)
{
    struct place p;
    gw_coordinates_from_wgs84(to, lon, lat, &p.lon, &p.lat);
    return p;
}

static struct place to_wgs84(enum gw_coordinates from, double lon, double lat)
{
    struct place p;
    gw_coordinates_to_wgs84(from, lon, lat, &p.lon, &p.lat);
    return p;
}

static void expect(struct place p, double lon, double lat, double within)
{
    assert_true(fabs(p.lon - lon) < within);
    assert_true(fabs(p.lat - lat) < within);
}

// Shanghai, Shenzhen and Beijing, as several independent programs have published them.
static void published_points_agree(void **state)
{
    (void)state;
    expect(from_wgs84(GW_COORDINATES_GCJ02, 121.5272106, 31.1774276), 121.531541859215,
           31.17530398364597, 1e-9);
    expect(from_wgs84(GW_COORDINATES_GCJ02, 113.912316, 22.543847), 113.9171764808363,
           22.540796131694766, 1e-9);
    expect(from_wgs84(GW_COORDINATES_GCJ02, 116.377817, 39.911954), 116.38404722455657,
           39.91334545536069, 1e-9);
    expect(from_wgs84(GW_COORDINATES_GCJ02, 116.404, 39.915), 116.41024449916938,
           39.91640428150164, 1e-9);
}

// Baidu's, from GCJ-02 and back; what others publish for the way back is approximate.
static void baidus_published_points_agree(void **state)
{
    (void)state;
    struct place p = to_wgs84(GW_COORDINATES_GCJ02, 116.404, 39.915);
    expect(from_wgs84(GW_COORDINATES_BD09, p.lon, p.lat), 116.41036949371029,
           39.92133699351021, 1e-9);
    struct place near =
        to_wgs84(GW_COORDINATES_GCJ02, 116.39762729119315, 39.90865673957631);
    expect(to_wgs84(GW_COORDINATES_BD09, 116.404, 39.915), near.lon, near.lat, 1e-5);
}

static void there_and_back_is_the_same_place(void **state)
{
    (void)state;
    static const enum gw_coordinates shifted[] = { GW_COORDINATES_GCJ02,
                                                   GW_COORDINATES_BD09 };
    for (size_t i = 0; i < 2; i++)
        for (double lon = 74; lon < 135; lon += 1.37)
            for (double lat = 2; lat < 54; lat += 1.13) {
                struct place p = from_wgs84(shifted[i], lon, lat);
                expect(to_wgs84(shifted[i], p.lon, p.lat), lon, lat, 1e-8);
            }
}

static void nothing_is_shifted_where_nothing_is(void **state)
{
    (void)state;
    expect(to_wgs84(GW_COORDINATES_GCJ02, 13.4, 52.5), 13.4, 52.5, 1e-12);
    expect(to_wgs84(GW_COORDINATES_CGCS2000, 116.8, 35.5), 116.8, 35.5, 1e-15);
    expect(from_wgs84(GW_COORDINATES_WGS84, 116.8, 35.5), 116.8, 35.5, 1e-15);
    // Hundreds of metres in the district.
    struct place p = from_wgs84(GW_COORDINATES_GCJ02, 116.83, 35.55);
    assert_true(hypot(p.lon - 116.83, p.lat - 35.55) > 0.003);
}

static void names_are_read(void **state)
{
    (void)state;
    enum gw_coordinates c;
    assert_true(gw_coordinates_parse("GCJ-02", &c) && c == GW_COORDINATES_GCJ02);
    assert_true(gw_coordinates_parse("bd09", &c) && c == GW_COORDINATES_BD09);
    assert_true(gw_coordinates_parse("CGCS2000", &c) && c == GW_COORDINATES_CGCS2000);
    assert_true(gw_coordinates_parse("wgs84", &c) && c == GW_COORDINATES_WGS84);
    assert_false(gw_coordinates_parse("utm", &c));
    assert_false(gw_coordinates_parse("", &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_points_agree),
        cmocka_unit_test(baidus_published_points_agree),
        cmocka_unit_test(there_and_back_is_the_same_place),
        cmocka_unit_test(nothing_is_shifted_where_nothing_is),
        cmocka_unit_test(names_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
