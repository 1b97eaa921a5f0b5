// How long pictures take to come, by group: the three delays that acceptance tests of
// linked systems ask for (docs/norms.md). No I/O, any thread.
#ifndef GW_APP_NORM_DELAYS_H
#define GW_APP_NORM_DELAYS_H

#include "app/norms.h"

// GB/T 28181: from the camera to the center within two seconds.
enum { GW_DELAY_MAX_US = 2 * 1000 * 1000 };

// "signalling", "stream", "key_frame"; and what people read.
const char *gw_delay_name(enum gw_delay delay);
struct gw_text gw_delay_text(enum gw_delay delay);

// Of the cameras of which a delay is known: the latest connection of each.
struct gw_delay_figures {
    uint32_t known;
    uint32_t over;           // above GW_DELAY_MAX_US
    uint32_t p50_us, p95_us; // as many have at most that much; 0 where none is known
};

struct gw_norm_delays {
    struct gw_delay_figures by[GW_DELAYS];
};

// `ret_delays` has room for groups->count and one more, which is for all of them
// together. Returns 0 or -ENOMEM.
int gw_norm_delays_count(const struct gw_norm_world *w,
                         const struct gw_norm_groups *groups,
                         struct gw_norm_delays *ret_delays);

#endif
