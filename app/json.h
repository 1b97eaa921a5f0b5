// The engine's answers as JSON, and what it is told in JSON (docs/api.md).
//
// Only the json*.c of app/ see the JSON library. Everything here works on a
// snapshot: no I/O, any thread. Texts come as buffers, owned by the caller, or
// NULL when out of memory.
#ifndef GW_APP_JSON_H
#define GW_APP_JSON_H

#include "app/probe_report.h"
#include "app/states.h"
#include "base/buf.h"
#include "base/text.h"
#include "map/registry.h"
#include "map/scope_view.h"
#include "map/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What every answer is made from.
struct gw_json_world {
    const struct gw_snapshot *snapshot;
    const struct gw_states *states;
    const struct gw_scope_view *view; // whose question it is; NULL: who sees everything
};

struct gw_buf *gw_json_camera(const struct gw_json_world *w, const struct gw_camera *c);

// {"items": [...], "cursor": the last id when `more`}. `whole`: each with all of its
// record, as a single camera has it.
struct gw_buf *gw_json_cameras(const struct gw_json_world *w,
                               const struct gw_camera *const *cameras, size_t n,
                               bool more, bool whole);

// GeoJSON FeatureCollection of all cameras that have a position.
struct gw_buf *gw_json_map_cameras(const struct gw_json_world *w);

struct gw_buf *gw_json_divisions(const struct gw_json_world *w, bool geometry);
struct gw_buf *gw_json_departments(const struct gw_json_world *w);

// Which cells; what is NULL or zero does not restrict.
struct gw_cell_filter {
    const char *division; // code: in it and all below it
    const char *parent;   // code: directly below that cell
    unsigned levels;      // bit n: level n
};

struct gw_buf *gw_json_cells(const struct gw_json_world *w,
                             const struct gw_cell_filter *filter, bool geometry);
// GeoJSON FeatureCollections of those that have a border.
struct gw_buf *gw_json_map_cells(const struct gw_json_world *w,
                                 const struct gw_cell_filter *filter);
struct gw_buf *gw_json_map_divisions(const struct gw_json_world *w);

struct gw_buf *gw_json_cell(const struct gw_json_world *w, const struct gw_cell *cell);

// `basemap`: names of layers, NULL-terminated.
struct gw_buf *gw_json_district(const struct gw_json_world *w, char *const *basemap);

// The `cameras` message of docs/wire.md.
struct gw_buf *gw_json_changed_cameras(const struct gw_json_world *w,
                                       const uint32_t *nums, size_t n);

// What a test of one camera found. Keys are stable; what is not known is null.
struct gw_buf *gw_json_probe(const struct gw_probe_report *report);

// An RFC 9457 problem.
struct gw_buf *gw_json_problem(int status, const char *code, struct gw_text detail,
                               enum gw_lang lang);

// A camera as a client writes it. Returns 0, -ENOMEM, -EBADMSG when it is not a JSON
// object, or -EINVAL with the field that has the wrong type in `ret_field`. On
// success `ret_edit` borrows from *ret_doc, which gw_json_edit_free() frees.
struct gw_json_edit;
int gw_json_parse_camera(const char *text, size_t len, struct gw_camera_edit *ret_edit,
                         struct gw_json_edit **ret_doc, const char **ret_field);
void gw_json_edit_free(struct gw_json_edit *doc);

#endif
