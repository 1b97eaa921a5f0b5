// A layer of polygons as divisions or grid cells.
#ifndef GW_MAP_TABLE_AREAS_H
#define GW_MAP_TABLE_AREAS_H

#include "map/table/answer.h"

#include <ogr_api.h>
#include <stdbool.h>

// Whether one of its columns is the code of areas.
bool gw_areas_name(OGRLayerH layer);

// Writes a GeoJSON FeatureCollection as map/geojson.h reads it: code, name, parent,
// division, level by our names, whatever the layer calls them; other columns are left
// out.
enum gw_table_ending gw_areas_write(OGRLayerH layer);

#endif
