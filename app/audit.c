#include "app/audit.h"

#include "app/audit_refusals.h"
#include "app/guest.h"
#include "base/clock.h"
#include "base/log.h"
#include "map/audit.h"
#include "map/utf8.h"

#include <ctype.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gw_audit {
    struct gw_registry *registry;
    _Atomic uint64_t tell_ms; // when something counted is to be told, Unix time
    pthread_mutex_t lock;     // for what follows
    struct gw_audit_refusals *refusals;
};

struct gw_audit *gw_audit_create(struct gw_registry *registry)
{
    struct gw_audit *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->registry = registry;
    atomic_init(&a->tell_ms, UINT64_MAX);
    pthread_mutex_init(&a->lock, NULL);
    a->refusals = gw_audit_refusals_create();
    if (a->refusals)
        return a;
    gw_audit_destroy(a);
    return NULL;
}

static void write_entry(void *arg, const struct gw_audit_entry *entry)
{
    struct gw_audit *a = arg;
    (void)gw_registry_note(a->registry, entry); // one that is lost is counted there
}

static void tell_counted(struct gw_audit *a, uint64_t now_ms)
{
    pthread_mutex_lock(&a->lock);
    atomic_store(&a->tell_ms,
                 gw_audit_refusals_tell(a->refusals, now_ms, write_entry, a));
    pthread_mutex_unlock(&a->lock);
}

void gw_audit_destroy(struct gw_audit *a)
{
    if (!a)
        return;
    if (a->refusals)
        tell_counted(a, UINT64_MAX);
    gw_audit_refusals_destroy(a->refusals);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

struct gw_audit_person gw_audit_guest(const struct gw_guest *guest, const char *address)
{
    return (struct gw_audit_person) { .who = gw_guest_name(guest),
                                      .address = address,
                                      .session = gw_guest_tag(guest) };
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

// What came from outside, an address's path for one, need be no text.
static const char *plain(const char *text, char room[GW_AUDIT_SUBJECT_MAX + 1])
{
    if (gw_is_plain_text(text, GW_AUDIT_SUBJECT_MAX))
        return text;
    size_t len = 0;
    for (; text[len] && len < GW_AUDIT_SUBJECT_MAX; len++)
        room[len] = isprint((unsigned char)text[len]) ? text[len] : '?';
    room[len] = '\0';
    return room;
}

// `room` is for its subject.
static struct gw_audit_entry entry_of(const struct gw_audit_person *by,
                                      const struct gw_audit_deed *deed,
                                      char room[GW_AUDIT_SUBJECT_MAX + 1])
{
    return (struct gw_audit_entry) {
        .at_ms = gw_clock_unix_us() / GW_MS,
        .who = text_or(by->who, ""),
        .address = text_or(by->address, ""),
        .session = text_or(by->session, ""),
        .action = deed->action,
        .subject = plain(text_or(deed->subject, ""), room),
        .outcome = text_or(deed->outcome, "ok"),
        .details = text_or(deed->details, ""),
    };
}

static uint64_t note(struct gw_audit *a, const struct gw_audit_person *by,
                     const struct gw_audit_deed *deed)
{
    char room[GW_AUDIT_SUBJECT_MAX + 1];
    const struct gw_audit_entry entry = entry_of(by, deed, room);
    if (entry.at_ms >= atomic_load(&a->tell_ms))
        tell_counted(a, entry.at_ms);
    return gw_registry_note(a->registry, &entry);
}

void gw_audit_note(struct gw_audit *a, const struct gw_audit_person *by,
                   const struct gw_audit_deed *deed)
{
    (void)note(a, by, deed); // one that is lost is counted there
}

void gw_audit_note_kept(struct gw_audit *a, const struct gw_audit_person *by,
                        const struct gw_audit_deed *deed)
{
    uint64_t ticket = note(a, by, deed);
    if (gw_registry_await_note(a->registry, ticket) < 0)
        gw_log(GW_LOG_ERROR, "audit_not_written", "action=%s", deed->action);
}

void gw_audit_refuse(struct gw_audit *a, const struct gw_audit_person *by,
                     const struct gw_audit_deed *deed)
{
    char room[GW_AUDIT_SUBJECT_MAX + 1];
    const struct gw_audit_entry entry = entry_of(by, deed, room);
    tell_counted(a, entry.at_ms);
    pthread_mutex_lock(&a->lock);
    bool alone = gw_audit_refusals_note(a->refusals, &entry);
    if (atomic_load(&a->tell_ms) == UINT64_MAX)
        atomic_store(&a->tell_ms, entry.at_ms + GW_AUDIT_REFUSALS_MERGE_MS);
    pthread_mutex_unlock(&a->lock);
    if (alone)
        (void)gw_registry_note(a->registry, &entry);
}

// ---- watching ----

static const char *way_of(enum gw_form form)
{
    switch (form) {
    case GW_FORM_WALL_AVCC:
    case GW_FORM_WALL_MP4: return "wall";
    case GW_FORM_FLV: return "flv";
    case GW_FORM_MP4: return "mp4";
    case GW_FORMS: break;
    }
    return "";
}

static void note_watch(const struct gw_audit_watch *w, const char *action,
                       const char *duration)
{
    char details[96];
    const struct gw_guest *guest = gw_viewer_guest(w->viewer);
    const struct gw_audit_person by = gw_audit_guest(guest, gw_viewer_address(w->viewer));
    snprintf(details, sizeof(details), "{\"stream\":\"%s\",\"by\":\"%s\"%s}",
             w->profile == GW_PROFILE_SUB ? "sub" : "main", way_of(w->form), duration);
    gw_audit_note(w->audit, &by,
                  &(struct gw_audit_deed) {
                      .action = action, .subject = w->camera, .details = details });
}

void gw_audit_watch_begin(struct gw_audit_watch *w, struct gw_audit *a,
                          const struct gw_viewer *viewer, const struct gw_wish *wish)
{
    *w = (struct gw_audit_watch) {
        .audit = a,
        .viewer = viewer,
        .since_us = gw_clock_now_us(),
        .form = wish->form,
        .profile = wish->profile,
    };
    snprintf(w->camera, sizeof(w->camera), "%s", wish->camera);
    note_watch(w, "watch_begin", "");
}

void gw_audit_watch_end(struct gw_audit_watch *w)
{
    char duration[40];
    if (!w->audit)
        return;
    snprintf(duration, sizeof(duration), ",\"ms\":%" PRIu64,
             (gw_clock_now_us() - w->since_us) / GW_MS);
    note_watch(w, "watch_end", duration);
    w->audit = NULL;
}
