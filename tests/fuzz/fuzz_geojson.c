// Property: what the reader accepts can be read again from the text it hands out,
// has finite coordinates within the globe, and only closed rings.
#include "map/codes.h"
#include "map/geojson.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void check_shape(const struct gw_shape *shape)
{
    size_t first = 0;
    if (shape->ring_count == 0)
        abort();
    for (size_t i = 0; i < shape->ring_count; i++) {
        size_t end = shape->ring_ends[i];
        if (end < first + 4 || end > shape->point_count)
            abort();
        const struct gw_point *a = &shape->points[first], *b = &shape->points[end - 1];
        if (a->lon != b->lon || a->lat != b->lat)
            abort();
        // A border belongs to its area.
        if (!gw_shape_contains(shape, a->lon, a->lat))
            abort();
        first = end;
    }
    for (size_t i = 0; i < shape->point_count; i++)
        if (!(fabs(shape->points[i].lon) <= 180 && fabs(shape->points[i].lat) <= 90))
            abort();
}

static int on_area(void *arg, const struct gw_geojson_area *area)
{
    size_t *last = arg;
    struct gw_shape shape;
    if (area->index <= *last || !gw_code_valid(area->code))
        abort();
    *last = area->index;
    if (!*area->geometry)
        return 0;
    if (gw_geojson_shape(area->geometry, &shape) != 0)
        abort();
    check_shape(&shape);
    gw_shape_finish(&shape);
    return 0;
}

static int on_problem(void *arg, const struct gw_geojson_problem *problem)
{
    size_t *last = arg;
    if (problem->index <= *last || !problem->value || !*problem->what.en)
        abort();
    *last = problem->index;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t last = 0;
    size_t offset = 0;
    const struct gw_geojson_events events = { on_area, on_problem, &last };
    gw_geojson_read((const char *)data, size, &events, &offset);
    if (offset > size)
        abort();
    return 0;
}
