#include "map/audit_writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "map/store_audit.h"

uint64_t gw_audit_writer_push(struct gw_audit_writer *w,
                              const struct gw_audit_entry *entry, uint64_t now_ms)
{
    if (gw_audit_queue_push(&w->queue, entry) < 0) {
        w->lost++;
        return 0;
    }
    if (!w->due_ms)
        w->due_ms = now_ms + GW_AUDIT_DELAY_MS;
    return ++w->pushed;
}

bool gw_audit_writer_is_due(const struct gw_audit_writer *w, uint64_t now_ms)
{
    bool waits = w->queue.first || w->queue.lost;
    bool awaited = w->awaited > w->written;
    return (waits && (awaited || now_ms >= w->due_ms)) || now_ms >= w->prune_ms;
}

static int note_lost(struct gw_store *store, uint64_t lost, uint64_t unix_ms)
{
    char details[48];
    snprintf(details, sizeof(details), "{\"entries\":%" PRIu64 "}", lost);
    return gw_store_add_audit(store, &(struct gw_audit_entry) { .at_ms = unix_ms,
                                                                .who = "engine",
                                                                .address = "",
                                                                .session = "",
                                                                .action = "entries_lost",
                                                                .subject = "",
                                                                .outcome = "failed",
                                                                .details = details });
}

// More than can go at once goes with the next transactions.
static int prune(struct gw_audit_writer *w, struct gw_store *store, uint64_t unix_ms,
                 uint64_t now_ms)
{
    size_t n = 0;
    uint64_t kept_ms = w->days * GW_AUDIT_DAY_MS;
    if (now_ms < w->prune_ms)
        return 0;
    int r = unix_ms > kept_ms
                ? gw_store_prune_audit(store, unix_ms - kept_ms, unix_ms, &n)
                : 0;
    if (r == 0)
        w->prune_ms = now_ms + (n < GW_AUDIT_PRUNE_MAX ? GW_AUDIT_PRUNE_S * 1000ull
                                                       : GW_AUDIT_RETRY_MS);
    return r;
}

int gw_audit_writer_apply(struct gw_audit_writer *w, const struct gw_audit_queue *taken,
                          struct gw_store *store, uint64_t unix_ms, uint64_t now_ms)
{
    int r = 0;
    for (struct gw_audit_note *note = taken->first; note && r == 0; note = note->next)
        r = gw_store_add_audit(store, &note->entry);
    if (r == 0 && taken->lost)
        r = note_lost(store, taken->lost, unix_ms);
    return r < 0 ? r : prune(w, store, unix_ms, now_ms);
}

void gw_audit_writer_done(struct gw_audit_writer *w, struct gw_audit_queue *taken,
                          int error, uint64_t now_ms)
{
    if (error < 0) {
        w->failures++;
        w->awaited = 0; // who waits is told
        gw_audit_queue_give_back(&w->queue, taken);
        w->due_ms = now_ms + GW_AUDIT_RETRY_MS;
        w->prune_ms = w->prune_ms > w->due_ms ? w->prune_ms : w->due_ms;
        return;
    }
    w->written += taken->waiting;
    gw_audit_queue_finish(taken);
    w->due_ms = w->queue.first ? now_ms + GW_AUDIT_DELAY_MS : 0;
}

void gw_audit_writer_anchor(struct gw_audit_writer *w, struct gw_store *store, bool last,
                            uint64_t now_ms)
{
    struct gw_audit_anchor end;
    char text[GW_AUDIT_ANCHOR_TEXT];
    if (!last && now_ms < w->anchor_ms)
        return;
    if (gw_store_audit_end(store, &end) < 0 || end.seq == w->anchored)
        return;
    gw_audit_anchor_write(&end, text);
    gw_log(GW_LOG_INFO, "audit_anchor", "entry=%s", text);
    w->anchored = end.seq;
    w->anchor_ms = now_ms + GW_AUDIT_ANCHOR_S * 1000ull;
}
