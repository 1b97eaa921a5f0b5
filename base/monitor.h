// A lock with a condition whose waits end by a clock that never steps: what a thread
// that works off and on sleeps in.
#ifndef GW_BASE_MONITOR_H
#define GW_BASE_MONITOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct gw_monitor {
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

// Returns 0 or negative errno.
int gw_monitor_init(struct gw_monitor *m);

// Nobody holds it or waits any more.
void gw_monitor_destroy(struct gw_monitor *m);

void gw_monitor_enter(struct gw_monitor *m);
void gw_monitor_leave(struct gw_monitor *m);

// All below by who has entered it.

// Wakes one that waits.
void gw_monitor_signal(struct gw_monitor *m);

// Lets others enter until one signals, or `deadline_us` of gw_clock_now_us() has come:
// then it returns false. It may also return true for nothing: look whether what is waited
// for is there, and wait again.
bool gw_monitor_wait_until(struct gw_monitor *m, uint64_t deadline_us);

#endif
