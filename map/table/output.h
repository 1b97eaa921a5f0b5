// What gridwall-table writes: CSV with each field in quotes and each row in a line, and
// strings of JSON. UTF-8, to standard output.
#ifndef GW_MAP_TABLE_OUTPUT_H
#define GW_MAP_TABLE_OUTPUT_H

#include <stdbool.h>

// A field and, unless it is the `first` of its row, the comma in front. Line ends in the
// value become spaces: the number of a line is the number of a row.
void gw_output_field(const char *value, bool first);

void gw_output_end_row(void);

// In quotes (RFC 8259 section 7).
void gw_output_json(const char *value);

#endif
