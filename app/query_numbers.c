#include "app/query_numbers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int gw_query_numbers(const char *text, double *ret, size_t max)
{
    size_t n = 0;
    for (const char *p = text;; p++) {
        char *end;
        double v = strtod(p, &end);
        if (end == p || !isfinite(v) || n == max)
            return -EINVAL;
        ret[n++] = v;
        p = end;
        if (*p == '\0')
            return (int)n;
        if (*p != ',')
            return -EINVAL;
    }
}

bool gw_query_is_position(double lon, double lat)
{
    return lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90;
}

int gw_query_points(const char *text, int least, double **ret_points)
{
    double *points = *ret_points = calloc(GW_POLYGON_POINTS_MAX * 2, sizeof(double));
    if (!points)
        return -ENOMEM;
    int n = gw_query_numbers(text, points, GW_POLYGON_POINTS_MAX * 2);
    if (n < 2 * least || n % 2 != 0)
        return -EINVAL;
    for (int i = 0; i < n; i += 2)
        if (!gw_query_is_position(points[i], points[i + 1]))
            return -EINVAL;
    return n / 2;
}

int gw_query_limit(const char *text, size_t max, size_t *ret_limit)
{
    double v;
    if (gw_query_numbers(text, &v, 1) != 1 || v < 1 || v > (double)max || v != floor(v))
        return -EINVAL;
    *ret_limit = (size_t)v;
    return 0;
}
