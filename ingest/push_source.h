// One stream that is wanted, or that somebody pushes to us: its state, its tracks, and
// its place among the others of a shard. Who pushes is push.c's. On the loop's thread.
#ifndef GW_INGEST_PUSH_SOURCE_H
#define GW_INGEST_PUSH_SOURCE_H

#include "base/source.h"
#include "base/table.h"
#include "ingest/push.h"
#include "ingest/tracks.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_push_caller;

struct gw_push_source {
    struct gw_push_sources *all;
    struct gw_push_caller *caller; // NULL while nobody sends
    struct gw_tracks tracks;
    struct gw_source_status status;
    bool wanted;
};

// Of one shard. The first part is the owner's to set.
struct gw_push_sources {
    void (*on_frame)(void *arg, uint32_t stream, struct gw_frame *frame);
    void (*on_status)(void *arg, const struct gw_source_status *status);
    void *arg;

    struct gw_table by_stream;
    struct gw_push_stats gone; // what the tracks of those that are gone counted
};

// Forgets all, without a callback.
void gw_push_sources_finish(struct gw_push_sources *all);

// NULL: there is none.
struct gw_push_source *gw_push_sources_get(const struct gw_push_sources *all,
                                           uint32_t stream);

// The source of that stream, made where there is none; NULL when out of memory.
struct gw_push_source *gw_push_sources_need(struct gw_push_sources *all, uint32_t stream);

// Forgets those that nobody wants and nobody sends: they are IDLE.
void gw_push_sources_sweep(struct gw_push_sources *all);

// Adds what the tracks counted so far.
void gw_push_sources_add_stats(const struct gw_push_sources *all,
                               struct gw_push_stats *sum);

// Changes what is reported.
void gw_push_source_set(struct gw_push_source *s, enum gw_source_state state,
                        enum gw_cause cause);

#endif
