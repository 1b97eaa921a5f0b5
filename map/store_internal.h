// What the files of the store and migrations.c share; nobody else includes it.
#ifndef GW_MAP_STORE_INTERNAL_H
#define GW_MAP_STORE_INTERNAL_H

#include "map/seal.h"
#include "map/store.h"
#include "map/store_audit_internal.h"

struct gw_store_keys; // map/store_keys.c
struct sqlite3;
struct sqlite3_stmt;

// Prepared on first use, kept until the store is closed.
enum gw_store_stmt {
    GW_STMT_BEGIN,
    GW_STMT_BEGIN_READ,
    GW_STMT_COMMIT,
    GW_STMT_ROLLBACK,
    GW_STMT_SAVEPOINT,
    GW_STMT_UNDO,
    GW_STMT_DATA_VERSION,
    GW_STMT_REVISION_NEXT,
    GW_STMT_CAMERA_FIND,
    GW_STMT_CAMERA_EACH,
    GW_STMT_CAMERA_NEXT,
    GW_STMT_CAMERA_INSERT,
    GW_STMT_CAMERA_UPDATE,
    GW_STMT_CAMERA_DELETE,
    GW_STMT_CAMERA_PLACE,
    GW_STMT_CAMERA_REMOVE,
    GW_STMT_CAMERA_RESTORE,
    GW_STMT_REMOVED_DELETE,
    GW_STMT_REMOVED_FORGET,
    GW_STMT_CHANGE_ADD,
    GW_STMT_CHANGES,
    GW_STMT_CHANGES_OF,
    GW_STMT_ANSWER_FIND,
    GW_STMT_ANSWER_KEEP,
    GW_STMT_ANSWERS_FORGET,
    GW_STMT_ANSWERS_BOUND,
    GW_STMT_NORM_DAY_FIND,
    GW_STMT_NORM_DAY_PUT,
    GW_STMT_NORM_DAYS,
    GW_STMT_NORM_DAYS_FORGET,
    GW_STMT_NORM_MINUTES_FIND,
    GW_STMT_NORM_MINUTES_PUT,
    GW_STMT_NORM_MINUTES,
    GW_STMT_NORM_MINUTES_FORGET,
    GW_STMT_DIVISION_FIND,
    GW_STMT_DIVISION_EACH,
    GW_STMT_DIVISION_PUT,
    GW_STMT_CELL_FIND,
    GW_STMT_CELL_EACH,
    GW_STMT_CELL_PUT,
    GW_STMT_CELL_DELETE,
    GW_STMT_DEPARTMENT_EACH,
    GW_STMT_DEPARTMENT_PUT,
    GW_STMT_ACCOUNT_FIND,
    GW_STMT_ACCOUNT_EACH,
    GW_STMT_ACCOUNT_COUNT,
    GW_STMT_ACCOUNT_INSERT,
    GW_STMT_ACCOUNT_UPDATE,
    GW_STMT_ACCOUNT_DELETE,
    GW_STMT_SESSIONS,
    GW_STMT_SESSIONS_FORGET,
    GW_STMT_SESSIONS_TRIM,
    GW_STMT_SESSION_PUT,
    GW_STMT_SESSION_HEARD,
    GW_STMT_SESSION_DELETE,
    GW_STMT_AUDIT_HEAD,
    GW_STMT_AUDIT_SEAL,
    GW_STMT_AUDIT_ADD,
    GW_STMT_AUDIT_LAST,
    GW_STMT_AUDIT_OLDEST,
    GW_STMT_AUDIT_DROP,
    GW_STMT_AUDIT_EACH,
    GW_STMT_AUDIT_OF_WHO,
    GW_STMT_AUDIT_OF_SUBJECT,
    GW_STMT_AUDIT_WALK,
    GW_STMT_CHANGE_FIND,
    GW_STMT_SEALING_FIND,
    GW_STMT_SEALING_PUT,
    GW_STMTS,
};

struct gw_store {
    struct sqlite3 *db;
    struct sqlite3_stmt *stmts[GW_STMTS];
    struct gw_store_audit audit;
    char *dir;                  // NULL: in memory
    struct gw_store_keys *keys; // NULL: not unlocked
    int lock;                   // map/data_lock.h; -1: in memory
};

// An SQLite result code as one of our errors:
//   -ENOSPC  disk full             -EACCES  may not be read or written
//   -EBUSY   locked by another     -EBADMSG corrupt, or not a database
//   -ENOMEM                        -EEXIST  a constraint
//   -EIO     everything else
int gw_store_error(int rc);

// The same of what `db` met last: a file that cannot be made, or written, on a full disk
// is -ENOSPC too.
int gw_store_fault(struct sqlite3 *db, int rc);

// The statement, reset and without bindings. NULL when it cannot be prepared;
// the reason is in *ret_error.
struct sqlite3_stmt *gw_store_stmt(struct gw_store *store, enum gw_store_stmt which,
                                   int *ret_error);

// Counts on: the row that is written next has a revision that no row had before.
int gw_store_next_revision(struct gw_store *store);

// Adds an entry to the list of changes, and one to the audit log; `subject` is "camera",
// "cell", "user" or "token".
int gw_store_add_change(struct gw_store *store, const struct gw_author *author,
                        const char *subject, const struct gw_change *change);

// Runs a statement that answers nothing, then resets it. Returns 0 or as above.
int gw_store_run(struct sqlite3_stmt *stmt);

// A transaction begins: which key is in use, and how many addresses did not open, is
// asked anew.
void gw_store_keys_begin(struct gw_store *store);
void gw_store_keys_destroy(struct gw_store_keys *keys); // NULL is allowed

// Where a row's opened addresses lie: those of a row that was found stay while others are
// walked over.
enum gw_address_use { GW_ADDRESS_FOUND, GW_ADDRESS_WALKED, GW_ADDRESS_USES };

// Reads a stream address from a column; `sub` 0 or 1. One that was stored before
// addresses were sealed is read as it is, one that does not open is "" and counted.
// Borrowed until the next of the same use. Returns 0, 1 when it does not open,
// -EKEYREJECTED or -ENOMEM.
int gw_store_read_address(struct gw_store *store, struct sqlite3_stmt *stmt, int column,
                          enum gw_address_use use, struct gw_seal_place place,
                          const char **ret_url);

// Binds a stream address, sealed with the key in use. It lies in the store until the next
// one of the same stream is bound. Returns 0, -EKEYREJECTED, -EMSGSIZE, -EIO or -ENOMEM.
int gw_store_bind_address(struct gw_store *store, struct sqlite3_stmt *stmt, int index,
                          struct gw_seal_place place, const char *url);

#endif
