// The audit log as JSON: for the API, and one entry a line.
#ifndef GW_APP_JSON_AUDIT_H
#define GW_APP_JSON_AUDIT_H

#include "app/json_page.h"
#include "map/audit_verify.h"
#include "map/store_audit.h"

// One entry on one line, without a line end. free() it. NULL: out of memory.
char *gw_json_audit_line(const struct gw_audit_entry *entry);

// Returns 0 or -ENOMEM.
int gw_json_audit_add(struct gw_json_page *page, const struct gw_audit_entry *entry);

// {"items":[...],"cursor":"..."}, the cursor where there is a next page. Takes the page.
// NULL: out of memory.
struct gw_buf *gw_json_audit_print(struct gw_json_page *page,
                                   const struct gw_audit_place *next);

// What gw_audit_verify() found. NULL: out of memory.
struct gw_buf *gw_json_audit_verdict(const struct gw_audit_verdict *verdict,
                                     enum gw_lang lang);

#endif
