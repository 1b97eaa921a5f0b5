// A directory for one test, gone when the test is.
#ifndef GW_TESTS_HARNESS_SCRATCH_H
#define GW_TESTS_HARNESS_SCRATCH_H

enum { SCRATCH_PATH_MAX = 256 };

void scratch_create(char dir[SCRATCH_PATH_MAX]);
void scratch_remove(const char *dir);

// Writes `text` to dir/name and copies that path.
void scratch_write(const char *dir, const char *name, const char *text,
                   char path[SCRATCH_PATH_MAX]);

#endif
