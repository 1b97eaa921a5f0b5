// Lists on their way in by HTTP: each is previewed by a dry run, may be read again with
// other options, and is then written as it was previewed. One thread of its own works on
// one list after the other; it holds up no picture and, but while it writes, no other
// writer.
//
// An import belongs to who brought it; administrators who see everything see all of them.
// Lists hold passwords of cameras: they lie in DIR/imports, for the engine alone, and are
// removed when they were written, thrown away, or an hour after they were last touched.
// All functions on any thread.
#ifndef GW_APP_IMPORT_DESK_H
#define GW_APP_IMPORT_DESK_H

#include "app/guest.h"
#include "app/import_rows.h"
#include "map/registry.h"

enum {
    GW_IMPORTS_MAX = 8, // at once, of all accounts
    GW_IMPORT_KEPT_S = 3600,
    GW_IMPORT_NAME_MAX = 128, // bytes of a list's name
    GW_IMPORT_ID_MAX = 16,    // bytes of an import's id
};
#define GW_IMPORTS_BYTES_MAX (1024ull * 1024 * 1024) // of all lists together

enum gw_import_state {
    GW_IMPORT_WAITING,  // for its preview
    GW_IMPORT_READING,  // its preview is being made
    GW_IMPORT_READY,    // it can be looked at and applied
    GW_IMPORT_APPLYING, // it is being written, or waits for that
    GW_IMPORT_APPLIED,
    GW_IMPORT_FAILED, // it cannot be read as a whole: see `error`
};

struct gw_import_options {
    enum gw_coordinates coordinates;
    bool all_or_nothing;
    bool remove_gone;
    struct gw_column_names columns; // none: as they are known
};

// An import as it is now: a copy.
struct gw_import_view {
    char id[GW_IMPORT_ID_MAX + 1];
    char name[GW_IMPORT_NAME_MAX + 1];
    char by[GW_GUEST_NAME_MAX + 1];
    uint64_t bytes;
    uint64_t created_ms; // Unix time
    uint64_t until_ms;   // likewise, when it is thrown away
    enum gw_import_state state;
    size_t done_bytes;  // while READING or APPLYING
    size_t total_bytes; // 0: not known
    struct gw_import_options options;

    bool has_report; // of the last preview that succeeded
    struct gw_import_report report;
    struct gw_import_rows *rows;  // likewise, a reference; else NULL
    struct gw_import_error error; // of the last one that did not; ""
    size_t columns;               // of the list's header; 0: none was found
    char column_names[GW_COLUMN_NAMES_MAX][GW_COLUMN_NAME_MAX];
    enum gw_column column_means[GW_COLUMN_NAMES_MAX];
};

struct gw_import_desk_config {
    const char *dir;      // the registry's; borrowed for the desk's life
    const char *reader;   // path of gridwall-table; likewise
    const char *key_file; // of stream addresses, or NULL; likewise
    struct gw_registry *registry;
};

struct gw_import_desk;

// Also throws away what an engine before left behind. Returns 0 or -errno.
int gw_import_desk_start(const struct gw_import_desk_config *config,
                         struct gw_import_desk **ret_desk);

// Ends what is being worked on and the thread; nothing is taken any more. Those who wait
// for an apply hear -ECANCELED. NULL is allowed, also below.
void gw_import_desk_end(struct gw_import_desk *desk);
void gw_import_desk_destroy(struct gw_import_desk *desk);

// Where files are put that _add() takes over.
const char *gw_import_desk_dir(const struct gw_import_desk *desk);

// Whether another list is taken: 0, -EBUSY when there are too many, -EDQUOT when `bytes`
// more are too much, or -ESHUTDOWN.
int gw_import_desk_may_add(struct gw_import_desk *desk, uint64_t bytes);

// Takes over the file `path` of `bytes` bytes, which lies in _dir(), and begins with its
// preview. `name` is cut to a good one. Returns 0, as _may_add() does, or another -errno.
int gw_import_desk_add(struct gw_import_desk *desk, struct gw_guest *guest,
                       const char *name, const char *path, uint64_t bytes,
                       const struct gw_import_options *options,
                       char ret_id[GW_IMPORT_ID_MAX + 1]);

// The ids of the guest's imports, oldest first. Returns how many.
size_t gw_import_desk_ids(struct gw_import_desk *desk, const struct gw_guest *guest,
                          char ret_ids[GW_IMPORTS_MAX][GW_IMPORT_ID_MAX + 1]);

// Return 0 or -ENOENT: there is none with this id for this guest; also -ENOMEM; the last
// three -EBUSY while it is being written, _change() and _apply() -EALREADY when it was,
// and _apply() -EAGAIN while it is not READY or nothing would be written.
int gw_import_desk_view(struct gw_import_desk *desk, const struct gw_guest *guest,
                        const char *id, struct gw_import_view **ret_view);
void gw_import_view_destroy(struct gw_import_view *view);

// Previews it again, with other options and by the rights of this guest.
int gw_import_desk_change(struct gw_import_desk *desk, struct gw_guest *guest,
                          const char *id, const struct gw_import_options *options);

// Writes what was previewed, by the rights of this guest. `done` is called on the desk's
// thread, once it is on disk (0), or with -ESTALE when the registry has changed in what
// matters (it is then previewed again), or another -errno of gw_import_file().
int gw_import_desk_apply(struct gw_import_desk *desk, struct gw_guest *guest,
                         const char *id, void (*done)(void *arg, int error), void *arg);

// Throws it away.
int gw_import_desk_drop(struct gw_import_desk *desk, const struct gw_guest *guest,
                        const char *id);

#endif
