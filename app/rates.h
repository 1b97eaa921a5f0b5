// The engine's limits of how often the API may be asked: for each account, and four times
// as much for each address, behind which there may be several. Any thread.
#ifndef GW_APP_RATES_H
#define GW_APP_RATES_H

#include "app/rate_limit.h"
#include "app/settings.h"

struct gw_rates;

enum { GW_RATES_ADDRESS = 4 }; // times an account's

// Returns NULL when out of memory, or when there is no randomness to be had.
struct gw_rates *gw_rates_create(const struct gw_settings *settings);
void gw_rates_destroy(struct gw_rates *rates);

// Somebody asks: `account` is NULL where nobody signs in. Of two limits the verdict is
// that of the tighter one. False: there is no limit, and no verdict.
bool gw_rates_ask(struct gw_rates *rates, const char *account, const char *address,
                  uint64_t now_us, struct gw_rate_verdict *ret_verdict);

// What an account has: requests at once, and seconds for as many to come back.
uint64_t gw_rates_burst(const struct gw_rates *rates);
uint64_t gw_rates_window_s(const struct gw_rates *rates);

// How many were refused.
uint64_t gw_rates_refused(struct gw_rates *rates);

#endif
