// Words for what an import finds and does, for its report in a file and by the API.
#ifndef GW_APP_IMPORT_WORDS_H
#define GW_APP_IMPORT_WORDS_H

#include "map/import.h"

// What an issue is, and what was done about its line.
struct gw_text gw_import_issue_kind(const struct gw_import_issue *issue);
struct gw_text gw_import_issue_done(const struct gw_import_issue *issue);

// Likewise of a change, by how it is imported.
struct gw_text gw_import_change_kind(enum gw_import_change_kind kind);
struct gw_text gw_import_change_done(enum gw_import_change_kind kind,
                                     const struct gw_import_config *config);

#endif
