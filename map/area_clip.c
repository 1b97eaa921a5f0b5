#include "map/area_clip.h"

#include <errno.h>
#include <geos_c.h>
#include <math.h>
#include <stdlib.h>

#include "map/mvt.h"
#include "map/room.h"

enum { TOLERANCE = 1 }; // units: an eighth of a pixel, where a tile has 512
enum { RING_MIN = 4 };  // points of a closed ring

// Room that is used again and again, and the tile that is made.
struct gw_area_clip {
    GEOSContextHandle_t geos;
    const struct gw_web_tile *tile;
    double *xy; // x, y, x, y, ... of a ring
    size_t xy_cap;
    struct gw_mvt_point *points;
    size_t point_cap;
    GEOSGeometry **rings;
    size_t ring_cap;
};

int gw_area_clip_create(struct gw_area_clip **ret_clip)
{
    struct gw_area_clip *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->geos = GEOS_init_r();
    if (!c->geos) {
        free(c);
        return -ENOMEM;
    }
    *ret_clip = c;
    return 0;
}

void gw_area_clip_destroy(struct gw_area_clip *c)
{
    if (!c)
        return;
    GEOS_finish_r(c->geos);
    free(c->xy);
    free(c->points);
    free(c->rings);
    free(c);
}

// ---- a shape in units of the tile ----

// The points of a ring in units of the tile. An edge goes the short way round the globe,
// as map/polygon.h has it, and the first point is near the middle of the shape: so a hole
// is where its area is, also across the date line.
static void project(struct gw_area_clip *c, const struct gw_shape *shape,
                    const struct gw_point *ring, size_t n, double turn)
{
    double tiles = ldexp(1, c->tile->z);
    double middle = (shape->box.west + shape->box.east) / 2;
    turn += 360 * round((middle - ring[0].lon) / 360);
    for (size_t i = 0; i < n; i++) {
        double edge = i ? ring[i].lon - ring[i - 1].lon : 0;
        turn += edge > 180 ? -360 : edge < -180 ? 360 : 0;
        struct gw_web_place place =
            gw_web_place_of((struct gw_point) { ring[i].lon + turn, ring[i].lat });
        c->xy[2 * i] = (place.x * tiles - c->tile->x) * GW_MVT_EXTENT;
        c->xy[2 * i + 1] = (place.y * tiles - c->tile->y) * GW_MVT_EXTENT;
    }
}

static GEOSGeometry *make_ring(struct gw_area_clip *c, size_t n)
{
    GEOSCoordSequence *line =
        GEOSCoordSeq_copyFromBuffer_r(c->geos, c->xy, (unsigned)n, 0, 0);
    return line ? GEOSGeom_createLinearRing_r(c->geos, line) : NULL; // takes it
}

// A lake's island, a second part, a ring that crosses itself: none of them is valid as a
// hole of the first ring, and GEOS makes of all lines what they enclose. Takes `ground`.
static GEOSGeometry *make_valid(struct gw_area_clip *c, GEOSGeometry *ground)
{
    if (!ground || GEOSisValid_r(c->geos, ground) == 1)
        return ground;
    GEOSGeometry *valid = GEOSMakeValid_r(c->geos, ground);
    GEOSGeom_destroy_r(c->geos, ground);
    return valid;
}

static int make_room(struct gw_area_clip *c, const struct gw_shape *shape)
{
    int r = gw_room_make(&c->rings, &c->ring_cap, 0, shape->ring_count,
                         sizeof(struct GEOSGeometry *));
    if (r == 0)
        r = gw_room_make(&c->xy, &c->xy_cap, 0, 2 * shape->point_count, sizeof(*c->xy));
    return r;
}

// Returns 0 with the ground, which may be NULL: there is none.
static int make_ground(struct gw_area_clip *c, const struct gw_shape *shape, double turn,
                       GEOSGeometry **ret_ground)
{
    unsigned count = 0;
    size_t first = 0;
    int r = make_room(c, shape);
    if (r < 0)
        return r;
    for (size_t i = 0; i < shape->ring_count; i++) {
        size_t n = shape->ring_ends[i] - first;
        GEOSGeometry *ring = NULL;
        if (n >= RING_MIN) {
            project(c, shape, shape->points + first, n, turn);
            ring = make_ring(c, n);
        }
        if (ring)
            c->rings[count++] = ring;
        first = shape->ring_ends[i];
    }
    // It takes the rings over, also where it fails.
    *ret_ground = count ? make_valid(c, GEOSGeom_createPolygon_r(c->geos, c->rings[0],
                                                                 c->rings + 1, count - 1))
                        : NULL;
    return 0;
}

