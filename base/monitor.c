#include "base/monitor.h"

#include "base/clock.h"

#include <errno.h>
#include <time.h>

int gw_monitor_init(struct gw_monitor *m)
{
    pthread_condattr_t attr;
    int e = pthread_condattr_init(&attr);
    if (e != 0)
        return -e;
    // The wall clock may step; a wait must not grow by it.
    e = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    if (e == 0)
        e = pthread_cond_init(&m->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (e != 0)
        return -e;
    e = pthread_mutex_init(&m->lock, NULL);
    if (e != 0)
        pthread_cond_destroy(&m->changed);
    return -e;
}

void gw_monitor_destroy(struct gw_monitor *m)
{
    pthread_cond_destroy(&m->changed);
    pthread_mutex_destroy(&m->lock);
}

void gw_monitor_enter(struct gw_monitor *m)
{
    pthread_mutex_lock(&m->lock);
}

void gw_monitor_leave(struct gw_monitor *m)
{
    pthread_mutex_unlock(&m->lock);
}

void gw_monitor_signal(struct gw_monitor *m)
{
    pthread_cond_signal(&m->changed);
}

bool gw_monitor_wait_until(struct gw_monitor *m, uint64_t deadline_us)
{
    const struct timespec until = {
        .tv_sec = (time_t)(deadline_us / GW_SECOND),
        .tv_nsec = (long)(deadline_us % GW_SECOND) * 1000,
    };
    return pthread_cond_timedwait(&m->changed, &m->lock, &until) != ETIMEDOUT;
}
