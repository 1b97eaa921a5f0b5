// What is to happen, and when, in virtual time.
#ifndef GW_TESTS_SIM_EVENTS_H
#define GW_TESTS_SIM_EVENTS_H

#include "ingest/deadlines.h"

#include <stdint.h>

// Embedded in what it happens to, which outlives it or takes it off.
struct sim_event {
    struct gw_deadline due; // all zero at first
    void (*fire)(void *arg);
    void *arg;
};

struct sim_events {
    struct gw_deadlines heap;
    uint64_t now_us;
};

// Sets or moves an event; UINT64_MAX takes it off. At most one a struct.
void sim_events_set(struct sim_events *events, struct sim_event *event, uint64_t at_us);

// When the next one is due, UINT64_MAX: never.
uint64_t sim_events_next_us(const struct sim_events *events);

// Lets the next one happen; there must be one.
void sim_events_fire(struct sim_events *events);

#endif
