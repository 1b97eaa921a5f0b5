#include "tests/harness/scratch.h"

#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

void scratch_create(char dir[SCRATCH_PATH_MAX])
{
    const char *base = getenv("TMPDIR");
    snprintf(dir, SCRATCH_PATH_MAX, "%s/gridwall-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void scratch_remove(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void scratch_write(const char *dir, const char *name, const char *text,
                   char path[SCRATCH_PATH_MAX])
{
    snprintf(path, SCRATCH_PATH_MAX, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}
