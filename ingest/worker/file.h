// A file below one directory, for libavformat to read: opened here, so that neither
// ".." nor a link leads out of that directory, and read by descriptor, so that the
// library needs no right to open files.
#ifndef GW_INGEST_WORKER_FILE_H
#define GW_INGEST_WORKER_FILE_H

#include "base/source.h"

#include <libavformat/avio.h>

struct gw_file;

// `dir` "": no file may be read, CAUSE_FILES. Returns GW_CAUSE_NONE with a file that
// the caller owns.
enum gw_cause gw_file_open(const char *dir, const char *path, struct gw_file **ret_file);

// Belongs to the file.
AVIOContext *gw_file_io(struct gw_file *file);

// NULL is allowed.
void gw_file_close(struct gw_file *file);

#endif
