// Minutes as they are counted and kept: restarts, steps of the clock, a store that fails,
// kill -9.
#include "app/norm_sampler.h"

#include "app/engine.h"
#include "base/clock.h"
#include "map/store_norms.h"
#include "tests/unit/map/temp_dir.h"

#include <errno.h>
#include <math.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HOUR = 3600, FIRST = 500000 * HOUR, MINUTES = 60 };

static const uint64_t now_us = 5000ull * 60 * GW_SECOND;

struct world {
    struct temp_dir dir;
    struct gw_registry *registry;
    struct gw_states *states;
    struct gw_health *health;
    struct gw_norm_sampler *sampler;
};

static void on_done(void *arg, const struct gw_registry_result *result)
{
    assert_int_equal(result->error, 0);
    sem_post(arg);
}

// Two cameras: number 1 is intact, number 2 refuses.
static void add_cameras(struct world *w)
{
    sem_t done;
    sem_init(&done, 0, 0);
    for (int i = 1; i <= 2; i++) {
        char id[8];
        snprintf(id, sizeof(id), "c%d", i);
        const struct gw_camera_edit edit = {
            .id = id, .lon = NAN, .lat = NAN, .url_main = "rtsp://192.0.2.1/"
        };
        assert_int_equal(gw_registry_write_camera(w->registry, GW_WRITE_CREATE, &edit,
                                                  &(struct gw_editor) { .name = "test" },
                                                  on_done, &done),
                         0);
        sem_wait(&done);
    }
    sem_destroy(&done);
}

static void start(struct world *w)
{
    char error[GW_REGISTRY_ERROR_MAX];
    assert_int_equal(gw_registry_open(&(struct gw_registry_config) { .dir = w->dir.path },
                                      &w->registry, error),
                     0);
    w->states = gw_states_create();
    w->health = gw_health_create();
    assert_true(w->states && w->health);
    gw_health_on_answer(w->health, gw_stream_of(1, 0), now_us);
    gw_health_on_failure(w->health, gw_stream_of(2, 0), GW_CAUSE_REFUSED, false, now_us);
    w->sampler = gw_norm_sampler_create(&(struct gw_norm_sampler_config) {
        .registry = w->registry,
        .states = w->states,
        .health = w->health,
        .dir = w->dir.path,
    });
    assert_non_null(w->sampler);
}

static void stop(struct world *w)
{
    gw_norm_sampler_destroy(w->sampler);
    gw_registry_close(w->registry);
    gw_states_destroy(w->states);
    gw_health_destroy(w->health);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    assert_int_equal(temp_dir_make(&w->dir), 0);
    start(w);
    add_cameras(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    stop(w);
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static void minute(struct world *w, int64_t at_minute)
{
    uint64_t unix_s = (uint64_t)(FIRST + at_minute * MINUTES);
    assert_int_equal(gw_norm_sampler_minute(w->sampler, unix_s, now_us), 0);
}

static void take(struct world *w, int64_t first, int64_t last)
{
    for (int64_t at = first; at <= last; at++)
        minute(w, at);
}

static void write_all(struct world *w)
{
    assert_int_equal(gw_norm_sampler_write(w->sampler), 0);
}

// What is kept of both cameras together, all hours.
struct kept {
    unsigned intact, refused, others, minutes;
};

static int add_row(void *arg, const struct gw_norm_row *row)
{
    struct kept *k = arg;
    for (int hour = 0; hour < GW_NORM_HOURS; hour++)
        for (int word = 0; word < GW_NORM_WORDS; word++) {
            unsigned n = row->hours.minutes[hour][word];
            if (row->num == 1 && word == GW_NORM_INTACT)
                k->intact += n;
            else if (row->num == 2 && word == GW_NORM_REFUSED)
                k->refused += n;
            else
                k->others += n;
        }
    return 0;
}

static int add_minutes(void *arg, const struct gw_norm_minutes_row *row)
{
    struct kept *k = arg;
    for (int hour = 0; hour < GW_NORM_HOURS; hour++)
        k->minutes += (unsigned)__builtin_popcountll(row->hours[hour]);
    return 0;
}

static void expect_kept(const struct world *w, unsigned minutes)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    struct kept k = { 0 };
    assert_int_equal(gw_store_open(w->dir.path, &store, error), 0);
    assert_int_equal(gw_store_each_norm(store, 0, UINT32_MAX, add_row, &k), 0);
    assert_int_equal(gw_store_each_norm_minutes(store, 0, UINT32_MAX, add_minutes, &k),
                     0);
    gw_store_close(store);
    assert_int_equal(k.minutes, minutes);
    assert_int_equal(k.intact, minutes);
    assert_int_equal(k.refused, minutes);
    assert_int_equal(k.others, 0);
}

static void minutes_are_kept_over_the_hours(void **state)
{
    struct world *w = *state;
    take(w, 0, 149); // two and a half hours
    expect_kept(w, 0);
    write_all(w);
    expect_kept(w, 150);
    write_all(w); // nothing new
    expect_kept(w, 150);
}

static void a_minute_counts_once_whatever_the_clock_does(void **state)
{
    struct world *w = *state;
    take(w, 30, 75);
    write_all(w);
    take(w, 40, 80); // set back by 35 minutes, over the hour
    take(w, 70, 90);
    write_all(w);
    expect_kept(w, 90 - 30 + 1);
    take(w, 600, 610); // ten hours ahead
    take(w, 91, 95);   // and right again
    take(w, 605, 612);
    write_all(w);
    expect_kept(w, 95 - 30 + 1 + 13);
}

static void a_restart_counts_no_minute_twice(void **state)
{
    struct world *w = *state;
    take(w, 0, 10);
    write_all(w);
    stop(w);
    start(w);
    take(w, 10, 12); // the minute that it was stopped in
    write_all(w);
    expect_kept(w, 13);
}

static void what_is_kept_makes_no_new_snapshot(void **state)
{
    struct world *w = *state;
    struct gw_snapshot *before = gw_registry_snapshot(w->registry);
    minute(w, 0);
    write_all(w);
    struct gw_snapshot *after = gw_registry_snapshot(w->registry);
    assert_true(gw_snapshot_version(before) == gw_snapshot_version(after));
    gw_snapshot_unref(&before);
    gw_snapshot_unref(&after);
}

// It must not go unseen that somebody else wrote just before.
static void what_others_wrote_shows_all_the_same(void **state)
{
    char error[GW_STORE_ERROR_MAX];
    struct world *w = *state;
    struct gw_store *store;
    const struct gw_camera_row row = {
        .camera = { .id = "c3",
                    .name = "",
                    .lon = NAN,
                    .lat = NAN,
                    .division = "",
                    .department = "",
                    .cell = "",
                    .url_main = "",
                    .url_sub = "",
                    .pose = gw_camera_pose_unknown,
                    .tags = "",
                    .groups = "",
                    .address = "",
                    .initials = "" },
    };
    minute(w, 0);
    assert_int_equal(gw_store_open(w->dir.path, &store, error), 0);
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_store_insert_camera(store, &row, 1), 0);
    assert_int_equal(gw_store_commit(store), 0);
    gw_store_close(store);
    write_all(w);
    struct gw_snapshot *s = gw_registry_snapshot(w->registry);
    assert_non_null(gw_snapshot_camera(s, "c3"));
    gw_snapshot_unref(&s);
}

