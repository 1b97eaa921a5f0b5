#include "map/store_audit.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "map/sql.h"
#include "map/store_internal.h"

// ---- the head ----

int gw_store_audit_begin(struct gw_store_audit *audit, const char *dir)
{
    if (!dir)
        return 0;
    audit->dir = strdup(dir);
    int r = audit->dir ? gw_audit_key_read(dir, &audit->key) : -ENOMEM;
    audit->has_key = r == 0;
    return r == -ENOENT ? 0 : r;
}

void gw_store_audit_finish(struct gw_store_audit *audit)
{
    free(audit->dir);
    explicit_bzero(&audit->key, sizeof(audit->key));
}

static void read_blob(sqlite3_stmt *stmt, int column, void *ret, size_t len)
{
    const void *blob = sqlite3_column_blob(stmt, column);
    if (blob && (size_t)sqlite3_column_bytes(stmt, column) == len)
        memcpy(ret, blob, len);
    else
        memset(ret, 0, len);
}

int gw_audit_head_read(struct gw_store *store, struct gw_audit_head *ret_head)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_AUDIT_HEAD, &r);
    if (!stmt)
        return r;
    struct gw_audit_head head = { 0 };
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        head.base.seq = sqlite3_column_int64(stmt, 0);
        read_blob(stmt, 1, head.base.hash, sizeof(head.base.hash));
        head.end.seq = sqlite3_column_int64(stmt, 2);
        read_blob(stmt, 3, head.end.hash, sizeof(head.end.hash));
        read_blob(stmt, 4, head.key_id, sizeof(head.key_id));
        read_blob(stmt, 5, head.signature, sizeof(head.signature));
        head.is_signed = sqlite3_column_bytes(stmt, 5) > 0;
    }
    sqlite3_reset(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return gw_store_fault(store->db, rc);
    *ret_head = head; // without a row: as if nothing had been written
    return 0;
}

int gw_audit_head_sign(const struct gw_audit_head *head, const struct gw_audit_key *key,
                       uint8_t ret_signature[GW_SECRET_BYTES])
{
    uint8_t form[4 + 2 * (8 + GW_AUDIT_HASH) + GW_AUDIT_KEY_ID];
    struct gw_writer w = gw_writer_init(form, sizeof(form));
    gw_write_bytes(&w, "GWH1", 4);
    gw_write_u64(&w, (uint64_t)head->base.seq);
    gw_write_bytes(&w, head->base.hash, GW_AUDIT_HASH);
    gw_write_u64(&w, (uint64_t)head->end.seq);
    gw_write_bytes(&w, head->end.hash, GW_AUDIT_HASH);
    gw_write_bytes(&w, head->key_id, GW_AUDIT_KEY_ID);
    return gw_secret_sign(key->bytes, form, w.pos, ret_signature);
}

static int write_head(struct gw_store *store)
{
    struct gw_audit_head *head = &store->audit.head;
    int r = gw_audit_key_id(&store->audit.key, head->key_id);
    if (r == 0)
        r = gw_audit_head_sign(head, &store->audit.key, head->signature);
    sqlite3_stmt *stmt = r == 0 ? gw_store_stmt(store, GW_STMT_AUDIT_SEAL, &r) : NULL;
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, head->base.seq);
    sqlite3_bind_blob(stmt, 2, head->base.hash, GW_AUDIT_HASH, SQLITE_STATIC);
    sqlite3_bind_int64(stmt, 3, head->end.seq);
    sqlite3_bind_blob(stmt, 4, head->end.hash, GW_AUDIT_HASH, SQLITE_STATIC);
    sqlite3_bind_blob(stmt, 5, head->key_id, GW_AUDIT_KEY_ID, SQLITE_STATIC);
    sqlite3_bind_blob(stmt, 6, head->signature, GW_SECRET_BYTES, SQLITE_STATIC);
    return gw_store_run(stmt);
}

// The write lock is held: no other process makes a key at the same time and loses.
static int need_key(struct gw_store_audit *audit)
{
    if (audit->has_key || !audit->dir)
        return 0;
    int r = gw_audit_key_make(audit->dir, &audit->key);
    audit->has_key = r == 0;
    return r;
}

int gw_store_audit_seal(struct gw_store *store)
{
    if (!store->audit.dirty)
        return 0;
    int r = need_key(&store->audit);
    return r < 0 ? r : write_head(store);
}

