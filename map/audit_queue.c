#include "map/audit_queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct gw_audit_note *copy(const struct gw_audit_entry *e)
{
    size_t bytes = 0;
    for (size_t i = 0; i < GW_AUDIT_TEXTS; i++)
        bytes += gw_audit_text_len(e, i) + 1;
    struct gw_audit_note *note = malloc(sizeof(*note) + bytes);
    if (!note)
        return NULL;
    const char *texts[GW_AUDIT_TEXTS];
    char *at = note->strings;
    for (size_t i = 0; i < GW_AUDIT_TEXTS; i++) {
        size_t len = gw_audit_text_len(e, i);
        texts[i] = memcpy(at, gw_audit_text(e, i), len);
        at[len] = '\0';
        at += len + 1;
    }
    note->next = NULL;
    note->entry = (struct gw_audit_entry) { .at_ms = e->at_ms,
                                            .who = texts[0],
                                            .address = texts[1],
                                            .session = texts[2],
                                            .action = texts[3],
                                            .subject = texts[4],
                                            .outcome = texts[5],
                                            .change = e->change,
                                            .details = texts[6] };
    return note;
}

int gw_audit_queue_push(struct gw_audit_queue *q, const struct gw_audit_entry *entry)
{
    bool full = q->waiting >= GW_AUDIT_WAITING_MAX;
    struct gw_audit_note *note = full ? NULL : copy(entry);
    if (!note) {
        q->lost++;
        return full ? -ENOBUFS : -ENOMEM;
    }
    if (q->last)
        q->last->next = note;
    else
        q->first = note;
    q->last = note;
    q->waiting++;
    return 0;
}

struct gw_audit_queue gw_audit_queue_take(struct gw_audit_queue *q)
{
    struct gw_audit_queue taken = *q;
    *q = (struct gw_audit_queue) { 0 };
    return taken;
}

void gw_audit_queue_give_back(struct gw_audit_queue *q, struct gw_audit_queue *taken)
{
    if (taken->last) {
        taken->last->next = q->first;
        q->first = taken->first;
        q->last = q->last ? q->last : taken->last;
    }
    q->waiting += taken->waiting;
    q->lost += taken->lost;
    *taken = (struct gw_audit_queue) { 0 };
}

void gw_audit_queue_finish(struct gw_audit_queue *q)
{
    struct gw_audit_note *note = q->first;
    while (note) {
        struct gw_audit_note *next = note->next;
        free(note);
        note = next;
    }
    *q = (struct gw_audit_queue) { 0 };
}
