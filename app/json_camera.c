// Cameras as JSON, and as clients write them.
#include "app/json.h"

#include "app/json_internal.h"
#include "base/stream_url.h"
#include "map/device_id.h"
#include "map/labels.h"
#include "map/vendor_url.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Without user and password; an address that cannot be read is not shown at all,
// for who knows where in it the password stands.
static void add_stream(cJSON *streams, const char *name, const char *url)
{
    if (!*url)
        return;
    struct gw_stream_url *parsed = NULL;
    cJSON *stream = cJSON_AddObjectToObject(streams, name);
    if (gw_stream_url_parse(url, &parsed) == 0)
        cJSON_AddStringToObject(stream, "url", parsed->uri);
    else
        cJSON_AddNullToObject(stream, "url");
    cJSON_AddBoolToObject(stream, "has_password", parsed && parsed->user);
    gw_stream_url_destroy(parsed);
}

static void add_state(cJSON *item, const struct gw_json_world *w, uint32_t num)
{
    struct gw_camera_condition condition = gw_states_get(w->states, num);
    cJSON_AddStringToObject(item, "state", gw_camera_state_name(condition.state));
    if (condition.state == GW_CAMERA_OFFLINE) {
        struct gw_text why = gw_cause_text(condition.cause);
        cJSON_AddStringToObject(item, "cause", gw_cause_name(condition.cause));
        cJSON_AddStringToObject(item, "en", why.en);
        cJSON_AddStringToObject(item, "zh", why.zh);
    }
}

static void add_degrees(cJSON *item, const char *name, double degrees)
{
    if (isnan(degrees))
        cJSON_AddNullToObject(item, name);
    else
        cJSON_AddNumberToObject(item, name, degrees);
}

static void add_pose(cJSON *item, struct gw_camera_pose pose)
{
    cJSON *object = cJSON_AddObjectToObject(item, "pose");
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        add_degrees(object, gw_pose_field_name(i), *gw_pose_field(&pose, i));
}

static void add_labels(cJSON *item, const char *name, const char *labels)
{
    cJSON *array = cJSON_AddArrayToObject(item, name);
    for (; *labels; labels = gw_labels_next(labels)) {
        char label[GW_LABEL_MAX + 1];
        snprintf(label, sizeof(label), "%.*s", (int)gw_labels_first(labels), labels);
        cJSON_AddItemToArray(array, cJSON_CreateString(label));
    }
}

static void add_code(cJSON *object, const char *name, const char *code,
                     struct gw_text meaning)
{
    cJSON *item = cJSON_AddObjectToObject(object, name);
    cJSON_AddStringToObject(item, "code", code);
    cJSON_AddStringToObject(item, "en", meaning.en);
    cJSON_AddStringToObject(item, "zh", meaning.zh);
}

// Nothing for an id that GB/T 28181 does not know.
static void add_id_parts(cJSON *item, const char *text)
{
    struct gw_device_id id;
    if (!gw_device_id_parse(text, &id))
        return;
    const char network[] = { id.network, '\0' };
    cJSON *parts = cJSON_AddObjectToObject(item, "id_parts");
    cJSON_AddStringToObject(parts, "center", id.center);
    add_code(parts, "industry", id.industry, gw_device_industry(&id));
    add_code(parts, "type", id.type, gw_device_type(&id));
    add_code(parts, "network", network, gw_device_network(&id));
    cJSON_AddStringToObject(parts, "serial", id.serial);
}

// What is known of the rest of the record.
static void add_record(cJSON *item, const struct gw_camera *c)
{
    cJSON *record = cJSON_AddObjectToObject(item, "record");
    for (int i = 0; i < GW_DETAILS; i++) {
        const char *value = gw_camera_detail(c, (enum gw_detail)i);
        if (*value)
            cJSON_AddStringToObject(record, gw_detail_name((enum gw_detail)i), value);
    }
}

