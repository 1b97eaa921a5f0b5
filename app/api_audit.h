// GET /api/v1/audit and /api/v1/audit/verify: the audit log, for administrators. In a
// thread of the pool.
#ifndef GW_APP_API_AUDIT_H
#define GW_APP_API_AUDIT_H

#include "app/api_read.h"
#include "app/query_string.h"

#include <stdbool.h>

// Whether a path behind "/api/v1/" is one of them.
bool gw_is_audit(const char *path);

// That the log is read is noted in it first. One verification runs at a time; it takes
// some three seconds for a million entries.
struct gw_answer gw_api_audit(const struct gw_read_request *request,
                              const struct gw_query_string *params);

#endif
