#include "app/json.h"

#include "app/json_internal.h"
#include "base/clock.h"
#include "map/codes.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS_MAX = 8 }; // of divisions, one above the other

// How many cameras that somebody sees are in which state.
struct counts {
    uint32_t total;
    uint32_t by_state[GW_CAMERA_STATES];
};

static void count(const struct gw_json_world *w, struct counts *c,
                  const struct gw_camera *camera)
{
    if (!gw_scope_view_has(w->view, camera))
        return;
    c->total++;
    c->by_state[gw_states_get(w->states, camera->num).state]++;
}

struct gw_buf *gw_json_print(cJSON *root)
{
    char *text = root ? cJSON_PrintUnformatted(root) : NULL;
    struct gw_buf *buf = text ? gw_buf_copy(text, strlen(text)) : NULL;
    cJSON_free(text);
    cJSON_Delete(root);
    return buf;
}

static void add_counts(cJSON *item, const struct counts *c)
{
    cJSON *object = cJSON_AddObjectToObject(item, "cameras");
    cJSON_AddNumberToObject(object, "total", c->total);
    for (int i = 0; i < GW_CAMERA_STATES; i++)
        cJSON_AddNumberToObject(object, gw_camera_state_name((enum gw_camera_state)i),
                                c->by_state[i]);
}

// GeoJSON from the registry was checked when it came in: it goes out as it is.
static void add_geometry(cJSON *item, const char *geometry)
{
    if (*geometry)
        cJSON_AddRawToObject(item, "geometry", geometry);
    else
        cJSON_AddNullToObject(item, "geometry");
}

static cJSON *feature(const struct gw_json_world *w, const struct gw_camera *c)
{
    const double position[] = { c->lon, c->lat };
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "type", "Feature");

    cJSON *geometry = cJSON_AddObjectToObject(item, "geometry");
    cJSON_AddStringToObject(geometry, "type", "Point");
    cJSON_AddItemToObject(geometry, "coordinates", cJSON_CreateDoubleArray(position, 2));

    cJSON *properties = cJSON_AddObjectToObject(item, "properties");
    cJSON_AddStringToObject(properties, "id", c->id);
    cJSON_AddStringToObject(properties, "name", c->name);
    cJSON_AddStringToObject(properties, "cell", c->cell);
    cJSON_AddStringToObject(properties, "state",
                            gw_camera_state_name(gw_states_get(w->states, c->num).state));
    return item;
}

struct gw_buf *gw_json_map_cameras(const struct gw_json_world *w)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "type", "FeatureCollection");
    cJSON *features = cJSON_AddArrayToObject(root, "features");
    for (size_t i = 0; i < n; i++)
        if (!isnan(cameras[i].lon) && !isnan(cameras[i].lat) &&
            gw_scope_view_has(w->view, &cameras[i]))
            cJSON_AddItemToArray(features, feature(w, &cameras[i]));
    return gw_json_print(root);
}

// Counts every camera for the division it is in and for all above it.
static void count_divisions(const struct gw_json_world *w,
                            const struct gw_division *divisions, struct counts *counts)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    for (size_t i = 0; i < n; i++) {
        const struct gw_division *d =
            gw_snapshot_division(w->snapshot, cameras[i].division);
        // Parents were checked to exist when they came in; the bound is for a
        // circle that an older database may hold.
        for (int level = 0; d && level < LEVELS_MAX; level++) {
            count(w, &counts[d - divisions], &cameras[i]);
            d = *d->parent ? gw_snapshot_division(w->snapshot, d->parent) : NULL;
        }
    }
}

struct gw_buf *gw_json_divisions(const struct gw_json_world *w, bool geometry)
{
    size_t n;
    const struct gw_division *divisions = gw_snapshot_divisions(w->snapshot, &n);
    struct counts *counts = calloc(n + 1, sizeof(*counts));
    if (!counts)
        return NULL;
    count_divisions(w, divisions, counts);

    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++) {
        if (!counts[i].total && !gw_scope_view_has_division(w->view, &divisions[i]))
            continue;
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "code", divisions[i].code);
        cJSON_AddStringToObject(item, "name", divisions[i].name);
        cJSON_AddNumberToObject(item, "level", divisions[i].level);
        cJSON_AddStringToObject(item, "parent", divisions[i].parent);
        add_counts(item, &counts[i]);
        if (geometry)
            add_geometry(item, divisions[i].geometry);
        cJSON_AddItemToArray(items, item);
    }
    free(counts);
    return gw_json_print(root);
}

