// gridwall-table: one file that GDAL reads, in a process of its own. The importer starts
// it (map/table_reader.h); it writes cameras as CSV or areas as GeoJSON to standard
// output and ends with a status that tells how it went (map/table/answer.h). What a
// hostile file does to GDAL ends here.
//
// usage: gridwall-table FILE [COLUMNS]    COLUMNS as map/column_file.h has it

#include "base/confine.h"
#include "map/column_file.h"
#include "map/table/answer.h"
#include "map/table/dataset.h"
#include "map/table/layers.h"
#include "map/table/sheet.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// A name that GDAL takes for a place in the network, or for a driver's, is no path.
static char *find_file(const char *name)
{
    return realpath(name, NULL);
}

static enum gw_table_ending read_file(const char *path,
                                      const struct gw_column_names *names)
{
    GDALDatasetH dataset;

    gw_dataset_begin();
    enum gw_table_ending ending = gw_dataset_open(path, &dataset);
    if (ending != GW_TABLE_READ)
        return ending;
    ending = gw_dataset_is_sheet(dataset) ? gw_sheet_write(dataset, names)
                                          : gw_layers_write(dataset, names);
    if (gw_dataset_is_broken())
        ending = GW_TABLE_BROKEN;
    GDALClose(dataset);
    return ending;
}

int main(int argc, char **argv)
{
    static const struct gw_confines confines = {
        .last_fd = STDERR_FILENO,
        .memory_bytes = GW_TABLE_MEMORY_BYTES,
        .files = GW_TABLE_FILES,
        .cpu_s = GW_TABLE_CPU_S,
    };
    static struct gw_column_names names;
    struct gw_column_file_problem problem;
    char *path = argc == 2 || argc == 3 ? find_file(argv[1]) : NULL;

    enum gw_table_ending ending = GW_TABLE_UNREADABLE;
    if (gw_confine(&confines) || gw_confine_to_reading())
        ending = GW_TABLE_UNCONFINED;
    else if (path && (argc == 2 || !gw_column_file_read(argv[2], &names, &problem)))
        ending = read_file(path, &names);
    free(path);
    GDALDestroyDriverManager();
    if (fflush(stdout) || ferror(stdout))
        ending = GW_TABLE_UNREADABLE; // nobody reads it
    return gw_table_exit_status(ending);
}
