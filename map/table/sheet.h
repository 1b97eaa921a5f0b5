// A spreadsheet as CSV: the first sheet that has a header of cameras.
#ifndef GW_MAP_TABLE_SHEET_H
#define GW_MAP_TABLE_SHEET_H

#include "map/import_columns.h"
#include "map/table/answer.h"

#include <gdal.h>

// Each row of the sheet is a line of what is written, empty ones too, so that numbers of
// lines are those that people see. Columns right of the header's last are left out.
// `names` may be NULL.
enum gw_table_ending gw_sheet_write(GDALDatasetH workbook,
                                    const struct gw_column_names *names);

#endif