// ---- what is shown of it ----

// Takes `from`, which may be NULL, and gives `to`.
static GEOSGeometry *step(struct gw_area_clip *c, GEOSGeometry *from, GEOSGeometry *to)
{
    GEOSGeom_destroy_r(c->geos, from);
    return to;
}

// To whole units where that takes time, as GEOS nodes what comes together. Takes
// `ground`.
static GEOSGeometry *snap(struct gw_area_clip *c, GEOSGeometry *ground)
{
    ground = make_valid(c, ground);
    GEOSGeometry *snapped =
        ground ? GEOSGeom_setPrecision_r(c->geos, ground, 1, 0) : NULL;
    return step(c, ground, snapped);
}

// A ring's corners in whole units, or NULL where nothing is left of it.
static GEOSGeometry *round_ring(struct gw_area_clip *c, const GEOSGeometry *ring)
{
    unsigned n = 0;
    size_t kept = 0;
    const GEOSCoordSequence *line = GEOSGeom_getCoordSeq_r(c->geos, ring);
    if (!line || !GEOSCoordSeq_getSize_r(c->geos, line, &n) ||
        gw_room_make(&c->xy, &c->xy_cap, 0, 2 * (size_t)n, sizeof(*c->xy)) < 0 ||
        !GEOSCoordSeq_copyToBuffer_r(c->geos, line, c->xy, 0, 0))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        double x = round(c->xy[2 * i]), y = round(c->xy[2 * i + 1]);
        if (kept && c->xy[2 * kept - 2] == x && c->xy[2 * kept - 1] == y)
            continue;
        c->xy[2 * kept] = x;
        c->xy[2 * kept + 1] = y;
        kept++;
    }
    return kept >= RING_MIN ? make_ring(c, kept) : NULL;
}

// An area of one ring whose rounded corners are valid as they are, as most are, or NULL:
// ten times as quick as the noding.
static GEOSGeometry *round_simple(struct gw_area_clip *c, const GEOSGeometry *ground)
{
    if (GEOSGeomTypeId_r(c->geos, ground) != GEOS_POLYGON ||
        GEOSGetNumInteriorRings_r(c->geos, ground) != 0)
        return NULL;
    GEOSGeometry *ring = round_ring(c, GEOSGetExteriorRing_r(c->geos, ground));
    GEOSGeometry *area = ring ? GEOSGeom_createPolygon_r(c->geos, ring, NULL, 0) : NULL;
    if (!area || GEOSisValid_r(c->geos, area) == 1)
        return area;
    GEOSGeom_destroy_r(c->geos, area);
    return NULL;
}

// Takes `ground`.
static GEOSGeometry *show(struct gw_area_clip *c, GEOSGeometry *ground)
{
    const double low = -GW_AREA_MARGIN, high = GW_MVT_EXTENT + GW_AREA_MARGIN;
    ground = step(c, ground, GEOSClipByRect_r(c->geos, ground, low, low, high, high));
    if (!ground)
        return NULL;
    GEOSGeometry *simple = GEOSSimplify_r(c->geos, ground, TOLERANCE);
    GEOSGeometry *rounded = simple ? round_simple(c, simple) : NULL;
    GEOSGeom_destroy_r(c->geos, simple);
    if (rounded)
        return step(c, ground, rounded);
    ground = step(c, ground, GEOSTopologyPreserveSimplify_r(c->geos, ground, TOLERANCE));
    return snap(c, ground);
}

// ---- writing it ----

// Twice a ring's area by the shoelace formula.
static int64_t area_of(const struct gw_mvt_point *ring, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct gw_mvt_point *a = &ring[i], *b = &ring[i + 1 < n ? i + 1 : 0];
        sum += (int64_t)a->x * b->y - (int64_t)b->x * a->y;
    }
    return sum;
}

static void reverse(struct gw_mvt_point *ring, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct gw_mvt_point swap = ring[i];
        ring[i] = ring[n - 1 - i];
        ring[n - 1 - i] = swap;
    }
}