struct gw_buf *gw_json_departments(const struct gw_json_world *w)
{
    size_t n, n_cameras;
    const struct gw_department *departments = gw_snapshot_departments(w->snapshot, &n);
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n_cameras);
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");

    for (size_t i = 0; i < n; i++) {
        struct counts c = { 0 };
        for (size_t k = 0; k < n_cameras; k++)
            if (strcmp(cameras[k].department, departments[i].name) == 0)
                count(w, &c, &cameras[k]);
        if (w->view && !c.total)
            continue;
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", departments[i].name);
        add_counts(item, &c);
        cJSON_AddItemToArray(items, item);
    }
    return gw_json_print(root);
}

static struct counts count_cell(const struct gw_json_world *w, const struct gw_cell *cell)
{
    size_t n, n_cameras;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n_cameras);
    const uint32_t *in_cell = gw_snapshot_cell_cameras(w->snapshot, cell, &n);
    struct counts counts = { 0 };
    for (size_t i = 0; i < n; i++)
        count(w, &counts, &cameras[in_cell[i]]);
    return counts;
}

// NULL: it is not to be seen, or out of memory.
static cJSON *cell_object(const struct gw_json_world *w, const struct gw_cell *cell,
                          bool geometry)
{
    const struct gw_cell *above = gw_snapshot_cell_above(w->snapshot, cell);
    struct counts counts = count_cell(w, cell);
    if (!counts.total && !gw_scope_view_has_cell(w->view, cell))
        return NULL;
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "code", cell->code);
    cJSON_AddStringToObject(item, "name", cell->name);
    cJSON_AddNumberToObject(item, "level", cell->level);
    cJSON_AddStringToObject(item, "kind", gw_cell_kind(cell->code, cell->level));
    cJSON_AddStringToObject(item, "division", cell->division);
    cJSON_AddStringToObject(item, "parent", above ? above->code : "");
    add_counts(item, &counts);
    if (geometry)
        add_geometry(item, cell->geometry);
    return item;
}

static bool is_wanted(const struct gw_json_world *w, const struct gw_cell *cell,
                      const struct gw_cell_filter *filter)
{
    if (filter->levels && !(filter->levels & 1u << cell->level))
        return false;
    if (filter->division && !gw_division_within(cell->division, filter->division))
        return false;
    if (!filter->parent)
        return true;
    const struct gw_cell *above = gw_snapshot_cell_above(w->snapshot, cell);
    return above && strcmp(above->code, filter->parent) == 0;
}

struct gw_buf *gw_json_cells(const struct gw_json_world *w,
                             const struct gw_cell_filter *filter, bool geometry)
{
    size_t n;
    const struct gw_cell *cells = gw_snapshot_cells(w->snapshot, &n);
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++)
        if (is_wanted(w, &cells[i], filter))
            (void)cJSON_AddItemToArray(items, cell_object(w, &cells[i], geometry));
    return gw_json_print(root);
}

// A feature of a map; what it is like goes into its properties, *ret_properties.
static cJSON *area_feature(const char *geometry, cJSON **ret_properties)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "type", "Feature");
    add_geometry(item, geometry);
    *ret_properties = cJSON_AddObjectToObject(item, "properties");
    return item;
}

static cJSON *cell_feature(const struct gw_json_world *w, const struct gw_cell *cell)
{
    const struct gw_cell *above = gw_snapshot_cell_above(w->snapshot, cell);
    cJSON *properties;
    cJSON *item = area_feature(cell->geometry, &properties);
    cJSON_AddStringToObject(properties, "code", cell->code);
    cJSON_AddStringToObject(properties, "name", cell->name);
    cJSON_AddNumberToObject(properties, "level", cell->level);
    cJSON_AddStringToObject(properties, "kind", gw_cell_kind(cell->code, cell->level));
    cJSON_AddStringToObject(properties, "division", cell->division);
    cJSON_AddStringToObject(properties, "parent", above ? above->code : "");
    return item;
}

