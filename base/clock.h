// The only place that reads a clock. Whoever decides gets `now_us` passed in.
#ifndef GW_BASE_CLOCK_H
#define GW_BASE_CLOCK_H

#include <stdint.h>

enum { GW_MS = 1000 }; // microseconds in a millisecond
enum { GW_SECOND = 1000 * 1000 };

// Microseconds of a clock that never steps (CLOCK_MONOTONIC); its zero means
// nothing. For ages, deadlines, back-off.
uint64_t gw_clock_now_us(void);

// Microseconds since 1970-01-01 UTC. It may step: only for what leaves the
// process.
uint64_t gw_clock_unix_us(void);

#endif
