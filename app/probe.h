// Tests one camera: pulls its stream for some seconds on a loop of its own and tells
// what came.
#ifndef GW_APP_PROBE_H
#define GW_APP_PROBE_H

#include "app/probe_report.h"
#include "ingest/pull_plan.h"

#include <stdbool.h>

enum {
    GW_PROBE_SECONDS = 5, // of pictures, unless asked for others
    GW_PROBE_SECONDS_MAX = 3600,
    GW_PROBE_KEY_WAIT_S = 20, // at least, for the first key frame
};

struct gw_probe_config {
    unsigned seconds;    // from the answer to PLAY on
    const char *ca_file; // rtsps: whom to believe (PEM); NULL: the system's

    // How the stream is to come, beside what the address says behind its #.
    struct gw_pull_options options;
};

// Blocks until it is through. What is wrong with the camera stands in *ret_report. As the
// engine does, it goes on by TCP where nothing comes by UDP, and where a camera sends it.
// `url` is wiped with its password by the caller. Returns 0, -ENOENT when
// `ca_file` cannot be read, -ENOMEM, or the negative errno of our own trouble.
int gw_probe_run(const char *url, const struct gw_probe_config *config,
                 struct gw_probe_report *ret_report);

#endif
