// A page of a list as JSON: {"items": [...], ...}. What has no room is no answer, never
// half of one. One thread.
#ifndef GW_APP_JSON_PAGE_H
#define GW_APP_JSON_PAGE_H

#include "base/buf.h"

struct cJSON;
struct gw_json_page;

// Returns NULL when out of memory.
struct gw_json_page *gw_json_page_create(void);

// NULL is allowed.
void gw_json_page_destroy(struct gw_json_page *page);

// Takes an item, which must have so many members. Returns 0, or -ENOMEM when it is NULL
// or a member had no room.
int gw_json_page_add(struct gw_json_page *page, struct cJSON *item, int members);

// The object, to which more may be added; the page is gone. NULL: out of memory.
struct cJSON *gw_json_page_end(struct gw_json_page *page);

// The text of `root`, which must have so many members and is gone. NULL: out of memory.
struct gw_buf *gw_json_print_whole(struct cJSON *root, int members);

#endif
