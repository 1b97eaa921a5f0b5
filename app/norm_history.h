// The norms over time: what the store keeps of each camera and hour, summed by group and
// step (docs/norms.md). Reads the database, in a thread of the pool.
#ifndef GW_APP_NORM_HISTORY_H
#define GW_APP_NORM_HISTORY_H

#include "app/norm_table.h"

enum {
    GW_NORM_SPAN_DAYS_MAX = 400,
    GW_NORM_POINTS_MAX = 50000, // groups times steps of one answer
};

// Days and hours are those of this machine's time zone.
struct gw_norm_date {
    int year, month, day;
};

enum gw_norm_step_size { GW_STEP_HOUR, GW_STEP_DAY, GW_STEP_MONTH, GW_STEPS };

// "hour", "day", "month"; GW_STEPS for a name that is none.
enum gw_norm_step_size gw_norm_step_of_name(const char *name);

// Reads "2026-11-28". Returns 0, or -EINVAL for what is no day from 1970 to 2199.
int gw_norm_date_read(const char *text, struct gw_norm_date *ret_date);

// The day of a moment, and the day that is so many later.
struct gw_norm_date gw_norm_date_of(time_t unix_s);
struct gw_norm_date gw_norm_date_after(const struct gw_norm_date *date, int days);

struct gw_norm_span {
    struct gw_norm_date first, last; // both included
    enum gw_norm_step_size step;
};

// How many days it has; below 1 where it ends before it begins.
int gw_norm_span_days(const struct gw_norm_span *span);

// Fills steps and figures of a table whose groups are there, from the registry in
// directory `dir`. The span has 1 to GW_NORM_SPAN_DAYS_MAX days. Returns 0, -E2BIG: more
// than GW_NORM_POINTS_MAX; -ENOMEM, or an error of map/store.h.
int gw_norm_history_read(const char *dir, const struct gw_snapshot *snapshot,
                         const struct gw_norm_span *span, struct gw_norm_table *t);

#endif
