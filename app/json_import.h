// Imports as JSON, and what is to be done with them in JSON (docs/api.md). Any thread.
#ifndef GW_APP_JSON_IMPORT_H
#define GW_APP_JSON_IMPORT_H

#include "app/import_desk.h"
#include "base/buf.h"
#include "base/text.h"

// NULL: out of memory.
struct gw_buf *gw_json_import(const struct gw_import_view *view, enum gw_lang lang);

// {"items": [...]}
struct gw_buf *gw_json_imports(struct gw_import_view *const *views, size_t n,
                               enum gw_lang lang);

// A page of at most `limit` rows of these kinds from place `at` on: {"items": [...],
// "total": how many of these kinds there are, "cursor": the next place, when more}. The
// view has rows.
struct gw_buf *gw_json_import_rows(const struct gw_import_view *view, unsigned kinds,
                                   size_t at, size_t limit, enum gw_lang lang);

// Stable name of a kind of row: "refused", "note", "new", "changed", "gone".
const char *gw_import_row_kind_name(enum gw_import_row_kind kind);

// Changes options as a client wants them. Returns 0, -EBADMSG when it is no JSON object,
// -EINVAL with what is wrong in `ret_problem`, or -ENOMEM.
int gw_json_parse_import(const char *text, size_t len, struct gw_import_options *options,
                         struct gw_import_error *ret_problem);

#endif