// A crash before this is made good by the next commit.
void gw_store_audit_sealed(struct gw_store *store)
{
    struct gw_store_audit *audit = &store->audit;
    if (audit->dirty && audit->dir && !audit->key.used)
        audit->key.used = gw_audit_key_use(audit->dir) == 0;
}

void gw_store_audit_forget(struct gw_store *store)
{
    store->audit.open = false;
    store->audit.dirty = false;
}

// ---- entries in ----

static int insert(struct gw_store *store, struct gw_audit_entry *e)
{
    enum { FIRST_TEXT = 4 };
    struct gw_audit_head *head = &store->audit.head;
    uint8_t hash[GW_AUDIT_HASH];
    int r = 0;
    e->seq = head->end.seq + 1;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_AUDIT_ADD, &r);
    if (stmt)
        r = gw_audit_hash(head->end.hash, e, hash);
    if (r < 0)
        return r;
    sqlite3_bind_int64(stmt, 1, e->seq);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)e->at_ms);
    sqlite3_bind_int64(stmt, 3, e->change);
    for (size_t i = 0; i < GW_AUDIT_TEXTS; i++)
        sqlite3_bind_text(stmt, FIRST_TEXT + (int)i, gw_audit_text(e, i),
                          (int)gw_audit_text_len(e, i), SQLITE_STATIC);
    sqlite3_bind_blob(stmt, FIRST_TEXT + GW_AUDIT_TEXTS, hash, GW_AUDIT_HASH,
                      SQLITE_STATIC);
    r = gw_store_run(stmt);
    if (r < 0)
        return r;
    head->end.seq = e->seq;
    memcpy(head->end.hash, hash, GW_AUDIT_HASH);
    store->audit.dirty = true;
    return 0;
}

// The last entry that is there, whatever the head says; seq 0: none.
static int last_row(struct gw_store *store, struct gw_audit_anchor *ret_last)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_AUDIT_LAST, &r);
    if (!stmt)
        return r;
    *ret_last = (struct gw_audit_anchor) { 0 };
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        ret_last->seq = sqlite3_column_int64(stmt, 0);
        read_blob(stmt, 1, ret_last->hash, sizeof(ret_last->hash));
    }
    sqlite3_reset(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : gw_store_fault(store->db, rc);
}

static bool is_ours(const struct gw_store_audit *audit)
{
    uint8_t id[GW_AUDIT_KEY_ID];
    return gw_audit_key_id(&audit->key, id) == 0 &&
           memcmp(id, audit->head.key_id, sizeof(id)) == 0;
}

static bool is_as_signed(const struct gw_store_audit *audit)
{
    uint8_t signature[GW_SECRET_BYTES];
    return gw_audit_head_sign(&audit->head, &audit->key, signature) == 0 &&
           memcmp(signature, audit->head.signature, sizeof(signature)) == 0;
}

static int note(struct gw_store *store, const char *action, const char *details,
                uint64_t now_ms)
{
    struct gw_audit_entry e = { .at_ms = now_ms,
                                .who = "engine",
                                .address = "",
                                .session = "",
                                .action = action,
                                .subject = "",
                                .outcome = "ok",
                                .details = details };
    return insert(store, &e);
}

// Reads the head for this transaction. What is wrong with it must not become right by
// our signing what comes: it is told in the log itself.
static int open_log(struct gw_store *store, uint64_t now_ms)
{
    struct gw_store_audit *audit = &store->audit;
    char details[128];
    struct gw_audit_anchor last = { 0 };
    int r = gw_audit_head_read(store, &audit->head);
    if (r == 0)
        r = last_row(store, &last);
    if (r < 0)
        return r;
    audit->open = true;
    int64_t said = audit->head.end.seq;
    bool other_key = audit->head.is_signed && !is_ours(audit);
    bool broken =
        last.seq > said || (audit->head.is_signed ? !other_key && !is_as_signed(audit)
                                                  : audit->key.used || said > 0);
    if (last.seq > said)
        audit->head.end = last; // what is there keeps its numbers
    if (broken) {
        snprintf(details, sizeof(details),
                 "{\"end_said\":%" PRId64 ",\"last_entry\":%" PRId64 "}", said, last.seq);
        r = note(store, "audit_broken", details, now_ms);
    }
    if (r == 0 && other_key)
        r = note(store, "audit_key_changed", "", now_ms);
    return r;
}

