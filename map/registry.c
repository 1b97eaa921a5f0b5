// The store thread:
//
//   waiting writes ──► one transaction ──► commit ──► new snapshot ──► done() each
//   entries of the audit log ──► with these, or a quarter of a second after the first
//   another process committed (data_version) ────────► new snapshot
//
// A write is done only when it is on disk and readers of the snapshot see it.
#include "map/registry.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/monitor.h"
#include "map/accounts.h"
#include "map/audit_writer.h"
#include "map/placing.h"
#include "map/registry_write.h"
#include "map/snapshot_builder.h"
#include "map/store.h"
#include "map/store_keys.h"
#include "map/store_words.h"

enum {
    POLL_MS = 1000,  // how often another process's commits are looked for
    BATCH_MAX = 256, // writes of one transaction
};

struct gw_registry {
    char *dir;
    void (*on_change)(void *arg);
    void *arg;
    pthread_t thread;
    bool started;

    struct gw_monitor monitor; // of all below
    pthread_cond_t noted;      // with its lock: what became of entries of the audit log
    bool closing;
    struct gw_registry_write *first;
    struct gw_registry_write **last; // where the next one is linked in
    size_t waiting;                  // with what they count for beside
    struct gw_snapshot *snapshot;
    struct gw_accounts *accounts;
    uint64_t writes_failed;
    struct gw_audit_writer audit; // but for what is the store thread's
    uint64_t audit_days;

    // Store thread only (before it starts: the opener).
    struct gw_store *store;
    struct gw_locator *locator; // NULL: cells may have changed, load it again
    int64_t data_version;
    bool stale;        // the snapshot is not what is stored: make it (again)
    int read_error;    // of the last attempt to make it, which was said
    int write_error;   // of the last transaction, likewise
    size_t unreadable; // addresses in it that did not open, which was said
};

// Somebody changed them in the file, or the disk did. Those cameras have no address.
static void tell_unreadable(struct gw_registry *reg)
{
    uint32_t camera;
    size_t n = gw_store_unreadable(reg->store, &camera);
    if (n > 0 && n != reg->unreadable)
        gw_log(GW_LOG_ERROR, "addresses_unreadable", "count=%zu camera_number=%u", n,
               camera);
    reg->unreadable = n;
}

// Publishes what the store holds now.
static int refresh(struct gw_registry *reg)
{
    struct gw_snapshot *fresh = NULL, *old = NULL;
    struct gw_accounts *accounts = NULL, *old_accounts = NULL;
    int r = gw_snapshot_read(reg->store, &fresh);
    if (r == 0)
        r = gw_accounts_read(reg->store, &accounts);
    reg->stale = r < 0;
    if (r < 0) {
        gw_snapshot_unref(&fresh);
        return r;
    }
    gw_monitor_enter(&reg->monitor);
    old = reg->snapshot;
    old_accounts = reg->accounts;
    reg->snapshot = fresh;
    reg->accounts = accounts;
    gw_monitor_leave(&reg->monitor);
    gw_snapshot_unref(&old);
    gw_accounts_unref(&old_accounts);
    tell_unreadable(reg);
    return 0;
}

// Said once, however often it is tried.
static void tell_read_error(struct gw_registry *reg, int error)
{
    char words[GW_STORE_ERROR_MAX];
    if (error < 0 && error != reg->read_error) {
        gw_store_words(error, reg->dir, GW_LANG_EN, words, sizeof(words));
        gw_log(GW_LOG_ERROR, "registry_read_failed", "error=\"%s\"", words);
    }
    reg->read_error = error;
}

static void refresh_and_tell(struct gw_registry *reg)
{
    int r = refresh(reg);
    tell_read_error(reg, r);
    if (r < 0)
        return;
    if (reg->on_change)
        reg->on_change(reg->arg);
}

static void forget_cells(struct gw_registry *reg)
{
    gw_locator_destroy(reg->locator);
    reg->locator = NULL;
}