struct gw_buf *gw_json_map_cells(const struct gw_json_world *w,
                                 const struct gw_cell_filter *filter)
{
    size_t n;
    const struct gw_cell *cells = gw_snapshot_cells(w->snapshot, &n);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "type", "FeatureCollection");
    cJSON *features = cJSON_AddArrayToObject(root, "features");
    for (size_t i = 0; i < n; i++)
        if (*cells[i].geometry && is_wanted(w, &cells[i], filter) &&
            gw_scope_view_reaches_cell(w->view, &cells[i]))
            cJSON_AddItemToArray(features, cell_feature(w, &cells[i]));
    return gw_json_print(root);
}

struct gw_buf *gw_json_map_divisions(const struct gw_json_world *w)
{
    size_t n;
    const struct gw_division *divisions = gw_snapshot_divisions(w->snapshot, &n);
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "type", "FeatureCollection");
    cJSON *features = cJSON_AddArrayToObject(root, "features");
    for (size_t i = 0; i < n; i++) {
        if (!*divisions[i].geometry ||
            !gw_scope_view_reaches_division(w->view, &divisions[i]))
            continue;
        cJSON *properties;
        cJSON *item = area_feature(divisions[i].geometry, &properties);
        cJSON_AddStringToObject(properties, "code", divisions[i].code);
        cJSON_AddStringToObject(properties, "name", divisions[i].name);
        cJSON_AddNumberToObject(properties, "level", divisions[i].level);
        cJSON_AddStringToObject(properties, "parent", divisions[i].parent);
        cJSON_AddItemToArray(features, item);
    }
    return gw_json_print(root);
}

struct gw_buf *gw_json_cell(const struct gw_json_world *w, const struct gw_cell *cell)
{
    return gw_json_print(cell_object(w, cell, true));
}

// The box around all cameras, which is where the map opens.
static void add_bounds(cJSON *root, const struct gw_json_world *w,
                       const struct gw_camera *cameras, size_t n)
{
    double bounds[4] = { INFINITY, INFINITY, -INFINITY, -INFINITY };
    for (size_t i = 0; i < n; i++) {
        if (!gw_scope_view_has(w->view, &cameras[i]))
            continue;
        bounds[0] = fmin(bounds[0], cameras[i].lon); // NAN loses in fmin and fmax
        bounds[1] = fmin(bounds[1], cameras[i].lat);
        bounds[2] = fmax(bounds[2], cameras[i].lon);
        bounds[3] = fmax(bounds[3], cameras[i].lat);
    }
    if (isfinite(bounds[0]))
        cJSON_AddItemToObject(root, "bounds", cJSON_CreateDoubleArray(bounds, 4));
    else
        cJSON_AddNullToObject(root, "bounds");
}

struct gw_buf *gw_json_district(const struct gw_json_world *w, char *const *basemap)
{
    size_t n_divisions, n;
    const struct gw_division *divisions =
        gw_snapshot_divisions(w->snapshot, &n_divisions);
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    const struct gw_division *district = NULL;
    struct counts c = { 0 };

    for (size_t i = 0; i < n_divisions && !district; i++)
        if (divisions[i].level == 1)
            district = &divisions[i];
    for (size_t i = 0; i < n; i++)
        count(w, &c, &cameras[i]);

    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "code", district ? district->code : "");
    cJSON_AddStringToObject(root, "name", district ? district->name : "");
    add_bounds(root, w, cameras, n);
    add_counts(root, &c);
    cJSON *layers = cJSON_AddArrayToObject(root, "basemap");
    for (; *basemap; basemap++)
        cJSON_AddItemToArray(layers, cJSON_CreateString(*basemap));
    return gw_json_print(root);
}

struct gw_buf *gw_json_changed_cameras(const struct gw_json_world *w,
                                       const uint32_t *nums, size_t n)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "type", "cameras");
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++) {
        const struct gw_camera *c = gw_snapshot_camera_by_num(w->snapshot, nums[i]);
        if (!c || !gw_scope_view_has(w->view, c))
            continue;
        const char *pair[] = {
            c->id,
            gw_camera_state_name(gw_states_get(w->states, nums[i]).state),
        };
        cJSON_AddItemToArray(items, cJSON_CreateStringArray(pair, 2));
    }
    return gw_json_print(root);
}

