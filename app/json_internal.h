// What the json*.c share; nobody else includes it.
#ifndef GW_APP_JSON_INTERNAL_H
#define GW_APP_JSON_INTERNAL_H

#include "base/buf.h"

#include <stdint.h>

struct cJSON;

// Takes `root`; a NULL one, or one that ran out of memory, gives NULL.
struct gw_buf *gw_json_print(struct cJSON *root);

// Adds a time to an object: RFC 3339, in UTC, to the millisecond.
void gw_json_add_time(struct cJSON *object, const char *name, uint64_t unix_ms);

#endif
