#include "app/norm_sampler.h"

#include "app/norms.h"
#include "base/log.h"
#include "map/store_norms.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

struct gw_norm_sampler {
    struct gw_norm_sampler_config config;
    // Not written, the oldest first; the last one is the current hour, unless the clock
    // was set back.
    struct gw_norm_hour *hours[GW_NORM_HOURS_WAITING];
    size_t count;
};

struct gw_norm_sampler *gw_norm_sampler_create(const struct gw_norm_sampler_config *c)
{
    struct gw_norm_sampler *s = calloc(1, sizeof(*s));
    if (s)
        s->config = *c;
    return s;
}

static void drop(struct gw_norm_sampler *s, size_t i)
{
    gw_norm_hour_destroy(s->hours[i]);
    s->count--;
    memmove(s->hours + i, s->hours + i + 1, (s->count - i) * sizeof(*s->hours));
}

void gw_norm_sampler_destroy(struct gw_norm_sampler *s)
{
    if (!s)
        return;
    while (s->count > 0)
        drop(s, 0);
    free(s);
}

// ---- counting ----

// An hour with the minutes that are kept of it marked.
static int open_hour(struct gw_norm_sampler *s, uint32_t hour,
                     struct gw_norm_hour **ret_hour)
{
    char words[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    struct gw_norm_hour *fresh = gw_norm_hour_create(hour);
    int r = fresh ? gw_store_open(s->config.dir, &store, words) : -ENOMEM;
    if (r == 0)
        r = gw_store_mark_norm_minutes(store, fresh);
    gw_store_close(store);
    if (r < 0) {
        gw_norm_hour_destroy(fresh);
        return r;
    }
    *ret_hour = fresh;
    return 0;
}

static int find_hour(struct gw_norm_sampler *s, uint32_t hour,
                     struct gw_norm_hour **ret_hour)
{
    struct gw_norm_hour *fresh;
    for (size_t i = 0; i < s->count; i++)
        if (gw_norm_hour_of(s->hours[i]) == hour) {
            *ret_hour = s->hours[i];
            return 0;
        }
    int r = open_hour(s, hour, &fresh);
    if (r < 0)
        return r;
    if (s->count == GW_NORM_HOURS_WAITING) {
        gw_log(GW_LOG_ERROR, "norms_lost", "hour=%u", gw_norm_hour_of(s->hours[0]));
        drop(s, 0);
    }
    s->hours[s->count++] = fresh;
    *ret_hour = fresh;
    return 0;
}

static int count_cameras(const struct gw_norm_sampler *s, struct gw_norm_hour *hour,
                         uint64_t now_us)
{
    struct gw_snapshot *snapshot = gw_registry_snapshot(s->config.registry);
    const struct gw_norm_world now = {
        .snapshot = snapshot,
        .states = s->config.states,
        .health = s->config.health,
        .now_us = now_us,
    };
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(snapshot, &n);
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++)
        r = gw_norm_hour_count(hour, cameras[i].num,
                               gw_norm_of_camera(&now, &cameras[i]));
    gw_snapshot_unref(&snapshot);
    return r;
}

int gw_norm_sampler_minute(struct gw_norm_sampler *s, uint64_t unix_s, uint64_t now_us)
{
    struct gw_norm_hour *hour;
    unsigned minute = (unsigned)(unix_s / 60 % GW_NORM_MINUTES);
    int r = find_hour(s, (uint32_t)(unix_s / 3600), &hour);
    if (r < 0 || gw_norm_hour_has(hour, minute))
        return r;
    // Also where memory was short for the last of them: no minute counts twice.
    gw_norm_hour_mark(hour, minute);
    return count_cameras(s, hour, now_us);
}

// ---- writing ----

struct waiting {
    sem_t done;
    int error;
};

// On the store thread.
static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct waiting *w = arg;
    w->error = result->error;
    sem_post(&w->done);
}

static int write_hour(struct gw_norm_sampler *s, const struct gw_norm_hour *hour)
{
    struct waiting w = { 0 };
    sem_init(&w.done, 0, 0);
    int r = gw_registry_add_norms(s->config.registry, hour, on_written, &w);
    if (r == 0) {
        while (sem_wait(&w.done) < 0)
            ; // a signal
        r = w.error;
    }
    sem_destroy(&w.done);
    return r;
}

int gw_norm_sampler_write(struct gw_norm_sampler *s)
{
    for (size_t i = 0; i < s->count;) {
        int r = write_hour(s, s->hours[i]);
        if (r < 0)
            return r;
        gw_norm_hour_clear(s->hours[i]);
        // The last one goes on; what was marked of the others is kept by the store.
        if (i + 1 < s->count)
            drop(s, i);
        else
            i++;
    }
    return 0;
}
