#include "map/table/areas.h"

#include "map/table/output.h"
#include "map/table/position.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum property { CODE, NAME, PARENT, DIVISION, LEVEL, PROPERTIES };
enum { NAMES_MAX = 6 };

// The first is ours. A Shapefile has 10 bytes for a name: the short ones are for it.
static const char *const names[PROPERTIES][NAMES_MAX] = {
    [CODE] = { "code", "网格编码", "网格代码", "区划代码", "行政区划代码", "编码" },
    [NAME] = { "name", "网格名称", "区划名称", "名称" },
    [PARENT] = { "parent", "上级编码", "上级网格" },
    [DIVISION] = { "division", "所属区划", "所属村居", "所属社区" },
    [LEVEL] = { "level", "层级", "级别" },
};

static bool is_called(const char *name, enum property property)
{
    for (int i = 0; i < NAMES_MAX && names[property][i]; i++)
        if (strcasecmp(name, names[property][i]) == 0)
            return true;
    return false;
}

// The columns of each property, -1 where the layer has none.
static void find_columns(OGRLayerH layer, int ret_columns[PROPERTIES])
{
    OGRFeatureDefnH columns = OGR_L_GetLayerDefn(layer);
    int count = OGR_FD_GetFieldCount(columns);

    for (int p = 0; p < PROPERTIES; p++) {
        ret_columns[p] = -1;
        for (int i = count - 1; i >= 0; i--)
            if (is_called(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(columns, i)),
                          (enum property)p))
                ret_columns[p] = i;
    }
}

bool gw_areas_name(OGRLayerH layer)
{
    int columns[PROPERTIES];
    find_columns(layer, columns);
    return columns[CODE] >= 0;
}

static void write_properties(OGRFeatureH feature, const int columns[PROPERTIES])
{
    const char *separator = "";
    for (int p = 0; p < PROPERTIES; p++) {
        const char *value =
            columns[p] < 0 ? "" : OGR_F_GetFieldAsString(feature, columns[p]);
        if (!*value)
            continue;
        printf("%s\"%s\":", separator, names[p][0]);
        if (p == LEVEL && !value[strspn(value, "0123456789")])
            printf("%.9s", value);
        else
            gw_output_json(value);
        separator = ",";
    }
}

static void write_geometry(OGRFeatureH feature, const struct gw_position *position)
{
    char *options[] = { (char[]) { "COORDINATE_PRECISION=9" }, NULL };
    OGRGeometryH geometry = OGR_F_StealGeometry(feature);
    char *json = NULL;

    if (geometry && gw_position_move(position, geometry)) {
        OGR_G_FlattenTo2D(geometry);
        OGRGeometryH straight = OGR_G_GetLinearGeometry(geometry, 0, NULL);
        json = straight ? OGR_G_ExportToJsonEx(straight, options) : NULL;
        OGR_G_DestroyGeometry(straight);
    }
    fputs(json ? json : "null", stdout);
    CPLFree(json);
    OGR_G_DestroyGeometry(geometry);
}

static void write_all(OGRLayerH layer, const struct gw_position *position)
{
    int columns[PROPERTIES];
    const char *separator = "\n";
    OGRFeatureH feature;

    find_columns(layer, columns);
    fputs("{\"type\":\"FeatureCollection\",\"features\":[", stdout);
    OGR_L_ResetReading(layer);
    while ((feature = OGR_L_GetNextFeature(layer))) {
        printf("%s{\"type\":\"Feature\",\"properties\":{", separator);
        write_properties(feature, columns);
        fputs("},\"geometry\":", stdout);
        write_geometry(feature, position);
        putchar('}');
        separator = ",\n";
        OGR_F_Destroy(feature);
    }
    puts("\n]}");
}

enum gw_table_ending gw_areas_write(OGRLayerH layer)
{
    struct gw_position position;
    enum gw_table_ending ending = gw_position_begin(&position, layer);
    if (ending == GW_TABLE_READ)
        write_all(layer, &position);
    gw_position_end(&position);
    return ending;
}
