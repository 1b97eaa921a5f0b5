#include "map/topology.h"

#include <errno.h>
#include <geos_c.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "map/codes.h"
#include "map/room.h"

enum { LEVELS = 6, LEVEL_GRID = 3, TREE_NODE = 10 };

struct area {
    char *code;
    char *division;
    int level;           // 0: a special cell
    GEOSGeometry *shape; // never NULL
    bool simple;         // else only its own fault is told
};

struct areas {
    struct area *items;
    size_t count;
    size_t room;
};

struct gw_topology {
    GEOSContextHandle_t geos;
    GEOSGeoJSONReader *reader;
    struct areas cells;
    struct areas villages;
    GEOSSTRtree *cell_trees[LEVELS + 1]; // by level
    GEOSSTRtree *village_tree;
    // While a check runs:
    int (*on_finding)(void *arg, const struct gw_topology_finding *finding);
    void *arg;
    size_t findings;
    int stopped;
    const struct area *cell; // that is compared
};

int gw_topology_create(struct gw_topology **ret_topology)
{
    struct gw_topology *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->geos = GEOS_init_r();
    t->reader = t->geos ? GEOSGeoJSONReader_create_r(t->geos) : NULL;
    if (!t->reader) {
        gw_topology_destroy(t);
        return -ENOMEM;
    }
    *ret_topology = t;
    return 0;
}

static void finish_areas(struct gw_topology *t, struct areas *areas)
{
    for (size_t i = 0; i < areas->count; i++) {
        free(areas->items[i].code);
        free(areas->items[i].division);
        GEOSGeom_destroy_r(t->geos, areas->items[i].shape);
    }
    free(areas->items);
}

void gw_topology_destroy(struct gw_topology *t)
{
    if (!t)
        return;
    for (int level = 0; level <= LEVELS; level++)
        if (t->cell_trees[level])
            GEOSSTRtree_destroy_r(t->geos, t->cell_trees[level]);
    if (t->village_tree)
        GEOSSTRtree_destroy_r(t->geos, t->village_tree);
    finish_areas(t, &t->cells);
    finish_areas(t, &t->villages);
    if (t->reader)
        GEOSGeoJSONReader_destroy_r(t->geos, t->reader);
    if (t->geos)
        GEOS_finish_r(t->geos);
    free(t);
}

static int add(struct gw_topology *t, struct areas *areas,
               const struct gw_topology_area *from, int level)
{
    int r =
        gw_room_make(&areas->items, &areas->room, areas->count, 1, sizeof(*areas->items));
    if (r < 0)
        return r;
    struct area *area = &areas->items[areas->count];
    area->shape = GEOSGeoJSONReader_readGeometry_r(t->geos, t->reader, from->geometry);
    if (!area->shape)
        return -EBADMSG;
    area->level = level;
    area->simple = GEOSisValid_r(t->geos, area->shape) == 1;
    area->code = strdup(from->code);
    area->division = strdup(from->division);
    areas->count++;
    return area->code && area->division ? 0 : -ENOMEM;
}

int gw_topology_add_cell(struct gw_topology *t, const struct gw_topology_area *cell)
{
    bool basic =
        gw_cell_level(cell->code) > 0 && cell->level >= 1 && cell->level <= LEVELS;
    return add(t, &t->cells, cell, basic ? cell->level : 0);
}

int gw_topology_add_village(struct gw_topology *t, const struct gw_topology_area *village)
{
    return add(t, &t->villages, village, 0);
}

// ---- what is told ----

// Of a sphere of the earth's mean radius; good to a percent, for areas of a town.
static double square_metres(double square_degrees, double lat)
{
    const double metres_per_degree = 6371008.8 * M_PI / 180;
    return square_degrees * metres_per_degree * metres_per_degree * cos(lat * M_PI / 180);
}

static void tell(struct gw_topology *t, struct gw_topology_finding finding)
{
    if (t->stopped)
        return;
    if (t->findings++ == GW_TOPOLOGY_FINDINGS_MAX)
        t->stopped = -EOVERFLOW;
    else
        t->stopped = t->on_finding(t->arg, &finding);
}

