// Misbehaviour on command, for each camera by itself.
//
//   spec     command [value] [range]      words may be parted by ' ' or ':'
//   command  stall | refuse | garbage | drop PROBABILITY | close | resume
//   range    N | FIRST-LAST | all         all cameras when left out
//
//   stall    frames are not sent, the connection stays open
//   refuse   new sessions get 503 Service Unavailable
//   garbage  random bytes lie between the frames
//   drop     each RTP packet is left out with this probability, 0 to 1
//   close    running sessions are cut off, once
//   resume   ends all of the above
#ifndef GW_TESTS_FARM_FAULTS_H
#define GW_TESTS_FARM_FAULTS_H

#include "tests/farm/pacer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FARM_SPEC_MAX = 128 }; // bytes of a spec

enum farm_fault {
    FARM_STALL,
    FARM_REFUSE,
    FARM_GARBAGE,
    FARM_DROP,
    FARM_CLOSE,
    FARM_RESUME
};

struct farm_order {
    enum farm_fault fault;
    uint32_t drop_ppm; // DROP: packets in a million
    uint32_t first;    // cameras, both included
    uint32_t last;
};

struct farm_camera_faults {
    bool stall;
    bool refuse;
    bool garbage;
    uint32_t drop_ppm;
};

struct farm_faults {
    struct farm_camera_faults *cameras; // owned; camera N is at N - 1
    uint32_t count;
};

// Returns 0 or -ENOMEM.
int farm_faults_init(struct farm_faults *f, uint32_t cameras);
void farm_faults_finish(struct farm_faults *f);

// Reads a spec for a farm of `cameras` cameras.
// Returns 0, -EBADMSG (not as above), or -ERANGE (no such camera or probability).
int farm_order_parse(const char *spec, uint32_t cameras, struct farm_order *ret_order);

// Changes what the cameras do from now on. CLOSE changes nothing here: the
// server carries it out.
void farm_faults_apply(struct farm_faults *f, const struct farm_order *order);

// `camera` is from 1 to count.
const struct farm_camera_faults *farm_faults_of(const struct farm_faults *f,
                                                uint32_t camera);

#endif
