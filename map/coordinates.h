// What the degrees of a list mean, and the same place in WGS-84.
//
// CGCS2000 is WGS-84 at the scale of maps (they differ by centimetres). GCJ-02 is what
// commercial maps in China show, off by 300 to 700 m; BD-09 is Baidu's, GCJ-02 moved
// once more. Neither has an official text; the formulas are those that have been public
// since 2010 and agree with the maps to about a metre. No library converts them:
// PROJ does not know either.
#ifndef GW_MAP_COORDINATES_H
#define GW_MAP_COORDINATES_H

#include <stdbool.h>

enum gw_coordinates {
    GW_COORDINATES_WGS84,
    GW_COORDINATES_CGCS2000,
    GW_COORDINATES_GCJ02,
    GW_COORDINATES_BD09,
};

// "wgs84", "cgcs2000", "gcj02" or "bd09"
const char *gw_coordinates_name(enum gw_coordinates coordinates);

// Such a name, in any case and with a hyphen or without.
bool gw_coordinates_parse(const char *name, enum gw_coordinates *ret_coordinates);

// Degrees. To within a centimetre of what the formula for the other direction turns
// back into the position given. Outside of China, where nothing is shifted, GCJ-02 is
// WGS-84.
void gw_coordinates_to_wgs84(enum gw_coordinates from, double lon, double lat,
                             double *ret_lon, double *ret_lat);

// The other direction.
void gw_coordinates_from_wgs84(enum gw_coordinates to, double lon, double lat,
                               double *ret_lon, double *ret_lat);

#endif
