// Cameras as the list of changes shows them: JSON without user names and passwords.
#ifndef GW_MAP_CHANGE_JSON_H
#define GW_MAP_CHANGE_JSON_H

#include "map/store.h"

// An object of the fields of `row` that are not empty, or, where `other` is given, of
// those that differ from it. free() it. NULL: out of memory.
char *gw_change_json(const struct gw_camera_row *row, const struct gw_camera_row *other);

#endif
