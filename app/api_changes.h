// GET /api/v1/changes: who changed what of the cameras, and when.
#ifndef GW_APP_API_CHANGES_H
#define GW_APP_API_CHANGES_H

#include "app/api_read.h"
#include "app/query_string.h"

// Reads the registry's file: not on a shard's thread.
struct gw_answer gw_api_changes(const struct gw_read_request *request,
                                const struct gw_query_string *params);

#endif
