#include "app/json_bulk.h"

#include "app/entity_tag.h"
#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ID_MAX = 64 }; // bytes of a camera's id: longer ones are found to be none

struct gw_json_bulk {
    cJSON *root;
    struct gw_bulk bulk;
    struct gw_bulk_part *parts;
    struct gw_json_edit_room *rooms;
};

// ---- the request ----

static bool read_op(const cJSON *operation, enum gw_bulk_op *ret_op)
{
    static const char *const names[] = { "create", "replace", "patch", "delete" };
    const char *op =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(operation, "op"));
    for (size_t i = 0; op && i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(op, names[i]) != 0)
            continue;
        *ret_op = (enum gw_bulk_op)i;
        return true;
    }
    return false;
}

// A member that is missing or null says nothing.
static bool read_tags(const cJSON *operation, const char *name,
                      enum gw_tag_comparison comparison, struct gw_revisions *ret)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(operation, name);
    if (!member || cJSON_IsNull(member))
        return true;
    return cJSON_IsString(member) &&
           gw_entity_tags_read(member->valuestring, comparison, ret) == 0;
}

// What identifies the camera: the operation's "id", of a new one its own.
static bool read_id(const cJSON *operation, struct gw_bulk_part *part)
{
    const char *id =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(operation, "id"));
    const char *own = part->edit.id;
    if (id && own && strcmp(id, own) != 0)
        return false;
    part->edit.id = id ? id : own;
    return part->edit.id && strlen(part->edit.id) <= ID_MAX;
}

static int read_part(const cJSON *operation, struct gw_json_edit_room *room,
                     struct gw_bulk_part *ret_part, const char **ret_member)
{
    const cJSON *camera = cJSON_GetObjectItemCaseSensitive(operation, "camera");
    struct gw_bulk_part part = { 0 };
    int r = 0;
    *ret_member = NULL;
    if (!cJSON_IsObject(operation) || !read_op(operation, &part.op))
        *ret_member = "op";
    else if (part.op == GW_BULK_DELETE ? camera != NULL : !cJSON_IsObject(camera))
        *ret_member = "camera";
    else if (camera)
        r = gw_json_read_camera(camera, room, &part.edit, ret_member);
    if (r == 0 && !*ret_member && !read_id(operation, &part))
        *ret_member = "id";
    if (!*ret_member &&
        !read_tags(operation, "if_match", GW_TAGS_STRONG, &part.when.match))
        *ret_member = "if_match";
    if (!*ret_member &&
        !read_tags(operation, "if_none_match", GW_TAGS_WEAK, &part.when.none))
        *ret_member = "if_none_match";
    if (*ret_member)
        return -EINVAL;
    *ret_part = part;
    return 0;
}

static int read_parts(struct gw_json_bulk *b, struct gw_json_bulk_problem *ret_problem)
{
    const cJSON *atomic = cJSON_GetObjectItemCaseSensitive(b->root, "atomic");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(b->root, "operations");
    const cJSON *operation;
    int n = cJSON_GetArraySize(list);
    if (atomic && !cJSON_IsBool(atomic)) {
        *ret_problem = (struct gw_json_bulk_problem) { 0, "atomic" };
        return -EINVAL;
    }
    if (!cJSON_IsArray(list) || n == 0) {
        *ret_problem = (struct gw_json_bulk_problem) { 0, "operations" };
        return -EINVAL;
    }
    if (n > GW_JSON_BULK_MAX)
        return -EMSGSIZE;
    b->parts = calloc((size_t)n, sizeof(*b->parts));
    b->rooms = calloc((size_t)n, sizeof(*b->rooms));
    if (!b->parts || !b->rooms)
        return -ENOMEM;
    b->bulk.parts = b->parts;
    b->bulk.atomic = cJSON_IsTrue(atomic);
    cJSON_ArrayForEach(operation, list)
    {
        size_t i = b->bulk.count;
        const char *member;
        int r = read_part(operation, &b->rooms[i], &b->parts[i], &member);
        if (r < 0) {
            *ret_problem = (struct gw_json_bulk_problem) { i + 1, member };
            return r;
        }
        b->bulk.count++;
    }
    return 0;
}

int gw_json_parse_bulk(const char *text, size_t len, struct gw_json_bulk **ret_bulk,
                       struct gw_json_bulk_problem *ret_problem)
{
    struct gw_json_bulk *b = calloc(1, sizeof(*b));
    if (!b)
        return -ENOMEM;
    int r = gw_json_parse(text, len, &b->root);
    if (r == 0)
        r = read_parts(b, ret_problem);
    if (r < 0) {
        gw_json_bulk_free(b);
        return r;
    }
    *ret_bulk = b;
    return 0;
}

