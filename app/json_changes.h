// A page of the list of changes as JSON (docs/api.md). One thread.
#ifndef GW_APP_JSON_CHANGES_H
#define GW_APP_JSON_CHANGES_H

#include "base/buf.h"
#include "map/store.h"

struct gw_json_changes;

// Returns NULL when out of memory.
struct gw_json_changes *gw_json_changes_create(void);

// NULL is allowed.
void gw_json_changes_destroy(struct gw_json_changes *page);

// Returns 0 or -ENOMEM.
int gw_json_changes_add(struct gw_json_changes *page, const struct gw_change *change);

// {"items": [...], "cursor": the last one's number where the page is full}. Frees `page`.
// NULL when out of memory.
struct gw_buf *gw_json_changes_print(struct gw_json_changes *page);

#endif
