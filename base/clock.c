#include "base/clock.h"

#include <time.h>

static uint64_t read_us(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t); // cannot fail for the two clocks below
    return (uint64_t)t.tv_sec * GW_SECOND + (uint64_t)t.tv_nsec / 1000;
}

uint64_t gw_clock_now_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

uint64_t gw_clock_unix_us(void)
{
    return read_us(CLOCK_REALTIME);
}
