#include "app/json_changes.h"

#include "app/json_internal.h"
#include "app/time_text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>

struct gw_json_changes {
    cJSON *items;
    int64_t last_seq;
};

struct gw_json_changes *gw_json_changes_create(void)
{
    struct gw_json_changes *page = calloc(1, sizeof(*page));
    if (!page)
        return NULL;
    page->items = cJSON_CreateArray();
    if (page->items)
        return page;
    free(page);
    return NULL;
}

void gw_json_changes_destroy(struct gw_json_changes *page)
{
    if (!page)
        return;
    cJSON_Delete(page->items);
    free(page);
}

void gw_json_add_time(cJSON *object, const char *name, uint64_t unix_ms)
{
    char text[GW_TIME_TEXT];
    gw_time_write(unix_ms, text);
    cJSON_AddStringToObject(object, name, text);
}

// As it was written down: map/change_json.h.
static void add_record(cJSON *item, const char *name, const char *json)
{
    if (*json)
        cJSON_AddRawToObject(item, name, json);
    else
        cJSON_AddNullToObject(item, name);
}

int gw_json_changes_add(struct gw_json_changes *page, const struct gw_change *change)
{
    enum { FIELDS = 7 };
    cJSON *item = cJSON_CreateObject();
    if (!item)
        return -ENOMEM;
    cJSON_AddNumberToObject(item, "seq", (double)change->seq);
    gw_json_add_time(item, "at", change->at_ms);
    cJSON_AddStringToObject(item, "author", change->author);
    cJSON_AddStringToObject(item, "camera", change->id);
    cJSON_AddStringToObject(item, "action", change->action);
    add_record(item, "before", change->before);
    add_record(item, "after", change->after);
    if (cJSON_GetArraySize(item) != FIELDS) { // one had no room
        cJSON_Delete(item);
        return -ENOMEM;
    }
    cJSON_AddItemToArray(page->items, item);
    page->last_seq = change->seq;
    return 0;
}

struct gw_buf *gw_json_changes_print(struct gw_json_changes *page)
{
    cJSON *root = cJSON_CreateObject();
    int n = cJSON_GetArraySize(page->items);
    if (root && cJSON_AddItemToObject(root, "items", page->items))
        page->items = NULL;
    if (n == GW_CHANGES_PAGE)
        cJSON_AddNumberToObject(root, "cursor", (double)page->last_seq);
    bool whole = root && cJSON_GetArraySize(root) == 1 + (n == GW_CHANGES_PAGE);
    gw_json_changes_destroy(page);
    if (whole)
        return gw_json_print(root);
    cJSON_Delete(root);
    return NULL;
}