static void run_sql(const struct world *w, const char *sql)
{
    char path[128];
    sqlite3 *db;
    temp_dir_file(&w->dir, "gridwall.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void what_could_not_be_written_is_written_later(void **state)
{
    struct world *w = *state;
    take(w, 0, 100);
    run_sql(w, "ALTER TABLE norm_days RENAME TO elsewhere");
    assert_int_equal(gw_norm_sampler_write(w->sampler), -EIO);
    take(w, 101, 130);
    assert_int_equal(gw_norm_sampler_write(w->sampler), -EIO);
    run_sql(w, "ALTER TABLE elsewhere RENAME TO norm_days");
    write_all(w);
    expect_kept(w, 131);
}

static void the_oldest_hours_are_given_up_when_nothing_can_be_written(void **state)
{
    struct world *w = *state;
    for (int hour = 0; hour < GW_NORM_HOURS_WAITING + 2; hour++)
        minute(w, hour * 60);
    write_all(w);
    expect_kept(w, GW_NORM_HOURS_WAITING);
}

// A child counts and writes for ever; each acknowledged write is one byte in the pipe.
static _Noreturn void count_for_ever(struct world *w, int out)
{
    start(w);
    for (int64_t at = 0;; at++) {
        uint64_t unix_s = (uint64_t)(FIRST + at * MINUTES);
        if (gw_norm_sampler_minute(w->sampler, unix_s, now_us) < 0 ||
            gw_norm_sampler_write(w->sampler) < 0 || write(out, "w", 1) != 1)
            _exit(1);
    }
}

static void what_was_written_survives_kill_9(void **state)
{
    enum { KILLS = 5, AT_LEAST = 20 };
    struct world *w = *state;
    stop(w);
    unsigned kept = 0;
    for (int i = 0; i < KILLS; i++) {
        int ends[2], status;
        char bytes[4096];
        unsigned told = 0;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            count_for_ever(w, ends[1]);
        close(ends[1]);
        for (ssize_t n; (n = read(ends[0], bytes, sizeof(bytes))) > 0;) {
            told += (unsigned)n;
            if (told >= kept + AT_LEAST)
                kill(child, SIGKILL);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        close(ends[0]);

        // What was told is there, and the one that was under way is whole or not there.
        // Each child goes through the minutes of those before it, which stay as they are.
        struct kept k = { 0 };
        char error[GW_STORE_ERROR_MAX];
        struct gw_store *store;
        assert_int_equal(gw_store_open(w->dir.path, &store, error), 0);
        assert_int_equal(gw_store_each_norm(store, 0, UINT32_MAX, add_row, &k), 0);
        assert_int_equal(
            gw_store_each_norm_minutes(store, 0, UINT32_MAX, add_minutes, &k), 0);
        gw_store_close(store);
        assert_true(k.minutes >= told && k.minutes <= told + 1);
        assert_int_equal(k.intact, k.minutes);
        assert_int_equal(k.refused, k.minutes);
        assert_int_equal(k.others, 0);
        kept = k.minutes;
    }
    start(w);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(minutes_are_kept_over_the_hours),
        CASE(a_minute_counts_once_whatever_the_clock_does),
        CASE(a_restart_counts_no_minute_twice),
        CASE(what_is_kept_makes_no_new_snapshot),
        CASE(what_others_wrote_shows_all_the_same),
        CASE(what_could_not_be_written_is_written_later),
        CASE(the_oldest_hours_are_given_up_when_nothing_can_be_written),
        CASE(what_was_written_survives_kill_9),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