// Tells of a piece of ground, unless it is smaller than `least_m2`. It may be made of
// several parts, points and lines among them.
static void tell_of_ground(struct gw_topology *t, const GEOSGeometry *ground,
                           double least_m2, struct gw_topology_finding finding)
{
    double square_degrees;

    if (!ground || GEOSArea_r(t->geos, ground, &square_degrees) != 1 ||
        square_degrees <= 0)
        return;
    GEOSGeometry *inside = GEOSPointOnSurface_r(t->geos, ground);
    if (!inside || GEOSGeomGetX_r(t->geos, inside, &finding.lon) != 1 ||
        GEOSGeomGetY_r(t->geos, inside, &finding.lat) != 1) {
        GEOSGeom_destroy_r(t->geos, inside);
        return;
    }
    GEOSGeom_destroy_r(t->geos, inside);
    finding.area_m2 = square_metres(square_degrees, finding.lat);
    if (finding.area_m2 >= least_m2)
        tell(t, finding);
}

// ---- each by itself ----

static void check_shape(struct gw_topology *t, const struct area *area)
{
    struct gw_topology_finding finding = {
        GW_TOPOLOGY_CROSSING, area->code, "", 0, 0, 0
    };
    GEOSGeometry *place = NULL;
    char *reason = NULL;

    if (area->simple)
        return;
    int valid = GEOSisValidDetail_r(t->geos, area->shape, 0, &reason, &place);
    if (valid == 0 && place) {
        (void)GEOSGeomGetX_r(t->geos, place, &finding.lon);
        (void)GEOSGeomGetY_r(t->geos, place, &finding.lat);
    }
    tell(t, finding);
    GEOSGeom_destroy_r(t->geos, place);
    GEOSFree_r(t->geos, reason);
}

// ---- one against another ----

static void compare(struct gw_topology *t, const struct area *other, double least_m2,
                    enum gw_topology_kind kind)
{
    if (t->stopped)
        return;
    GEOSGeometry *common = GEOSIntersection_r(t->geos, t->cell->shape, other->shape);
    tell_of_ground(t, common, least_m2,
                   (struct gw_topology_finding) {
                       .kind = kind, .code = t->cell->code, .other = other->code });
    GEOSGeom_destroy_r(t->geos, common);
}

static void on_neighbour(void *item, void *arg)
{
    struct gw_topology *t = arg;
    const struct area *other = item;
    if (other > t->cell) // each pair once
        compare(t, other, GW_TOPOLOGY_SLIVER_M2, GW_TOPOLOGY_OVERLAP);
}

static double area_m2(struct gw_topology *t, const GEOSGeometry *shape)
{
    double square_degrees = 0, south = 0;
    (void)GEOSArea_r(t->geos, shape, &square_degrees);
    (void)GEOSGeom_getYMin_r(t->geos, shape, &south);
    return square_metres(square_degrees, south);
}

static void on_village(void *item, void *arg)
{
    struct gw_topology *t = arg;
    const struct area *village = item;
    if (strcmp(village->code, t->cell->division) != 0)
        compare(t, village, area_m2(t, t->cell->shape) * GW_TOPOLOGY_STRAY_PERCENT / 100,
                GW_TOPOLOGY_STRAY);
}

static void compare_with_all(struct gw_topology *t, const struct area *cell)
{
    check_shape(t, cell);
    if (!cell->simple || cell->level == 0)
        return;
    t->cell = cell;
    GEOSSTRtree_query_r(t->geos, t->cell_trees[cell->level], cell->shape, on_neighbour,
                        t);
    // A street has many villages, and what is in a grid lies where the grid does.
    if (cell->level == LEVEL_GRID && *cell->division)
        GEOSSTRtree_query_r(t->geos, t->village_tree, cell->shape, on_village, t);
}

// ---- all of a level ----

static void on_beside(void *item, void *arg)
{
    struct gw_topology *t = arg;
    if (!t->cell)
        t->cell = item;
}

