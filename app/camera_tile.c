#include "app/camera_tile.h"

#include "map/camera_quads.h"
#include "map/mvt.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { MANY = 8 }; // one camera in so many: a large part of all
enum { SQUARES = 1 << 2 * GW_CLUSTER_LEVELS }; // of a tile

// Columns and rows of gw_camera_quads.
struct cluster {
    uint64_t key; // of its square, counted in squares
    uint32_t cameras;
    uint32_t by_state[GW_CAMERA_STATES];
    uint64_t columns, rows; // sums
    uint32_t west, north, east, south;
    const struct gw_camera_quad *only; // while there is but one
};

struct tiling {
    const struct gw_json_world *world;
    const struct gw_web_tile *tile;
    const struct gw_camera *cameras; // of the snapshot
    const struct gw_camera_quad *quads;
    size_t count;
    bool *seen; // by position in the table; NULL: each is asked about when it comes
    struct gw_mvt *mvt;
};

// Records lie in the order of ids: to jump to each of 100,000 takes five times as long as
// to walk through them. So for a large part of all cameras the whole table is judged
// first.
static int judge_all(struct tiling *t, size_t n)
{
    if (!t->world->view || t->count < n / MANY)
        return 0;
    t->seen = calloc(n + 1, sizeof(*t->seen));
    if (!t->seen)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        t->seen[i] = gw_scope_view_has(t->world->view, &t->cameras[i]);
    return 0;
}

static bool is_seen(const struct tiling *t, const struct gw_camera_quad *q)
{
    return t->seen ? t->seen[q->camera]
                   : gw_scope_view_has(t->world->view, &t->cameras[q->camera]);
}

static enum gw_camera_state state_of(const struct tiling *t,
                                     const struct gw_camera_quad *q)
{
    return gw_states_get(t->world->states, q->num).state;
}

// ---- places ----

// Where a place lies in the tile; on its far edges one of the last units, as those belong
// to the neighbours.
static struct gw_mvt_point point_in(const struct tiling *t, struct gw_web_place place)
{
    const int32_t last = GW_MVT_EXTENT - 1;
    double tiles = ldexp(1, t->tile->z);
    double x = (place.x * tiles - t->tile->x) * GW_MVT_EXTENT;
    double y = (place.y * tiles - t->tile->y) * GW_MVT_EXTENT;
    return (struct gw_mvt_point) { (int32_t)fmin(last, fmax(0, x)),
                                   (int32_t)fmin(last, fmax(0, y)) };
}

static double share(double steps)
{
    return ldexp(steps, -GW_QUAD_LEVELS);
}

// ---- points ----

static void write_camera(const struct tiling *t, const struct gw_camera_quad *q)
{
    const struct gw_camera *c = &t->cameras[q->camera];
    struct gw_web_place place = gw_web_place_of((struct gw_point) { c->lon, c->lat });
    gw_mvt_feature(t->mvt, GW_MVT_POINT, c->num);
    gw_mvt_text(t->mvt, "id", c->id);
    gw_mvt_text(t->mvt, "name", c->name);
    gw_mvt_text(t->mvt, "kind", gw_camera_kind_name(c->kind));
    gw_mvt_text(t->mvt, "division", c->division);
    gw_mvt_text(t->mvt, "cell", c->cell);
    gw_mvt_text(t->mvt, "state", gw_camera_state_name(state_of(t, q)));
    gw_mvt_point(t->mvt, point_in(t, place));
}

static bool has_room_for_points(const struct tiling *t)
{
    size_t seen = 0;
    for (size_t i = 0; i < t->count && seen <= GW_TILE_POINTS_MAX; i++)
        seen += is_seen(t, &t->quads[i]);
    return seen <= GW_TILE_POINTS_MAX;
}

static void write_points(const struct tiling *t)
{
    gw_mvt_layer(t->mvt, "cameras");
    for (size_t i = 0; i < t->count; i++)
        if (is_seen(t, &t->quads[i]))
            write_camera(t, &t->quads[i]);
}

// ---- clusters ----

