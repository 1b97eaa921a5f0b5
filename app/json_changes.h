// A page of the list of changes as JSON (docs/api.md). One thread.
#ifndef GW_APP_JSON_CHANGES_H
#define GW_APP_JSON_CHANGES_H

#include "app/json_page.h"
#include "map/store.h"

// Returns 0 or -ENOMEM.
int gw_json_changes_add(struct gw_json_page *page, const struct gw_change *change);

// {"items": [...], "cursor": the last one's number where the page is full}. Frees `page`.
// NULL when out of memory.
struct gw_buf *gw_json_changes_print(struct gw_json_page *page);

#endif