static void add_ms(cJSON *object, const char *name, uint64_t us)
{
    if (us == GW_PROBE_NEVER)
        cJSON_AddNullToObject(object, name);
    else
        cJSON_AddNumberToObject(object, name, (double)us / GW_MS);
}

static void add_known(cJSON *object, const char *name, double value)
{
    if (value > 0)
        cJSON_AddNumberToObject(object, name, value);
    else
        cJSON_AddNullToObject(object, name);
}

static void add_probed_media(cJSON *root, const struct gw_probe_report *r)
{
    cJSON_AddStringToObject(root, "transport", r->lower == GW_RTSP_UDP ? "udp" : "tcp");
    cJSON_AddBoolToObject(root, "tls", r->tls);
    cJSON_AddStringToObject(root, "video", gw_probe_codec_name(r->video));
    cJSON_AddStringToObject(root, "audio", gw_probe_codec_name(r->audio));
    add_known(root, "width", r->width);
    add_known(root, "height", r->height);
    add_known(root, "frames_per_s", gw_probe_frames_per_s(r));
    add_known(root, "bits_per_s", gw_probe_bits_per_s(r));
    add_known(root, "key_interval_s", (double)r->key_interval_90k / 90000);
    cJSON_AddBoolToObject(root, "b_frames", r->b_frames);
}

static void add_probed_counts(cJSON *root, const struct gw_probe_report *r)
{
    cJSON_AddNumberToObject(root, "frames", (double)r->frames);
    cJSON_AddNumberToObject(root, "frames_dropped", (double)r->frames_dropped);
    cJSON_AddNumberToObject(root, "packets", (double)r->packets);
    cJSON_AddNumberToObject(root, "packets_lost", (double)r->packets_lost);
}

struct gw_buf *gw_json_probe(const struct gw_probe_report *r)
{
    cJSON *root = cJSON_CreateObject();

    cJSON_AddStringToObject(root, "address", r->address);
    if (*r->sent_to)
        cJSON_AddStringToObject(root, "sent_to", r->sent_to);
    else
        cJSON_AddNullToObject(root, "sent_to");
    cJSON_AddStringToObject(root, "verdict", gw_probe_verdict_name(r->verdict));
    cJSON_AddStringToObject(root, "cause", gw_cause_name(r->cause));
    cJSON_AddStringToObject(root, "en", gw_probe_verdict_text(r).en);
    cJSON_AddStringToObject(root, "zh", gw_probe_verdict_text(r).zh);
    add_known(root, "rtsp_status", r->rtsp_status);
    cJSON_AddStringToObject(root, "server", r->peer.server);
    cJSON_AddStringToObject(root, "auth", r->peer.auth ? r->peer.auth : "none");
    add_probed_media(root, r);
    add_ms(root, "signalling_ms", r->signalling_us);
    add_ms(root, "stream_ms", r->stream_us);
    add_ms(root, "key_frame_ms", r->key_us);
    add_probed_counts(root, r);

    cJSON *tolerated = cJSON_AddArrayToObject(root, "tolerated");
    for (unsigned i = 0; i < GW_TOLERANCES; i++) {
        enum gw_tolerance t = (enum gw_tolerance)i;
        if (r->peer.tolerated & gw_tolerance_bit(t))
            cJSON_AddItemToArray(tolerated, cJSON_CreateString(gw_tolerance_name(t)));
    }
    return gw_json_print(root);
}

struct gw_buf *gw_json_problem(int status, const char *code, struct gw_text detail,
                               enum gw_lang lang)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "type", "about:blank");
    cJSON_AddStringToObject(root, "title", code);
    cJSON_AddNumberToObject(root, "status", status);
    cJSON_AddStringToObject(root, "code", code);
    cJSON_AddStringToObject(root, "detail", gw_text_in(detail, lang));
    cJSON_AddStringToObject(root, "en", detail.en);
    cJSON_AddStringToObject(root, "zh", detail.zh);
    return gw_json_print(root);
}
