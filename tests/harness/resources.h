// What a running program holds, by /proc.
#ifndef GW_TESTS_HARNESS_RESOURCES_H
#define GW_TESTS_HARNESS_RESOURCES_H

#include <stdint.h>
#include <sys/types.h>

struct resources {
    unsigned descriptors;
    unsigned threads;
    uint64_t rss_kb;
};

// Fails the test when there is no such process.
struct resources resources_of(pid_t pid);

#endif
