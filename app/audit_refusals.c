#include "app/audit_refusals.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
    bool used;
    uint64_t from_ms;
    uint64_t last_ms;
    uint64_t count; // behind the first one
    char who[GW_AUDIT_WHO_MAX + 1];
    char address[GW_AUDIT_ADDRESS_MAX + 1];
    char action[GW_AUDIT_ACTION_MAX + 1];
    char subject[GW_AUDIT_SUBJECT_MAX + 1];
    char outcome[GW_AUDIT_OUTCOME_MAX + 1];
};

struct gw_audit_refusals {
    struct row rows[GW_AUDIT_REFUSALS_ROWS];
    struct row others;
};

struct gw_audit_refusals *gw_audit_refusals_create(void)
{
    return calloc(1, sizeof(struct gw_audit_refusals));
}

void gw_audit_refusals_destroy(struct gw_audit_refusals *r)
{
    free(r);
}

static bool is_of(const struct row *row, const struct gw_audit_entry *e)
{
    return row->used && strcmp(row->who, e->who) == 0 &&
           strcmp(row->address, e->address) == 0 && strcmp(row->action, e->action) == 0 &&
           strcmp(row->subject, e->subject) == 0 && strcmp(row->outcome, e->outcome) == 0;
}

static void begin(struct row *row, const struct gw_audit_entry *e)
{
    *row = (struct row) { .used = true, .from_ms = e->at_ms, .last_ms = e->at_ms };
    snprintf(row->who, sizeof(row->who), "%s", e->who);
    snprintf(row->address, sizeof(row->address), "%s", e->address);
    snprintf(row->action, sizeof(row->action), "%s", e->action);
    snprintf(row->subject, sizeof(row->subject), "%s", e->subject);
    snprintf(row->outcome, sizeof(row->outcome), "%s", e->outcome);
}

static void count(struct row *row, uint64_t at_ms)
{
    row->count++;
    row->last_ms = at_ms;
}

bool gw_audit_refusals_note(struct gw_audit_refusals *r,
                            const struct gw_audit_entry *entry)
{
    struct row *room = NULL;
    for (size_t i = 0; i < GW_AUDIT_REFUSALS_ROWS; i++) {
        struct row *row = &r->rows[i];
        if (is_of(row, entry)) {
            count(row, entry->at_ms);
            return false;
        }
        if (!row->used && !room)
            room = row;
    }
    if (room) {
        begin(room, entry);
        return true;
    }
    if (!r->others.used)
        begin(&r->others, &(struct gw_audit_entry) { .at_ms = entry->at_ms,
                                                     .who = "",
                                                     .address = "",
                                                     .action = "refused_others",
                                                     .subject = "",
                                                     .outcome = "refused" });
    count(&r->others, entry->at_ms);
    return false;
}

static void tell(const struct row *row,
                 void (*on_entry)(void *arg, const struct gw_audit_entry *entry),
                 void *arg)
{
    char details[96];
    snprintf(details, sizeof(details), "{\"count\":%" PRIu64 ",\"from_ms\":%" PRIu64 "}",
             row->count, row->from_ms);
    const struct gw_audit_entry entry = { .at_ms = row->last_ms,
                                          .who = row->who,
                                          .address = row->address,
                                          .session = "",
                                          .action = row->action,
                                          .subject = row->subject,
                                          .outcome = row->outcome,
                                          .details = details };
    on_entry(arg, &entry);
}

uint64_t gw_audit_refusals_tell(struct gw_audit_refusals *r, uint64_t now_ms,
                                void (*on_entry)(void *arg,
                                                 const struct gw_audit_entry *entry),
                                void *arg)
{
    uint64_t next_ms = UINT64_MAX;
    for (size_t i = 0; i <= GW_AUDIT_REFUSALS_ROWS; i++) {
        struct row *row = i < GW_AUDIT_REFUSALS_ROWS ? &r->rows[i] : &r->others;
        if (!row->used)
            continue;
        uint64_t over_ms = row->from_ms + GW_AUDIT_REFUSALS_MERGE_MS;
        if (now_ms < over_ms) {
            next_ms = over_ms < next_ms ? over_ms : next_ms;
            continue;
        }
        if (row->count)
            tell(row, on_entry, arg);
        row->used = false;
    }
    return next_ms;
}
