// A layer of points as a list of cameras.
#ifndef GW_MAP_TABLE_CAMERAS_H
#define GW_MAP_TABLE_CAMERAS_H

#include "map/import_columns.h"
#include "map/table/answer.h"

#include <ogr_api.h>
#include <stdbool.h>

// Whether one of its columns is the id of cameras, by `names` (or NULL) or our own.
bool gw_cameras_name(OGRLayerH layer, const struct gw_column_names *names);

// Writes CSV. Where features have points, these are lon and lat, and columns of the same
// meaning are left out. A layer without geometries is a plain table.
enum gw_table_ending gw_cameras_write(OGRLayerH layer,
                                      const struct gw_column_names *names);

#endif