// A ring's points in c->points, without the last, which is the first again. Returns how
// many, or negative errno.
static long read_ring(struct gw_area_clip *c, const GEOSGeometry *ring)
{
    unsigned n = 0;
    const GEOSCoordSequence *line = GEOSGeom_getCoordSeq_r(c->geos, ring);
    if (!line || !GEOSCoordSeq_getSize_r(c->geos, line, &n) || n < RING_MIN)
        return 0;
    int r = gw_room_make(&c->xy, &c->xy_cap, 0, 2 * (size_t)n, sizeof(*c->xy));
    if (r == 0)
        r = gw_room_make(&c->points, &c->point_cap, 0, n, sizeof(*c->points));
    if (r == 0 && !GEOSCoordSeq_copyToBuffer_r(c->geos, line, c->xy, 0, 0))
        r = -ENOMEM;
    for (unsigned i = 0; i < n && r == 0; i++)
        c->points[i] =
            (struct gw_mvt_point) { (int32_t)lround(c->xy[2 * (size_t)i]),
                                    (int32_t)lround(c->xy[2 * (size_t)i + 1]) };
    return r < 0 ? r : (long)n - 1;
}

struct writing {
    struct gw_area_clip *clip;
    struct gw_protobuf *commands;
    struct gw_mvt_point cursor;
};

// Returns 1, 0 for a ring without area, or negative errno.
static int write_ring(struct writing *w, const GEOSGeometry *ring, bool hole)
{
    long n = ring ? read_ring(w->clip, ring) : 0;
    if (n < 0)
        return (int)n;
    int64_t area = area_of(w->clip->points, (size_t)n);
    if (area == 0)
        return 0;
    if ((area < 0) != hole)
        reverse(w->clip->points, (size_t)n);
    gw_mvt_ring(w->commands, w->clip->points, (size_t)n, &w->cursor);
    return 1;
}

static int write_polygon(struct writing *w, const GEOSGeometry *polygon)
{
    GEOSContextHandle_t geos = w->clip->geos;
    int holes = GEOSGetNumInteriorRings_r(geos, polygon);
    int r = write_ring(w, GEOSGetExteriorRing_r(geos, polygon), false);
    for (int i = 0; i < holes && r > 0; i++) {
        int hole = write_ring(w, GEOSGetInteriorRingN_r(geos, polygon, i), true);
        r = hole < 0 ? hole : r;
    }
    return r < 0 ? r : 0;
}

// Points and lines that are left of an area are nothing to see.
static int write_ground(struct writing *w, const GEOSGeometry *ground)
{
    GEOSContextHandle_t geos = w->clip->geos;
    int r = 0;
    int type = GEOSGeomTypeId_r(geos, ground);
    if (type == GEOS_POLYGON)
        return GEOSisEmpty_r(geos, ground) ? 0 : write_polygon(w, ground);
    if (type != GEOS_MULTIPOLYGON && type != GEOS_GEOMETRYCOLLECTION)
        return 0;
    int parts = GEOSGetNumGeometries_r(geos, ground);
    for (int i = 0; i < parts && r == 0; i++)
        r = write_ground(w, GEOSGetGeometryN_r(geos, ground, i));
    return r;
}

int gw_area_clip_write(struct gw_area_clip *c, const struct gw_shape *shape,
                       const struct gw_web_tile *tile, struct gw_protobuf *commands)
{
    struct writing w = { .clip = c, .commands = commands };
    double side = 360 * ldexp(1, -tile->z);
    double margin = (double)GW_AREA_MARGIN / GW_MVT_EXTENT;
    double west = (tile->x - margin) * side - 180;
    double east = (tile->x + 1 + margin) * side - 180;
    int r = 0;
    c->tile = tile;
    for (int turns = -1; turns <= 1 && r == 0; turns++) {
        GEOSGeometry *ground;
        double turn = 360.0 * turns;
        if (shape->box.west + turn > east || shape->box.east + turn < west)
            continue;
        r = make_ground(c, shape, turn, &ground);
        if (r < 0 || !ground)
            break;
        ground = show(c, ground);
        if (ground)
            r = write_ground(&w, ground);
        GEOSGeom_destroy_r(c->geos, ground);
    }
    return r;
}