// Whether another connection has committed since the last time. Reads of the
// version before the data: at worst one snapshot too many.
static bool changed_elsewhere(struct gw_registry *reg)
{
    int64_t version;
    if (gw_store_data_version(reg->store, &version) < 0 || version == reg->data_version)
        return false;
    reg->data_version = version;
    forget_cells(reg);
    return true;
}

// Carries one out; where it moved a cell, also finds out what is in it now.
static int apply_one(struct gw_registry *reg, struct gw_registry_write *w,
                     uint64_t now_ms)
{
    int r = gw_registry_write_apply(w, reg->store, reg->locator, reg->snapshot, now_ms);
    if (r < 0 || w->task != GW_TASK_CELL || w->result.error || w->result.same)
        return r;
    forget_cells(reg);
    r = gw_placing_load(reg->store, &reg->locator);
    return r < 0 ? r : gw_placing_repeat(reg->store, reg->locator);
}

static uint64_t monotonic_ms(void)
{
    return gw_clock_now_us() / GW_MS;
}

static int apply_all(struct gw_registry *reg, struct gw_registry_write *batch,
                     const struct gw_audit_queue *notes)
{
    uint64_t now_ms = gw_clock_unix_us() / GW_MS;
    int r = gw_store_begin(reg->store);
    if (r < 0)
        return r;
    // The write lock is held: cells cannot change any more.
    if (changed_elsewhere(reg))
        reg->stale = true;
    r = gw_audit_writer_apply(&reg->audit, notes, reg->store, now_ms, monotonic_ms());
    if (r == 0 && batch && !reg->locator)
        r = gw_placing_load(reg->store, &reg->locator);
    for (struct gw_registry_write *w = batch; w && r == 0; w = w->next)
        r = apply_one(reg, w, now_ms);
    if (r < 0)
        gw_store_rollback(reg->store);
    else
        r = gw_store_commit(reg->store);
    if (r < 0)
        forget_cells(reg); // they may be those that were rolled back
    return r;
}

static void finish_all(struct gw_registry *reg, struct gw_registry_write *batch,
                       int error)
{
    while (batch) {
        struct gw_registry_write *w = batch;
        batch = w->next;
        // What was refused stays refused; the rest is not on disk.
        if (error < 0 && w->result.error == 0)
            gw_registry_write_fail(w, error, reg->dir);
        w->done(w->arg, &w->result);
        gw_registry_write_destroy(w);
    }
}

static bool shows_in_snapshot(const struct gw_registry_write *batch)
{
    while (batch && (batch->task == GW_TASK_NORMS || batch->task == GW_TASK_SESSION))
        batch = batch->next;
    return batch;
}

static size_t length_of(const struct gw_registry_write *batch)
{
    size_t n = 0;
    for (; batch; batch = batch->next)
        n++;
    return n;
}

// Who asked is told each time; the log once, however long the disk is full.
static void note_outcome(struct gw_registry *reg, const struct gw_registry_write *batch,
                         int error)
{
    char words[GW_STORE_ERROR_MAX];
    if (error < 0) {
        gw_monitor_enter(&reg->monitor);
        reg->writes_failed += length_of(batch);
        gw_monitor_leave(&reg->monitor);
    }
    if (error < 0 && error != reg->write_error) {
        gw_store_words(error, reg->dir, GW_LANG_EN, words, sizeof(words));
        gw_log(GW_LOG_ERROR, "registry_write_failed", "error=\"%s\"", words);
    }
    if (error == 0 && reg->write_error < 0)
        gw_log(GW_LOG_INFO, "registry_writes_again", "dir=\"%s\"", reg->dir);
    reg->write_error = error;
}

static void finish_notes(struct gw_registry *reg, struct gw_audit_queue *notes, int error)
{
    if (error == 0)
        gw_audit_writer_anchor(&reg->audit, reg->store, false, monotonic_ms());
    gw_monitor_enter(&reg->monitor);
    gw_audit_writer_done(&reg->audit, notes, error, monotonic_ms());
    pthread_cond_broadcast(&reg->noted);
    gw_monitor_leave(&reg->monitor);
}

