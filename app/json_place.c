#include "app/json_place.h"

#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_degrees(cJSON *item, const char *name, double value)
{
    if (isnan(value))
        cJSON_AddNullToObject(item, name);
    else
        cJSON_AddNumberToObject(item, name, value);
}

static void add_words(cJSON *item, struct gw_text text)
{
    cJSON *words = cJSON_AddObjectToObject(item, "kind_name");
    cJSON_AddStringToObject(words, "en", text.en);
    cJSON_AddStringToObject(words, "zh", text.zh);
}

static void add_attributes(cJSON *item, const char *attributes)
{
    char name[GW_PLACE_KEY_MAX + 1], value[GW_PLACE_VALUE_MAX + 1];
    cJSON *object = cJSON_AddObjectToObject(item, "attributes");
    for (const char *p = attributes; (p = gw_place_attributes_next(p, name, value));)
        cJSON_AddStringToObject(object, name, value);
}

enum { PLACE_MEMBERS = 15 };

static cJSON *place_object(const struct gw_place *p)
{
    const char *group = gw_place_group_name(gw_place_kind_group(p->kind));
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "id", p->id);
    cJSON_AddStringToObject(item, "name", p->name);
    cJSON_AddStringToObject(item, "kind", gw_place_kind_name(p->kind));
    add_words(item, gw_place_kind_text(p->kind));
    if (group)
        cJSON_AddStringToObject(item, "group", group);
    else
        cJSON_AddNullToObject(item, "group");
    cJSON_AddStringToObject(item, "class", p->class_code);
    cJSON_AddStringToObject(item, "address", p->address);
    add_degrees(item, "lon", p->lon);
    add_degrees(item, "lat", p->lat);
    cJSON_AddStringToObject(item, "division", p->division);
    cJSON_AddStringToObject(item, "cell", p->cell);
    cJSON_AddStringToObject(item, "department", p->department);
    add_attributes(item, p->attributes);
    gw_json_add_time(item, "changed_at", p->changed_ms);
    cJSON_AddStringToObject(item, "author", p->author);
    return item;
}

struct gw_buf *gw_json_place(const struct gw_place *place)
{
    return gw_json_print_whole(place_object(place), PLACE_MEMBERS);
}

int gw_json_places_add(struct gw_json_page *page, const struct gw_place *place,
                       double distance_m)
{
    cJSON *item = place_object(place);
    bool near = !isnan(distance_m);
    if (near)
        cJSON_AddNumberToObject(item, "distance_m", round(distance_m * 10) / 10);
    return gw_json_page_add(page, item, PLACE_MEMBERS + near);
}

struct gw_buf *gw_json_places_print(struct gw_json_page *page, const char *cursor,
                                    bool refine)
{
    cJSON *root = gw_json_page_end(page);
    if (cursor)
        cJSON_AddStringToObject(root, "cursor", cursor);
    cJSON_AddBoolToObject(root, "refine", refine);
    return gw_json_print_whole(root, cursor ? 3 : 2);
}

// ---- what a client writes ----

struct gw_json_place_edit {
    cJSON *root;
    char attributes[GW_PLACE_ATTRIBUTES_BYTES];
};

static bool take_string(const cJSON *object, const char *name, const char **ret_value,
                        const char **ret_field)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (member && !cJSON_IsNull(member) && !cJSON_IsString(member)) {
        *ret_field = name;
        return false;
    }
    *ret_value = member ? member->valuestring : NULL; // NULL of a null too
    return true;
}

static bool take_degrees(const cJSON *object, const char *name, double *ret_value,
                         const char **ret_field)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    if (member && !cJSON_IsNull(member) && !cJSON_IsNumber(member)) {
        *ret_field = name;
        return false;
    }
    *ret_value = cJSON_IsNumber(member) ? member->valuedouble : NAN;
    return true;
}

static bool take_attributes(const cJSON *object, struct gw_json_place_edit *doc,
                            struct gw_place_edit *edit, const char **ret_field)
{
    const cJSON *record = cJSON_GetObjectItemCaseSensitive(object, "attributes");
    const cJSON *member;
    bool good = !record || cJSON_IsNull(record) || cJSON_IsObject(record);
    if (cJSON_IsObject(record))
        cJSON_ArrayForEach(member, record) good =
            good && cJSON_IsString(member) &&
            gw_place_attributes_add(doc->attributes, member->string,
                                    member->valuestring) == 0;
    if (!good)
        *ret_field = "attributes";
    edit->attributes = doc->attributes;
    return good;
}

// A name that is misspelt is told; what an answer has besides is passed over, so that an
// answer can be sent back.
static bool are_known(const cJSON *object, const char **ret_field)
{
    static const char *const names[] = {
        "id",         "name",      "kind",  "class",      "address", "lon",
        "lat",        "division",  "cell",  "department", "author",  "attributes",
        "changed_at", "kind_name", "group", "distance_m",
    };
    enum { NAMES = sizeof(names) / sizeof(*names) };
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        size_t i = 0;
        while (i < NAMES && strcmp(member->string, names[i]) != 0)
            i++;
        if (i == NAMES) {
            *ret_field = "";
            return false;
        }
    }
    return true;
}

static bool take_all(struct gw_json_place_edit *doc, struct gw_place_edit *edit,
                     const char **ret_field)
{
    const cJSON *root = doc->root;
    return are_known(root, ret_field) && take_string(root, "id", &edit->id, ret_field) &&
           take_string(root, "name", &edit->name, ret_field) &&
           take_string(root, "kind", &edit->kind, ret_field) &&
           take_string(root, "class", &edit->class_code, ret_field) &&
           take_string(root, "address", &edit->address, ret_field) &&
           take_degrees(root, "lon", &edit->lon, ret_field) &&
           take_degrees(root, "lat", &edit->lat, ret_field) &&
           take_string(root, "division", &edit->division, ret_field) &&
           take_string(root, "cell", &edit->cell, ret_field) &&
           take_string(root, "department", &edit->department, ret_field) &&
           take_attributes(root, doc, edit, ret_field);
}

int gw_json_parse_place(const char *text, size_t len, struct gw_place_edit *ret_edit,
                        struct gw_json_place_edit **ret_doc, const char **ret_field)
{
    struct gw_place_edit edit = { .lon = NAN, .lat = NAN };
    struct gw_json_place_edit *doc = calloc(1, sizeof(*doc));
    if (!doc)
        return -ENOMEM;
    errno = 0; // cJSON says only that it failed; malloc() says why
    doc->root = cJSON_ParseWithLength(text, len);
    int r = 0;
    if (!cJSON_IsObject(doc->root))
        r = !doc->root && errno == ENOMEM ? -ENOMEM : -EBADMSG;
    else if (!take_all(doc, &edit, ret_field))
        r = -EINVAL;
    if (r < 0) {
        gw_json_place_free(doc);
        return r;
    }
    *ret_doc = doc;
    *ret_edit = edit;
    return 0;
}

void gw_json_place_free(struct gw_json_place_edit *doc)
{
    if (!doc)
        return;
    cJSON_Delete(doc->root);
    free(doc);
}
