// What is around a lens: buildings within range on its plane, and where it is itself.
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "map/geo.h"
#include "map/view_internal.h"

#define RADIANS (M_PI / 180)
#define AT_WALL_M 0.1 // a lens this close to a wall is on it, and is put as far before it

struct collect {
    struct gw_scene *scene;
    const struct gw_footprints *buildings;
    int error;
};

static int make_wall_room(struct gw_scene *s)
{
    if (s->wall_count < s->wall_cap)
        return 0;
    size_t cap = s->wall_cap ? s->wall_cap * 2 : 256;
    struct gw_wall *walls = realloc(s->walls, cap * sizeof(*walls));
    if (!walls)
        return -ENOMEM;
    s->walls = walls;
    s->wall_cap = cap;
    return 0;
}

static int make_block_room(struct gw_scene *s)
{
    if (s->block_count < s->block_cap)
        return 0;
    size_t cap = s->block_cap ? s->block_cap * 2 : 64;
    struct gw_block *blocks = realloc(s->blocks, cap * sizeof(*blocks));
    if (!blocks)
        return -ENOMEM;
    s->blocks = blocks;
    s->block_cap = cap;
    return 0;
}

static int add_ring(struct gw_scene *s, const struct gw_point *points, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int r = make_wall_room(s);
        if (r < 0)
            return r;
        s->walls[s->wall_count++] = (struct gw_wall) {
            .a = gw_plane_of(&s->plane, points[i]),
            .b = gw_plane_of(&s->plane, points[i + 1 < n ? i + 1 : 0]),
            .block = (uint32_t)s->block_count,
        };
    }
    return 0;
}

static int add_building(struct gw_scene *s, const struct gw_footprint *f)
{
    int r = make_block_room(s);
    size_t first = s->wall_count, point = 0;
    for (size_t ring = 0; ring < f->ring_count && r == 0; ring++) {
        r = add_ring(s, f->points + point, f->ring_ends[ring] - point);
        point = f->ring_ends[ring];
    }
    if (r == 0)
        s->blocks[s->block_count++] = (struct gw_block) {
            .first_wall = (uint32_t)first,
            .wall_count = (uint32_t)(s->wall_count - first),
            .height_m = f->height_m,
        };
    return r;
}

static void on_building(void *arg, uint32_t index)
{
    struct collect *c = arg;
    struct gw_footprint f = gw_footprints_get(c->buildings, index);
    // Somebody stands higher than that.
    if (c->error == 0 && f.height_m > GW_TARGET_HEIGHT_M)
        c->error = add_building(c->scene, &f);
}

static bool block_contains(const struct gw_scene *s, const struct gw_block *block,
                           struct gw_xy p)
{
    bool inside = false;
    for (uint32_t i = 0; i < block->wall_count; i++) {
        const struct gw_wall *w = &s->walls[block->first_wall + i];
        if ((w->a.y > p.y) == (w->b.y > p.y))
            continue;
        double x = w->a.x + (p.y - w->a.y) / (w->b.y - w->a.y) * (w->b.x - w->a.x);
        inside ^= x > p.x;
    }
    return inside;
}

static double distance_to_wall(const struct gw_wall *w, struct gw_xy p)
{
    struct gw_xy d = gw_minus(gw_nearest_on(w->a, w->b, p), p);
    return hypot(d.x, d.y);
}

static bool at_block(const struct gw_scene *s, const struct gw_block *block)
{
    const struct gw_xy lens = { 0 };
    if (block_contains(s, block, lens))
        return true;
    for (uint32_t i = 0; i < block->wall_count; i++)
        if (distance_to_wall(&s->walls[block->first_wall + i], lens) < AT_WALL_M)
            return true;
    return false;
}

// Whether a lens of that height could hang there.
static bool is_free(const struct gw_scene *s, struct gw_xy p, double height_m)
{
    for (size_t i = 0; i < s->block_count; i++)
        if (s->blocks[i].height_m >= height_m && block_contains(s, &s->blocks[i], p))
            return false;
    return true;
}

static struct gw_xy heading(double azimuth_deg)
{
    return (struct gw_xy) { sin(azimuth_deg * RADIANS), cos(azimuth_deg * RADIANS) };
}

// Before the wall, on the side that is free and that the camera looks to. False: the
// wall has none.
static bool before_wall(const struct gw_scene *s, const struct gw_eye *eye,
                        const struct gw_wall *w, struct gw_xy *ret_place)
{
    struct gw_xy along = gw_minus(w->b, w->a);
    double length = hypot(along.x, along.y);
    struct gw_xy foot = gw_nearest_on(w->a, w->b, (struct gw_xy) { 0 });
    for (int side = -1; side <= 1 && length > 0; side += 2) {
        struct gw_xy out = { -side * along.y / length, side * along.x / length };
        struct gw_xy place = { foot.x + AT_WALL_M * out.x, foot.y + AT_WALL_M * out.y };
        bool faces = !gw_eye_aimed(eye) || gw_dot(heading(eye->azimuth_deg), out) > 0;
        if (faces && is_free(s, place, eye->height_m)) {
            *ret_place = place;
            return true;
        }
    }
    return false;
}