int gw_store_add_audit(struct gw_store *store, const struct gw_audit_entry *entry)
{
    struct gw_audit_entry e = *entry;
    int r = store->audit.open ? 0 : open_log(store, e.at_ms);
    return r < 0 ? r : insert(store, &e);
}

int gw_store_audit_change(struct gw_store *store, const struct gw_author *author,
                          const char *subject, const struct gw_change *change)
{
    char action[GW_AUDIT_ACTION_MAX + 1], details[96], hex[GW_SECRET_TEXT];
    uint8_t digest[GW_AUDIT_HASH];
    int r = gw_change_digest(subject, change, digest);
    if (r < 0)
        return r;
    gw_secret_hex(digest, hex);
    snprintf(action, sizeof(action), "%s_%s", subject, change->action);
    snprintf(details, sizeof(details), "{\"sha256\":\"%s\"}", hex);
    return gw_store_add_audit(
        store,
        &(struct gw_audit_entry) { .at_ms = change->at_ms,
                                   .who = change->author,
                                   .address = author->address ? author->address : "",
                                   .session = author->session ? author->session : "",
                                   .action = action,
                                   .subject = change->id,
                                   .outcome = "ok",
                                   .change = change->seq,
                                   .details = details });
}

static void write_text(struct gw_writer *w, const char *text)
{
    size_t len = strlen(text);
    gw_write_u32(w, (uint32_t)len);
    gw_write_bytes(w, text, len);
}

// The records may be long: they stand in by their own digests.
int gw_change_digest(const char *subject, const struct gw_change *change,
                     uint8_t ret_digest[GW_AUDIT_HASH])
{
    uint8_t form[1024], records[2][GW_AUDIT_HASH];
    struct gw_writer w = gw_writer_init(form, sizeof(form));
    int r = gw_secret_sha256(change->before, strlen(change->before), records[0]);
    if (r == 0)
        r = gw_secret_sha256(change->after, strlen(change->after), records[1]);
    if (r < 0)
        return r;
    gw_write_bytes(&w, "GWC1", 4);
    gw_write_u64(&w, (uint64_t)change->seq);
    gw_write_u64(&w, change->at_ms);
    write_text(&w, change->author);
    write_text(&w, subject);
    write_text(&w, change->id);
    write_text(&w, change->action);
    gw_write_bytes(&w, records, sizeof(records));
    return w.failed ? -EMSGSIZE : gw_secret_sha256(form, w.pos, ret_digest);
}

// ---- giving up what is old ----

struct old {
    struct gw_audit_anchor last;
    uint64_t from_ms, to_ms;
    size_t count;
};

static int find_old(struct gw_store *store, uint64_t before_ms, struct old *ret_old)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_AUDIT_OLDEST, &r);
    if (!stmt)
        return r;
    struct old old = { 0 };
    int rc;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && old.count < GW_AUDIT_PRUNE_MAX) {
        uint64_t at_ms = (uint64_t)sqlite3_column_int64(stmt, 1);
        if (at_ms >= before_ms)
            break;
        old.from_ms = old.count++ ? old.from_ms : at_ms;
        old.to_ms = at_ms;
        old.last.seq = sqlite3_column_int64(stmt, 0);
        read_blob(stmt, 2, old.last.hash, sizeof(old.last.hash));
    }
    sqlite3_reset(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return gw_store_fault(store->db, rc);
    *ret_old = old;
    return 0;
}

static int drop(struct gw_store *store, int64_t last)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_AUDIT_DROP, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, last);
    return gw_store_run(stmt);
}

int gw_store_prune_audit(struct gw_store *store, uint64_t before_ms, uint64_t now_ms,
                         size_t *ret_count)
{
    char place[GW_AUDIT_ANCHOR_TEXT], details[128];
    struct old old;
    int r = find_old(store, before_ms, &old);
    if (r < 0)
        return r;
    if (old.count > 0) {
        gw_audit_anchor_write(&old.last, place);
        snprintf(details, sizeof(details),
                 "{\"entries\":%zu,\"from_ms\":%" PRIu64 ",\"to_ms\":%" PRIu64 "}",
                 old.count, old.from_ms, old.to_ms);
        r = gw_store_add_audit(store, &(struct gw_audit_entry) { .at_ms = now_ms,
                                                                 .who = "engine",
                                                                 .address = "",
                                                                 .session = "",
                                                                 .action = "audit_pruned",
                                                                 .subject = place,
                                                                 .outcome = "ok",
                                                                 .details = details });
        store->audit.head.base = old.last;
        // The trigger that keeps entries asks the head.
        if (r == 0)
            r = gw_store_audit_seal(store);
        if (r == 0)
            r = drop(store, old.last.seq);
    }
    if (r == 0)
        *ret_count = old.count;
    return r;
}

