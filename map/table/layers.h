// Layers of features: points are cameras and become CSV, polygons are divisions or grid
// cells and become GeoJSON.
#ifndef GW_MAP_TABLE_LAYERS_H
#define GW_MAP_TABLE_LAYERS_H

#include "map/import_columns.h"
#include "map/table/answer.h"

#include <gdal.h>

// Writes the first layer that names what it holds: the ids of cameras, or the codes of
// areas.
// `names` are of columns of cameras, and may be NULL.
enum gw_table_ending gw_layers_write(GDALDatasetH dataset,
                                     const struct gw_column_names *names);

#endif
