// Layers of features: points are cameras and become CSV, polygons are divisions or grid
// cells and become GeoJSON.
#ifndef GW_MAP_TABLE_LAYERS_H
#define GW_MAP_TABLE_LAYERS_H

#include "map/table/answer.h"

#include <gdal.h>

// Writes the first layer that names what it holds: the ids of cameras, or the codes of
// areas.
enum gw_table_ending gw_layers_write(GDALDatasetH dataset);

#endif