static int run_batch(struct gw_registry *reg, struct gw_registry_write *batch,
                     struct gw_audit_queue *notes)
{
    int r = apply_all(reg, batch, notes);
    note_outcome(reg, batch, r);
    finish_notes(reg, notes, r);
    if (shows_in_snapshot(batch) || reg->stale)
        refresh_and_tell(reg);
    finish_all(reg, batch, r);
    return r;
}

// What the store thread does in one turn.
struct turn {
    struct gw_registry_write *batch; // or NULL
    struct gw_audit_queue notes;
    bool audit; // there are notes, or old entries to look for
    bool closing;
};

// Waits for something to do, at most until the next poll. With the lock.
static void wait_for_work(struct gw_registry *reg)
{
    uint64_t poll_ms = monotonic_ms() + POLL_MS;
    for (;;) {
        uint64_t now_ms = monotonic_ms(), until_ms = poll_ms;
        if (reg->first || reg->closing || now_ms >= poll_ms ||
            gw_audit_writer_is_due(&reg->audit, now_ms))
            return;
        if (reg->audit.due_ms && reg->audit.due_ms < until_ms)
            until_ms = reg->audit.due_ms;
        (void)gw_monitor_wait_until(&reg->monitor, until_ms * GW_MS);
    }
}

static struct turn next_turn(struct gw_registry *reg)
{
    gw_monitor_enter(&reg->monitor);
    wait_for_work(reg);
    struct turn turn = { .batch = reg->first, .closing = reg->closing };
    struct gw_registry_write **end = &reg->first;
    for (size_t n = 0; n < BATCH_MAX && *end; n++) {
        reg->waiting -= 1 + (*end)->extra;
        end = &(*end)->next;
    }
    reg->first = *end;
    *end = NULL;
    if (!reg->first)
        reg->last = &reg->first;
    turn.audit = turn.closing ? reg->audit.queue.first || reg->audit.queue.lost
                              : gw_audit_writer_is_due(&reg->audit, monotonic_ms());
    // What is written anyway takes along what waits.
    if (turn.batch || turn.audit)
        turn.notes = gw_audit_queue_take(&reg->audit.queue);
    reg->audit.days = reg->audit_days;
    gw_monitor_leave(&reg->monitor);
    return turn;
}

static void *run(void *arg)
{
    struct gw_registry *reg = arg;
    for (;;) {
        struct turn turn = next_turn(reg);
        int r = 0;
        if (turn.batch || turn.audit)
            r = run_batch(reg, turn.batch, &turn.notes);
        else if (turn.closing)
            return NULL;
        else if (changed_elsewhere(reg) || reg->stale)
            refresh_and_tell(reg);
        if (turn.closing && !turn.batch && r < 0)
            return NULL; // what could not be written by now never is
    }
}

int gw_registry_open(const struct gw_registry_config *config,
                     struct gw_registry **ret_registry,
                     char ret_error[GW_REGISTRY_ERROR_MAX])
{
    const char *dir = config->dir;
    struct gw_registry *reg = calloc(1, sizeof(*reg));
    int r = reg ? gw_monitor_init(&reg->monitor) : -ENOMEM;
    if (r == 0)
        r = -pthread_cond_init(&reg->noted, NULL);
    if (r < 0) {
        free(reg);
        gw_store_words(r, dir, gw_lang_of_terminal(), ret_error, GW_REGISTRY_ERROR_MAX);
        return r;
    }
    reg->on_change = config->on_change;
    reg->arg = config->arg;
    reg->last = &reg->first;
    reg->dir = strdup(dir);
    reg->audit_days = GW_AUDIT_DAYS_DEFAULT;
    r = gw_store_open(dir, &reg->store, ret_error);
    if (r == 0)
        r = gw_store_unlock(reg->store, config->key_file, ret_error);
    if (r < 0)
        goto fail;
    if (!gw_store_is_clean(reg->store))
        gw_log(GW_LOG_WARN, "old_addresses_remain", "dir=\"%s\"", dir);

    changed_elsewhere(reg);
    r = reg->dir ? refresh(reg) : -ENOMEM;
    if (r == 0)
        r = -pthread_create(&reg->thread, NULL, run, reg);
    if (r < 0) {
        gw_store_words(r, dir, gw_lang_of_terminal(), ret_error, GW_REGISTRY_ERROR_MAX);
        goto fail;
    }
    reg->started = true;
    *ret_registry = reg;
    return 0;

fail:
    gw_registry_close(reg);
    return r;
}

