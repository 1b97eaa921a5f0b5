// Key places and city parts, up to millions of them: a file of their own, places.db in
// the data directory, and the indexes by which they are found. They are not in the
// snapshot: who asks reads the file, in a thread that may wait.
//
// One connection, one thread at a time. Connections, also of other processes, work beside
// each other: writers wait for each other, readers for nobody. What is committed
// survives a crash of the process and of the machine, as in map/store.h, whose errors
// these functions return.
#ifndef GW_MAP_PLACES_H
#define GW_MAP_PLACES_H

#include "map/place.h"
#include "map/polygon.h"
#include "map/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_places;

// Opens DIR/places.db, readable by its owner only; the directory is there, and in use by
// a store (map/store.h). `create`: the file may not be there yet; else that is -ENOENT.
// `dir` NULL: in memory. `busy_ms`: how long a write waits for another one. Returns 0 or
// a negative errno, with words in the terminal's language in `ret_error`.
int gw_places_open(const char *dir, bool create, int busy_ms,
                   struct gw_places **ret_places, char ret_error[GW_STORE_ERROR_MAX]);

// An unfinished transaction is rolled back. NULL is allowed.
void gw_places_close(struct gw_places *places);

// Writes are inside of a transaction. A commit that returns 0 is on disk.
int gw_places_begin(struct gw_places *places);
int gw_places_begin_read(struct gw_places *places);
int gw_places_commit(struct gw_places *places);
void gw_places_rollback(struct gw_places *places);

// For a connection that will write thousands: takes up to 64 MiB of memory for pages.
int gw_places_expect_many(struct gw_places *places);

// Makes one piece of the full-text index, by which questions become quicker; takes some
// 10 s for a million places. At the end of such a transaction, inside of it.
int gw_places_tidy(struct gw_places *places);

// Also -ENOENT. The strings are borrowed until the next call that finds one, or the end
// of the transaction.
int gw_places_find(struct gw_places *places, const char *id, struct gw_place *ret_place);

// Adds a place (`old` NULL), or overwrites `old`, which is as it was found.
int gw_places_put(struct gw_places *places, const struct gw_place *old,
                  const struct gw_place *place, const struct gw_author *author);

// Takes it out of everything; `old` is as it was found. It can be restored for
// GW_REMOVED_KEPT_MS, then it is forgotten.
int gw_places_remove(struct gw_places *places, const struct gw_place *old,
                     const struct gw_author *author);

// The one of that id that was removed last, to be put again. -ENOENT: none is kept.
int gw_places_find_removed(struct gw_places *places, const char *id, uint64_t now_ms,
                           struct gw_place *ret_place);

// The next one by number behind `after`; for walks that write. -ENOENT: there is none.
int gw_places_next(struct gw_places *places, int64_t after, struct gw_place *ret_place);

// ---- questions ----

enum {
    GW_PLACES_LIMIT_DEFAULT = 20,
    GW_PLACES_LIMIT_MAX = 1000,
    // Records that one question looks at, at most: what has still more to look at is to
    // be narrowed down, or goes on at the cursor.
    GW_PLACES_LOOKED_MAX = 4000,
    // Places of an area whose list is made from the R*Tree; where there are more the
    // full-text index knows them, by tiles of the map.
    GW_PLACES_AREA_MAX = 10000,
};

// Where an answer goes on: behind the place `num` among those that fit like `fit`.
struct gw_place_cursor {
    int fit;
    int64_t num;
};

// What is NULL, zero or false does not restrict. Strings are borrowed for the call.
struct gw_place_query {
    const struct gw_scope *scope; // whose question it is; NULL: who sees everything
    const char *needle;           // folded (map/place_words.h), not empty
    bool has_kind;
    enum gw_place_kind kind;
    enum gw_place_group group;
    const char *division; // code: it and all below it
    const char *cell;     // likewise
    const char *department;
    bool has_box;
    struct gw_box box;
    const struct gw_point *polygon;
    size_t polygon_points;
    bool has_near; // the nearest first, up to radius_m; goes without a cursor
    struct gw_point near;
    double radius_m;              // 0: however far
    size_t limit;                 // 1 to GW_PLACES_LIMIT_MAX
    struct gw_place_cursor after; // zero: from the beginning
};

struct gw_place_answer {
    size_t count;
    bool more;                   // there are others; except by `near` from `next` on
    bool cut;                    // GW_PLACES_LOOKED_MAX: narrow it down
    struct gw_place_cursor next; // with more
};

// Calls `on_place` with each place of the answer: by how the text fits (names that are
// it, that begin with it, that have it, addresses that have it), then in the order in
// which they came in; or by distance, which is NAN without `near`. All are of one moment.
// The place is borrowed for the call. Returns 0, the negative errno by which on_place
// ended it, or an error.
int gw_places_ask(struct gw_places *places, const struct gw_place_query *query,
                  int (*on_place)(void *arg, const struct gw_place *place,
                                  double distance_m),
                  void *arg, struct gw_place_answer *ret_answer);

#endif