static cJSON *camera_object(const struct gw_json_world *w, const struct gw_camera *c,
                            bool whole)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "id", c->id);
    cJSON_AddStringToObject(item, "name", c->name);
    add_degrees(item, "lon", c->lon);
    add_degrees(item, "lat", c->lat);
    cJSON_AddStringToObject(item, "division", c->division);
    cJSON_AddStringToObject(item, "department", c->department);
    cJSON_AddStringToObject(item, "cell", c->cell);
    cJSON_AddStringToObject(item, "address", c->address);
    cJSON_AddStringToObject(item, "kind", gw_camera_kind_name(c->kind));
    add_pose(item, c->pose);
    add_labels(item, "tags", c->tags);
    add_labels(item, "groups", c->groups);
    cJSON_AddStringToObject(item, "pull", gw_pull_name(c->pull));
    cJSON *streams = cJSON_AddObjectToObject(item, "streams");
    add_stream(streams, "main", c->url_main);
    add_stream(streams, "sub", c->url_sub);
    add_state(item, w, c->num);
    if (whole) {
        add_record(item, c);
        add_id_parts(item, c->id);
    }
    return item;
}

struct gw_buf *gw_json_camera(const struct gw_json_world *w, const struct gw_camera *c)
{
    return gw_json_print(camera_object(w, c, true));
}

struct gw_buf *gw_json_cameras(const struct gw_json_world *w,
                               const struct gw_camera *const *cameras, size_t n,
                               bool more, bool whole)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(items, camera_object(w, cameras[i], whole));
    if (more && n > 0)
        cJSON_AddStringToObject(root, "cursor", cameras[n - 1]->id);
    return gw_json_print(root);
}

struct gw_json_edit {
    cJSON *root;
    struct gw_json_edit_room room;
};

// Members of the wrong type are an error; missing ones and null are "not given".
static bool take_string(const cJSON *object, const char *name, const char **ret_value,
                        const char **ret_field)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!member || cJSON_IsNull(member))
        return true;
    if (!cJSON_IsString(member)) {
        *ret_field = name;
        return false;
    }
    *ret_value = member->valuestring;
    return true;
}

static bool take_number(const cJSON *object, const char *name, double *ret_value,
                        const char **ret_field)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!member || cJSON_IsNull(member))
        return true;
    if (!cJSON_IsNumber(member)) {
        *ret_field = name;
        return false;
    }
    *ret_value = member->valuedouble;
    return true;
}

static bool take_stream(const cJSON *object, const char *name, const char **ret_url,
                        const char **ret_field)
{
    const cJSON *streams = cJSON_GetObjectItemCaseSensitive(object, "streams");
    const cJSON *stream = cJSON_GetObjectItemCaseSensitive(streams, name);
    if ((streams && !cJSON_IsObject(streams)) ||
        (stream && !cJSON_IsObject(stream) && !cJSON_IsNull(stream))) {
        *ret_field = "streams";
        return false;
    }
    return take_string(stream, "url", ret_url, ret_field);
}

static bool take_pose(const cJSON *object, struct gw_json_edit_room *doc,
                      struct gw_camera_edit *edit, const char **ret_field)
{
    const cJSON *pose = cJSON_GetObjectItemCaseSensitive(object, "pose");
    if (!pose || cJSON_IsNull(pose))
        return true;
    if (!cJSON_IsObject(pose)) {
        *ret_field = "pose";
        return false;
    }
    doc->pose = gw_camera_pose_unknown;
    edit->pose = &doc->pose;
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        if (!take_number(pose, gw_pose_field_name(i), gw_pose_field(&doc->pose, i),
                         ret_field))
            return false;
    return true;
}

// An array of words, as one text with commas between.
static bool take_labels(const cJSON *object, const char *name, char text[GW_LABELS_BYTES],
                        const char **ret_text, const char **ret_field)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);
    const cJSON *item;
    size_t len = 0;

    if (!array || cJSON_IsNull(array))
        return true;
    bool good = cJSON_IsArray(array) && cJSON_GetArraySize(array) <= GW_LABELS_MAX;
    cJSON_ArrayForEach(item, array)
    {
        good = good && cJSON_IsString(item) && gw_label_valid(item->valuestring);
        if (good)
            len += (size_t)snprintf(text + len, GW_LABELS_BYTES - len, "%s%s",
                                    len ? "," : "", item->valuestring);
    }
    if (!good) {
        *ret_field = name;
        return false;
    }
    text[len] = '\0';
    *ret_text = text;
    return true;
}

