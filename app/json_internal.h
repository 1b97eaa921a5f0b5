// What the json*.c share; nobody else includes it.
#ifndef GW_APP_JSON_INTERNAL_H
#define GW_APP_JSON_INTERNAL_H

#include "base/buf.h"

struct cJSON;

// Takes `root`; a NULL one, or one that ran out of memory, gives NULL.
struct gw_buf *gw_json_print(struct cJSON *root);

#endif
