// What the norms cost: counting all cameras as they are now by each sort of group, and
// over time the size of a year, adding the minutes of five to it, and asking for a month
// and for the year.
//
// Times are of the processor.
//
// usage: norms_bench [CAMERAS [DAYS]]; 8,600 and 365
#include "app/engine.h"
#include "app/norm_history.h"
#include "base/clock.h"
#include "base/rng.h"
#include "map/snapshot_builder.h"
#include "map/store_norms.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    TOWNS = 10,
    VILLAGES = 44, // of a town
    DEPARTMENTS = 20,
    FIRST_DAY = 20454, // 2026-01-01
    ROUNDS = 20,
};

static struct gw_rng rng;
static const uint64_t now_us = 5000ull * 60 * GW_SECOND;

// Of the processor, by this thread: others may be at work on the machine.
static uint64_t cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * GW_SECOND + (uint64_t)t.tv_nsec / 1000;
}

// ---- a district ----

static void add_division(struct gw_snapshot_builder *b, const char *code,
                         const char *parent, int level)
{
    struct gw_division d = { code, "镇", parent, level, "", 0 };
    if (gw_snapshot_builder_add_division(b, &d) < 0)
        abort();
}

static void add_divisions(struct gw_snapshot_builder *b)
{
    add_division(b, "370812", "", 1);
    for (unsigned town = 1; town <= TOWNS; town++) {
        char code[32], below[64];
        snprintf(code, sizeof(code), "370812%03u", town);
        add_division(b, code, "370812", 2);
        for (unsigned village = 1; village <= VILLAGES; village++) {
            snprintf(below, sizeof(below), "%s%03u", code, village);
            add_division(b, below, code, 3);
        }
    }
}

static struct gw_snapshot *district(unsigned cameras, struct gw_health *health)
{
    static const char *const types[] = { "1", "2", "3" };
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    struct gw_snapshot *s;
    if (!b)
        abort();
    add_divisions(b);
    for (unsigned i = 0; i < cameras; i++) {
        char id[32], division[32], department[32];
        const char *details[GW_DETAILS];
        for (int k = 0; k < GW_DETAILS; k++)
            details[k] = k == GW_DETAIL_POINT_TYPE ? types[i % 3] : "";
        snprintf(id, sizeof(id), "37081200001310%06u", i);
        snprintf(division, sizeof(division), "370812%03u%03u", 1 + i % TOWNS,
                 1 + i / TOWNS % VILLAGES);
        snprintf(department, sizeof(department), "部门%u", i % DEPARTMENTS);
        const struct gw_camera c = {
            .num = i + 1,
            .id = id,
            .lon = NAN,
            .lat = NAN,
            .division = division,
            .department = department,
            .kind = (enum gw_camera_kind)(i % GW_KINDS),
            .details = details,
        };
        const struct gw_delays d = { { 1000 + i, 2000 + i, 3000 + i } };
        gw_health_on_answer(health, gw_stream_of(c.num, 0), now_us);
        gw_health_set_delays(health, gw_stream_of(c.num, 0), &d);
        if (gw_snapshot_builder_add_camera(b, &c) < 0)
            abort();
    }
    for (unsigned i = 0; i < DEPARTMENTS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "部门%u", i);
        if (gw_snapshot_builder_add_department(b, &(struct gw_department) { name }) < 0)
            abort();
    }
    if (gw_snapshot_builder_finish(b, &s) < 0)
        abort();
    gw_snapshot_builder_destroy(b);
    return s;
}

// ---- now ----

