// Cameras, divisions, departments and grid cells: kept in SQLite, answered from
// an immutable snapshot in memory.
//
// One thread of its own (the store thread) writes; nothing else waits for the
// disk. Other processes may write the same data directory (`gridwall import`):
// the store thread notices and makes a new snapshot.
#ifndef GW_MAP_REGISTRY_H
#define GW_MAP_REGISTRY_H

#include "map/account_edit.h"
#include "map/editor.h"
#include "map/scope.h"
#include "map/snapshot.h"
#include "map/store_sessions.h"

#include <stdint.h>

struct gw_accounts; // map/accounts.h

struct gw_registry;

// The directory cannot be used: a sentence for the operator that says what,
// where and how to mend it, in `ret_error` (at least GW_REGISTRY_ERROR_MAX bytes).
enum { GW_REGISTRY_ERROR_MAX = 512 };

enum { GW_REGISTRY_WAITING_MAX = 4096 }; // writes that wait; more are refused

// A camera as it is written. Strings borrowed for the call, NULL = not given.
struct gw_camera_edit {
    const char *id; // required
    const char *name;
    double lon, lat; // degrees, WGS-84; NAN = not given
    const char *division;
    const char *department;
    const char *cell; // NULL: found by position
    const char *url_main;
    const char *url_sub;
    const char *pull;                  // "on_demand", "always" or "warm"
    const char *kind;                  // a name of map/camera_record.h
    const struct gw_camera_pose *pose; // likewise NULL; NAN in it = that is not given
    const char *tags;                  // words between commas, see map/labels.h
    const char *groups;
    const char *address;
    const char *details[GW_DETAILS];
};

// What became of a write. Called on the store thread, after it is on disk.
struct gw_registry_result {
    int error; // 0, -ECANCELED, -EEXIST, -ENOENT, -ESTALE, -EALREADY, -EPERM, -EINVAL,
               // -ENOSPC, -EIO
    int64_t revision;      // of a cell that was written
    bool created;          // likewise: there was none
    bool same;             // without an error: it was so already
    const char *field;     // with -EINVAL: which one; else NULL
    char en[256], zh[256]; // with an error: what to tell the operator
};
typedef void gw_registry_done(void *arg, const struct gw_registry_result *result);

struct gw_registry_config {
    const char *dir;
    const char *key_file; // of stream addresses; NULL: the directory's
    // Called on the store thread after each new snapshot; may be NULL.
    void (*on_change)(void *arg);
    void *arg;
};

// Opens or creates the registry, migrates it, reads the first snapshot and starts the
// store thread. The strings of `config` are copied.
// Returns 0 or negative errno, with the words in `ret_error`.
int gw_registry_open(const struct gw_registry_config *config,
                     struct gw_registry **ret_registry,
                     char ret_error[GW_REGISTRY_ERROR_MAX]);

// A reference to the current snapshot; the caller unrefs it. Any thread.
struct gw_snapshot *gw_registry_snapshot(struct gw_registry *reg);

// A reference to who may come in, likewise.
struct gw_accounts *gw_registry_accounts(struct gw_registry *reg);

// Writes that the disk or another writer kept from being stored, since it was opened. Any
// thread.
uint64_t gw_registry_writes_failed(struct gw_registry *reg);

// Queued to the store thread; `done` is always called. Any thread. Strings are
// copied. Returns 0, -ENOMEM, or -EBUSY when too many writes wait (then `done`
// is not called).
//
// REPLACE creates a camera where the precondition says that there must be none.
enum gw_write_mode { GW_WRITE_CREATE, GW_WRITE_REPLACE, GW_WRITE_PATCH };
int gw_registry_write_camera(struct gw_registry *reg, enum gw_write_mode mode,
                             const struct gw_camera_edit *edit,
                             const struct gw_editor *editor, gw_registry_done *done,
                             void *arg);
int gw_registry_delete_camera(struct gw_registry *reg, const char *id,
                              const struct gw_editor *editor, gw_registry_done *done,
                              void *arg);

