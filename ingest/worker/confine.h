// A worker reads what strangers send with a library of a million lines: it gives away
// what it does not need, before it reads the first byte.
#ifndef GW_INGEST_WORKER_CONFINE_H
#define GW_INGEST_WORKER_CONFINE_H

enum {
    GW_CONFINE_MEMORY_BYTES = 512 * 1024 * 1024,
    GW_CONFINE_FILES = 64, // descriptors: a playlist's connections are few
};

// Ends with the engine; gains no rights; shows its memory to no other process and
// leaves no dump of it; takes no more memory and descriptors than the above; has none
// of the engine's descriptors over `last_fd`. Returns 0 or a negative errno.
int gw_confine(int last_fd);

#endif
