// Where the geometries of a layer are, as WGS-84.
#ifndef GW_MAP_TABLE_POSITION_H
#define GW_MAP_TABLE_POSITION_H

#include "map/table/answer.h"

#include <ogr_api.h>
#include <ogr_srs_api.h>

// NULL is "they are degrees of WGS-84 as they stand".
struct gw_position {
    OGRCoordinateTransformationH to_wgs84;
};

// Looks at a layer's reference system. Without one its extent must be degrees, which is
// said. Returns GW_TABLE_READ, NO_CRS or BAD_CRS.
enum gw_table_ending gw_position_begin(struct gw_position *p, OGRLayerH layer);

void gw_position_end(struct gw_position *p);

// Moves a geometry to WGS-84. Returns false when it lies where its projection is not
// defined.
bool gw_position_move(const struct gw_position *p, OGRGeometryH geometry);

#endif
