#include "app/norm_keeper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/monitor.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_US (60ull * GW_SECOND)

struct gw_norm_keeper {
    pthread_t thread;
    struct gw_monitor monitor; // of what follows
    bool stopping;

    struct gw_norm_sampler *sampler; // of the thread
};

// Until the wall clock's next minute; it may step meanwhile, so at most that long by a
// clock that does not. Returns whether to go on.
static bool await_next_minute(struct gw_norm_keeper *k)
{
    uint64_t left_us = MINUTE_US - gw_clock_unix_us() % MINUTE_US;
    uint64_t until_us = gw_clock_now_us() + left_us;

    gw_monitor_enter(&k->monitor);
    while (!k->stopping)
        if (!gw_monitor_wait_until(&k->monitor, until_us))
            break;
    bool go_on = !k->stopping;
    gw_monitor_leave(&k->monitor);
    return go_on;
}

// Said once, however long the disk is full.
static void complain(const char *event, int error, int *last)
{
    if (error < 0 && error != *last)
        gw_log(GW_LOG_ERROR, event, "error=\"%s\"", strerror(-error));
    *last = error;
}

static void *run(void *arg)
{
    struct gw_norm_keeper *k = arg;
    unsigned minutes = 0;
    int counted = 0, written = 0; // what was said of the last time
    do {
        complain("norms_not_counted",
                 gw_norm_sampler_minute(k->sampler, gw_clock_unix_us() / GW_SECOND,
                                        gw_clock_now_us()),
                 &counted);
        if (++minutes % GW_NORM_WRITE_MINUTES == 0)
            complain("norms_not_written", gw_norm_sampler_write(k->sampler), &written);
    } while (await_next_minute(k));
    complain("norms_not_written", gw_norm_sampler_write(k->sampler), &written);
    return NULL;
}

int gw_norm_keeper_start(const struct gw_norm_sampler_config *config,
                         struct gw_norm_keeper **ret_keeper)
{
    struct gw_norm_keeper *k = calloc(1, sizeof(*k));
    int r = k ? gw_monitor_init(&k->monitor) : -ENOMEM;
    if (r < 0) {
        free(k);
        return r;
    }
    k->sampler = gw_norm_sampler_create(config);
    r = k->sampler ? -pthread_create(&k->thread, NULL, run, k) : -ENOMEM;
    if (r < 0) {
        gw_norm_sampler_destroy(k->sampler);
        gw_monitor_destroy(&k->monitor);
        free(k);
        return r;
    }
    *ret_keeper = k;
    return 0;
}

void gw_norm_keeper_stop(struct gw_norm_keeper *k)
{
    if (!k)
        return;
    gw_monitor_enter(&k->monitor);
    k->stopping = true;
    gw_monitor_signal(&k->monitor);
    gw_monitor_leave(&k->monitor);
    pthread_join(k->thread, NULL);
    gw_norm_sampler_destroy(k->sampler);
    gw_monitor_destroy(&k->monitor);
    free(k);
}
