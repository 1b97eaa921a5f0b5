// What map tiles cost with 8,600 and 100,000 cameras and the cells around them: for an
// account that sees all, for one that sees a department, for one that sees nothing.
#include "app/area_tile.h"
#include "app/camera_tile.h"
#include "base/rng.h"
#include "map/snapshot_builder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TOWN = 860, // cameras; a town has a square of its own
    TOWNS_A_ROW = 12,
    GRIDS_A_SIDE = 7, // of a town: 49 grids of some 700 m
    COAST = 15,       // points of a grid's side
    TILES = 1000,     // that are asked for, of each kind
};
#define TOWN_DEGREES 0.05
#define WEST 116.0
#define SOUTH 35.0

struct world {
    uint32_t cameras;
    struct gw_snapshot *snapshot;
    struct gw_states *states;
    struct gw_area_tiles *areas;
    struct gw_rng rng;
};

// Of this thread: what else runs on the machine does not count.
static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double part(struct gw_rng *rng)
{
    return (double)gw_rng_below(rng, 1000000) / 1e6;
}

static void must(int r)
{
    if (r < 0)
        abort();
}

// ---- the world ----

static void add_camera(struct world *w, struct gw_snapshot_builder *b, uint32_t i)
{
    char id[32], name[64], division[32];
    uint32_t town = i / TOWN;
    snprintf(id, sizeof(id), "37%06u%02u1321%06u", town / 99, town % 99, i);
    snprintf(name, sizeof(name), "解放路%u号大门%u", i % 400, i);
    snprintf(division, sizeof(division), "370812%03u001", town);
    const struct gw_camera c = {
        .num = i + 1,
        .id = id,
        .name = name,
        .lon = WEST + (town % TOWNS_A_ROW + part(&w->rng)) * TOWN_DEGREES,
        .lat = SOUTH + (town / TOWNS_A_ROW + part(&w->rng)) * TOWN_DEGREES,
        .division = division,
        .department = i % 3 ? "Police" : "Education",
        .url_main = "rtsp://10.0.0.1/main",
    };
    must(gw_snapshot_builder_add_camera(b, &c));
    must(gw_states_set(w->states, c.num,
                       (struct gw_camera_condition) {
                           (enum gw_camera_state)gw_rng_below(&w->rng, GW_CAMERA_STATES),
                           GW_CAUSE_NONE }));
}

// A square with rough sides.
static size_t print_ring(struct world *w, char *text, size_t room, double west,
                         double south, double size)
{
    static const double corners[][2] = {
        { 0, 0 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 0, 0 }
    };
    size_t len = (size_t)snprintf(text, room, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (int i = 0; i < 4 * COAST; i++) {
        const double *a = corners[i / COAST], *b = corners[i / COAST + 1];
        double share = (double)(i % COAST) / COAST;
        double rough = i % COAST ? (part(&w->rng) - 0.5) * size / COAST : 0;
        len += (size_t)snprintf(text + len, room - len, "[%.7f,%.7f],",
                                west + (a[0] + (b[0] - a[0]) * share) * size + rough,
                                south + (a[1] + (b[1] - a[1]) * share) * size + rough);
    }
    return len + (size_t)snprintf(text + len, room - len, "[%.7f,%.7f]]]}", west, south);
}

static void add_cells(struct world *w, struct gw_snapshot_builder *b, uint32_t town)
{
    static char geometry[16 * 1024];
    double west = WEST + town % TOWNS_A_ROW * TOWN_DEGREES;
    double south = SOUTH + (double)(town / TOWNS_A_ROW) * TOWN_DEGREES;
    double size = TOWN_DEGREES / GRIDS_A_SIDE;
    for (int i = 0; i < GRIDS_A_SIDE * GRIDS_A_SIDE; i++) {
        char code[32], division[32];
        snprintf(code, sizeof(code), "370812%03u001%03d", town, i);
        snprintf(division, sizeof(division), "370812%03u001", town);
        print_ring(w, geometry, sizeof(geometry), west + i % GRIDS_A_SIDE * size,
                   south + i / GRIDS_A_SIDE * size, size);
        const struct gw_cell cell = {
            .code = code,
            .name = "网格",
            .division = division,
            .level = 3,
            .geometry = geometry,
        };
        must(gw_snapshot_builder_add_cell(b, &cell));
    }
}

static void build(struct world *w)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    w->states = gw_states_create();
    w->areas = gw_area_tiles_create();
    if (!b || !w->states || !w->areas)
        abort();
    for (uint32_t i = 0; i < w->cameras; i++)
        add_camera(w, b, i);
    for (uint32_t town = 0; town <= (w->cameras - 1) / TOWN; town++)
        add_cells(w, b, town);
    must(gw_snapshot_builder_finish(b, &w->snapshot));
    gw_snapshot_builder_destroy(b);
}

