// gridwall-table at work: a process that reads one foreign table with GDAL and writes it
// as text (map/table/answer.h). Whoever starts it reads that text, blocking. One thread;
// the process ends with it.
#ifndef GW_MAP_TABLE_READER_H
#define GW_MAP_TABLE_READER_H

#include "map/table/answer.h"

#include <stdbool.h>
#include <stddef.h>

enum { GW_TABLE_SAID_MAX = 4096 }; // bytes of its notes, NUL included

struct gw_table_reader;

// `program` is the path of gridwall-table, `file` what it shall read, `columns_file` what
// says how the columns of it are called (or NULL), `silence_ms` how long it may write
// nothing. Returns 0 with a reader for gw_table_reader_finish(), or a
// negative errno: -ENOENT when there is no such program.
int gw_table_reader_open(const char *program, const char *file, const char *columns_file,
                         int silence_ms, struct gw_table_reader **ret_reader);

// From now on `is_over` is asked now and then while the process is waited for.
void gw_table_reader_heed(struct gw_table_reader *reader, bool (*is_over)(void *arg),
                          void *arg);

// Up to `size` bytes of the text. Returns how many, 0 at its end, -ETIMEDOUT when it was
// silent for too long, -ECANCELED when it is over, or another negative errno.
long gw_table_reader_read(struct gw_table_reader *reader, char *buf, size_t size);

// Waits for the process, or ends it if it has not written all, and frees the reader.
// Returns whether all was read, and if so how it ended, and what it said: lines.
bool gw_table_reader_finish(struct gw_table_reader *reader,
                            enum gw_table_ending *ret_ending,
                            char ret_said[GW_TABLE_SAID_MAX]);

#endif
