// Numbers and positions in the parameters of a question. No I/O.
#ifndef GW_APP_QUERY_NUMBERS_H
#define GW_APP_QUERY_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

enum { GW_POLYGON_POINTS_MAX = 512 };

// Finite numbers with commas between, into `ret`, which has room for `max`. Returns how
// many, or -EINVAL.
int gw_query_numbers(const char *text, double *ret, size_t max);

// Whether these are degrees of a place.
bool gw_query_is_position(double lon, double lat);

// lon,lat,lon,lat,... of `least` to GW_POLYGON_POINTS_MAX positions. *ret_points is a new
// array, which the caller frees, also after an error. Returns how many positions, -EINVAL
// or -ENOMEM.
int gw_query_points(const char *text, int least, double **ret_points);

// A whole number from 1 to `max`. Returns 0 or -EINVAL.
int gw_query_limit(const char *text, size_t max, size_t *ret_limit);

#endif
