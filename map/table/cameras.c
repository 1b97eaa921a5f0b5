#include "map/table/cameras.h"

#include "map/table/output.h"
#include "map/table/position.h"

#include <stdio.h>
#include <stdlib.h>

struct cameras {
    const struct gw_column_names *names;
    OGRLayerH layer;
    OGRFeatureDefnH columns;
    int count;
    bool *left_out; // by column
    bool placed;    // there are geometries
    struct gw_position position;
    size_t not_points;
};

static enum gw_column column_of(const struct gw_column_names *names,
                                OGRFeatureDefnH columns, int i)
{
    return gw_column_names_find(names,
                                OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(columns, i)));
}

static int count_ids(const struct gw_column_names *names, OGRFeatureDefnH columns)
{
    int count = OGR_FD_GetFieldCount(columns), ids = 0;
    for (int i = 0; i < count; i++)
        ids += column_of(names, columns, i) == GW_COLUMN_ID;
    return ids;
}

bool gw_cameras_name(OGRLayerH layer, const struct gw_column_names *names)
{
    return count_ids(names, OGR_L_GetLayerDefn(layer)) > 0;
}

// ArcGIS writes a column Id of small numbers into each layer, whether or not there is
// one with the ids of what it shows.
static bool is_row_number(const struct cameras *c, int i, int ids)
{
    OGRFieldType type = OGR_Fld_GetType(OGR_FD_GetFieldDefn(c->columns, i));
    return ids > 1 && type == OFTInteger &&
           column_of(c->names, c->columns, i) == GW_COLUMN_ID;
}

static void leave_out(struct cameras *c)
{
    int ids = count_ids(c->names, c->columns);
    for (int i = 0; i < c->count; i++) {
        enum gw_column column = column_of(c->names, c->columns, i);
        bool place = c->placed && (column == GW_COLUMN_LON || column == GW_COLUMN_LAT);
        c->left_out[i] = place || is_row_number(c, i, ids);
        if (place)
            gw_table_say(GW_TABLE_TWO_PLACES,
                         OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(c->columns, i)));
    }
}

static void write_header(const struct cameras *c)
{
    bool first = true;
    for (int i = 0; i < c->count; i++) {
        if (c->left_out[i])
            continue;
        gw_output_field(OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(c->columns, i)), first);
        first = false;
    }
    if (c->placed) {
        gw_output_field(gw_column_name(GW_COLUMN_LON), first);
        gw_output_field(gw_column_name(GW_COLUMN_LAT), false);
    }
    gw_output_end_row();
}

// A multipoint of one is a point; programs export both.
static OGRGeometryH point_of(OGRFeatureH feature)
{
    OGRGeometryH geometry = OGR_F_GetGeometryRef(feature);
    if (!geometry)
        return NULL;
    OGRwkbGeometryType type = wkbFlatten(OGR_G_GetGeometryType(geometry));
    if (type == wkbMultiPoint && OGR_G_GetGeometryCount(geometry) == 1)
        geometry = OGR_G_GetGeometryRef(geometry, 0);
    else if (type != wkbPoint)
        return NULL;
    return OGR_G_IsEmpty(geometry) ? NULL : geometry;
}

static void write_position(struct cameras *c, OGRFeatureH feature, bool first)
{
    char lon[32] = "", lat[32] = "";
    OGRGeometryH point = point_of(feature);

    if (point && gw_position_move(&c->position, point)) {
        snprintf(lon, sizeof(lon), "%.8f", OGR_G_GetX(point, 0)); // 1 mm
        snprintf(lat, sizeof(lat), "%.8f", OGR_G_GetY(point, 0));
    } else {
        c->not_points++;
    }
    gw_output_field(lon, first);
    gw_output_field(lat, false);
}

static void write_camera(struct cameras *c, OGRFeatureH feature)
{
    bool first = true;
    for (int i = 0; i < c->count; i++) {
        if (c->left_out[i])
            continue;
        gw_output_field(OGR_F_GetFieldAsString(feature, i), first);
        first = false;
    }
    if (c->placed)
        write_position(c, feature, first);
    gw_output_end_row();
}

static void write_all(struct cameras *c)
{
    char number[24];
    OGRFeatureH feature;

    leave_out(c);
    write_header(c);
    OGR_L_ResetReading(c->layer);
    while ((feature = OGR_L_GetNextFeature(c->layer))) {
        write_camera(c, feature);
        OGR_F_Destroy(feature);
    }
    snprintf(number, sizeof(number), "%zu", c->not_points);
    if (c->not_points > 0)
        gw_table_say(GW_TABLE_NOT_A_POINT, number);
}

enum gw_table_ending gw_cameras_write(OGRLayerH layer,
                                      const struct gw_column_names *names)
{
    struct cameras c = {
        .names = names,
        .layer = layer,
        .columns = OGR_L_GetLayerDefn(layer),
        .placed = OGR_L_GetGeomType(layer) != wkbNone,
    };
    c.count = OGR_FD_GetFieldCount(c.columns);
    c.left_out = calloc((size_t)c.count, sizeof(*c.left_out));
    if (!c.left_out)
        return GW_TABLE_CRASHED;
    enum gw_table_ending ending = gw_position_begin(&c.position, layer);
    if (ending == GW_TABLE_READ)
        write_all(&c);
    gw_position_end(&c.position);
    free(c.left_out);
    return ending;
}