static void count_now(const struct gw_norm_world *w, enum gw_norm_by by)
{
    uint64_t worst_us = 0;
    size_t bytes = 0;
    for (int i = 0; i < ROUNDS; i++) {
        const struct gw_camera_query all = { 0 };
        const struct gw_norm_question question = { .by = by, .filter = &all };
        struct gw_norm_table t = { .by = by, .count = 1 };
        uint64_t start_us = cpu_us();
        if (gw_norm_groups_init(&t.groups, w->snapshot, &question) < 0)
            abort();
        t.figures = calloc(t.groups.count + 1, sizeof(*t.figures));
        t.delays = calloc(t.groups.count + 1, sizeof(*t.delays));
        if (!t.figures || !t.delays)
            abort();
        gw_norms_count(w, &t.groups, t.figures);
        if (gw_norm_delays_count(w, &t.groups, t.delays) < 0)
            abort();
        struct gw_buf *json = gw_norm_json(&t);
        uint64_t took_us = cpu_us() - start_us;
        worst_us = took_us > worst_us ? took_us : worst_us;
        bytes = gw_buf_len(json);
        gw_buf_unref(&json);
        gw_norm_table_finish(&t);
    }
    printf("now by %-11s %7.2f ms (worst of %d), %zu bytes of JSON\n",
           gw_norm_by_name(by), (double)worst_us / GW_MS, ROUNDS, bytes);
}

// ---- a year ----

// Nineteen days of twenty without an event; else an outage of some hours, and now and
// then a day on which it comes and goes in every hour.
static void random_day(struct gw_norm_day *day)
{
    bool flaps = gw_rng_below(&rng, 100) == 0;
    bool fails = gw_rng_below(&rng, 20) == 0;
    unsigned from = (unsigned)gw_rng_below(&rng, 24);
    unsigned hours = 1 + (unsigned)gw_rng_below(&rng, 6);
    for (unsigned hour = 0; hour < 24; hour++) {
        unsigned lost = 0;
        if (flaps)
            lost = 1 + (unsigned)gw_rng_below(&rng, 59);
        else if (fails && hour >= from && hour < from + hours)
            lost = hour == from || hour == from + hours - 1 ? 30 : 60;
        day->minutes[hour][GW_NORM_INTACT] = (uint8_t)(60 - lost);
        day->minutes[hour][GW_NORM_NO_ROUTE] = (uint8_t)lost;
    }
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        abort();
}

static void fill_year(const char *path, unsigned cameras, unsigned days)
{
    sqlite3 *db;
    sqlite3_stmt *put;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO norm_days VALUES (?1, ?2, ?3)", -1, &put,
                           NULL) != SQLITE_OK)
        abort();
    run(db, "PRAGMA synchronous = OFF");
    for (unsigned day = 0; day < days; day++) {
        run(db, "BEGIN");
        for (unsigned num = 1; num <= cameras; num++) {
            struct gw_norm_day hours = { 0 };
            uint8_t bytes[GW_NORM_DAY_MAX];
            random_day(&hours);
            size_t len = gw_norm_day_encode(&hours, bytes);
            sqlite3_bind_int64(put, 1, FIRST_DAY + day);
            sqlite3_bind_int64(put, 2, num);
            sqlite3_bind_blob(put, 3, bytes, (int)len, SQLITE_STATIC);
            if (sqlite3_step(put) != SQLITE_DONE)
                abort();
            sqlite3_reset(put);
        }
        run(db, "COMMIT");
    }
    sqlite3_finalize(put);
    run(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
}

// As the engine does every five minutes.
static void add_minutes(const char *dir, unsigned cameras, unsigned days)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    struct gw_norm_hour *h = gw_norm_hour_create((FIRST_DAY + days) * 24 + 12);
    if (!h || gw_store_open(dir, &store, error) < 0)
        abort();
    for (unsigned minute = 0; minute < 5; minute++)
        gw_norm_hour_mark(h, minute);
    for (unsigned num = 1; num <= cameras; num++)
        for (unsigned minute = 0; minute < 5; minute++)
            if (gw_norm_hour_count(h, num, GW_NORM_INTACT) < 0)
                abort();
    for (int again = 0; again < 2; again++) {
        uint64_t start_us = cpu_us();
        if (gw_store_begin(store) < 0 || gw_store_add_norms(store, h) < 0 ||
            gw_store_commit(store) < 0)
            abort();
        printf("adding five minutes, %s: %.0f ms\n",
               again ? "to a day that there is" : "first of a day",
               (double)(cpu_us() - start_us) / GW_MS);
    }
    gw_store_close(store);
    gw_norm_hour_destroy(h);
}

