// What the engine promises, checked from outside with books of our own.
#ifndef GW_TESTS_SIM_PROMISES_H
#define GW_TESTS_SIM_PROMISES_H

#include "tests/sim/sim.h"

// Notes the first broken promise.
void sim_broken(struct sim *sim, const char *promise, const struct sim_stream *s);

// Attempts: in any second, under way by host, by subnet and in all, not before the
// back-off is over, never two of a stream, walls first.
void promise_attempt(struct sim_stream *s);
void promise_attempt_over(struct sim_stream *s);

// A picture came out of a viewer's queue: the right camera's, in order. A packet
// without a mark was no picture of ours.
void promise_picture(struct sim_lane *lane, const struct gw_packet *packet);

// Bounds of a viewer's queue; and when nothing waits, what went in came out or was
// counted as dropped.
void promise_queue(struct sim_viewer *v, bool empty);

// What arrived of a connection came through its track.
void promise_track(struct sim_conn *c);

// Nobody waits in line for ever.
void promise_nobody_starves(struct sim *sim);

// After the district is back: every stream of that kind is live.
void promise_back(struct sim *sim, bool watched);

// At the end nothing is held.
void promise_nothing_left(struct sim *sim);

#endif
