// Makes one allocation fail, and counts those that were not given back.
//
// It stands between our objects and the C library: link with alloc_wrap_args. libuv
// and OpenSSL are made to come this way by alloc_begin(). What a thread arms holds
// for that thread only.
#ifndef GW_TESTS_FAULTS_ALLOC_H
#define GW_TESTS_FAULTS_ALLOC_H

#include <stdbool.h>
#include <stdint.h>

// To be called first in main(), before anything else allocates.
void alloc_begin(void);

// The nth allocation of this thread from now on fails, once.
void alloc_arm(uint64_t nth);

// No allocation fails any more. Returns whether one did since it was armed.
bool alloc_disarm(void);

// One has failed since it was armed.
bool alloc_fired(void);

// Blocks that this thread allocated, less those that it gave back. What OpenSSL keeps
// for the thread, such as the words of its latest errors, is given back first.
int64_t alloc_held(void);

#endif