// Several writes in one transaction, with one new snapshot; the hooks (required) are told
// of each, by its place in `parts`. What is refused changes nothing; the others are done,
// or with `atomic` none is: -ECANCELED. With `dry` they are told what would be done, and
// nothing is. `when` of the editor does not count, each part has its own.
struct gw_bulk_part {
    enum gw_bulk_op {
        GW_BULK_CREATE,
        GW_BULK_REPLACE,
        GW_BULK_PATCH,
        GW_BULK_DELETE,
    } op;
    struct gw_camera_edit edit; // DELETE: its id
    struct gw_precondition when;
};
enum { GW_BULK_MAX = 10000 }; // parts: some 20 MB, and a second of the store's time
struct gw_bulk {
    const struct gw_bulk_part *parts;
    size_t count;
    bool atomic;
    bool dry;
};
int gw_registry_write_many(struct gw_registry *reg, const struct gw_bulk *bulk,
                           const struct gw_editor *editor, gw_registry_done *done,
                           void *arg);

// Adds or overwrites a cell, or removes the one of that code, and finds the cells of all
// cameras anew. `cell` is as map/geojson.h hands it out. The editor's scope and hooks do
// not count: who draws cells moves everybody's cameras.
int gw_registry_write_cell(struct gw_registry *reg, const struct gw_cell *cell,
                           bool removes, const struct gw_editor *editor,
                           gw_registry_done *done, void *arg);

// Brings back a camera that was deleted within 90 days, with its own number. Also
// -EEXIST: there is a camera with this id again. Whose a removed camera is nobody can
// tell any more: an editor with a scope gets -ENOENT.
int gw_registry_restore_camera(struct gw_registry *reg, const char *id,
                               const struct gw_editor *editor, gw_registry_done *done,
                               void *arg);

// Adds the first administrator, a user, if there is none who may sign in yet; else
// -EEXIST. The account's strings are copied; `address` as of a gw_editor.
int gw_registry_found(struct gw_registry *reg, const struct gw_account *account,
                      const char *address, gw_registry_done *done, void *arg);

// Carries out a change of an account (map/account_edit.h), whose strings are copied;
// who does it counts of `editor`, and from where. Refusals: -EEXIST, -ENOENT, -ENOBUFS,
// -EPERM.
int gw_registry_write_account(struct gw_registry *reg, enum gw_account_verb verb,
                              const struct gw_account_edit *edit,
                              const struct gw_editor *editor, gw_registry_done *done,
                              void *arg);

// Likewise, keeps what becomes of a session, without a new snapshot; the digest is
// copied.
int gw_registry_write_session(struct gw_registry *reg, enum gw_session_verb verb,
                              const struct gw_kept_session *session,
                              gw_registry_done *done, void *arg);

// Likewise, adds minutes of the norms to what is kept, without a new snapshot. `hour` is
// borrowed until `done` is called.
struct gw_norm_hour;
int gw_registry_add_norms(struct gw_registry *reg, const struct gw_norm_hour *hour,
                          gw_registry_done *done, void *arg);

// ---- the audit log ----

// Has an entry written into the audit log, within half a second, at once with whatever
// else is written; `seq` is the log's to give. Copied. Returns its ticket, or 0 when too
// many wait: that is counted, and the count is written in its place. Any thread; waits
// for nothing.
struct gw_audit_entry; // map/audit.h
uint64_t gw_registry_note(struct gw_registry *reg, const struct gw_audit_entry *entry);

// Waits until the entry of that ticket is on disk. Returns 0, or -EIO when it could not
// be written so far: it is tried again, nobody has to wait for it. Not on a shard's
// thread, nor on the store thread.
int gw_registry_await_note(struct gw_registry *reg, uint64_t ticket);

// How many days entries are kept, from GW_AUDIT_DAYS_MIN on (map/audit_writer.h).
void gw_registry_keep_audit(struct gw_registry *reg, uint64_t days);

struct gw_registry_audit_stats {
    uint64_t written;
    uint64_t waiting;
    uint64_t lost;     // found no room
    uint64_t failures; // transactions that failed; what was in them waits
};
void gw_registry_audit_stats(struct gw_registry *reg,
                             struct gw_registry_audit_stats *ret_stats);

// Finishes what is queued, stops the thread and closes the database. NULL is
// allowed.
void gw_registry_close(struct gw_registry *reg);

#endif
