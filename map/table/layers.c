#include "map/table/layers.h"

#include "map/table/areas.h"
#include "map/table/cameras.h"

#include <ogr_api.h>

// Of a layer that does not say what it has, the first geometry does.
static bool has_polygons(OGRLayerH layer)
{
    OGRwkbGeometryType type = wkbFlatten(OGR_L_GetGeomType(layer));
    OGRFeatureH feature;

    OGR_L_ResetReading(layer);
    while (type == wkbUnknown && (feature = OGR_L_GetNextFeature(layer))) {
        OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
        if (geometry)
            type = wkbFlatten(OGR_G_GetGeometryType(geometry));
        OGR_F_Destroy(feature);
    }
    return OGR_GT_IsSurface(type) || OGR_GT_IsSubClassOf(type, wkbMultiSurface);
}

enum gw_table_ending gw_layers_write(GDALDatasetH dataset,
                                     const struct gw_column_names *names)
{
    int count = GDALDatasetGetLayerCount(dataset);
    for (int i = 0; i < count; i++) {
        OGRLayerH layer = GDALDatasetGetLayer(dataset, i);
        bool areas = layer && has_polygons(layer);
        if (!layer || !(areas ? gw_areas_name(layer) : gw_cameras_name(layer, names)))
            continue;
        if (count > 1)
            gw_table_say(GW_TABLE_ONE_OF_MANY, OGR_L_GetName(layer));
        return areas ? gw_areas_write(layer) : gw_cameras_write(layer, names);
    }
    return GW_TABLE_NO_HEADER;
}
