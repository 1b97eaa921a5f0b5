#include "map/table/sheet.h"

#include "map/csv.h"
#include "map/import_header.h"
#include "map/table/output.h"

#include <ogr_api.h>
#include <stdio.h>
#include <string.h>

// Blanks around a name are no part of it.
static void copy_name(const char *cell, char name[GW_COLUMN_NAME_MAX])
{
    cell += strspn(cell, " \t\r\n");
    size_t len = strnlen(cell, GW_COLUMN_NAME_MAX - 1);
    memcpy(name, cell, len);
    while (len > 0 && strchr(" \t\r\n", name[len - 1]))
        len--;
    name[len] = '\0';
}

// The fields of a row up to the last that says something, in `names`.
static size_t read_names(OGRFeatureH row, char names[][GW_COLUMN_NAME_MAX],
                         char *fields[GW_CSV_FIELDS_MAX])
{
    int count = OGR_F_GetFieldCount(row);
    size_t used = 0;

    for (int i = 0; i < count && i < GW_CSV_FIELDS_MAX; i++) {
        copy_name(OGR_F_GetFieldAsString(row, i), names[i]);
        fields[i] = names[i];
        if (*names[i])
            used = (size_t)i + 1;
    }
    return used;
}

// How many columns the header of a sheet has; 0: it has none.
static size_t find_header(OGRLayerH sheet, const struct gw_column_names *names)
{
    char found[GW_CSV_FIELDS_MAX][GW_COLUMN_NAME_MAX];
    char *fields[GW_CSV_FIELDS_MAX];
    size_t width = 0;
    int seen = 0;
    OGRFeatureH row;

    OGR_L_ResetReading(sheet);
    while (width == 0 && seen < GW_HEADER_LINES && (row = OGR_L_GetNextFeature(sheet))) {
        size_t used = read_names(row, found, fields);
        seen += used > 0;
        if (gw_header_is(names, fields, used))
            width = used;
        OGR_F_Destroy(row);
    }
    return width;
}

static void write_row(OGRFeatureH row, size_t width)
{
    int count = OGR_F_GetFieldCount(row);
    for (int i = 0; i < (int)width; i++)
        gw_output_field(i < count ? OGR_F_GetFieldAsString(row, i) : "", i == 0);
    gw_output_end_row();
}

static void write_sheet(OGRLayerH sheet, size_t width)
{
    OGRFeatureH row;

    OGR_L_ResetReading(sheet);
    while ((row = OGR_L_GetNextFeature(sheet))) {
        write_row(row, width);
        OGR_F_Destroy(row);
    }
}

enum gw_table_ending gw_sheet_write(GDALDatasetH workbook,
                                    const struct gw_column_names *names)
{
    int count = GDALDatasetGetLayerCount(workbook);
    for (int i = 0; i < count; i++) {
        OGRLayerH sheet = GDALDatasetGetLayer(workbook, i);
        size_t width = sheet ? find_header(sheet, names) : 0;
        if (width == 0)
            continue;
        if (count > 1)
            gw_table_say(GW_TABLE_ONE_OF_MANY, OGR_L_GetName(sheet));
        write_sheet(sheet, width);
        return GW_TABLE_READ;
    }
    return GW_TABLE_NO_HEADER;
}
