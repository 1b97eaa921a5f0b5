// Who writes to the registry, under which conditions, and who wants to hear what became
// of it.
#ifndef GW_MAP_EDITOR_H
#define GW_MAP_EDITOR_H

#include "map/precondition.h"
#include "map/scope.h"
#include "map/snapshot.h"

enum {
    GW_AUTHOR_MAX = 128,   // bytes; a longer name is cut
    GW_ONCE_KEY_MAX = 128, // bytes
};

// A request that is carried out once, however often it is sent: its key is the editor's
// own, and `digest` tells a request that is another one by the same key.
struct gw_once {
    const char *key;
    const char *digest;
};

// What was answered to it. Strings are never NULL.
struct gw_kept_answer {
    int status;
    const char *etag;
    const char *location;
    const void *body;
    size_t body_len; // bytes
};

// Called on the store thread, before anything is on disk: it counts only if the write's
// `done` then says that it is done. All borrowed for the call.
struct gw_registry_result;
struct gw_write_hooks {
    // What becomes of part `part` of a write, 0 where it has but one. `camera` as it is
    // stored now; NULL where it was removed, or where the result says that it was
    // refused.
    void (*on_row)(void *arg, size_t part, const struct gw_registry_result *result,
                   const struct gw_camera *camera, bool created);

    // With gw_editor.once: what is to be kept as the answer, or was kept by an earlier
    // request; then nothing else is called and nothing is done. The first one's memory
    // stays until `done`.
    void (*on_keep)(void *arg, struct gw_kept_answer *ret_answer);
    void (*on_again)(void *arg, const struct gw_kept_answer *answer);
};

// Borrowed for the call that it is given to, but for `hooks`, which are static.
struct gw_editor {
    const char *name;    // stands in the list of changes
    const char *address; // that it came from, for the audit log; NULL: none
    const char *session; // likewise

    // To which cameras: one outside is to them as if it were not (-ENOENT), and none may
    // be put outside (-EPERM). NULL: any.
    const struct gw_scope *scope;

    const struct gw_precondition *when; // else -ESTALE. NULL: whatever is stored
    const struct gw_once *once;         // -EALREADY: another request had this key
    const struct gw_write_hooks *hooks; // all of them, or NULL
};

#endif
