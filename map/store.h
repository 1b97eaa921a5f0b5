// The registry's tables in SQLite: rows in, rows out, transactions.
//
// One connection, one thread. Other connections, also of other processes, may
// work on the same directory: writers wait for each other, readers for nobody.
// A committed transaction survives a crash of the process and of the machine
// (WAL with synchronous=FULL, see docs/data-model.md).
#ifndef GW_MAP_STORE_H
#define GW_MAP_STORE_H

#include "map/snapshot.h"

#include <stdint.h>

struct gw_store;

enum {
    GW_STORE_ERROR_MAX = 512, // bytes of words for the operator
    // Another writer's transaction is waited for this long. An import of a
    // hundred thousand cameras takes a few seconds.
    GW_STORE_BUSY_MS = 15 * 1000,
};

// A camera as it is kept: what the snapshot shows, and where its cell is from.
struct gw_camera_row {
    struct gw_camera camera;
    bool cell_fixed;                 // the cell was given; else it is found by position
    bool unreadable[2];              // main, sub: "" here, for what is stored does not
                                     // open. Written back so, it stays as it is
    const char *details[GW_DETAILS]; // of a row that was read: camera.details is this
};

// Opens or creates DIR/gridwall.db, readable by its owner only (it holds camera
// passwords), and brings it to this program's schema. `dir` NULL: in memory, for
// trials that must leave nothing behind.
// Returns 0 or negative errno, with words in the terminal's language in
// `ret_error`.
int gw_store_open(const char *dir, struct gw_store **ret_store,
                  char ret_error[GW_STORE_ERROR_MAX]);

// Whether DIR holds a database already.
bool gw_store_exists(const char *dir);

// An unfinished transaction is rolled back. NULL is allowed.
void gw_store_close(struct gw_store *store);

// All functions below return 0 or
//   -ENOSPC  disk full             -EACCES  may not be read or written
//   -EBUSY   another writer for longer than GW_STORE_BUSY_MS
//   -EBADMSG the database is corrupt
//   -ENOMEM, -EIO
// After an error inside a transaction, roll it back.

// A write transaction. Writes outside of one are not allowed.
int gw_store_begin(struct gw_store *store);

// A read transaction: all tables as of one moment. End it with rollback.
int gw_store_begin_read(struct gw_store *store);

// On disk when it returns 0; rolled back when it fails.
int gw_store_commit(struct gw_store *store);
void gw_store_rollback(struct gw_store *store);

// Within a write transaction: marks this moment, and goes back to the last one marked.
int gw_store_savepoint(struct gw_store *store);
int gw_store_undo(struct gw_store *store);

// A number that differs from the last one when another connection has committed
// since. This connection's own commits do not change it.
int gw_store_data_version(struct gw_store *store, int64_t *ret_version);

// Also -ENOENT. The strings are borrowed until the next find of the same kind,
// or the end of the transaction.
int gw_store_find_camera(struct gw_store *store, const char *id,
                         struct gw_camera_row *ret_row);
int gw_store_find_division(struct gw_store *store, const char *code,
                           struct gw_division *ret_division);
int gw_store_find_cell(struct gw_store *store, const char *code,
                       struct gw_cell *ret_cell);

// Calls `on_row` for each record in order of its key; the row is borrowed for the
// call. Ends early with what on_row returns when that is not 0. All rows are of
// one moment.
int gw_store_each_camera(struct gw_store *store,
                         int (*on_row)(void *arg, const struct gw_camera_row *row),
                         void *arg);
int gw_store_each_division(struct gw_store *store,
                           int (*on_row)(void *arg, const struct gw_division *row),
                           void *arg);
int gw_store_each_cell(struct gw_store *store,
                       int (*on_row)(void *arg, const struct gw_cell *row), void *arg);
int gw_store_each_department(struct gw_store *store,
                             int (*on_row)(void *arg, const struct gw_department *row),
                             void *arg);

// Adds a camera (`num` is given by the store; -EEXIST when the id is taken), or
// overwrites the one with row->camera.num. A department that is not known yet is
// added. `now_ms` is Unix time.
int gw_store_insert_camera(struct gw_store *store, const struct gw_camera_row *row,
                           uint64_t now_ms);
int gw_store_update_camera(struct gw_store *store, const struct gw_camera_row *row,
                           uint64_t now_ms);

// Puts a camera into another cell, by position.
int gw_store_place_camera(struct gw_store *store, uint32_t num, const char *cell);

// Who writes, and when. The name is bounded by GW_AUTHOR_MAX.
struct gw_author {
    const char *name;
    uint64_t now_ms;     // Unix time
    const char *address; // that it came from, for the audit log; NULL: none
    const char *session; // likewise
};

// One entry of the list of changes, which is only added to.
struct gw_change {
    int64_t seq;
    uint64_t at_ms;
    const char *author;
    const char *id;     // of the camera
    const char *action; // "created", "changed", "removed", "restored"
    const char *before; // JSON, see map/change_json.h; "" where there was nothing
    const char *after;
};

enum { GW_CHANGES_PAGE = 100 };
#define GW_REMOVED_KEPT_MS (90ll * 24 * 3600 * 1000)

// Notes what became of a camera: NULL before, it is new; NULL after, it was removed.
int gw_store_note_camera(struct gw_store *store, const struct gw_author *author,
                         const struct gw_camera_row *before,
                         const struct gw_camera_row *after);
// Likewise of a cell.
int gw_store_note_cell(struct gw_store *store, const struct gw_author *author,
                       const struct gw_cell *before, const struct gw_cell *after);
int gw_store_note_restored(struct gw_store *store, const struct gw_author *author,
                           const char *id);

// The newest GW_CHANGES_PAGE, newest first; of one camera or (`id` NULL) all; those
// before entry `before_seq` where that is above 0. As the other gw_store_each_ functions.
int gw_store_each_change(struct gw_store *store, const char *id, int64_t before_seq,
                         int (*on_row)(void *arg, const struct gw_change *row),
                         void *arg);

// -ENOENT when there is no such camera. It can be restored for GW_REMOVED_KEPT_MS; what
// was removed longer ago is forgotten, also its passwords.
int gw_store_delete_camera(struct gw_store *store, const char *id, uint64_t now_ms);

// Brings back the camera with that id that was removed last, under its own number.
// -ENOENT: none is kept; -EEXIST: there is a camera with this id again.
int gw_store_restore_camera(struct gw_store *store, const char *id, uint64_t now_ms);

// Adds or overwrites by code.
int gw_store_put_division(struct gw_store *store, const struct gw_division *division);
int gw_store_put_cell(struct gw_store *store, const struct gw_cell *cell);

// -ENOENT when there is none. What lies below it stays.
int gw_store_delete_cell(struct gw_store *store, const char *code);

#endif
