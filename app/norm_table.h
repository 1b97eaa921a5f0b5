// The answer to a question about the norms, before it is written as JSON or as a sheet: a
// figure for each group and each step of time. No I/O, any thread.
#ifndef GW_APP_NORM_TABLE_H
#define GW_APP_NORM_TABLE_H

#include "app/norm_delays.h"
#include "base/buf.h"

#include <time.h>

enum { GW_NORM_LABEL_MAX = 32 }; // bytes of a time in words

struct gw_norm_step {
    char label[GW_NORM_LABEL_MAX]; // "2026-11-28", "2026-11" or
                                   // "2026-11-28T14:00:00+08:00"
    uint32_t minutes;              // of it that were looked at
};

struct gw_norm_table {
    enum gw_norm_by by;
    char at[GW_NORM_LABEL_MAX]; // when it was answered
    struct gw_norm_groups groups;
    size_t count;               // steps; 1 of a table of now
    struct gw_norm_step *steps; // NULL: it is of now
    // count for each group, one group after the other; those for all groups together come
    // last. They count cameras, or minutes of cameras where there are steps.
    struct gw_norm_figures *figures;
    struct gw_norm_delays *delays; // one more than groups; NULL: not of now
};

// Frees what it holds; all zero is allowed.
void gw_norm_table_finish(struct gw_norm_table *t);

const struct gw_norm_figures *gw_norm_table_at(const struct gw_norm_table *t,
                                               size_t group, size_t step);

// A time of this machine as RFC 3339 has it, with its offset from UTC.
void gw_norm_time(time_t unix_s, char ret[GW_NORM_LABEL_MAX]);

// Both return NULL when out of memory.
struct gw_buf *gw_norm_json(const struct gw_norm_table *t);
// In Chinese, as the monthly report has it (app/sheet.h).
struct gw_buf *gw_norm_sheet(const struct gw_norm_table *t);

#endif
