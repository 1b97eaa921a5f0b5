#include "map/polygon.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum where { OUTSIDE, INSIDE, BORDER };

bool gw_box_contains(const struct gw_box *box, double lon, double lat)
{
    if (!(lat >= box->south && lat <= box->north))
        return false;
    if (box->west > box->east)
        return lon >= box->west || lon <= box->east;
    return lon >= box->west && lon <= box->east;
}

// What to add to b's longitude so that the edge from a, itself shifted, goes the
// short way round the globe. Whole turns only: within a hemisphere coordinates
// stay what they are, to the last bit.
static double turn(double shift, const struct gw_point *a, const struct gw_point *b)
{
    double step = b->lon - a->lon;
    if (step > 180)
        return shift - 360;
    return step < -180 ? shift + 360 : shift;
}

// Whether a ray from the point to the east crosses the edge, or the point lies on
// it. The lower end comes first always: both neighbours round the same way.
static enum where judge_edge(struct gw_point a, struct gw_point b, double lon, double lat)
{
    if (a.lat > b.lat) {
        struct gw_point swap = a;
        a = b;
        b = swap;
    }
    if (lat < a.lat || lat > b.lat)
        return OUTSIDE;
    if (a.lat == b.lat)
        return lon >= fmin(a.lon, b.lon) && lon <= fmax(a.lon, b.lon) ? BORDER : OUTSIDE;

    double at = a.lon + (b.lon - a.lon) * ((lat - a.lat) / (b.lat - a.lat));
    if (lat == b.lat)
        at = b.lon; // exactly, not nearly
    if (lon == at)
        return BORDER;
    // The upper end belongs to the next edge, or a ray through it counts twice.
    return lon < at && lat < b.lat ? INSIDE : OUTSIDE;
}

static enum where judge_ring(const struct gw_point *ring, size_t n, double lon,
                             double lat)
{
    double shift = 0;
    bool inside = false;

    for (size_t i = 0; i < n; i++) {
        const struct gw_point *next = &ring[i + 1 < n ? i + 1 : 0];
        double next_shift = turn(shift, &ring[i], next);
        enum where w =
            judge_edge((struct gw_point) { ring[i].lon + shift, ring[i].lat },
                       (struct gw_point) { next->lon + next_shift, next->lat }, lon, lat);
        if (w == BORDER)
            return BORDER;
        inside ^= w == INSIDE;
        shift = next_shift;
    }
    return inside ? INSIDE : OUTSIDE;
}

static enum where judge_around(const struct gw_point *ring, size_t n, double lon,
                               double lat)
{
    if (n < 3)
        return OUTSIDE;
    for (int turns = -1; turns <= 1; turns++) {
        enum where w = judge_ring(ring, n, lon + turns * 360.0, lat);
        if (w != OUTSIDE)
            return w;
    }
    return OUTSIDE;
}

bool gw_ring_contains(const struct gw_point *ring, size_t n, double lon, double lat)
{
    return judge_around(ring, n, lon, lat) != OUTSIDE;
}

int gw_shape_init(struct gw_shape *shape, size_t points, size_t rings)
{
    struct gw_shape s = {
        .points = calloc(points ? points : 1, sizeof(*s.points)),
        .point_count = points,
        .ring_ends = calloc(rings ? rings : 1, sizeof(*s.ring_ends)),
        .ring_count = rings,
    };
    if (!s.points || !s.ring_ends) {
        gw_shape_finish(&s);
        return -ENOMEM;
    }
    *shape = s;
    return 0;
}

void gw_shape_finish(struct gw_shape *shape)
{
    free(shape->points);
    free(shape->ring_ends);
    *shape = (struct gw_shape) { 0 };
}

void gw_shape_complete(struct gw_shape *shape)
{
    struct gw_box box = {
        .west = INFINITY, .south = INFINITY, .east = -INFINITY, .north = -INFINITY
    };
    size_t i = 0;
    for (size_t ring = 0; ring < shape->ring_count; ring++) {
        double shift = 0;
        for (size_t first = i; i < shape->ring_ends[ring]; i++) {
            const struct gw_point *p = &shape->points[i];
            if (i > first)
                shift = turn(shift, p - 1, p);
            box.west = fmin(box.west, p->lon + shift);
            box.east = fmax(box.east, p->lon + shift);
            box.south = fmin(box.south, p->lat);
            box.north = fmax(box.north, p->lat);
        }
    }
    shape->box = box;
}

static bool box_reaches(const struct gw_box *box, double lon, double lat)
{
    return gw_box_contains(box, lon, lat) || gw_box_contains(box, lon + 360, lat) ||
           gw_box_contains(box, lon - 360, lat);
}

bool gw_shape_contains(const struct gw_shape *shape, double lon, double lat)
{
    bool inside = false;
    size_t first = 0;

    if (!box_reaches(&shape->box, lon, lat))
        return false;
    for (size_t ring = 0; ring < shape->ring_count; ring++) {
        size_t end = shape->ring_ends[ring];
        enum where w = judge_around(shape->points + first, end - first, lon, lat);
        if (w == BORDER)
            return true;
        inside ^= w == INSIDE;
        first = end;
    }
    return inside;
}
