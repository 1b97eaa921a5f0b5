#include "app/sight_keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/monitor.h"
#include "map/camera_eye.h"
#include "map/footprint_reader.h"
#include "map/geojson.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

enum {
    POLL_S = 5,
    WORKERS_MAX = 4,
    NICENESS = 10, // pictures first
};

struct gw_sight_keeper {
    pthread_t thread;
    struct gw_monitor monitor; // of what follows
    bool woken;
    struct gw_sight *sight;

    atomic_bool stopping;
    struct gw_registry *registry;
    char *path;                      // of the buildings
    struct stat read;                // of the file when it was read
    struct gw_footprints *buildings; // NULL: none are known
};

// ---- buildings ----

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

// The caller frees *ret_text. Returns 0 or negative errno.
static int read_all(const char *path, char **ret_text, size_t *ret_len)
{
    struct stat st;
    size_t len = 0;
    ssize_t n = 0;
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && (!S_ISREG(st.st_mode) || st.st_size > GW_GEOJSON_MAX))
        r = -EMSGSIZE;
    if (r == 0 && !(text = malloc((size_t)st.st_size + 1)))
        r = -ENOMEM;
    while (r == 0 && len < (size_t)st.st_size &&
           (n = read(fd, text + len, (size_t)st.st_size - len)) > 0)
        len += (size_t)n;
    if (r == 0 && n < 0)
        r = -errno;
    if (fd >= 0)
        close(fd);
    if (r < 0) {
        free(text);
        return r;
    }
    *ret_text = text;
    *ret_len = len;
    return 0;
}

// Returns NULL where there are none that can be used, and says why.
static struct gw_footprints *read_buildings(const char *path)
{
    struct gw_footprint_report report = { 0 };
    struct gw_footprints *f = gw_footprints_create();
    char *text = NULL;
    size_t len = 0;
    int r = f ? read_all(path, &text, &len) : -ENOMEM;
    if (r == 0)
        r = gw_footprints_read(text, len, f, &report);
    if (r == 0)
        r = gw_footprints_complete(f);
    free(text);
    if (r < 0) {
        gw_footprints_unref(&f);
        gw_log(GW_LOG_WARN, "buildings_unreadable",
               "file=\"%s\" error=\"%s\" mend=\"a GeoJSON FeatureCollection of "
               "polygons, at most 256 MB\"",
               path, strerror(-r));
        return NULL;
    }
    gw_log(GW_LOG_INFO, "buildings", "count=%zu without_height=%zu refused=%zu",
           report.buildings, report.guessed, report.refused);
    return f;
}

// Returns whether there are other buildings now.
static bool renew_buildings(struct gw_sight_keeper *k)
{
    struct stat now = { 0 };
    (void)stat(k->path, &now); // all zero: no such file
    if (same_file(&now, &k->read))
        return false;
    k->read = now;
    gw_footprints_unref(&k->buildings);
    if (now.st_ino)
        k->buildings = read_buildings(k->path);
    return true;
}

// ---- views ----

struct work {
    pthread_t thread;
    bool started;
    struct gw_sight *sight;
    const struct gw_sight *before;
    size_t part, parts;
    const atomic_bool *stop;
    struct gw_sight_progress progress;
    int error;
};

static void *on_work(void *arg)
{
    struct work *w = arg;
    // Of this thread alone, on Linux.
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    w->error =
        gw_sight_work(w->sight, w->before, w->part, w->parts, w->stop, &w->progress);
    return NULL;
}

// A part whose thread does not start is done by this one.
static void compute(struct gw_sight_keeper *k, struct gw_sight *sight,
                    const struct gw_sight *before)
{
    struct work work[WORKERS_MAX];
    struct gw_sight_progress sum = { 0 };
    size_t parts = uv_available_parallelism();
    parts = parts < WORKERS_MAX ? parts : WORKERS_MAX;
    uint64_t start_us = gw_clock_now_us();
    int error = 0;
    for (size_t i = 0; i < parts; i++) {
        work[i] = (struct work) { .sight = sight,
                                  .before = before,
                                  .part = i,
                                  .parts = parts,
                                  .stop = &k->stopping };
        work[i].started = pthread_create(&work[i].thread, NULL, on_work, &work[i]) == 0;
    }
    for (size_t i = 0; i < parts; i++) {
        if (work[i].started)
            pthread_join(work[i].thread, NULL);
        else
            on_work(&work[i]);
        sum.computed += work[i].progress.computed;
        sum.taken_over += work[i].progress.taken_over;
        error = work[i].error ? work[i].error : error;
    }
    gw_log(error ? GW_LOG_ERROR : GW_LOG_INFO, "views",
           "computed=%zu kept=%zu bytes=%zu ms=%llu%s", sum.computed, sum.taken_over,
           gw_sight_bytes(sight),
           (unsigned long long)((gw_clock_now_us() - start_us) / GW_MS),
           error ? " error=\"out of memory\"" : "");
}

