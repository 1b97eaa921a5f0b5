// What the store and the files of the audit log share; nobody else includes it.
#ifndef GW_MAP_STORE_AUDIT_INTERNAL_H
#define GW_MAP_STORE_AUDIT_INTERNAL_H

#include "map/audit.h"
#include "map/audit_key.h"

#include <stdbool.h>

struct gw_store;
struct sqlite3_stmt;

struct gw_audit_head {
    struct gw_audit_anchor base; // the last entry that was given up; seq 0: none was
    struct gw_audit_anchor end;  // the last entry
    bool is_signed;              // false: by a migration, before the first entry
    uint8_t key_id[GW_AUDIT_KEY_ID];
    uint8_t signature[GW_SECRET_BYTES];
};

// What a connection knows of the log.
struct gw_store_audit {
    char *dir; // NULL: in memory, with a key that is nobody's
    bool has_key;
    struct gw_audit_key key;
    bool open;  // `head` is that of this transaction
    bool dirty; // and has to be written
    struct gw_audit_head head;
};

// Reads the key, where there is one. Returns 0, or an error of gw_audit_key_read().
int gw_store_audit_begin(struct gw_store_audit *audit, const char *dir);
void gw_store_audit_finish(struct gw_store_audit *audit);

// Before a commit: signs and writes the head if entries were added. The second one is for
// behind it, when they are on disk. After a transaction is over, either way, what is
// known of the head is forgotten.
int gw_store_audit_seal(struct gw_store *store);
void gw_store_audit_sealed(struct gw_store *store);
void gw_store_audit_forget(struct gw_store *store);

int gw_audit_head_read(struct gw_store *store, struct gw_audit_head *ret_head);

// What of the head is signed.
int gw_audit_head_sign(const struct gw_audit_head *head, const struct gw_audit_key *key,
                       uint8_t ret_signature[GW_SECRET_BYTES]);

// A row of the columns in their order, borrowed until the statement's next step. A hash
// of another size is NULL.
void gw_audit_row(struct sqlite3_stmt *stmt, struct gw_audit_entry *ret_entry);

#endif
