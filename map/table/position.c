#include "map/table/position.h"

#include <cpl_error.h>
#include <math.h>

static bool are_degrees(OGRLayerH layer)
{
    OGREnvelope box;
    if (OGR_L_GetExtent(layer, &box, 1) != OGRERR_NONE)
        return true; // no geometry at all
    return fabs(box.MinX) <= 180 && fabs(box.MaxX) <= 180 && fabs(box.MinY) <= 90 &&
           fabs(box.MaxY) <= 90;
}

// "Undefined geographic" of a GeoPackage, and local grids, say nothing either.
static bool is_known(OGRSpatialReferenceH from)
{
    return from && (OSRIsProjected(from) || OSRIsGeographic(from) ||
                    OSRIsCompound(from) || OSRIsDerivedGeographic(from));
}

enum gw_table_ending gw_position_begin(struct gw_position *p, OGRLayerH layer)
{
    OGRSpatialReferenceH from = OGR_L_GetSpatialRef(layer);

    p->to_wgs84 = NULL;
    if (!is_known(from)) {
        if (!are_degrees(layer))
            return GW_TABLE_NO_CRS;
        if (OGR_L_GetGeomType(layer) != wkbNone)
            gw_table_say(GW_TABLE_CRS_MISSING, "");
        return GW_TABLE_READ;
    }
    OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(NULL);
    if (wgs84 && OSRSetWellKnownGeogCS(wgs84, "WGS84") == OGRERR_NONE) {
        OSRSetAxisMappingStrategy(wgs84, OAMS_TRADITIONAL_GIS_ORDER);
        p->to_wgs84 = OCTNewCoordinateTransformation(from, wgs84);
    }
    OSRDestroySpatialReference(wgs84);
    return p->to_wgs84 ? GW_TABLE_READ : GW_TABLE_BAD_CRS;
}

void gw_position_end(struct gw_position *p)
{
    if (p->to_wgs84)
        OCTDestroyCoordinateTransformation(p->to_wgs84);
    p->to_wgs84 = NULL;
}

bool gw_position_move(const struct gw_position *p, OGRGeometryH geometry)
{
    if (!p->to_wgs84)
        return true;
    CPLPushErrorHandler(CPLQuietErrorHandler); // one bad point breaks no file
    OGRErr r = OGR_G_Transform(geometry, p->to_wgs84);
    CPLPopErrorHandler();
    return r == OGRERR_NONE;
}