// ---- entries out ----

int gw_store_audit_end(struct gw_store *store, struct gw_audit_anchor *ret_end)
{
    struct gw_audit_head head;
    int r = gw_audit_head_read(store, &head);
    if (r == 0)
        *ret_end = head.end;
    return r;
}

void gw_audit_row(struct sqlite3_stmt *stmt, struct gw_audit_entry *ret_entry)
{
    bool has_hash = sqlite3_column_bytes(stmt, 10) == GW_AUDIT_HASH;
    *ret_entry = (struct gw_audit_entry) {
        .seq = sqlite3_column_int64(stmt, 0),
        .at_ms = (uint64_t)sqlite3_column_int64(stmt, 1),
        .change = sqlite3_column_int64(stmt, 2),
        .who = gw_sql_text(stmt, 3),
        .address = gw_sql_text(stmt, 4),
        .session = gw_sql_text(stmt, 5),
        .action = gw_sql_text(stmt, 6),
        .subject = gw_sql_text(stmt, 7),
        .outcome = gw_sql_text(stmt, 8),
        .details = gw_sql_text(stmt, 9),
        .hash = has_hash ? sqlite3_column_blob(stmt, 10) : NULL,
    };
}

static bool fits(const struct gw_audit_query *q, const struct gw_audit_entry *e)
{
    return (!q->who || strcmp(q->who, e->who) == 0) &&
           (!q->subject || strcmp(q->subject, e->subject) == 0) &&
           (!q->action || strcmp(q->action, e->action) == 0);
}

// Each question goes along an index, newest first, from the place where it begins.
static sqlite3_stmt *ask(struct gw_store *store, const struct gw_audit_query *q,
                         int *ret_error)
{
    enum gw_store_stmt which = q->subject ? GW_STMT_AUDIT_OF_SUBJECT
                               : q->who   ? GW_STMT_AUDIT_OF_WHO
                                          : GW_STMT_AUDIT_EACH;
    sqlite3_stmt *stmt = gw_store_stmt(store, which, ret_error);
    if (!stmt)
        return NULL;
    bool later = q->before_seq > 0 && (!q->to_ms || q->before_ms < q->to_ms);
    sqlite3_int64 to_ms = q->to_ms ? (sqlite3_int64)q->to_ms : INT64_MAX;
    sqlite3_bind_int64(stmt, 1, later ? (sqlite3_int64)q->before_ms : to_ms);
    sqlite3_bind_int64(stmt, 2, later ? q->before_seq : 0);
    sqlite3_bind_int64(stmt, 3, (sqlite3_int64)q->from_ms);
    if (q->subject || q->who)
        sqlite3_bind_text(stmt, 4, q->subject ? q->subject : q->who, -1,
                          SQLITE_TRANSIENT);
    return stmt;
}

int gw_store_each_audit(struct gw_store *store, const struct gw_audit_query *query,
                        int (*on_row)(void *arg, const struct gw_audit_entry *row),
                        void *arg, struct gw_audit_place *ret_next)
{
    struct gw_audit_place last = { 0 };
    size_t found = 0, seen = 0;
    int r = 0, rc = SQLITE_DONE;
    sqlite3_stmt *stmt = ask(store, query, &r);
    if (!stmt)
        return r;
    while (r == 0 && found < query->limit && seen < GW_AUDIT_SCAN_MAX &&
           (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_audit_entry row;
        gw_audit_row(stmt, &row);
        last = (struct gw_audit_place) { row.at_ms, row.seq };
        seen++;
        if (!fits(query, &row))
            continue;
        found++;
        r = on_row(arg, &row);
    }
    sqlite3_reset(stmt);
    if (r != 0)
        return r;
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return gw_store_fault(store->db, rc);
    *ret_next = rc == SQLITE_ROW ? last : (struct gw_audit_place) { 0 };
    return 0;
}
