#include "map/audit_verify.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/store_audit.h"
#include "map/store_internal.h"

enum { PROGRESS_EVERY = 65536 };

struct fault {
    const char *name;
    struct gw_text text;
};

static const struct fault faults[GW_AUDIT_FAULTS] = {
    [GW_AUDIT_GOOD] = { "good", { "the log is whole", "日志完整" } },
    [GW_AUDIT_ALTERED] = { "altered",
                           { "entry %lld is not what was written: it, or the hash of the "
                             "entry before it, was altered",
                             "第 %lld 条与写入时不符：该条或其前一条的散列被篡改" } },
    [GW_AUDIT_MISSING] = { "missing", { "entry %lld is missing", "第 %lld 条缺失" } },
    [GW_AUDIT_CUT] = { "cut",
                       { "entry %lld and all behind it are missing: the end of the log "
                         "was cut off",
                         "第 %lld 条及其后的条目缺失：日志末尾被截断" } },
    [GW_AUDIT_UNSIGNED] = { "unsigned",
                            { "entry %lld was added by somebody who could not sign the "
                              "end of the log",
                              "第 %lld 条由无签名权者添加" } },
    [GW_AUDIT_HEAD] = { "head",
                        { "the end of the log, said to be entry %lld, is not what was "
                          "signed",
                          "日志末尾（自称第 %lld 条）与签名不符" } },
    [GW_AUDIT_EMPTIED] = { "emptied",
                           { "the key of the log has been used, but no entry from %lld "
                             "on: it "
                             "was emptied",
                             "日志密钥已使用过，但自第 %lld "
                             "条起没有任何条目：日志被清空" } },
    [GW_AUDIT_BEGINNING] = { "beginning",
                             { "entries up to %lld are gone, and no entry tells that "
                               "they were given up",
                               "第 %lld 条及之前的条目缺失，且没有清理记录" } },
    [GW_AUDIT_CHANGE] = { "change",
                          { "the change that entry %lld tells of is not in the list of "
                            "changes as it was",
                            "第 %lld 条所指的变更记录已被改动或删除" } },
    [GW_AUDIT_TOLD] = { "told",
                        { "entry %lld says that the end of the log was found broken "
                          "there",
                          "第 %lld 条记载：当时发现日志末尾已损坏" } },
    [GW_AUDIT_NOT_ANCHOR] = { "not_anchor",
                              { "entry %lld is not the one that the anchor was taken of",
                                "第 %lld 条与所给锚点不符" } },
};

const char *gw_audit_fault_name(enum gw_audit_fault fault)
{
    return faults[fault].name;
}

struct gw_text gw_audit_fault_text(enum gw_audit_fault fault)
{
    return faults[fault].text;
}

// On the way through the entries.
struct walk {
    struct gw_store *store;
    const struct gw_audit_check *check;
    struct gw_audit_head head;
    struct gw_audit_anchor pruned; // the last place that an entry says was given up to
    struct gw_audit_verdict *v;
    size_t total; // about
};

static void find(struct walk *w, enum gw_audit_fault fault, int64_t seq)
{
    if (w->v->fault != GW_AUDIT_GOOD)
        return;
    w->v->fault = fault;
    w->v->fault_seq = seq;
}

// Longer than what is written, or with a NUL within: the form would not show it.
static bool is_whole(sqlite3_stmt *stmt, const struct gw_audit_entry *e)
{
    enum { FIRST_TEXT = 3 };
    for (size_t i = 0; i < GW_AUDIT_TEXTS; i++)
        if (gw_audit_text_len(e, i) !=
            (size_t)sqlite3_column_bytes(stmt, FIRST_TEXT + (int)i))
            return false;
    return true;
}

// A text of a change; one with a NUL within is none of ours.
static const char *text_of(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    bool whole = text && strlen(text) == (size_t)sqlite3_column_bytes(stmt, column);
    return whole ? text : NULL;
}

static bool is_change(sqlite3_stmt *stmt, const char *details)
{
    enum { FIRST_TEXT = 2, TEXTS = 6 };
    char hex[GW_SECRET_TEXT], want[96];
    uint8_t digest[GW_AUDIT_HASH];
    const char *text[TEXTS];
    for (int i = 0; i < TEXTS; i++)
        if (!(text[i] = text_of(stmt, FIRST_TEXT + i)))
            return false;
    const struct gw_change change = {
        .seq = sqlite3_column_int64(stmt, 0),
        .at_ms = (uint64_t)sqlite3_column_int64(stmt, 1),
        .author = text[0],
        .id = text[1],
        .action = text[2],
        .before = text[3],
        .after = text[4],
    };
    if (gw_change_digest(text[5], &change, digest) < 0)
        return false;
    gw_secret_hex(digest, hex);
    snprintf(want, sizeof(want), "{\"sha256\":\"%s\"}", hex);
    return strcmp(want, details) == 0;
}

static int check_change(struct walk *w, const struct gw_audit_entry *e)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(w->store, GW_STMT_CHANGE_FIND, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, e->change);
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_DONE || (rc == SQLITE_ROW && !is_change(stmt, e->details)))
        find(w, GW_AUDIT_CHANGE, e->seq);
    sqlite3_reset(stmt);
    w->v->changes++;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : gw_store_error(rc);
}

static void check_anchors(struct walk *w, const struct gw_audit_anchor *place)
{
    for (size_t i = 0; i < w->check->anchor_count; i++) {
        const struct gw_audit_anchor *a = &w->check->anchors[i];
        if (a->seq == place->seq && memcmp(a->hash, place->hash, GW_AUDIT_HASH) != 0)
            find(w, GW_AUDIT_NOT_ANCHOR, a->seq);
    }
}

