// A data directory of a test's own, gone afterwards.
#ifndef GW_TESTS_MAP_TEMP_DIR_H
#define GW_TESTS_MAP_TEMP_DIR_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct temp_dir {
    char path[64];
};

static inline int temp_dir_make(struct temp_dir *dir)
{
    snprintf(dir->path, sizeof(dir->path), "/tmp/gridwall-test-XXXXXX");
    return mkdtemp(dir->path) ? 0 : -1;
}

static inline void temp_dir_file(const struct temp_dir *dir, const char *name,
                                 char path[128])
{
    snprintf(path, 128, "%s/%s", dir->path, name);
}

static inline void temp_dir_write_n(const struct temp_dir *dir, const char *name,
                                    const char *data, size_t len, char path[128])
{
    temp_dir_file(dir, name, path);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        abort();
}

static inline void temp_dir_write(const struct temp_dir *dir, const char *name,
                                  const char *text, char path[128])
{
    temp_dir_write_n(dir, name, text, strlen(text), path);
}

static inline void temp_dir_remove(struct temp_dir *dir)
{
    static const char *const names[] = { "gridwall.db",
                                         "gridwall.db-wal",
                                         "gridwall.db-shm",
                                         "gridwall.key",
                                         "gridwall.lock",
                                         "audit.key",
                                         "a.csv",
                                         "b.csv",
                                         "a.geojson",
                                         "b.geojson",
                                         "a.txt" };
    char path[128];
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        temp_dir_file(dir, names[i], path);
        unlink(path);
    }
    rmdir(dir->path);
}

#endif
