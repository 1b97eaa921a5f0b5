// One write to the registry: a request that waits, and its carrying out inside a
// transaction of the store. No thread of its own; map/registry.c has that.
#ifndef GW_MAP_REGISTRY_WRITE_H
#define GW_MAP_REGISTRY_WRITE_H

#include "map/account_edit.h"
#include "map/audit.h"
#include "map/locate.h"
#include "map/registry.h"

struct gw_registry_write {
    struct gw_registry_write *next;
    enum gw_registry_task {
        GW_TASK_WRITE,
        GW_TASK_REMOVE,
        GW_TASK_RESTORE,
        GW_TASK_NORMS,
        GW_TASK_FOUND,
        GW_TASK_ACCOUNT,
        GW_TASK_SESSION,
        GW_TASK_MANY,
        GW_TASK_CELL,
    } task;
    size_t extra; // MANY: what it counts for beside one, of what may wait
    struct gw_registry_write *parts; // MANY: a list by `next`
    size_t part;                     // of a part: its place
    bool atomic, dry;                // MANY
    char author[GW_AUTHOR_MAX + 1];
    struct gw_cell cell; // CELL: strings lie in `strings`
    bool removes;        // CELL
    char address[GW_AUDIT_ADDRESS_MAX + 1];
    char sign_in[GW_AUDIT_SESSION_MAX + 1]; // of the author
    bool limited;                           // to `scope`
    struct gw_scope scope;
    struct gw_precondition when;
    struct gw_account account;           // FOUND: strings lie in `strings`
    enum gw_account_verb verb;           // ACCOUNT
    struct gw_account_edit account_edit; // likewise
    enum gw_session_verb session_verb;   // SESSION
    struct gw_kept_session session;      // likewise
    enum gw_write_mode mode;
    struct gw_camera_edit edit;       // strings lie in `strings`
    struct gw_camera_pose pose;       // what edit.pose points to, where it is given
    const struct gw_norm_hour *norms; // with NORMS
    struct gw_once once;              // strings lie in `strings`; key NULL: there is none
    const struct gw_write_hooks *hooks;
    gw_registry_done *done;
    void *arg;
    struct gw_registry_result result;
    char strings[];
};

// Copies the strings of `edit`. Return NULL when out of memory.
struct gw_registry_write *gw_registry_write_create(const struct gw_camera_edit *edit,
                                                   const struct gw_editor *editor);
struct gw_registry_write *gw_registry_found_create(const struct gw_account *account,
                                                   const char *address);
struct gw_registry_write *gw_registry_account_create(enum gw_account_verb verb,
                                                     const struct gw_account_edit *edit,
                                                     const struct gw_editor *editor);
struct gw_registry_write *
gw_registry_session_create(enum gw_session_verb verb,
                           const struct gw_kept_session *session);

struct gw_registry_write *gw_registry_many_create(const struct gw_bulk *bulk,
                                                  const struct gw_editor *editor);

struct gw_registry_write *gw_registry_cell_create(const struct gw_cell *cell,
                                                  bool removes,
                                                  const struct gw_editor *editor);

// Fills the result.
void gw_registry_write_refuse(struct gw_registry_write *w, int error, const char *field,
                              struct gw_text what);
void gw_registry_write_refuse_stale(struct gw_registry_write *w);

// Says who hears of it.
void gw_registry_write_report(struct gw_registry_write *w, gw_registry_done *done,
                              void *arg);

// NULL is allowed.
void gw_registry_write_destroy(struct gw_registry_write *w);

// Carries the request out and fills `result`. Returns 0 also when the request was
// refused (the others of the transaction are not concerned), or an error of
// map/store.h: roll back. By `snapshot` scopes are judged.
int gw_registry_write_apply(struct gw_registry_write *w, struct gw_store *store,
                            const struct gw_locator *locator,
                            const struct gw_snapshot *snapshot, uint64_t now_ms);

// Makes the result say that the store failed.
void gw_registry_write_fail(struct gw_registry_write *w, int error, const char *dir);

#endif