static void check_hole(struct gw_topology *t, int level, const GEOSGeometry *ring)
{
    GEOSGeometry *copy = GEOSGeom_clone_r(t->geos, ring);
    GEOSGeometry *hole = copy ? GEOSGeom_createPolygon_r(t->geos, copy, NULL, 0) : NULL;

    t->cell = NULL;
    if (hole)
        GEOSSTRtree_query_r(t->geos, t->cell_trees[level], hole, on_beside, t);
    if (t->cell)
        tell_of_ground(t, hole, GW_TOPOLOGY_SLIVER_M2,
                       (struct gw_topology_finding) {
                           .kind = GW_TOPOLOGY_GAP, .code = t->cell->code, .other = "" });
    GEOSGeom_destroy_r(t->geos, hole);
}

static void check_holes(struct gw_topology *t, int level, const GEOSGeometry *whole)
{
    int parts = GEOSGetNumGeometries_r(t->geos, whole);
    for (int i = 0; i < parts && !t->stopped; i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(t->geos, whole, i);
        int holes = part && GEOSGeomTypeId_r(t->geos, part) == GEOS_POLYGON
                        ? GEOSGetNumInteriorRings_r(t->geos, part)
                        : 0;
        for (int k = 0; k < holes && !t->stopped; k++)
            check_hole(t, level, GEOSGetInteriorRingN_r(t->geos, part, k));
    }
}

// Special cells fill holes; so does what is not simple, as it was told already.
static int check_gaps(struct gw_topology *t, int level)
{
    GEOSGeometry **shapes = calloc(t->cells.count + 1, sizeof(*shapes));
    unsigned count = 0;
    if (!shapes)
        return -ENOMEM;
    for (size_t i = 0; i < t->cells.count; i++) {
        const struct area *cell = &t->cells.items[i];
        if (cell->level != level && cell->level != 0)
            continue;
        GEOSGeometry *shape = cell->simple ? GEOSGeom_clone_r(t->geos, cell->shape)
                                           : GEOSMakeValid_r(t->geos, cell->shape);
        if (shape)
            shapes[count++] = shape;
    }
    // It takes the shapes over.
    GEOSGeometry *all =
        GEOSGeom_createCollection_r(t->geos, GEOS_GEOMETRYCOLLECTION, shapes, count);
    GEOSGeometry *whole = all ? GEOSUnaryUnion_r(t->geos, all) : NULL;
    if (whole)
        check_holes(t, level, whole);
    GEOSGeom_destroy_r(t->geos, whole);
    GEOSGeom_destroy_r(t->geos, all);
    free(shapes);
    return 0;
}

// ---- the check ----

static int plant(struct gw_topology *t, const struct areas *areas, int level,
                 GEOSSTRtree **ret_tree)
{
    if (!*ret_tree)
        *ret_tree = GEOSSTRtree_create_r(t->geos, TREE_NODE);
    if (!*ret_tree)
        return -ENOMEM;
    for (size_t i = 0; i < areas->count; i++)
        if (areas->items[i].simple && areas->items[i].level == level)
            GEOSSTRtree_insert_r(t->geos, *ret_tree, areas->items[i].shape,
                                 &areas->items[i]);
    return 0;
}

int gw_topology_check(struct gw_topology *t,
                      int (*on_finding)(void *arg,
                                        const struct gw_topology_finding *finding),
                      void *arg)
{
    t->on_finding = on_finding;
    t->arg = arg;
    int r = plant(t, &t->villages, 0, &t->village_tree);
    for (int level = 1; level <= LEVELS && r == 0; level++)
        r = plant(t, &t->cells, level, &t->cell_trees[level]);
    for (size_t i = 0; i < t->cells.count && r == 0 && !t->stopped; i++)
        compare_with_all(t, &t->cells.items[i]);
    for (int level = 1; level <= LEVEL_GRID && r == 0 && !t->stopped; level++)
        r = check_gaps(t, level);
    return r ? r : t->stopped;
}
