// Whether a word stands anywhere in a registry's files, as somebody would look who has
// nothing but them.
#ifndef GW_TESTS_MAP_FILES_HOLD_H
#define GW_TESTS_MAP_FILES_HOLD_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/map/temp_dir.h"

// Allocated; NULL: there is no such file.
static inline char *file_bytes(const char *path, size_t *ret_len)
{
    char *bytes = NULL;
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    fseek(f, 0, SEEK_END);
    *ret_len = (size_t)ftell(f);
    rewind(f);
    bytes = malloc(*ret_len + 1);
    if (!bytes || fread(bytes, 1, *ret_len, f) != *ret_len)
        abort();
    fclose(f);
    return bytes;
}

static inline bool files_hold(const struct temp_dir *dir, const char *word)
{
    static const char *const names[] = { "gridwall.db", "gridwall.db-wal",
                                         "gridwall.db-shm" };
    bool found = false;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char path[128];
        size_t len = 0;
        temp_dir_file(dir, names[i], path);
        char *bytes = file_bytes(path, &len);
        found = found || (bytes && memmem(bytes, len, word, strlen(word)));
        free(bytes);
    }
    return found;
}

#endif
