// The thread that looks at every camera once a minute, for the norms over time.
#ifndef GW_APP_NORM_KEEPER_H
#define GW_APP_NORM_KEEPER_H

#include "app/norm_sampler.h"

enum { GW_NORM_WRITE_MINUTES = 5 }; // a crash loses no more than these

struct gw_norm_keeper;

// Begins with the minute that it is called in. Returns 0 or negative errno.
int gw_norm_keeper_start(const struct gw_norm_sampler_config *config,
                         struct gw_norm_keeper **ret_keeper);

// Writes what was counted, and ends. The registry must still work. NULL is allowed.
void gw_norm_keeper_stop(struct gw_norm_keeper *k);

#endif
