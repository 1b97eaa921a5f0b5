#include "tests/sim/events.h"

#include <stdlib.h>

void sim_events_set(struct sim_events *events, struct sim_event *event, uint64_t at_us)
{
    if (gw_deadlines_reserve(&events->heap, events->heap.count + 1))
        abort();
    event->due.owner = event;
    gw_deadlines_set(&events->heap, &event->due, at_us);
}

uint64_t sim_events_next_us(const struct sim_events *events)
{
    const struct gw_deadline *first = gw_deadlines_first(&events->heap);
    return first ? first->at_us : UINT64_MAX;
}

void sim_events_fire(struct sim_events *events)
{
    struct gw_deadline *first = gw_deadlines_first(&events->heap);
    struct sim_event *event = first->owner;

    if (first->at_us > events->now_us)
        events->now_us = first->at_us;
    gw_deadlines_set(&events->heap, first, UINT64_MAX);
    event->fire(event->arg);
}
