#include "tests/harness/resources.h"

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

static unsigned entries_of(pid_t pid, const char *name)
{
    char path[64];
    unsigned count = 0;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir));)
        count += e->d_name[0] != '.';
    closedir(dir);
    return count;
}

static uint64_t rss_kb_of(pid_t pid)
{
    char path[64];
    char line[256];
    unsigned long kb = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) && sscanf(line, "VmRSS: %lu kB", &kb) != 1)
        ;
    fclose(file);
    assert_true(kb > 0);
    return kb;
}

struct resources resources_of(pid_t pid)
{
    return (struct resources) {
        .descriptors = entries_of(pid, "fd"),
        .threads = entries_of(pid, "task"),
        .rss_kb = rss_kb_of(pid),
    };
}