static struct cluster begin_cluster(uint64_t key)
{
    return (struct cluster) { .key = key, .west = UINT32_MAX, .north = UINT32_MAX };
}

static void count_camera(const struct tiling *t, struct cluster *c,
                         const struct gw_camera_quad *q)
{
    uint32_t column, row;
    gw_quad_split(q->key, &column, &row);
    c->only = c->cameras ? NULL : q;
    c->cameras++;
    c->by_state[state_of(t, q)]++;
    c->columns += column;
    c->rows += row;
    c->west = column < c->west ? column : c->west;
    c->east = column > c->east ? column : c->east;
    c->north = row < c->north ? row : c->north;
    c->south = row > c->south ? row : c->south;
}

static void write_box(const struct tiling *t, const struct cluster *c)
{
    struct gw_point north_west =
        gw_web_place_back((struct gw_web_place) { share(c->west), share(c->north) });
    // A step has a width: the box is around all of it.
    struct gw_point south_east = gw_web_place_back(
        (struct gw_web_place) { share(c->east + 1.0), share(c->south + 1.0) });
    gw_mvt_number(t->mvt, "west", north_west.lon);
    gw_mvt_number(t->mvt, "south", south_east.lat);
    gw_mvt_number(t->mvt, "east", south_east.lon);
    gw_mvt_number(t->mvt, "north", north_west.lat);
}

// The square's key behind a leading one: another id at each zoom, of 51 bits at most.
static uint64_t id_of(const struct tiling *t, const struct cluster *c)
{
    return (uint64_t)1 << 2 * (t->tile->z + GW_CLUSTER_LEVELS) | c->key;
}

static void write_cluster(const struct tiling *t, const struct cluster *c)
{
    struct gw_web_place middle = { share((double)c->columns / c->cameras + 0.5),
                                   share((double)c->rows / c->cameras + 0.5) };
    gw_mvt_feature(t->mvt, GW_MVT_POINT, id_of(t, c));
    gw_mvt_count(t->mvt, "cameras", c->cameras);
    for (int state = 0; state < GW_CAMERA_STATES; state++)
        gw_mvt_count(t->mvt, gw_camera_state_name((enum gw_camera_state)state),
                     c->by_state[state]);
    write_box(t, c);
    gw_mvt_point(t->mvt, point_in(t, middle));
}

static void write_clusters(const struct tiling *t)
{
    const struct gw_camera_quad *alone[SQUARES];
    size_t alone_count = 0;
    int below = 2 * (GW_QUAD_LEVELS - t->tile->z - GW_CLUSTER_LEVELS);

    gw_mvt_layer(t->mvt, "clusters");
    for (size_t i = 0; i < t->count;) {
        struct cluster c = begin_cluster(t->quads[i].key >> below);
        for (; i < t->count && t->quads[i].key >> below == c.key; i++)
            if (is_seen(t, &t->quads[i]))
                count_camera(t, &c, &t->quads[i]);
        if (c.only)
            alone[alone_count++] = c.only;
        else if (c.cameras)
            write_cluster(t, &c);
    }
    gw_mvt_layer(t->mvt, "cameras");
    for (size_t i = 0; i < alone_count; i++)
        write_camera(t, alone[i]);
}

int gw_camera_tile(const struct gw_json_world *world, const struct gw_web_tile *tile,
                   struct gw_buf **ret_tile)
{
    size_t n;
    struct tiling t = {
        .world = world,
        .tile = tile,
        .cameras = gw_snapshot_cameras(world->snapshot, &n),
        .mvt = gw_mvt_create(),
    };
    t.quads = gw_camera_quads_in(gw_snapshot_quads(world->snapshot), tile, &t.count);
    int r = t.mvt ? judge_all(&t, n) : -ENOMEM;
    if (r == 0) {
        if (tile->z > GW_CLUSTER_ZOOM_MAX && has_room_for_points(&t))
            write_points(&t);
        else
            write_clusters(&t);
        r = gw_mvt_finish(t.mvt, ret_tile);
    }
    gw_mvt_destroy(t.mvt);
    free(t.seen);
    return r;
}
