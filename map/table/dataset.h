// A file that GDAL opens, read only, by one of few drivers.
#ifndef GW_MAP_TABLE_DATASET_H
#define GW_MAP_TABLE_DATASET_H

#include "map/table/answer.h"

#include <gdal.h>

// Once, ahead of anything else. Only what stands in the file at hand is looked at: no
// plug-ins, no configuration files, no network.
void gw_dataset_begin(void);

// Takes an XLSX, a GeoJSON, a GeoPackage, a Shapefile, or a ZIP archive with a
// Shapefile in it. Returns GW_TABLE_READ with a dataset that the caller closes by
// GDALClose(), or why not. Texts of it are UTF-8.
enum gw_table_ending gw_dataset_open(const char *path, GDALDatasetH *ret_dataset);

// Whether something went wrong since it was opened: what was read of it is not all.
bool gw_dataset_is_broken(void);

// Whether it is a spreadsheet: rows without header, all text.
bool gw_dataset_is_sheet(GDALDatasetH dataset);

#endif
