// /api/v1/imports: lists that are previewed, and then written as they were previewed
// (app/import_desk.h, docs/api.md).
#ifndef GW_APP_API_IMPORTS_H
#define GW_APP_API_IMPORTS_H

#include "app/api_answer.h"
#include "app/api_read.h"
#include "app/query_string.h"
#include "app/shard.h"
#include "ws/server.h"

// Whether `path`, behind "/api/v1/", is one of them.
bool gw_is_imports(const char *path);

// GET, in a thread of the pool.
struct gw_answer gw_api_imports_read(const struct gw_read_request *request,
                                     const struct gw_query_string *params);

// Everything else. Takes over the duty to reply.
void gw_api_imports_write(struct gw_shard *shard, struct gw_request *request,
                          const struct gw_request_info *info, const char *path);

// The server's hook on_upload.
int gw_api_imports_may_upload(struct gw_shard *shard, const struct gw_request_info *info,
                              struct gw_problem *ret_problem);

#endif
