#include "app/json_changes.h"

#include "app/json_internal.h"
#include "app/time_text.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>

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

int gw_json_changes_add(struct gw_json_page *page, const struct gw_change *change)
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
    return gw_json_page_add(page, item, FIELDS);
}

struct gw_buf *gw_json_changes_print(struct gw_json_page *page)
{
    cJSON *root = gw_json_page_end(page);
    const cJSON *items = cJSON_GetObjectItem(root, "items");
    bool full = cJSON_GetArraySize(items) == GW_CHANGES_PAGE;
    const cJSON *last = full ? cJSON_GetArrayItem(items, GW_CHANGES_PAGE - 1) : NULL;
    if (full)
        cJSON_AddNumberToObject(root, "cursor",
                                cJSON_GetNumberValue(cJSON_GetObjectItem(last, "seq")));
    return gw_json_print_whole(root, full ? 2 : 1);
}