const struct gw_bulk *gw_json_bulk_get(const struct gw_json_bulk *bulk)
{
    return &bulk->bulk;
}

void gw_json_bulk_free(struct gw_json_bulk *bulk)
{
    if (!bulk)
        return;
    cJSON_Delete(bulk->root);
    free(bulk->parts);
    free(bulk->rooms);
    free(bulk);
}

// ---- the answer ----

struct gw_json_fates {
    cJSON *items;
    enum gw_lang lang;
    bool failed; // out of memory
};

struct gw_json_fates *gw_json_fates_create(enum gw_lang lang)
{
    struct gw_json_fates *fates = calloc(1, sizeof(*fates));
    if (!fates)
        return NULL;
    fates->lang = lang;
    fates->items = cJSON_CreateArray();
    fates->failed = !fates->items;
    return fates;
}

void gw_json_fates_free(struct gw_json_fates *fates)
{
    if (!fates)
        return;
    cJSON_Delete(fates->items);
    free(fates);
}

static bool add_problem(cJSON *object, int status, const char *code, struct gw_text why,
                        enum gw_lang lang)
{
    return cJSON_AddStringToObject(object, "type", "about:blank") &&
           cJSON_AddStringToObject(object, "title", code) &&
           cJSON_AddNumberToObject(object, "status", status) &&
           cJSON_AddStringToObject(object, "code", code) &&
           cJSON_AddStringToObject(object, "detail", gw_text_in(why, lang)) &&
           cJSON_AddStringToObject(object, "en", why.en) &&
           cJSON_AddStringToObject(object, "zh", why.zh);
}

static bool fill(cJSON *item, const struct gw_json_fate *fate, enum gw_lang lang)
{
    bool good = cJSON_AddNumberToObject(item, "index", (double)fate->index) &&
                cJSON_AddStringToObject(item, "id", fate->id) &&
                cJSON_AddNumberToObject(item, "status", fate->status);
    if (good && *fate->etag)
        good = cJSON_AddStringToObject(item, "etag", fate->etag);
    if (!good || !fate->code)
        return good;
    cJSON *problem = cJSON_AddObjectToObject(item, "problem");
    return problem && add_problem(problem, fate->status, fate->code, fate->why, lang);
}

void gw_json_fates_add(struct gw_json_fates *fates, const struct gw_json_fate *fate)
{
    if (!fates || fates->failed)
        return;
    cJSON *item = cJSON_CreateObject();
    fates->failed = !item || !fill(item, fate, fates->lang);
    if (fates->failed)
        cJSON_Delete(item);
    else
        cJSON_AddItemToArray(fates->items, item);
}

// Hands the items over to `root`.
static bool add_items(cJSON *root, struct gw_json_fates *fates)
{
    if (fates->failed || !cJSON_AddItemToObject(root, "items", fates->items))
        return false;
    fates->items = NULL;
    fates->failed = true; // it is printed once
    return true;
}

static struct gw_buf *print_if(cJSON *root, bool good)
{
    if (good)
        return gw_json_print(root);
    cJSON_Delete(root);
    return NULL;
}

struct gw_buf *gw_json_fates_print(struct gw_json_fates *fates, size_t done,
                                   size_t refused)
{
    cJSON *root = fates ? cJSON_CreateObject() : NULL;
    bool good = root && cJSON_AddNumberToObject(root, "done", (double)done) &&
                cJSON_AddNumberToObject(root, "refused", (double)refused) &&
                add_items(root, fates);
    return print_if(root, good);
}

// What was not refused is not done either: it is left out.
static void keep_problems(struct gw_json_fates *fates)
{
    cJSON *item = fates->items ? fates->items->child : NULL;
    while (item) {
        cJSON *next = item->next;
        if (!cJSON_GetObjectItemCaseSensitive(item, "problem"))
            cJSON_Delete(cJSON_DetachItemViaPointer(fates->items, item));
        item = next;
    }
}

struct gw_buf *gw_json_fates_problem(struct gw_json_fates *fates, int status,
                                     const char *code, struct gw_text why)
{
    cJSON *root = fates ? cJSON_CreateObject() : NULL;
    if (fates)
        keep_problems(fates);
    bool good = root && add_problem(root, status, code, why, fates->lang) &&
                add_items(root, fates);
    return print_if(root, good);
}

struct gw_buf *gw_json_edited(size_t matched, size_t changed, bool dry)
{
    cJSON *root = cJSON_CreateObject();
    bool good = root && cJSON_AddNumberToObject(root, "matched", (double)matched) &&
                cJSON_AddNumberToObject(root, "changed", (double)changed) &&
                cJSON_AddBoolToObject(root, "dry_run", dry);
    return print_if(root, good);
}
