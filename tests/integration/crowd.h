// Guests who come, look and go: pages with several tiles, players of /live, and some
// that never read what they asked for. One thread, no guest ever waits for another.
//
// Each picture is proved to be the right camera's and in order. Those of a calm guest,
// whose cameras nothing is done to, must also be all there, but for those that the farm
// says it never sent because it got no processor for a second. Of a camera that drops
// packets a whole picture may come without its mark, which has a packet of its own.
#ifndef GW_TESTS_INTEGRATION_CROWD_H
#define GW_TESTS_INTEGRATION_CROWD_H

#include "tests/integration/world.h"

#include <stdbool.h>
#include <stdint.h>

enum { CROWD_MAX = 32, CROWD_ID_MAX = 64 };

enum guest_kind {
    GUEST_WALL,
    GUEST_PLAYER,     // by WebSocket
    GUEST_DOWNLOADER, // by GET; his camera must answer
    GUEST_SLEEPER,    // by WebSocket a main stream, and never reads
    GUEST_KINDS,
};

// A camera to be looked at.
struct sight {
    char id[CROWD_ID_MAX];
    uint32_t farm_camera; // whose pictures must come
    bool calm;
};

struct crowd_stats {
    uint64_t came;
    uint64_t opened; // tiles
    uint64_t closed;
    uint64_t turned_away; // guests whose stream ended under their eyes
    uint64_t frames;
    uint64_t calm_frames;
    uint64_t never_sent; // pictures of calm cameras: the farm slept
};

struct guest;

struct crowd {
    const struct world *world;
    struct guest *guests;
    unsigned count;
    struct crowd_stats stats;
};

void crowd_create(struct crowd *c, const struct world *world);

// All go first.
void crowd_destroy(struct crowd *c);

// A guest comes for a sight. There is room: count < CROWD_MAX.
void crowd_come(struct crowd *c, enum guest_kind kind, const struct sight *sight);

// Guest number `index` of `count` goes; how he fared is checked. The last one takes his
// number.
void crowd_go(struct crowd *c, unsigned index);

// He opens or closes a tile, if his is a page and has room. A page looks at a camera
// once, and a calm one at calm sights only: nothing happens otherwise.
void crowd_open_tile(struct crowd *c, unsigned index, const struct sight *sight);
void crowd_close_tile(struct crowd *c, unsigned index);

// Takes what has arrived for everybody; waits for the first at most `timeout_ms`.
void crowd_look(struct crowd *c, int timeout_ms);

#endif
