// What questions to the index cost with 8,600, 100,000 and 1,000,000 cameras, and how
// long its snapshot takes to build. Beside it the same boxes and circles put to SQLite's
// R*Tree in memory, in the same run, whose circles are boxes that are sieved; and to
// SpatiaLite, where it is installed, which finds by its R*Tree and measures on the
// ellipsoid.
#include "base/rng.h"
#include "map/geo.h"
#include "map/snapshot_builder.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TOWN = 860, // cameras; a town has a square of its own
    TOWNS_A_ROW = 40,
    QUESTIONS = 2000,
    POLYGON = 8, // corners
    LIMIT = 10000,
    PAGE = 100, // cameras of an answer to words
    NAME_BYTES = 64,
    STREETS = 8,
    SITES = 8,
};
#define TOWN_DEGREES 0.05
#define WEST 105.0
#define SOUTH 25.0

struct world {
    uint32_t cameras;
    struct gw_snapshot *snapshot;
    double *places; // lon, lat of each camera
    sqlite3 *db;
    sqlite3 *spatial; // NULL: not installed
    struct gw_rng rng;
};

static uint64_t found; // so that nothing is optimised out

// Of this thread, which waits for nothing: what else runs on the machine does not count.
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

// ---- the world ----

static const char *const streets[STREETS] = {
    "中山路", "解放路", "人民路", "建设路", "洸河路", "太白楼路", "任城大道", "车站西路",
};
static const char *const sites[SITES] = {
    "大门", "路口东", "路口西", "小学北门", "医院急诊", "停车场", "超市", "加油站",
};

static void camera_of(struct world *w, uint32_t i, char id[32], char division[16],
                      char name[NAME_BYTES], struct gw_camera *ret_camera)
{
    uint32_t town = i / TOWN;
    snprintf(id, 32, "37%06u%02u1321%06u", town / 99, town % 99, i);
    snprintf(name, NAME_BYTES, "%s%u号%s%u", streets[gw_rng_below(&w->rng, STREETS)],
             1 + (uint32_t)gw_rng_below(&w->rng, 400),
             sites[gw_rng_below(&w->rng, SITES)], i);
    snprintf(division, 16, "%06u%03u001", 370000 + town / 99, 1 + town % 99);
    w->places[2 * i] = WEST + (town % TOWNS_A_ROW + part(&w->rng)) * TOWN_DEGREES;
    w->places[2 * i + 1] = SOUTH + (town / TOWNS_A_ROW + part(&w->rng)) * TOWN_DEGREES;
    *ret_camera = (struct gw_camera) {
        .num = i + 1,
        .id = id,
        .name = name,
        .initials = "zslbdgsxdm",
        .kind = (enum gw_camera_kind)(i % GW_KINDS),
        .tags = i % 50 ? "" : "school",
        .lon = w->places[2 * i],
        .lat = w->places[2 * i + 1],
        .division = division,
        .department = i % 3 ? "Police" : "Education",
        .cell = "",
        .url_main = "rtsp://10.0.0.1/main",
        .url_sub = "rtsp://10.0.0.1/sub",
    };
}

static double build(struct world *w)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    w->places = calloc((size_t)w->cameras * 2, sizeof(*w->places));
    if (!b || !w->places)
        abort();
    double start_us = cpu_us();
    for (uint32_t i = 0; i < w->cameras; i++) {
        char id[32], division[16], name[NAME_BYTES];
        struct gw_camera c;
        camera_of(w, i, id, division, name, &c);
        if (gw_snapshot_builder_add_camera(b, &c) < 0)
            abort();
    }
    if (gw_snapshot_builder_finish(b, &w->snapshot) < 0)
        abort();
    double ms = (cpu_us() - start_us) / 1000;
    gw_snapshot_builder_destroy(b);
    return ms;
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        abort();
}