// The nearest place on the outside of a building that the lens is in.
static bool find_wall(const struct gw_scene *s, const struct gw_eye *eye,
                      struct gw_xy *ret_place)
{
    double best = GW_VIEW_MOVE_MAX_M;
    bool found = false;
    for (size_t i = 0; i < s->wall_count; i++) {
        const struct gw_wall *w = &s->walls[i];
        double d = distance_to_wall(w, (struct gw_xy) { 0 });
        if (s->blocks[w->block].indoors && d < best &&
            before_wall(s, eye, w, ret_place)) {
            best = d;
            found = true;
        }
    }
    return found;
}

static void move(struct gw_scene *s, struct gw_xy to)
{
    s->plane = gw_plane_around(gw_plane_back(&s->plane, to));
    for (size_t i = 0; i < s->wall_count; i++) {
        s->walls[i].a = gw_minus(s->walls[i].a, to);
        s->walls[i].b = gw_minus(s->walls[i].b, to);
    }
    for (size_t i = 0; i < s->block_count; i++) {
        struct gw_block *b = &s->blocks[i];
        b->inside =
            b->inside && !b->indoors && block_contains(s, b, (struct gw_xy) { 0 });
        b->indoors = false;
    }
}

static void find_place(struct gw_scene *s, const struct gw_eye *eye)
{
    struct gw_xy place;
    s->place = GW_VIEW_OPEN;
    for (size_t i = 0; i < s->block_count; i++) {
        struct gw_block *b = &s->blocks[i];
        if (!at_block(s, b))
            continue;
        b->inside = block_contains(s, b, (struct gw_xy) { 0 });
        b->indoors = eye->height_m <= b->height_m;
        if (b->indoors)
            s->place = GW_VIEW_INDOORS;
        else if (s->place == GW_VIEW_OPEN)
            s->place = GW_VIEW_ON_ROOF;
    }
    if (s->place == GW_VIEW_INDOORS && find_wall(s, eye, &place)) {
        s->place = GW_VIEW_ON_WALL;
        move(s, place);
    }
}

static void cast_shadows(struct gw_scene *s, const struct gw_eye *eye)
{
    double above_m = eye->height_m - GW_TARGET_HEIGHT_M;
    for (size_t i = 0; i < s->block_count; i++) {
        double high_m = s->blocks[i].height_m - GW_TARGET_HEIGHT_M;
        s->blocks[i].shadow =
            high_m < above_m ? above_m / (above_m - high_m) : (double)INFINITY;
    }
}

static double turn(double angle)
{
    double a = fmod(angle, 2 * M_PI);
    return a < 0 ? a + 2 * M_PI : a;
}

// Sets a wall's angles; false where it cannot hide anything: out of range, out of the
// wedge, or seen edge-on.
static bool align(const struct gw_scene *s, struct gw_wall *w)
{
    double area = gw_cross(w->a, w->b);
    if (!(fabs(area) > 1e-9))
        return false;
    w->least = distance_to_wall(w, (struct gw_xy) { 0 });
    if (w->least >= s->far_m)
        return false;
    w->most = fmax(hypot(w->a.x, w->a.y), hypot(w->b.x, w->b.y));
    if (area < 0) {
        struct gw_xy swap = w->a;
        w->a = w->b;
        w->b = swap;
    }
    w->from = turn(atan2(w->a.y, w->a.x) - s->start);
    w->to = turn(atan2(w->b.y, w->b.x) - s->start);
    return w->from < s->width || w->to < w->from;
}

static int align_walls(struct gw_scene *s)
{
    size_t kept = 0;
    // A wall across the first ray is there at the beginning and at the end: one more
    // for each such wall, behind those that are there.
    size_t n = s->wall_count;
    for (size_t i = 0; i < n; i++) {
        struct gw_wall w = s->walls[i];
        if (!align(s, &w))
            continue;
        if (w.to < w.from) {
            struct gw_wall head = w;
            head.from = 0;
            w.to = 2 * M_PI;
            int r = make_wall_room(s);
            if (r < 0)
                return r;
            s->walls[s->wall_count++] = head;
        }
        if (w.from < s->width)
            s->walls[kept++] = w;
    }
    for (size_t i = n; i < s->wall_count; i++)
        s->walls[kept++] = s->walls[i];
    s->wall_count = kept;
    return 0;
}

static void set_sweep(struct gw_scene *s, const struct gw_eye *eye)
{
    s->full = !gw_eye_aimed(eye) || eye->fov_deg >= 360;
    s->width = s->full ? 2 * M_PI : eye->fov_deg * RADIANS;
    s->start = s->full ? -M_PI : M_PI / 2 - eye->azimuth_deg * RADIANS - s->width / 2;
    gw_eye_ground(eye, &s->near_m, &s->far_m);
}

int gw_scene_init(struct gw_scene *scene, const struct gw_eye *eye,
                  const struct gw_footprints *buildings)
{
    struct gw_point at = { eye->lon, eye->lat };
    *scene = (struct gw_scene) { .plane = gw_plane_around(at) };
    set_sweep(scene, eye);
    if (buildings) {
        struct gw_box box = gw_box_around(at, scene->far_m + 2 * GW_VIEW_MOVE_MAX_M);
        struct collect c = { scene, buildings, 0 };
        gw_footprints_visit(buildings, &box, on_building, &c);
        if (c.error < 0)
            return c.error;
    }
    find_place(scene, eye);
    cast_shadows(scene, eye);
    return align_walls(scene);
}

void gw_scene_finish(struct gw_scene *scene)
{
    free(scene->walls);
    free(scene->blocks);
}
