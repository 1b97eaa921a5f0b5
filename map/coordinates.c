#include "map/coordinates.h"

#include <math.h>
#include <stddef.h>
#include <strings.h>

// Krasovsky's ellipsoid of 1940, which the shift is computed on.
#define SEMI_MAJOR 6378245.0 // m
#define ECCENTRICITY2 0.00669342162296594323

#define PI 3.14159265358979323846
#define BD09_TURNS (PI * 3000 / 180)
#define BD09_LON 0.0065 // degrees
#define BD09_LAT 0.006

enum { ITERATIONS_MAX = 30 };
#define CLOSE_ENOUGH 1e-10 // degrees, a hundredth of a millimetre

const char *gw_coordinates_name(enum gw_coordinates coordinates)
{
    static const char *const names[] = { "wgs84", "cgcs2000", "gcj02", "bd09" };
    return names[coordinates];
}

bool gw_coordinates_parse(const char *name, enum gw_coordinates *ret_coordinates)
{
    static const struct {
        const char *name;
        enum gw_coordinates coordinates;
    } names[] = {
        { "wgs84", GW_COORDINATES_WGS84 },       { "wgs-84", GW_COORDINATES_WGS84 },
        { "cgcs2000", GW_COORDINATES_CGCS2000 }, { "gcj02", GW_COORDINATES_GCJ02 },
        { "gcj-02", GW_COORDINATES_GCJ02 },      { "bd09", GW_COORDINATES_BD09 },
        { "bd-09", GW_COORDINATES_BD09 },
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(name, names[i].name) == 0) {
            *ret_coordinates = names[i].coordinates;
            return true;
        }
    return false;
}

// The rectangle within which positions are shifted.
static bool in_china(double lon, double lat)
{
    return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

// Waves that both axes have: of 1/3 and 1 degree.
static double ripple(double lon)
{
    return (20 * sin(6 * lon * PI) + 20 * sin(2 * lon * PI)) * 2 / 3;
}

// Metres to the east; x and y are degrees from 105 E, 35 N.
static double shift_east(double x, double y)
{
    double plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x));
    double waves = 20 * sin(x * PI) + 40 * sin(x / 3 * PI) + 150 * sin(x / 12 * PI) +
                   300 * sin(x / 30 * PI);
    return plain + ripple(x) + waves * 2 / 3;
}

// Likewise to the north.
static double shift_north(double x, double y)
{
    double plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x));
    double waves = 20 * sin(y * PI) + 40 * sin(y / 3 * PI) + 160 * sin(y / 12 * PI) +
                   320 * sin(y / 30 * PI);
    return plain + ripple(x) + waves * 2 / 3;
}

static void gcj02_of_wgs84(double lon, double lat, double *ret_lon, double *ret_lat)
{
    *ret_lon = lon;
    *ret_lat = lat;
    if (!in_china(lon, lat))
        return;
    double phi = lat / 180 * PI;
    double w2 = 1 - ECCENTRICITY2 * sin(phi) * sin(phi);
    double meridian = SEMI_MAJOR * (1 - ECCENTRICITY2) / (w2 * sqrt(w2)); // radii of
    double parallel = SEMI_MAJOR / sqrt(w2) * cos(phi);                   // curvature, m
    *ret_lon += shift_east(lon - 105, lat - 35) / parallel * 180 / PI;
    *ret_lat += shift_north(lon - 105, lat - 35) / meridian * 180 / PI;
}

static void bd09_of_gcj02(double lon, double lat, double *ret_lon, double *ret_lat)
{
    double radius = hypot(lon, lat) + 0.00002 * sin(lat * BD09_TURNS);
    double angle = atan2(lat, lon) + 0.000003 * cos(lon * BD09_TURNS);
    *ret_lon = radius * cos(angle) + BD09_LON;
    *ret_lat = radius * sin(angle) + BD09_LAT;
}

void gw_coordinates_from_wgs84(enum gw_coordinates to, double lon, double lat,
                               double *ret_lon, double *ret_lat)
{
    *ret_lon = lon;
    *ret_lat = lat;
    if (to == GW_COORDINATES_GCJ02 || to == GW_COORDINATES_BD09)
        gcj02_of_wgs84(lon, lat, ret_lon, ret_lat);
    if (to == GW_COORDINATES_BD09)
        bd09_of_gcj02(*ret_lon, *ret_lat, ret_lon, ret_lat);
}

// The formulas have no inverse in closed form: the guess is moved by what it misses,
// which shrinks some hundredfold each time.
void gw_coordinates_to_wgs84(enum gw_coordinates from, double lon, double lat,
                             double *ret_lon, double *ret_lat)
{
    *ret_lon = lon;
    *ret_lat = lat;
    if (from == GW_COORDINATES_WGS84 || from == GW_COORDINATES_CGCS2000)
        return;
    for (int i = 0; i < ITERATIONS_MAX; i++) {
        double there_lon, there_lat;
        gw_coordinates_from_wgs84(from, *ret_lon, *ret_lat, &there_lon, &there_lat);
        *ret_lon += lon - there_lon;
        *ret_lat += lat - there_lat;
        if (fabs(lon - there_lon) < CLOSE_ENOUGH && fabs(lat - there_lat) < CLOSE_ENOUGH)
            return;
    }
}