static int make_sight(const struct gw_snapshot *snapshot, struct gw_footprints *buildings,
                      struct gw_sight **ret_sight)
{
    size_t n, placed = 0;
    const struct gw_camera *cameras = gw_snapshot_cameras(snapshot, &n);
    struct gw_sight_camera *eyes = calloc(n + 1, sizeof(*eyes));
    if (!eyes)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        eyes[placed].num = cameras[i].num;
        placed += gw_camera_eye(&cameras[i], &eyes[placed].eye);
    }
    int r = gw_sight_create(eyes, placed, buildings, ret_sight);
    free(eyes);
    return r;
}

// All cameras by reach, without views yet.
static int index_cameras(struct gw_sight_keeper *k, struct gw_sight **ret_sight)
{
    struct gw_snapshot *snapshot = gw_registry_snapshot(k->registry);
    int r = make_sight(snapshot, k->buildings, ret_sight);
    gw_snapshot_unref(&snapshot);
    return r;
}

static void renew(struct gw_sight_keeper *k)
{
    struct gw_sight *sight;
    int r = index_cameras(k, &sight);
    if (r < 0) {
        gw_log(GW_LOG_ERROR, "views_failed", "error=\"%s\"", strerror(-r));
        return;
    }
    struct gw_sight *shown = gw_sight_ref(sight);
    gw_monitor_enter(&k->monitor);
    struct gw_sight *before = k->sight;
    k->sight = shown;
    gw_monitor_leave(&k->monitor);
    compute(k, sight, before);
    gw_sight_unref(&before);
    gw_sight_unref(&sight);
}

// ---- the thread ----

// Returns whether the registry has changed.
static bool wait_for_change(struct gw_sight_keeper *k)
{
    uint64_t until_us = gw_clock_now_us() + POLL_S * GW_SECOND;
    gw_monitor_enter(&k->monitor);
    while (!k->woken && !atomic_load(&k->stopping))
        if (!gw_monitor_wait_until(&k->monitor, until_us))
            break;
    bool woken = k->woken;
    k->woken = false;
    gw_monitor_leave(&k->monitor);
    return woken;
}

static void *run(void *arg)
{
    struct gw_sight_keeper *k = arg;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICENESS);
    (void)renew_buildings(k);
    renew(k);
    for (;;) {
        bool registry = wait_for_change(k);
        if (atomic_load(&k->stopping))
            return NULL;
        bool buildings = renew_buildings(k);
        if (registry || buildings)
            renew(k);
    }
}

int gw_sight_keeper_start(struct gw_registry *registry, const char *data_dir,
                          struct gw_sight_keeper **ret_keeper)
{
    struct gw_sight_keeper *k = calloc(1, sizeof(*k));
    int r = k ? gw_monitor_init(&k->monitor) : -ENOMEM;
    if (r < 0) {
        free(k);
        return r;
    }
    k->registry = registry;
    if (asprintf(&k->path, "%s/basemap/buildings.geojson", data_dir) < 0) {
        k->path = NULL;
        r = -ENOMEM;
    }
    if (r == 0)
        r = index_cameras(k, &k->sight);
    if (r == 0)
        r = -pthread_create(&k->thread, NULL, run, k);
    if (r < 0) {
        gw_sight_keeper_destroy(k);
        return r;
    }
    *ret_keeper = k;
    return 0;
}

void gw_sight_keeper_wake(struct gw_sight_keeper *k)
{
    if (!k)
        return;
    gw_monitor_enter(&k->monitor);
    k->woken = true;
    gw_monitor_signal(&k->monitor);
    gw_monitor_leave(&k->monitor);
}

struct gw_sight *gw_sight_keeper_sight(struct gw_sight_keeper *k)
{
    gw_monitor_enter(&k->monitor);
    struct gw_sight *s = gw_sight_ref(k->sight);
    gw_monitor_leave(&k->monitor);
    return s;
}

void gw_sight_keeper_stop(struct gw_sight_keeper *k)
{
    if (!k)
        return;
    gw_monitor_enter(&k->monitor);
    atomic_store(&k->stopping, true);
    gw_monitor_signal(&k->monitor);
    gw_monitor_leave(&k->monitor);
    pthread_join(k->thread, NULL);
}

void gw_sight_keeper_destroy(struct gw_sight_keeper *k)
{
    if (!k)
        return;
    gw_sight_unref(&k->sight);
    gw_footprints_unref(&k->buildings);
    gw_monitor_destroy(&k->monitor);
    free(k->path);
    free(k);
}
