// The farm's command line.
#ifndef GW_TESTS_FARM_OPTIONS_H
#define GW_TESTS_FARM_OPTIONS_H

#include "tests/farm/clip_make.h"
#include "tests/farm/proof.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FARM_FILES_MAX = 32,  // --clip, and as many --sub-clip
    FARM_FAULTS_MAX = 64, // --fault
    FARM_CAMERAS_MAX = 1000000,
    FARM_NO_PORT = -1,
};

struct farm_options {
    const char *address;
    int port;
    int control_port; // FARM_NO_PORT: none
    uint32_t cameras;
    const char *files[FARM_PROFILES][FARM_FILES_MAX];
    size_t file_count[FARM_PROFILES];
    struct farm_clip_spec made[FARM_PROFILES]; // of generated clips; no scene yet
    const char *clips_dir;                     // NULL: the user's cache
    char *user;                                // NULL: everybody may watch
    char *password;
    bool sha256;
    bool start_anywhere;
    uint64_t seed;
    unsigned timeout_s;
    const char *faults[FARM_FAULTS_MAX];
    size_t fault_count;
    const char *journal; // NULL: none
};

// Reads the command line; strings are borrowed from argv, where --auth is cut in
// two. Says on standard error what is wrong.
//   0           go on
//   -ECANCELED  --help was asked for and given
//   -EINVAL     not a command line of ours
int farm_options_parse(int argc, char **argv, struct farm_options *ret_options);

#endif
