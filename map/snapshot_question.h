// A question to a snapshot while it is answered: for the files that answer it alone.
// snapshot_match.c says whether a camera fits, snapshot_candidates.c which to look at,
// snapshot_query.c which of those that fit are the answer.
#ifndef GW_MAP_SNAPSHOT_QUESTION_H
#define GW_MAP_SNAPSHOT_QUESTION_H

#include "map/geo.h"
#include "map/snapshot_internal.h"

struct gw_question {
    const struct gw_snapshot *s;
    const struct gw_camera_query *q;
    bool cell_known;
    uint32_t cell_first, cell_last; // numbers in the tree
};

struct gw_question gw_question_ask(const struct gw_snapshot *s,
                                   const struct gw_camera_query *q);

// Whether a camera is what is looked for; the limit does not count.
bool gw_question_matches(const struct gw_question *question, const struct gw_camera *c);

// From the point that is asked about, metres.
double gw_question_distance_m(const struct gw_camera_query *q, const struct gw_camera *c);

// Candidates: index[first..last), or all cameras where index is NULL.
struct gw_range {
    const uint32_t *index;
    size_t first, last;
    bool by_id;                   // they come in the order of ids
    struct gw_camera_bucket also; // items: only those that are here too; by_id
};

// The fewest that one of the indexes leaves to look at.
struct gw_range gw_question_candidates(const struct gw_question *question);

// The buckets of the grid that can hold what is asked for. False: the question is not for
// a place.
bool gw_question_window(const struct gw_question *question,
                        struct gw_grid_window *ret_window);

// Of lon, lat, lon, lat, ...
static inline struct gw_point gw_point_at(const double *points, size_t i)
{
    return (struct gw_point) { points[2 * i], points[2 * i + 1] };
}

#endif
