// Many changes of cameras in one request, and what is answered to each (docs/api.md). No
// I/O; any thread.
#ifndef GW_APP_JSON_BULK_H
#define GW_APP_JSON_BULK_H

#include "base/buf.h"
#include "base/text.h"
#include "map/registry.h"

enum { GW_JSON_BULK_MAX = 1000 }; // operations of one request

struct gw_json_bulk;

// Where a request cannot be read: the number of the operation from 1, 0 for the request
// itself, and the member that is missing or wrong.
struct gw_json_bulk_problem {
    size_t operation;
    const char *member; // static
};

// Returns 0, -ENOMEM, -EBADMSG when it is no JSON object, -EMSGSIZE for more than
// GW_JSON_BULK_MAX operations, or -EINVAL with the problem.
int gw_json_parse_bulk(const char *text, size_t len, struct gw_json_bulk **ret_bulk,
                       struct gw_json_bulk_problem *ret_problem);

// Borrowed; an id is there for each part.
const struct gw_bulk *gw_json_bulk_get(const struct gw_json_bulk *bulk);

// NULL is allowed.
void gw_json_bulk_free(struct gw_json_bulk *bulk);

// What became of the operations, one after another.
struct gw_json_fates;
struct gw_json_fate {
    size_t index; // from 0
    const char *id;
    int status;
    const char *etag; // "" for none
    const char *code; // of what was refused; else NULL
    struct gw_text why;
};

// NULL when out of memory, which the other calls take and answer likewise.
struct gw_json_fates *gw_json_fates_create(enum gw_lang lang);
void gw_json_fates_add(struct gw_json_fates *fates, const struct gw_json_fate *fate);
void gw_json_fates_free(struct gw_json_fates *fates);

// {"done","refused","items"}.
struct gw_buf *gw_json_fates_print(struct gw_json_fates *fates, size_t done,
                                   size_t refused);

// A problem with those items that were refused beside its own members.
struct gw_buf *gw_json_fates_problem(struct gw_json_fates *fates, int status,
                                     const char *code, struct gw_text why);

// {"matched","changed","dry_run"}.
struct gw_buf *gw_json_edited(size_t matched, size_t changed, bool dry);

#endif
