// What the reader of foreign tables, gridwall-table, says beside the table itself: how
// it ended by its exit status, and notes on its standard error, a line each.
#ifndef GW_MAP_TABLE_ANSWER_H
#define GW_MAP_TABLE_ANSWER_H

#include <stdbool.h>

enum gw_table_ending {
    GW_TABLE_READ,
    GW_TABLE_UNREADABLE,  // none of its formats, or damaged
    GW_TABLE_NO_HEADER,   // no sheet or layer names the id of cameras, or areas' codes
    GW_TABLE_NO_CRS,      // positions in metres, and nothing says of which projection
    GW_TABLE_BAD_CRS,     // a projection that PROJ cannot compute
    GW_TABLE_UNCONFINED,  // the system does not let it lock itself in
    GW_TABLE_BROKEN,      // GDAL gave up in the middle of it
    GW_TABLE_CRASHED,     // whatever else ends a process
    GW_TABLE_OUT_OF_TIME, // of the CPU's, or silent for too long
    GW_TABLE_ENDINGS,
};

enum {
    GW_TABLE_MEMORY_BYTES = 1024 * 1024 * 1024,
    GW_TABLE_CPU_S = 120,
    GW_TABLE_FILES = 64,      // descriptors: a Shapefile has a handful of files
    GW_TABLE_SILENCE_S = 180, // more than it may compute
};

// Of a file that was read.
enum gw_table_note {
    GW_TABLE_ONE_OF_MANY, // this sheet or layer was read, there are others
    GW_TABLE_CRS_MISSING, // positions are taken for degrees: no .prj
    GW_TABLE_TWO_PLACES,  // this column was left out: the geometry says where it is
    GW_TABLE_NOT_A_POINT, // this many features have no point: no position
    GW_TABLE_NOTES,
};

// For exit(): never a status that libraries, shells or sanitizers use.
int gw_table_exit_status(enum gw_table_ending ending);

// `exited`: with that status; else killed by that signal.
enum gw_table_ending gw_table_ending_of(bool exited, int status);

// Writes a note to standard error; `value` may be "".
void gw_table_say(enum gw_table_note note, const char *value);

// Takes a line of standard error apart. Returns false for one that is no note.
// *ret_value points into the line.
bool gw_table_note_of(const char *line, enum gw_table_note *ret_note,
                      const char **ret_value);

#endif
