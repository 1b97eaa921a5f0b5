// Writes a district to files.
#ifndef GW_DISTRICT_WRITE_H
#define GW_DISTRICT_WRITE_H

#include "tests/district/district.h"

struct gw_district_output {
    const char *dir;
    const char *farm;     // rtsp://HOST:PORT
    const char *user;     // NULL: addresses carry no user
    const char *password; // may be NULL
    uint64_t seed;
};

// Creates `dir` where needed and writes all files of the district. Returns 0, or
// negative errno with the file's name in `ret_file`.
enum { GW_WRITE_FILE_MAX = 4096 };
int gw_district_write(const struct gw_district *d, const struct gw_district_output *out,
                      char ret_file[GW_WRITE_FILE_MAX]);

#endif
