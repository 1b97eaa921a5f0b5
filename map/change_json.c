#include "map/change_json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "base/stream_url.h"

static void add_text(cJSON *object, const char *name, const char *value,
                     const char *other)
{
    if (other ? strcmp(value, other) != 0 : *value != '\0')
        cJSON_AddStringToObject(object, name, value);
}

static void add_number(cJSON *object, const char *name, double value, const double *other)
{
    bool same = other && (value == *other || (isnan(value) && isnan(*other)));
    if (same || (!other && isnan(value)))
        return;
    if (isnan(value))
        cJSON_AddNullToObject(object, name);
    else
        cJSON_AddNumberToObject(object, name, value);
}

// What cannot be read is not shown: nobody knows where in it the password stands.
static void add_address(cJSON *object, const char *name, const char *url,
                        const char *other)
{
    struct gw_stream_url *parsed = NULL;
    if (other ? strcmp(url, other) == 0 : *url == '\0')
        return;
    if (gw_stream_url_parse(url, &parsed) == 0)
        cJSON_AddStringToObject(object, name, parsed->uri);
    else
        cJSON_AddStringToObject(object, name, "");
    gw_stream_url_destroy(parsed);
}

static void add_record(cJSON *object, const struct gw_camera *c,
                       const struct gw_camera *other)
{
    struct gw_camera_pose pose = c->pose;
    struct gw_camera_pose was = other ? other->pose : pose;
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        add_number(object, gw_pose_field_name(i), *gw_pose_field(&pose, i),
                   other ? gw_pose_field(&was, i) : NULL);
    for (int i = 0; i < GW_DETAILS; i++)
        add_text(object, gw_detail_name((enum gw_detail)i),
                 gw_camera_detail(c, (enum gw_detail)i),
                 other ? gw_camera_detail(other, (enum gw_detail)i) : NULL);
}

char *gw_change_json(const struct gw_camera_row *row, const struct gw_camera_row *other)
{
    const struct gw_camera *c = &row->camera, *o = other ? &other->camera : NULL;
    cJSON *object = cJSON_CreateObject();
    if (!object)
        return NULL;
    add_text(object, "name", c->name, o ? o->name : NULL);
    add_number(object, "lon", c->lon, o ? &o->lon : NULL);
    add_number(object, "lat", c->lat, o ? &o->lat : NULL);
    add_text(object, "division", c->division, o ? o->division : NULL);
    add_text(object, "department", c->department, o ? o->department : NULL);
    add_text(object, "cell", c->cell, o ? o->cell : NULL);
    add_text(object, "address", c->address, o ? o->address : NULL);
    add_text(object, "tags", c->tags, o ? o->tags : NULL);
    add_text(object, "groups", c->groups, o ? o->groups : NULL);
    add_text(object, "kind", gw_camera_kind_name(c->kind),
             o ? gw_camera_kind_name(o->kind) : NULL);
    add_text(object, "pull", gw_pull_name(c->pull), o ? gw_pull_name(o->pull) : NULL);
    add_address(object, "url_main", c->url_main, o ? o->url_main : NULL);
    add_address(object, "url_sub", c->url_sub, o ? o->url_sub : NULL);
    add_record(object, c, o);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}

char *gw_cell_change_json(const struct gw_cell *cell, const struct gw_cell *other)
{
    cJSON *object = cJSON_CreateObject();
    if (!object)
        return NULL;
    add_text(object, "name", cell->name, other ? other->name : NULL);
    add_text(object, "division", cell->division, other ? other->division : NULL);
    add_text(object, "parent", cell->parent, other ? other->parent : NULL);
    if (!other || other->level != cell->level)
        cJSON_AddNumberToObject(object, "level", cell->level);
    // Whole: what was drawn by hand can be drawn again from here.
    if (other ? strcmp(cell->geometry, other->geometry) != 0 : *cell->geometry)
        cJSON_AddRawToObject(object, "geometry",
                             *cell->geometry ? cell->geometry : "null");
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}

char *gw_account_change_json(const struct gw_account *account,
                             const struct gw_account *other)
{
    cJSON *object = cJSON_CreateObject();
    if (!object)
        return NULL;
    if (!other || other->role != account->role)
        cJSON_AddStringToObject(object, "role", gw_role_name(account->role));
    if (other ? other->disabled != account->disabled : account->disabled)
        cJSON_AddBoolToObject(object, "disabled", account->disabled);
    if (other ? other->expires_ms != account->expires_ms : account->expires_ms > 0)
        cJSON_AddNumberToObject(object, "expires_ms", (double)account->expires_ms);
    add_text(object, "scope", account->scope, other ? other->scope : NULL);
    if (other && strcmp(other->secret, account->secret) != 0)
        cJSON_AddBoolToObject(object, "secret_changed", true);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}
