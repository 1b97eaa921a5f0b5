// How often each of many may ask: the generic cell rate algorithm, which is a token
// bucket that keeps one number. Reads no clock, does no I/O. One thread at a time: the
// caller locks.
#ifndef GW_APP_RATE_LIMIT_H
#define GW_APP_RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    // Remembered, 128 KiB; where a row is full, who has asked least goes, and may ask its
    // whole burst again.
    GW_RATE_ROWS = 1024,
    GW_RATE_ROW = 8,
};

struct gw_rate {
    uint64_t per_s; // 1 to 1,000,000 for ever
    uint64_t burst; // as many at once, 1 or more
};

struct gw_rate_verdict {
    bool allowed;
    uint64_t remaining; // that may be asked at once now
    uint32_t reset_s;   // until it is the whole burst again, rounded up
    uint32_t retry_s;   // until one more is allowed, rounded up; 0: at once
};

struct gw_rate_limit;

// `seed` is a secret: nobody shall find names that share a row with another's. Returns
// NULL when out of memory.
struct gw_rate_limit *gw_rate_limit_create(uint64_t seed);
void gw_rate_limit_destroy(struct gw_rate_limit *l);

// `name` asks once. Who is refused is not punished for asking.
struct gw_rate_verdict gw_rate_limit_ask(struct gw_rate_limit *l, const char *name,
                                         const struct gw_rate *rate, uint64_t now_us);

#endif
