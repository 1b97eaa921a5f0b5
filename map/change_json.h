// Records as the list of changes shows them: JSON without cameras' user names and without
// passwords.
#ifndef GW_MAP_CHANGE_JSON_H
#define GW_MAP_CHANGE_JSON_H

#include "map/store_accounts.h"

// An object of the fields of `row` that are not empty, or, where `other` is given, of
// those that differ from it. free() it. NULL: out of memory.
char *gw_change_json(const struct gw_camera_row *row, const struct gw_camera_row *other);

// The same for a cell, with its geometry.
char *gw_cell_change_json(const struct gw_cell *cell, const struct gw_cell *other);

// The same for an account, without its secret: only that it is another is said.
char *gw_account_change_json(const struct gw_account *account,
                             const struct gw_account *other);

#endif