static int check_meaning(struct walk *w, const struct gw_audit_entry *e)
{
    if (strcmp(e->action, "audit_broken") == 0)
        find(w, GW_AUDIT_TOLD, e->seq);
    if (strcmp(e->action, "audit_pruned") == 0)
        (void)gw_audit_anchor_read(e->subject, &w->pruned);
    return e->change ? check_change(w, e) : 0;
}

// Returns 1 to go on, 0 at the first fault, or an error.
static int check_row(struct walk *w, sqlite3_stmt *stmt)
{
    struct gw_audit_verdict *v = w->v;
    struct gw_audit_entry e;
    uint8_t hash[GW_AUDIT_HASH];

    gw_audit_row(stmt, &e);
    if (e.seq != v->end.seq + 1) {
        find(w, GW_AUDIT_MISSING, v->end.seq + 1);
        return 0;
    }
    int r = gw_audit_hash(v->end.hash, &e, hash);
    if (r < 0)
        return r;
    if (!e.hash || !is_whole(stmt, &e) || memcmp(e.hash, hash, sizeof(hash)) != 0) {
        find(w, GW_AUDIT_ALTERED, e.seq);
        return 0;
    }
    v->end.seq = e.seq;
    memcpy(v->end.hash, hash, sizeof(hash));
    check_anchors(w, &v->end);
    r = check_meaning(w, &e);
    if (r < 0 || v->fault != GW_AUDIT_GOOD)
        return r;
    v->from_ms = v->entries++ ? v->from_ms : e.at_ms;
    v->to_ms = e.at_ms;
    v->first_seq = v->first_seq ? v->first_seq : e.seq;
    v->last_seq = e.seq;
    if (w->check->on_progress && v->entries % PROGRESS_EVERY == 0)
        w->check->on_progress(w->check->arg, v->entries, w->total);
    return 1;
}

static int walk(struct walk *w)
{
    int r = 0;
    int rc = SQLITE_ROW;
    sqlite3_stmt *stmt = gw_store_stmt(w->store, GW_STMT_AUDIT_WALK, &r);
    if (!stmt)
        return r;
    w->v->end = w->head.base;
    for (r = 1; r > 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW;)
        r = check_row(w, stmt);
    sqlite3_reset(stmt);
    if (r < 0)
        return r;
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : gw_store_error(rc);
}

// What the signature says; without the key nobody can tell.
static int check_signature(struct walk *w)
{
    const struct gw_store_audit *audit = &w->store->audit;
    uint8_t id[GW_AUDIT_KEY_ID], signature[GW_SECRET_BYTES];
    bool can = audit->has_key || !audit->dir; // in memory: with the key of nobody
    w->v->has_key = can;
    if (!can)
        return 0;
    if (!w->head.is_signed) {
        if (audit->key.used)
            find(w, GW_AUDIT_EMPTIED, w->v->end.seq + 1);
        return 0;
    }
    int r = gw_audit_key_id(&audit->key, id);
    if (r == 0)
        r = gw_audit_head_sign(&w->head, &audit->key, signature);
    if (r < 0)
        return r;
    w->v->other_key = memcmp(id, w->head.key_id, sizeof(id)) != 0;
    if (!w->v->other_key && memcmp(signature, w->head.signature, sizeof(signature)) != 0)
        find(w, GW_AUDIT_HEAD, w->head.end.seq);
    return 0;
}

static void check_ends(struct walk *w)
{
    const struct gw_audit_anchor *end = &w->head.end, *base = &w->head.base;
    const struct gw_audit_anchor *last = &w->v->end;
    if (last->seq < end->seq)
        find(w, GW_AUDIT_CUT, last->seq + 1);
    if (last->seq > end->seq)
        find(w, GW_AUDIT_UNSIGNED, end->seq + 1);
    if (memcmp(last->hash, end->hash, GW_AUDIT_HASH) != 0)
        find(w, GW_AUDIT_HEAD, end->seq);
    bool told = w->pruned.seq == base->seq &&
                memcmp(w->pruned.hash, base->hash, GW_AUDIT_HASH) == 0;
    if (base->seq > 0 && !told)
        find(w, GW_AUDIT_BEGINNING, base->seq);
    for (size_t i = 0; i < w->check->anchor_count; i++)
        if (w->check->anchors[i].seq > last->seq)
            find(w, GW_AUDIT_CUT, last->seq + 1);
}

static int verify(struct walk *w)
{
    int r = gw_audit_head_read(w->store, &w->head);
    if (r < 0)
        return r;
    w->v->pruned = (size_t)w->head.base.seq;
    w->total = (size_t)(w->head.end.seq - w->head.base.seq);
    r = walk(w);
    if (r == 0 && w->v->fault == GW_AUDIT_GOOD)
        check_ends(w);
    return r < 0 ? r : check_signature(w);
}

int gw_audit_verify(struct gw_store *store, const struct gw_audit_check *check,
                    struct gw_audit_verdict *ret_verdict)
{
    struct gw_audit_verdict verdict = { 0 };
    struct walk w = { .store = store, .check = check, .v = &verdict };
    int r = gw_store_begin_read(store);
    if (r < 0)
        return r;
    r = verify(&w);
    gw_store_rollback(store);
    if (r == 0)
        *ret_verdict = verdict;
    return r;
}
