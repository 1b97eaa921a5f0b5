// The registry at one moment, in memory: immutable, reference-counted, readable
// from any thread without a lock.
//
// Records are sorted by their key (camera id, code); cameras of a cell, division
// or department are found through index arrays. A code takes in everything below
// it in the hierarchy (a town's code its villages, a cell's its sub-cells).
#ifndef GW_MAP_SNAPSHOT_H
#define GW_MAP_SNAPSHOT_H

#include "map/camera_record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_camera_quads; // map/camera_quads.h
struct gw_scope_view;   // map/scope_view.h
struct gw_snapshot;

// When a camera is connected. Numbers are in the registry file.
enum gw_pull {
    GW_PULL_ON_DEMAND, // while somebody watches
    GW_PULL_ALWAYS,    // its main stream, always
    GW_PULL_WARM,      // its sub stream is kept ready for a patrol or a map
    GW_PULLS,
};

// Strings are never NULL ("" = not known) and live as long as the snapshot.
struct gw_camera {
    uint32_t num; // stays with the camera for good; streams are num * 2 (+ 1: sub)
    const char *id;
    const char *name;
    double lon, lat;        // degrees, WGS-84; NAN = not known
    const char *division;   // 12-digit code
    const char *department; // name
    const char *cell;       // code; "" = in no cell
    const char *url_main;   // with user and password: never to be shown
    const char *url_sub;
    enum gw_pull pull;
    enum gw_camera_kind kind;
    struct gw_camera_pose pose;
    const char *tags;   // as map/labels.h has them
    const char *groups; // likewise
    const char *address;
    const char *initials; // of the name, in pinyin
    // GW_DETAILS strings, or NULL: none is known. gw_camera_detail() reads them.
    const char *const *details;
    int64_t revision; // grows with every write of it, of one count for all records
};

// "" when it is not known.
const char *gw_camera_detail(const struct gw_camera *camera, enum gw_detail detail);

// level: 1 district, 2 town or street, 3 village or community
struct gw_division {
    const char *code;
    const char *name;
    const char *parent;
    int level;
    const char *geometry; // GeoJSON geometry object, "" = not known
    int64_t revision;     // as a camera's
};

// level: 1 street ... 6 stairwell, see docs/data-model.md
struct gw_cell {
    const char *code;
    const char *name;
    const char *division;
    const char *parent;
    int level;
    const char *geometry;
    int64_t revision; // as a camera's
};

struct gw_department {
    const char *name;
};

struct gw_snapshot *gw_snapshot_ref(struct gw_snapshot *s);
void gw_snapshot_unref(struct gw_snapshot **ps);

// Grows by one with each snapshot of this process: an ETag for lists.
uint64_t gw_snapshot_version(const struct gw_snapshot *s);

// Whole tables, sorted by key.
const struct gw_camera *gw_snapshot_cameras(const struct gw_snapshot *s, size_t *ret_n);
const struct gw_division *gw_snapshot_divisions(const struct gw_snapshot *s,
                                                size_t *ret_n);
const struct gw_cell *gw_snapshot_cells(const struct gw_snapshot *s, size_t *ret_n);
const struct gw_department *gw_snapshot_departments(const struct gw_snapshot *s,
                                                    size_t *ret_n);

// One record, or NULL.
const struct gw_camera *gw_snapshot_camera(const struct gw_snapshot *s, const char *id);
const struct gw_camera *gw_snapshot_camera_by_num(const struct gw_snapshot *s,
                                                  uint32_t num);
const struct gw_division *gw_snapshot_division(const struct gw_snapshot *s,
                                               const char *code);
const struct gw_cell *gw_snapshot_cell(const struct gw_snapshot *s, const char *code);

// The cell that `cell`, one of the snapshot's, hangs below (docs/data-model.md), or
// NULL: its `parent` may be empty or unknown.
const struct gw_cell *gw_snapshot_cell_above(const struct gw_snapshot *s,
                                             const struct gw_cell *cell);

// The cameras in it and in all below it: *ret_n indexes into the table of cameras,
// borrowed. Microseconds.
const uint32_t *gw_snapshot_cell_cameras(const struct gw_snapshot *s,
                                         const struct gw_cell *cell, size_t *ret_n);

// The cameras that have a position, in the order of map/camera_quads.h.
const struct gw_camera_quads *gw_snapshot_quads(const struct gw_snapshot *s);

// The cameras of a division and all below it, by their codes; likewise.
const uint32_t *gw_snapshot_division_cameras(const struct gw_snapshot *s,
                                             const struct gw_division *division,
                                             size_t *ret_n);

// A question; what is NULL, NAN or zero does not restrict. Borrowed strings.
struct gw_camera_query {
    const struct gw_scope_view *seen; // of this snapshot: whose question it is
    const char *cell;                 // code: it and all below it
    const char *division;             // code: it and all below it
    const char *department;           // name, exactly
    const char *text; // part of id, name, initials or address, letters in any case
    bool has_kind;
    enum gw_camera_kind kind;
    const char *tag;   // one of the camera's, exactly
    const char *group; // likewise
    bool has_box;
    double west, south, east, north; // degrees; west > east crosses the date line
    bool has_near;
    double near_lon, near_lat; // results are sorted by distance from here
    double radius_m;           // 0: any distance
    const double *polygon;     // lon, lat, lon, lat, ...; closed by us
    size_t polygon_points;
    const double *line; // a corridor along lon, lat, lon, lat, ...: 2 points or more
    size_t line_points;
    double width_m;    // of the corridor, both sides together
    const char *after; // cursor: camera ids beyond this one. Not with near
    size_t limit;      // at most this many, > 0

    // What the snapshot does not know: whether a camera that fits otherwise is kept.
    // Asked last, on the asking thread. NULL: all are.
    bool (*keep)(void *arg, const struct gw_camera *camera);
    void *keep_arg;
};

// Writes up to query->limit cameras to ret_cameras (room for that many), sorted
// by id, or by distance with `near`. Sets *ret_more when there are further ones.
// Returns how many.
size_t gw_snapshot_query(const struct gw_snapshot *s, const struct gw_camera_query *query,
                         const struct gw_camera **ret_cameras, bool *ret_more);

// Whether a camera, one of the snapshot's, is what a query looks for; its limit does not
// count.
bool gw_snapshot_matches(const struct gw_snapshot *s, const struct gw_camera_query *query,
                         const struct gw_camera *camera);

// "on_demand", "always", "warm".
const char *gw_pull_name(enum gw_pull pull);

// GW_PULLS for a name that is none.
enum gw_pull gw_pull_of_name(const char *name);

#endif