static bool take_details(const cJSON *object, struct gw_camera_edit *edit,
                         const char **ret_field)
{
    const cJSON *record = cJSON_GetObjectItemCaseSensitive(object, "record");
    if (record && !cJSON_IsNull(record) && !cJSON_IsObject(record)) {
        *ret_field = "record";
        return false;
    }
    for (int i = 0; i < GW_DETAILS; i++)
        if (!take_string(record, gw_detail_name((enum gw_detail)i), &edit->details[i],
                         ret_field))
            return false;
    return true;
}

// Its vendor, address and channel, in place of the addresses of its streams.
static bool take_device(const cJSON *object, struct gw_json_edit_room *room,
                        struct gw_camera_edit *edit, const char **ret_field)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, "device");
    struct gw_device device = { 0 };
    struct gw_device_urls urls;
    struct gw_camera_problem problem;
    if (!member || cJSON_IsNull(member))
        return true;
    *ret_field = "device";
    if (!cJSON_IsObject(member) ||
        !take_string(member, "vendor", &device.vendor, ret_field) ||
        !take_string(member, "address", &device.address, ret_field) ||
        !take_string(member, "port", &device.port, ret_field) ||
        !take_string(member, "channel", &device.channel, ret_field) ||
        !take_string(member, "user", &device.user, ret_field) ||
        !take_string(member, "password", &device.password, ret_field) || !device.vendor ||
        !device.address)
        return false;
    if (!gw_device_urls(&device, &urls, &problem)) {
        *ret_field = problem.field;
        return false;
    }
    edit->url_main = strcpy(room->url_main, urls.main);
    edit->url_sub = strcpy(room->url_sub, urls.sub);
    explicit_bzero(&urls, sizeof(urls));
    return true;
}

int gw_json_read_camera(const cJSON *root, struct gw_json_edit_room *room,
                        struct gw_camera_edit *ret_edit, const char **ret_field)
{
    struct gw_camera_edit edit = { .lon = NAN, .lat = NAN };
    bool good = take_string(root, "id", &edit.id, ret_field) &&
                take_string(root, "name", &edit.name, ret_field) &&
                take_number(root, "lon", &edit.lon, ret_field) &&
                take_number(root, "lat", &edit.lat, ret_field) &&
                take_string(root, "division", &edit.division, ret_field) &&
                take_string(root, "department", &edit.department, ret_field) &&
                take_string(root, "cell", &edit.cell, ret_field) &&
                take_string(root, "pull", &edit.pull, ret_field) &&
                take_string(root, "kind", &edit.kind, ret_field) &&
                take_string(root, "address", &edit.address, ret_field) &&
                take_pose(root, room, &edit, ret_field) &&
                take_labels(root, "tags", room->tags, &edit.tags, ret_field) &&
                take_labels(root, "groups", room->groups, &edit.groups, ret_field) &&
                take_details(root, &edit, ret_field) &&
                take_stream(root, "main", &edit.url_main, ret_field) &&
                take_stream(root, "sub", &edit.url_sub, ret_field) &&
                take_device(root, room, &edit, ret_field);
    if (!good)
        return -EINVAL;
    *ret_edit = edit;
    return 0;
}

int gw_json_parse(const char *text, size_t len, cJSON **ret_root)
{
    errno = 0; // cJSON says only that it failed; malloc() says why
    cJSON *root = cJSON_ParseWithLength(text, len);
    if (cJSON_IsObject(root)) {
        *ret_root = root;
        return 0;
    }
    int r = !root && errno == ENOMEM ? -ENOMEM : -EBADMSG;
    cJSON_Delete(root);
    return r;
}

int gw_json_parse_camera(const char *text, size_t len, struct gw_camera_edit *ret_edit,
                         struct gw_json_edit **ret_doc, const char **ret_field)
{
    struct gw_json_edit *doc = calloc(1, sizeof(*doc));
    if (!doc)
        return -ENOMEM;
    int r = gw_json_parse(text, len, &doc->root);
    if (r == 0)
        r = gw_json_read_camera(doc->root, &doc->room, ret_edit, ret_field);
    if (r < 0) {
        gw_json_edit_free(doc);
        return r;
    }
    *ret_doc = doc;
    return 0;
}

void gw_json_edit_free(struct gw_json_edit *doc)
{
    if (!doc)
        return;
    cJSON_Delete(doc->root);
    free(doc);
}
