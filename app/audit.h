// What the engine notes in the audit log of who comes in, watches, asks and is refused.
// Changes are noted where they are made (map/store_changes.c). One for the engine; any
// thread. Nothing here waits for the disk unless it says so.
#ifndef GW_APP_AUDIT_H
#define GW_APP_AUDIT_H

#include "map/registry.h"
#include "ws/server.h"

struct gw_audit;

// `registry` is borrowed, and closed later. Returns NULL when out of memory.
struct gw_audit *gw_audit_create(struct gw_registry *registry);

// Tells what was counted. NULL is allowed.
void gw_audit_destroy(struct gw_audit *a);

// Who does something, and from where. Borrowed for the calls; "" or NULL: unknown.
struct gw_audit_person {
    const char *who;
    const char *address;
    const char *session;
};

struct gw_audit_person gw_audit_guest(const struct gw_guest *guest, const char *address);

// What is done. NULL: there is nothing to say; `outcome` NULL: "ok".
struct gw_audit_deed {
    const char *action;
    const char *subject;
    const char *outcome;
    const char *details; // a JSON object
};

void gw_audit_note(struct gw_audit *a, const struct gw_audit_person *by,
                   const struct gw_audit_deed *deed);

// The same, and waits until it is on disk. Not on a shard's thread. Where it cannot be
// written, that is logged, and it is tried again behind our back.
void gw_audit_note_kept(struct gw_audit *a, const struct gw_audit_person *by,
                        const struct gw_audit_deed *deed);

// For what may come as often as somebody outside likes: equal ones are merged
// (app/audit_refusals.h).
void gw_audit_refuse(struct gw_audit *a, const struct gw_audit_person *by,
                     const struct gw_audit_deed *deed);

// ---- watching ----

// One viewer's watching of one stream.
struct gw_audit_watch {
    struct gw_audit *audit; // NULL: not begun
    const struct gw_viewer *viewer;
    uint64_t since_us;
    enum gw_form form;
    enum gw_profile profile;
    char camera[GW_CAMERA_ID_MAX + 1];
};

// Begins it; ended before the viewer goes. `viewer` is borrowed until then.
void gw_audit_watch_begin(struct gw_audit_watch *w, struct gw_audit *a,
                          const struct gw_viewer *viewer, const struct gw_wish *wish);

// With how long it was. Nothing, when it was not begun.
void gw_audit_watch_end(struct gw_audit_watch *w);

#endif
