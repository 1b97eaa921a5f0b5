// A small world: simulated cameras and an engine that knows them, both the real
// programs, in a directory of their own and on free ports.
//
// The environment names the programs: GW_ENGINE, GW_FARM, and GW_CLIPS, the
// directory with main0.mp4, main1.mp4 and sub0.mp4.
#ifndef GW_TESTS_INTEGRATION_WORLD_H
#define GW_TESTS_INTEGRATION_WORLD_H

#include "tests/harness/process.h"
#include "tests/harness/scratch.h"

#include <stdint.h>

enum { WORLD_ARGS_MAX = 12, WORLD_ID_MAX = 24 };

struct world_config {
    unsigned cameras;    // of the farm
    unsigned registered; // the first so many are in the registry; 0: all of them
    const char *farm[WORLD_ARGS_MAX];   // more arguments, up to the first NULL
    const char *engine[WORLD_ARGS_MAX]; // likewise
    const char *login; // "user:password@" of the addresses in the registry, or NULL
    const char *pull;  // NULL: on_demand
};

struct world {
    struct world_config config;
    char dir[SCRATCH_PATH_MAX];
    struct process farm;
    struct process engine;
    uint16_t farm_port;
    uint16_t control_port; // of the farm
    uint16_t port;         // of the engine
};

struct world_id {
    char text[WORLD_ID_MAX];
};

// What the registry calls the farm's camera `number` (from 1 on).
struct world_id world_id(unsigned number);

// Its RTSP address; `profile` is "main" or "sub".
void world_url(const struct world *w, unsigned number, const char *profile,
               char url[SCRATCH_PATH_MAX]);

// Starts both; the registry holds the farm's cameras, each in a place of its own, or as
// many as config.registered says.
void world_start(struct world *w, const struct world_config *config);

// Stops what runs. A program that ends with anything but success, as one does in
// which a sanitizer found something, fails the test and its last words are shown.
void world_stop(struct world *w);

// The parts of it. A farm that is started again takes its old port.
void world_start_farm(struct world *w);
void world_start_engine(struct world *w);
void world_stop_farm(struct world *w);
void world_stop_engine(struct world *w);

// Runs `gridwall import` on a file of the world's directory. Returns its exit
// status; *ret_words (NULL: not wanted) is what it said to standard error.
int world_import(struct world *w, const char *name, const char *text, char **ret_words);

// Imports those cameras; world_start() has done so if there were any.
void world_import_cameras(struct world *w);

// Gives the farm an order of tests/farm/faults.h and awaits its "ok".
void world_order(const struct world *w, const char *order);

// One of struct farm_stats, by its name.
uint64_t world_farm_figure(const struct world *w, const char *name);

#endif
