// Bugs on purpose, one a promise, to show that the simulator finds them. They are put
// between the parts by the linker (--wrap): nothing in the parts knows of it.
#ifndef GW_TESTS_SIM_PLANTS_H
#define GW_TESTS_SIM_PLANTS_H

#include <stdbool.h>
#include <stdio.h>

// Returns whether there is such a bug; from now on it is there.
bool plants_choose(const char *name);

void plants_list(FILE *out);

#endif
