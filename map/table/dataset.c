#include "map/table/dataset.h"

#include "map/encoding.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PATH_BYTES = 4096 };

static const char *const plain_drivers[] = { "XLSX", "GeoJSON", "GPKG", NULL };
static const char *const shape_drivers[] = { "ESRI Shapefile", NULL };

// GDAL goes on where it can, with what it has: a sheet that memory does not suffice for
// simply ends. One program, one file: there is one such state.
static bool broken;

// Its own words are not for people who keep lists of cameras.
static void on_error(CPLErr severity, CPLErrorNum number, const char *words)
{
    (void)number;
    (void)words;
    broken = broken || severity >= CE_Failure;
}

void gw_dataset_begin(void)
{
    CPLSetErrorHandler(on_error);
    CPLSetConfigOption("GDAL_DRIVER_PATH", "disable"); // no plug-ins
    // Cells as they stand: GDAL's guess of headers and types would round long codes.
    CPLSetConfigOption("OGR_XLSX_HEADERS", "DISABLE");
    CPLSetConfigOption("OGR_XLSX_FIELD_TYPES", "STRING");
    CPLSetConfigOption("OGR_GEOJSON_MAX_OBJ_SIZE", "200"); // MB
    GDALAllRegister();
    OSRSetPROJEnableNetwork(0);
}

static GDALDatasetH open_by(const char *path, const char *const *drivers,
                            const char *const *options)
{
    return GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, options, NULL);
}

static bool ends_with(const char *path, const char *end)
{
    size_t len = strlen(path), end_len = strlen(end);
    return len >= end_len && strcasecmp(path + len - end_len, end) == 0;
}

// The first Shapefile within an archive, in whatever folder of it.
static bool find_zipped(const char *path, char ret[PATH_BYTES])
{
    char archive[PATH_BYTES];
    bool found = false;

    snprintf(archive, sizeof(archive), "/vsizip/{%.*s}", PATH_BYTES - 16, path);
    char **names = VSIReadDirRecursive(archive);
    for (int i = 0; names && names[i] && !found; i++) {
        if (!ends_with(names[i], ".shp"))
            continue;
        int len = snprintf(ret, PATH_BYTES, "%s/%s", archive, names[i]);
        found = len > 0 && len < PATH_BYTES;
    }
    CSLDestroy(names);
    return found;
}

// .shp -> .cpg, which names the encoding; without one nothing does that can be believed.
static bool names_encoding(const char *path)
{
    VSIStatBufL st;
    char *cpg = strdup(CPLResetExtension(path, "cpg"));
    bool named = cpg && VSIStatL(cpg, &st) == 0;
    free(cpg);
    if (named)
        return true;
    cpg = strdup(CPLResetExtension(path, "CPG"));
    named = cpg && VSIStatL(cpg, &st) == 0;
    free(cpg);
    return named;
}

static void weigh(struct gw_encoding_guess *g, const char *text)
{
    gw_encoding_guess_feed(g, text, strlen(text));
    gw_encoding_guess_feed(g, "\n", 1);
}

// Of all texts of a Shapefile that was opened without an encoding.
static const char *guess_encoding(GDALDatasetH dataset)
{
    struct gw_encoding_guess *g = calloc(1, sizeof(*g));
    OGRLayerH layer = GDALDatasetGetLayer(dataset, 0);
    OGRFeatureH feature;

    if (!g || !layer) {
        free(g);
        return "UTF-8";
    }
    OGRFeatureDefnH columns = OGR_L_GetLayerDefn(layer);
    int count = OGR_FD_GetFieldCount(columns);
    weigh(g, ""); // the first bytes could be taken for a byte order mark
    weigh(g, "   ");
    for (int i = 0; i < count; i++)
        weigh(g, OGR_Fld_GetNameRef(OGR_FD_GetFieldDefn(columns, i)));
    while ((feature = OGR_L_GetNextFeature(layer))) {
        for (int i = 0; i < count; i++)
            weigh(g, OGR_F_GetFieldAsString(feature, i));
        OGR_F_Destroy(feature);
    }
    bool utf8 = gw_encoding_guess_end(g) == GW_ENCODING_UTF8;
    free(g);
    return utf8 ? "UTF-8" : "GB18030";
}

static GDALDatasetH open_shapes(const char *path)
{
    static const char *const as_it_is[] = { "ENCODING=", NULL };
    char encoding[32];
    const char *const guessed[] = { encoding, NULL };

    if (names_encoding(path))
        return open_by(path, shape_drivers, NULL);
    GDALDatasetH dataset = open_by(path, shape_drivers, as_it_is);
    if (!dataset)
        return NULL;
    snprintf(encoding, sizeof(encoding), "ENCODING=%s", guess_encoding(dataset));
    GDALClose(dataset);
    return open_by(path, shape_drivers, guessed);
}

enum gw_table_ending gw_dataset_open(const char *path, GDALDatasetH *ret_dataset)
{
    char zipped[PATH_BYTES];
    GDALDatasetH dataset = open_by(path, plain_drivers, NULL);

    if (!dataset && find_zipped(path, zipped))
        dataset = open_shapes(zipped);
    else if (!dataset)
        dataset = open_shapes(path);
    if (!dataset)
        return GW_TABLE_UNREADABLE;
    broken = false; // by drivers that were tried before
    *ret_dataset = dataset;
    return GW_TABLE_READ;
}

bool gw_dataset_is_broken(void)
{
    return broken;
}

bool gw_dataset_is_sheet(GDALDatasetH dataset)
{
    const char *driver = GDALGetDriverShortName(GDALGetDatasetDriver(dataset));
    return strcmp(driver, "XLSX") == 0;
}