struct gw_snapshot *gw_registry_snapshot(struct gw_registry *reg)
{
    gw_monitor_enter(&reg->monitor);
    struct gw_snapshot *s = gw_snapshot_ref(reg->snapshot);
    gw_monitor_leave(&reg->monitor);
    return s;
}

struct gw_accounts *gw_registry_accounts(struct gw_registry *reg)
{
    gw_monitor_enter(&reg->monitor);
    struct gw_accounts *a = gw_accounts_ref(reg->accounts);
    gw_monitor_leave(&reg->monitor);
    return a;
}

uint64_t gw_registry_writes_failed(struct gw_registry *reg)
{
    gw_monitor_enter(&reg->monitor);
    uint64_t n = reg->writes_failed;
    gw_monitor_leave(&reg->monitor);
    return n;
}

static int enqueue(struct gw_registry *reg, struct gw_registry_write *w)
{
    if (!w)
        return -ENOMEM;
    gw_monitor_enter(&reg->monitor);
    assert(!reg->closing);
    bool full = reg->waiting >= GW_REGISTRY_WAITING_MAX;
    if (!full) {
        *reg->last = w;
        reg->last = &w->next;
        reg->waiting += 1 + w->extra;
        gw_monitor_signal(&reg->monitor);
    }
    gw_monitor_leave(&reg->monitor);
    if (full)
        gw_registry_write_destroy(w);
    return full ? -EBUSY : 0;
}

int gw_registry_write_camera(struct gw_registry *reg, enum gw_write_mode mode,
                             const struct gw_camera_edit *edit,
                             const struct gw_editor *editor, gw_registry_done *done,
                             void *arg)
{
    struct gw_registry_write *w = gw_registry_write_create(edit, editor);
    if (w) {
        w->mode = mode;
        w->done = done;
        w->arg = arg;
    }
    return enqueue(reg, w);
}

static int by_id(struct gw_registry *reg, enum gw_registry_task task, const char *id,
                 const struct gw_editor *editor, gw_registry_done *done, void *arg)
{
    struct gw_camera_edit edit = { .id = id };
    struct gw_registry_write *w = gw_registry_write_create(&edit, editor);
    if (w) {
        w->task = task;
        w->done = done;
        w->arg = arg;
    }
    return enqueue(reg, w);
}

int gw_registry_delete_camera(struct gw_registry *reg, const char *id,
                              const struct gw_editor *editor, gw_registry_done *done,
                              void *arg)
{
    return by_id(reg, GW_TASK_REMOVE, id, editor, done, arg);
}

int gw_registry_restore_camera(struct gw_registry *reg, const char *id,
                               const struct gw_editor *editor, gw_registry_done *done,
                               void *arg)
{
    return by_id(reg, GW_TASK_RESTORE, id, editor, done, arg);
}

int gw_registry_write_cell(struct gw_registry *reg, const struct gw_cell *cell,
                           bool removes, const struct gw_editor *editor,
                           gw_registry_done *done, void *arg)
{
    struct gw_registry_write *w = gw_registry_cell_create(cell, removes, editor);
    if (w)
        gw_registry_write_report(w, done, arg);
    return enqueue(reg, w);
}

int gw_registry_write_many(struct gw_registry *reg, const struct gw_bulk *bulk,
                           const struct gw_editor *editor, gw_registry_done *done,
                           void *arg)
{
    struct gw_registry_write *w = gw_registry_many_create(bulk, editor);
    if (w)
        gw_registry_write_report(w, done, arg);
    return enqueue(reg, w);
}

int gw_registry_found(struct gw_registry *reg, const struct gw_account *account,
                      const char *address, gw_registry_done *done, void *arg)
{
    struct gw_registry_write *w = gw_registry_found_create(account, address);
    if (w) {
        w->done = done;
        w->arg = arg;
    }
    return enqueue(reg, w);
}