static void ask(const char *dir, const struct gw_norm_world *w, enum gw_norm_by by,
                unsigned days, enum gw_norm_step_size step)
{
    const struct gw_norm_question question = { .by = by };
    struct gw_norm_span span = { .first = { 2026, 1, 1 }, .step = step };
    struct gw_norm_table t = { .by = by };
    span.last = gw_norm_date_after(&span.first, (int)days - 1);
    uint64_t start_us = cpu_us();
    if (gw_norm_groups_init(&t.groups, w->snapshot, &question) < 0 ||
        gw_norm_history_read(dir, w->snapshot, &span, &t) < 0)
        abort();
    struct gw_buf *json = gw_norm_json(&t);
    if (!json)
        abort();
    printf("%u days by %s, %zu steps: %.0f ms, %zu bytes of JSON\n", days,
           gw_norm_by_name(by), t.count, (double)(cpu_us() - start_us) / GW_MS,
           gw_buf_len(json));
    gw_buf_unref(&json);
    gw_norm_table_finish(&t);
}

static void print_size(const char *path, unsigned cameras, unsigned days)
{
    struct stat st;
    if (stat(path, &st) < 0)
        abort();
    printf("%u cameras, %u days: %.1f MB, %.1f bytes a camera and day\n", cameras, days,
           (double)st.st_size / 1e6, (double)st.st_size / cameras / days);
}

int main(int argc, char **argv)
{
    unsigned cameras = argc > 1 ? (unsigned)atoi(argv[1]) : 8600;
    unsigned days = argc > 2 ? (unsigned)atoi(argv[2]) : 365;
    char dir[] = "/tmp/gridwall-norms-XXXXXX", path[64], log[80], index[80], lock[64];
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    struct gw_norm_world w = {
        .states = gw_states_create(),
        .health = gw_health_create(),
        .now_us = now_us,
    };
    gw_rng_init(&rng, 1);
    if (!w.states || !w.health || !mkdtemp(dir))
        abort();
    w.snapshot = district(cameras, (struct gw_health *)w.health);
    for (int by = 0; by < GW_BYS; by++)
        count_now(&w, (enum gw_norm_by)by);

    snprintf(path, sizeof(path), "%s/gridwall.db", dir);
    snprintf(log, sizeof(log), "%s-wal", path);
    snprintf(index, sizeof(index), "%s-shm", path);
    if (gw_store_open(dir, &store, error) < 0)
        abort();
    gw_store_close(store);
    fill_year(path, cameras, days);
    print_size(path, cameras, days);
    add_minutes(dir, cameras, days);
    ask(dir, &w, GW_BY_TOWN, 31, GW_STEP_DAY);
    ask(dir, &w, GW_BY_TOWN, 31, GW_STEP_HOUR);
    ask(dir, &w, GW_BY_VILLAGE, 31, GW_STEP_DAY);
    ask(dir, &w, GW_BY_CAMERA, 31, GW_STEP_MONTH);
    ask(dir, &w, GW_BY_TOWN, days, GW_STEP_MONTH);

    struct gw_snapshot *s = (struct gw_snapshot *)w.snapshot;
    gw_snapshot_unref(&s);
    gw_states_destroy((struct gw_states *)w.states);
    gw_health_destroy((struct gw_health *)w.health);
    (void)unlink(path);
    (void)unlink(log);
    (void)unlink(index);
    snprintf(lock, sizeof(lock), "%s/gridwall.lock", dir);
    (void)unlink(lock);
    return rmdir(dir) < 0;
}
