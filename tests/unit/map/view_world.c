#include "tests/unit/map/view_world.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double world_part(struct gw_rng *rng)
{
    return (double)gw_rng_below(rng, 1 << 30) / (1 << 30);
}

double world_between(struct gw_rng *rng, double least, double most)
{
    return least + (most - least) * world_part(rng);
}

static void put_part(struct world_building *b, double x0, double y0, double x1, double y1)
{
    const struct gw_xy corners[4] = { { x0, y0 }, { x1, y0 }, { x1, y1 }, { x0, y1 } };
    memcpy(b->parts[b->part_count++], corners, sizeof(corners));
}

static void put_ring(struct world_building *b, const struct gw_xy *points, size_t n)
{
    memcpy(b->ring[b->rings], points, n * sizeof(*points));
    b->ring_points[b->rings++] = n;
}

static void shape_block(struct world_building *b, double w, double d)
{
    const struct gw_xy ring[] = { { 0, 0 }, { w, 0 }, { w, d }, { 0, d } };
    put_ring(b, ring, 4);
    put_part(b, 0, 0, w, d);
}

static void shape_l(struct world_building *b, double w, double d)
{
    double x = w / 3, y = d / 3;
    const struct gw_xy ring[] = { { 0, 0 }, { w, 0 }, { w, y },
                                  { x, y }, { x, d }, { 0, d } };
    put_ring(b, ring, 6);
    put_part(b, 0, 0, w, y);
    put_part(b, 0, y, x, d);
}

static void shape_court(struct world_building *b, double w, double d)
{
    double x = w / 4, y = d / 4;
    const struct gw_xy outer[] = { { 0, 0 }, { w, 0 }, { w, d }, { 0, d } };
    const struct gw_xy inner[] = {
        { x, y }, { x, d - y }, { w - x, d - y }, { w - x, y }
    };
    put_ring(b, outer, 4);
    put_ring(b, inner, 4);
    put_part(b, 0, 0, w, y);
    put_part(b, 0, d - y, w, d);
    put_part(b, 0, y, x, d - y);
    put_part(b, w - x, y, w, d - y);
}

static void turn_and_move(struct gw_xy *p, double angle, struct gw_xy to)
{
    *p = (struct gw_xy) { to.x + p->x * cos(angle) - p->y * sin(angle),
                          to.y + p->x * sin(angle) + p->y * cos(angle) };
}

static void put_in_place(struct world_building *b, double angle, struct gw_xy to)
{
    for (size_t r = 0; r < b->rings; r++)
        for (size_t i = 0; i < b->ring_points[r]; i++)
            turn_and_move(&b->ring[r][i], angle, to);
    for (size_t part = 0; part < b->part_count; part++)
        for (size_t i = 0; i < PART_CORNERS; i++)
            turn_and_move(&b->parts[part][i], angle, to);
}

void world_add_random(struct view_world *w, struct gw_rng *rng, double side_m)
{
    static void (*const shapes[])(struct world_building *, double,
                                  double) = { shape_block, shape_block, shape_l,
                                              shape_court };
    struct world_building *b = &w->buildings[w->count++];
    *b = (struct world_building) { .height_m = world_between(rng, 2, 40) };
    double width = world_between(rng, 4, 40), depth = world_between(rng, 4, 25);
    shapes[gw_rng_below(rng, 4)](b, width, depth);
    double x = world_between(rng, -side_m, side_m),
           y = world_between(rng, -side_m, side_m);
    put_in_place(b, world_between(rng, 0, 2 * M_PI), (struct gw_xy) { x, y });
}

void world_add_block(struct view_world *w, const struct gw_xy corners[4], double height_m)
{
    struct world_building *b = &w->buildings[w->count++];
    *b = (struct world_building) { .height_m = height_m, .part_count = 1 };
    put_ring(b, corners, 4);
    memcpy(b->parts[0], corners, sizeof(b->parts[0]));
}

static void add(const struct view_world *w, const struct world_building *b,
                struct gw_footprints *f)
{
    struct gw_shape shape;
    size_t n = 0;
    if (gw_shape_init(&shape, b->ring_points[0] + b->ring_points[1], b->rings) < 0)
        abort();
    for (size_t r = 0; r < b->rings; r++) {
        for (size_t i = 0; i < b->ring_points[r]; i++)
            shape.points[n++] = gw_plane_back(&w->plane, b->ring[r][i]);
        shape.ring_ends[r] = n;
    }
    gw_shape_complete(&shape);
    if (gw_footprints_add(f, &shape, b->height_m) < 0)
        abort();
    gw_shape_finish(&shape);
}

struct gw_footprints *world_footprints(const struct view_world *w, size_t n)
{
    struct gw_footprints *f = gw_footprints_create();
    if (!f)
        abort();
    for (size_t i = 0; i < n; i++)
        add(w, &w->buildings[i], f);
    if (gw_footprints_complete(f) < 0)
        abort();
    return f;
}
