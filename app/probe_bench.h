// Tests of cameras that somebody asked for while the engine runs: each on a thread of its
// own, for it blocks (app/probe.h), and few at once. They connect beside the fleet's
// admission. Any thread.
#ifndef GW_APP_PROBE_BENCH_H
#define GW_APP_PROBE_BENCH_H

#include "app/probe.h"

enum {
    GW_PROBES_MAX = 2,    // at once
    GW_PROBE_ASKED_S = 3, // seconds of pictures: somebody waits
};

struct gw_probe_bench;

// `ca_file` as in gw_probe_config, borrowed for the bench's life. Returns NULL when out
// of memory.
struct gw_probe_bench *gw_probe_bench_create(const char *ca_file);

// Waits for those that run: they end by themselves, within half a minute. NULL is
// allowed.
void gw_probe_bench_destroy(struct gw_probe_bench *bench);

// Tests `url`, which is copied, and wiped afterwards. `done` is called on the test's
// thread; `report` is borrowed for the call, `error` what gw_probe_run() returned.
// Returns 0, -EBUSY while GW_PROBES_MAX run, or another -errno: then `done` is not
// called.
int gw_probe_bench_run(struct gw_probe_bench *bench, const char *url,
                       void (*done)(void *arg, int error,
                                    const struct gw_probe_report *report),
                       void *arg);

#endif