static double build_rtree(struct world *w)
{
    sqlite3_stmt *insert;
    double start_us = cpu_us();
    if (sqlite3_open(":memory:", &w->db) != SQLITE_OK)
        abort();
    run(w->db, "CREATE VIRTUAL TABLE place USING rtree(id, west, east, south, north);"
               "BEGIN");
    sqlite3_prepare_v2(w->db, "INSERT INTO place VALUES (?1, ?2, ?2, ?3, ?3)", -1,
                       &insert, NULL);
    for (uint32_t i = 0; i < w->cameras; i++) {
        sqlite3_bind_int(insert, 1, (int)i);
        sqlite3_bind_double(insert, 2, w->places[2 * i]);
        sqlite3_bind_double(insert, 3, w->places[2 * i + 1]);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(w->db, "COMMIT");
    return (cpu_us() - start_us) / 1000;
}

// Returns whether it is installed.
static bool open_spatial(struct world *w)
{
    if (sqlite3_open(":memory:", &w->spatial) != SQLITE_OK)
        abort();
    sqlite3_enable_load_extension(w->spatial, 1);
    if (sqlite3_load_extension(w->spatial, "mod_spatialite", NULL, NULL) == SQLITE_OK)
        return true;
    sqlite3_close(w->spatial);
    w->spatial = NULL;
    return false;
}

static double build_spatial(struct world *w)
{
    sqlite3_stmt *insert;
    if (!open_spatial(w))
        return NAN;
    double start_us = cpu_us();
    run(w->spatial, "SELECT InitSpatialMetadata(1, 'WGS84');"
                    "CREATE TABLE place (id INTEGER PRIMARY KEY);"
                    "SELECT AddGeometryColumn('place', 'at', 4326, 'POINT', 'XY');"
                    "SELECT CreateSpatialIndex('place', 'at'); BEGIN");
    if (sqlite3_prepare_v2(w->spatial,
                           "INSERT INTO place VALUES (?1, MakePoint(?2, ?3, 4326))", -1,
                           &insert, NULL) != SQLITE_OK)
        abort();
    for (uint32_t i = 0; i < w->cameras; i++) {
        sqlite3_bind_int(insert, 1, (int)i);
        sqlite3_bind_double(insert, 2, w->places[2 * i]);
        sqlite3_bind_double(insert, 3, w->places[2 * i + 1]);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    run(w->spatial, "COMMIT");
    return (cpu_us() - start_us) / 1000;
}

// ---- questions: all are for the surroundings of a camera ----

static struct gw_point somewhere(struct world *w)
{
    const double *p = w->places + 2 * gw_rng_below(&w->rng, w->cameras);
    return (struct gw_point) { p[0], p[1] };
}

struct asked {
    struct gw_camera_query query;
    double points[POLYGON * 2];
    char division[16];
    char text[32];
};

static void ask_box(struct asked *a, struct gw_point p)
{
    struct gw_box box = gw_box_around(p, 500);
    a->query.has_box = true;
    a->query.west = box.west;
    a->query.south = box.south;
    a->query.east = box.east;
    a->query.north = box.north;
}

static void ask_circle(struct asked *a, struct gw_point p)
{
    a->query.has_near = true;
    a->query.near_lon = p.lon;
    a->query.near_lat = p.lat;
    a->query.radius_m = 500;
}

static void ask_nearest(struct asked *a, struct gw_point p)
{
    ask_circle(a, p);
    a->query.radius_m = 0;
    a->query.limit = 9;
}

static void ask_nearest_of_department(struct asked *a, struct gw_point p)
{
    ask_nearest(a, p);
    a->query.department = "Education";
}

static void ask_polygon(struct asked *a, struct gw_point p)
{
    for (int i = 0; i < POLYGON; i++) {
        double angle = 2 * M_PI * i / POLYGON;
        a->points[2 * i] = p.lon + 0.005 * cos(angle);
        a->points[2 * i + 1] = p.lat + 0.005 * sin(angle);
    }
    a->query.polygon = a->points;
    a->query.polygon_points = POLYGON;
}

static void ask_corridor(struct asked *a, struct gw_point p)
{
    a->points[0] = p.lon;
    a->points[1] = p.lat;
    a->points[2] = p.lon + 0.01;
    a->points[3] = p.lat + 0.01;
    a->points[4] = p.lon + 0.02;
    a->points[5] = p.lat;
    a->query.line = a->points;
    a->query.line_points = 3;
    a->query.width_m = 60;
}

static void ask_town(struct asked *a, struct gw_point p)
{
    uint32_t town = (uint32_t)((p.lat - SOUTH) / TOWN_DEGREES) * TOWNS_A_ROW +
                    (uint32_t)((p.lon - WEST) / TOWN_DEGREES);
    snprintf(a->division, sizeof(a->division), "%06u%03u", 370000 + town / 99,
             1 + town % 99);
    a->query.division = a->division;
}

static void ask_words(struct asked *a, struct gw_point p)
{
    (void)p;
    a->query.text = "小学";
    a->query.limit = PAGE;
}

// Of one camera, as somebody types it who reads it from a label.
static void ask_id(struct asked *a, struct gw_point p)
{
    snprintf(a->text, sizeof(a->text), "1321%06.0f", fmod(p.lon * 1e6, 8000));
    a->query.text = a->text;
    a->query.limit = PAGE;
}

static void ask_nobody(struct asked *a, struct gw_point p)
{
    (void)p;
    a->query.text = "火车东站";
    a->query.limit = PAGE;
}

static void ask_tag(struct asked *a, struct gw_point p)
{
    (void)p;
    a->query.tag = "school";
    a->query.text = "医院";
    a->query.limit = PAGE;
}

static const struct {
    const char *name;
    void (*ask)(struct asked *a, struct gw_point p);
} kinds[] = {
    { "box of 1 km", ask_box },
    { "circle of 500 m", ask_circle },
    { "nearest 9", ask_nearest },
    { "nearest 9 of a department", ask_nearest_of_department },
    { "polygon, 8 corners, 1 km", ask_polygon },
    { "corridor, 3 km, 60 m", ask_corridor },
    { "town (860)", ask_town },
    { "a word of names, the first 100", ask_words },
    { "ten digits of an id", ask_id },
    { "a name that nobody has", ask_nobody },
    { "a tag and a word, the first 100", ask_tag },
};

// ---- times ----

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, double *us, uint64_t cameras)
{
    qsort(us, QUESTIONS, sizeof(*us), compare);
    printf("| %s | %.0f | %.0f | %.1f |\n", name, us[QUESTIONS / 2],
           us[QUESTIONS * 99 / 100], (double)cameras / QUESTIONS);
}

static void measure(struct world *w, size_t kind)
{
    static const struct gw_camera *answer[LIMIT];
    static double us[QUESTIONS];
    uint64_t cameras = 0;
    for (int i = 0; i < QUESTIONS; i++) {
        struct asked a = { .query.limit = LIMIT };
        bool more;
        kinds[kind].ask(&a, somewhere(w));
        double start_us = cpu_us();
        cameras += gw_snapshot_query(w->snapshot, &a.query, answer, &more);
        us[i] = cpu_us() - start_us;
    }
    found += cameras;
    print_times(kinds[kind].name, us, cameras);
}

static void measure_rtree(struct world *w, const char *name, double radius_m)
{
    static double us[QUESTIONS];
    uint64_t cameras = 0;
    sqlite3_stmt *select;
    sqlite3_prepare_v2(w->db,
                       "SELECT id FROM place WHERE east >= ?1 AND west <= ?2"
                       " AND north >= ?3 AND south <= ?4",
                       -1, &select, NULL);
    for (int i = 0; i < QUESTIONS; i++) {
        struct gw_point p = somewhere(w);
        double start_us = cpu_us();
        struct gw_box box = gw_box_around(p, 500);
        sqlite3_bind_double(select, 1, box.west);
        sqlite3_bind_double(select, 2, box.east);
        sqlite3_bind_double(select, 3, box.south);
        sqlite3_bind_double(select, 4, box.north);
        while (sqlite3_step(select) == SQLITE_ROW) {
            const double *c = w->places + 2 * (size_t)sqlite3_column_int(select, 0);
            cameras += radius_m <= 0 ||
                       gw_distance_m(p, (struct gw_point) { c[0], c[1] }) <= radius_m;
        }
        sqlite3_reset(select);
        us[i] = cpu_us() - start_us;
    }
    sqlite3_finalize(select);
    found += cameras;
    print_times(name, us, cameras);
}

static void measure_spatial(struct world *w, const char *name, const char *condition)
{
    static double us[QUESTIONS];
    uint64_t cameras = 0;
    char sql[512];
    sqlite3_stmt *select;
    snprintf(sql, sizeof(sql),
             "SELECT id FROM place WHERE %s AND rowid IN (SELECT rowid FROM SpatialIndex"
             " WHERE f_table_name = 'place'"
             " AND search_frame = BuildMbr(?1, ?3, ?2, ?4, 4326))",
             condition);
    if (sqlite3_prepare_v2(w->spatial, sql, -1, &select, NULL) != SQLITE_OK)
        abort();
    for (int i = 0; i < QUESTIONS; i++) {
        struct gw_point p = somewhere(w);
        double start_us = cpu_us();
        struct gw_box box = gw_box_around(p, 500);
        const double numbers[] = {
            box.west, box.east, box.south, box.north, p.lon, p.lat
        };
        for (int k = 0; k < sqlite3_bind_parameter_count(select); k++)
            sqlite3_bind_double(select, k + 1, numbers[k]);
        while (sqlite3_step(select) == SQLITE_ROW)
            cameras++;
        sqlite3_reset(select);
        us[i] = cpu_us() - start_us;
    }
    sqlite3_finalize(select);
    found += cameras;
    print_times(name, us, cameras);
}

static void measure_world(uint32_t cameras)
{
    struct world w = { .cameras = cameras };
    gw_rng_init(&w.rng, cameras);
    double ms = build(&w);
    double rtree_ms = build_rtree(&w);

    double spatial_ms = build_spatial(&w);

    printf(
        "\n%u cameras: snapshot %.0f ms, SQLite R*Tree %.0f ms, SpatiaLite %.0f ms\n\n",
        cameras, ms, rtree_ms, spatial_ms);
    printf("| question | p50 us | p99 us | cameras |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        measure(&w, i);
    measure_rtree(&w, "R*Tree, box of 1 km", 0);
    measure_rtree(&w, "R*Tree, circle of 500 m", 500);
    if (w.spatial) {
        measure_spatial(&w, "SpatiaLite, box of 1 km", "1");
        measure_spatial(&w, "SpatiaLite, circle of 500 m",
                        "PtDistWithin(at, MakePoint(?5, ?6, 4326), 500)");
    }
    sqlite3_close(w.spatial);
    sqlite3_close(w.db);
    gw_snapshot_unref(&w.snapshot);
    free(w.places);
}

int main(void)
{
    static const uint32_t sizes[] = { 8600, 100000, 1000000 };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        measure_world(sizes[i]);
    return found == 0;
}
