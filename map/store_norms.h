// How cameras fared, kept beside them: a few bytes for each camera and day, and which
// minutes of a day were looked at. Transactions and errors are those of map/store.h.
#ifndef GW_MAP_STORE_NORMS_H
#define GW_MAP_STORE_NORMS_H

#include "map/norm_hour.h"
#include "map/store.h"

enum {
    // The days that were written last. Not those of the last 400 days: a clock that is
    // wrong for an hour must not cost a year.
    GW_NORM_DAYS_KEPT = 400,
};

// Adds the minutes of an hour to what is kept, and which these were; forgets the oldest
// day beyond GW_NORM_DAYS_KEPT. In a write transaction.
int gw_store_add_norms(struct gw_store *store, const struct gw_norm_hour *hour);

// Marks the minutes of the hour that are kept already, so that none is counted twice.
int gw_store_mark_norm_minutes(struct gw_store *store, struct gw_norm_hour *hour);

// A day of one camera. Days are counted from 1970-01-01, in UTC.
struct gw_norm_row {
    uint32_t day;
    uint32_t num;
    struct gw_norm_day hours;
};

// Which minutes of a day were looked at. Bit n of an hour: minute n.
struct gw_norm_minutes_row {
    uint32_t day;
    uint64_t hours[GW_NORM_HOURS];
};

// Call `on_row` for each row of those days, both included, day by day. As the
// gw_store_each_ functions of map/store.h; also -EBADMSG for a row that is none.
int gw_store_each_norm(struct gw_store *store, uint32_t first_day, uint32_t last_day,
                       int (*on_row)(void *arg, const struct gw_norm_row *row),
                       void *arg);
int gw_store_each_norm_minutes(
    struct gw_store *store, uint32_t first_day, uint32_t last_day,
    int (*on_row)(void *arg, const struct gw_norm_minutes_row *row), void *arg);

#endif
