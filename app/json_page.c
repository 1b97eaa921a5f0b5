#include "app/json_page.h"

#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

struct gw_json_page {
    cJSON *items;
};

struct gw_json_page *gw_json_page_create(void)
{
    struct gw_json_page *page = calloc(1, sizeof(*page));
    if (!page)
        return NULL;
    page->items = cJSON_CreateArray();
    if (page->items)
        return page;
    free(page);
    return NULL;
}

void gw_json_page_destroy(struct gw_json_page *page)
{
    if (!page)
        return;
    cJSON_Delete(page->items);
    free(page);
}

static bool is_whole(const cJSON *object, int members)
{
    return object && cJSON_GetArraySize(object) == members;
}

int gw_json_page_add(struct gw_json_page *page, cJSON *item, int members)
{
    if (is_whole(item, members) && cJSON_AddItemToArray(page->items, item))
        return 0;
    cJSON_Delete(item);
    return -ENOMEM;
}

cJSON *gw_json_page_end(struct gw_json_page *page)
{
    cJSON *root = cJSON_CreateObject();
    if (root && cJSON_AddItemToObject(root, "items", page->items)) {
        page->items = NULL;
    } else {
        cJSON_Delete(root);
        root = NULL;
    }
    gw_json_page_destroy(page);
    return root;
}

struct gw_buf *gw_json_print_whole(cJSON *root, int members)
{
    if (is_whole(root, members))
        return gw_json_print(root);
    cJSON_Delete(root);
    return NULL;
}
