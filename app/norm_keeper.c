#include "app/norm_keeper.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUTE_US (60ull * GW_SECOND)

struct gw_norm_keeper {
    pthread_t thread;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t wake;
    bool stopping;

    struct gw_norm_sampler *sampler; // of the thread
};

// Until the wall clock's next minute; it may step meanwhile, so at most that long by a
// clock that does not. Returns whether to go on.
static bool await_next_minute(struct gw_norm_keeper *k)
{
    uint64_t left_us = MINUTE_US - gw_clock_unix_us() % MINUTE_US;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    uint64_t ns = (uint64_t)until.tv_nsec + left_us * 1000;
    until.tv_sec += (time_t)(ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);

    pthread_mutex_lock(&k->lock);
    while (!k->stopping)
        if (pthread_cond_timedwait(&k->wake, &k->lock, &until) == ETIMEDOUT)
            break;
    bool go_on = !k->stopping;
    pthread_mutex_unlock(&k->lock);
    return go_on;
}

static void complain(const char *event, int error)
{
    if (error < 0)
        gw_log(GW_LOG_ERROR, event, "error=\"%s\"", strerror(-error));
}

static void *run(void *arg)
{
    struct gw_norm_keeper *k = arg;
    unsigned minutes = 0;
    do {
        complain("norms_not_counted",
                 gw_norm_sampler_minute(k->sampler, gw_clock_unix_us() / GW_SECOND,
                                        gw_clock_now_us()));
        if (++minutes % GW_NORM_WRITE_MINUTES == 0)
            complain("norms_not_written", gw_norm_sampler_write(k->sampler));
    } while (await_next_minute(k));
    complain("norms_not_written", gw_norm_sampler_write(k->sampler));
    return NULL;
}

static int init_lock(struct gw_norm_keeper *k)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    int e = pthread_cond_init(&k->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (e == 0)
        e = pthread_mutex_init(&k->lock, NULL);
    return -e;
}

int gw_norm_keeper_start(const struct gw_norm_sampler_config *config,
                         struct gw_norm_keeper **ret_keeper)
{
    struct gw_norm_keeper *k = calloc(1, sizeof(*k));
    int r = k ? init_lock(k) : -ENOMEM;
    if (r < 0) {
        free(k);
        return r;
    }
    k->sampler = gw_norm_sampler_create(config);
    r = k->sampler ? -pthread_create(&k->thread, NULL, run, k) : -ENOMEM;
    if (r < 0) {
        gw_norm_sampler_destroy(k->sampler);
        pthread_cond_destroy(&k->wake);
        pthread_mutex_destroy(&k->lock);
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
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    gw_norm_sampler_destroy(k->sampler);
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->lock);
    free(k);
}