int gw_registry_write_account(struct gw_registry *reg, enum gw_account_verb verb,
                              const struct gw_account_edit *edit,
                              const struct gw_editor *editor, gw_registry_done *done,
                              void *arg)
{
    struct gw_registry_write *w = gw_registry_account_create(verb, edit, editor);
    if (w) {
        w->done = done;
        w->arg = arg;
    }
    return enqueue(reg, w);
}

int gw_registry_write_session(struct gw_registry *reg, enum gw_session_verb verb,
                              const struct gw_kept_session *session,
                              gw_registry_done *done, void *arg)
{
    struct gw_registry_write *w = gw_registry_session_create(verb, session);
    if (w) {
        w->done = done;
        w->arg = arg;
    }
    return enqueue(reg, w);
}

int gw_registry_add_norms(struct gw_registry *reg, const struct gw_norm_hour *hour,
                          gw_registry_done *done, void *arg)
{
    struct gw_registry_write *w = calloc(1, sizeof(*w));
    if (w) {
        w->task = GW_TASK_NORMS;
        w->norms = hour;
        w->done = done;
        w->arg = arg;
    }
    return enqueue(reg, w);
}

uint64_t gw_registry_note(struct gw_registry *reg, const struct gw_audit_entry *entry)
{
    gw_monitor_enter(&reg->monitor);
    bool first = !reg->audit.due_ms;
    uint64_t ticket = gw_audit_writer_push(&reg->audit, entry, monotonic_ms());
    if (first)
        gw_monitor_signal(&reg->monitor);
    gw_monitor_leave(&reg->monitor);
    return ticket;
}

int gw_registry_await_note(struct gw_registry *reg, uint64_t ticket)
{
    if (ticket == 0)
        return -EIO;
    gw_monitor_enter(&reg->monitor);
    uint64_t failures = reg->audit.failures;
    if (reg->audit.awaited < ticket)
        reg->audit.awaited = ticket;
    gw_monitor_signal(&reg->monitor);
    while (reg->audit.written < ticket && reg->audit.failures == failures)
        pthread_cond_wait(&reg->noted, &reg->monitor.lock);
    int r = reg->audit.written >= ticket ? 0 : -EIO;
    gw_monitor_leave(&reg->monitor);
    return r;
}

void gw_registry_keep_audit(struct gw_registry *reg, uint64_t days)
{
    gw_monitor_enter(&reg->monitor);
    reg->audit_days = days;
    gw_monitor_leave(&reg->monitor);
}

void gw_registry_audit_stats(struct gw_registry *reg,
                             struct gw_registry_audit_stats *ret_stats)
{
    gw_monitor_enter(&reg->monitor);
    const struct gw_audit_writer *w = &reg->audit;
    *ret_stats = (struct gw_registry_audit_stats) { .written = w->written,
                                                    .waiting = w->pushed - w->written,
                                                    .lost = w->lost,
                                                    .failures = w->failures };
    gw_monitor_leave(&reg->monitor);
}

static void end_audit(struct gw_registry *reg)
{
    if (reg->audit.queue.waiting)
        gw_log(GW_LOG_ERROR, "audit_not_written", "entries=%zu",
               reg->audit.queue.waiting);
    gw_audit_queue_finish(&reg->audit.queue);
    if (reg->started)
        gw_audit_writer_anchor(&reg->audit, reg->store, true, monotonic_ms());
}

void gw_registry_close(struct gw_registry *reg)
{
    if (!reg)
        return;
    if (reg->started) {
        gw_monitor_enter(&reg->monitor);
        reg->closing = true;
        gw_monitor_signal(&reg->monitor);
        gw_monitor_leave(&reg->monitor);
        pthread_join(reg->thread, NULL);
    }
    end_audit(reg);
    gw_locator_destroy(reg->locator);
    gw_snapshot_unref(&reg->snapshot);
    gw_accounts_unref(&reg->accounts);
    gw_store_close(reg->store);
    pthread_cond_destroy(&reg->noted);
    gw_monitor_destroy(&reg->monitor);
    free(reg->dir);
    free(reg);
}