// ---- tiles ----

struct asker {
    const char *name;
    const char *scope; // NULL: sees everything
};

// Around a camera, or the only one of its zoom.
static struct gw_web_tile somewhere(struct world *w, int z)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    const struct gw_camera *c = &cameras[gw_rng_below(&w->rng, n)];
    struct gw_web_place p = gw_web_place_of((struct gw_point) { c->lon, c->lat });
    return (struct gw_web_tile) { z, (uint32_t)ldexp(p.x, z), (uint32_t)ldexp(p.y, z) };
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct world *w, const struct asker *who, int z, bool cells)
{
    static double us[TILES];
    double bytes = 0;
    size_t line;
    struct gw_scope scope = { .all = true };
    struct gw_scope_view view;
    must(gw_scope_read(who->scope ? who->scope : "all\n", &scope, &line));
    gw_scope_view_init(&view, w->snapshot, &scope);
    const struct gw_json_world world = { .snapshot = w->snapshot,
                                         .states = w->states,
                                         .view = who->scope ? &view : NULL };
    for (int i = 0; i < TILES; i++) {
        struct gw_web_tile tile = somewhere(w, z);
        struct gw_buf *body;
        double start_us = cpu_us();
        must(cells ? gw_area_tile(w->areas, &world, GW_AREA_CELLS, &tile, &body)
                   : gw_camera_tile(&world, &tile, &body));
        us[i] = cpu_us() - start_us;
        bytes += (double)gw_buf_len(body);
        gw_buf_unref(&body);
    }
    gw_scope_finish(&scope);
    qsort(us, TILES, sizeof(*us), compare);
    printf("| %s, zoom %d | %s | %.0f | %.0f | %.0f | %.1f |\n",
           cells ? "cells" : "cameras", z, who->name, us[TILES / 2], us[TILES * 99 / 100],
           us[TILES - 1], bytes / TILES / 1000);
}

static void measure_world(uint32_t cameras)
{
    static const struct asker askers[] = {
        { "all", NULL },
        { "a department", "department=Education\n" },
        { "nobody's", "department=Nobody\n" },
    };
    static const int zooms[] = { 0, 8, 10, 12, 14, 16, 17 };
    struct world w = { .cameras = cameras };
    gw_rng_init(&w.rng, cameras);
    build(&w);
    printf("\n%u cameras\n\n| tile | whose | p50 us | p99 us | worst us | kB |\n"
           "|---|---|---|---|---|---|\n",
           cameras);
    for (size_t z = 0; z < sizeof(zooms) / sizeof(*zooms); z++)
        for (size_t i = 0; i < sizeof(askers) / sizeof(*askers); i++)
            measure(&w, &askers[i], zooms[z], false);
    for (size_t z = 1; z < sizeof(zooms) / sizeof(*zooms); z++)
        for (size_t i = 0; i < sizeof(askers) / sizeof(*askers); i++)
            measure(&w, &askers[i], zooms[z], true);
    gw_area_tiles_destroy(w.areas);
    gw_states_destroy(w.states);
    gw_snapshot_unref(&w.snapshot);
}

int main(void)
{
    measure_world(8600);
    measure_world(100000);
    return 0;
}
