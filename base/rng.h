// Pseudo-random numbers for jitter and simulation (xoshiro256**, public domain
// algorithm by Blackman and Vigna). Not for secrets. Same seed, same numbers.
#ifndef GW_BASE_RNG_H
#define GW_BASE_RNG_H

#include <stdint.h>

struct gw_rng {
    uint64_t s[4];
};

// Any seed is good, zero too.
void gw_rng_init(struct gw_rng *rng, uint64_t seed);
uint64_t gw_rng_next(struct gw_rng *rng);

// Evenly in [0, bound). A zero bound gives 0.
uint64_t gw_rng_below(struct gw_rng *rng, uint64_t bound);

#endif
