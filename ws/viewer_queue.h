// What waits for one viewer's socket while it does not take more.
//
// Several streams share the socket: each has a lane. Media of all lanes leaves in
// the order in which it came; control messages leave before any media. A lane is
// bounded in bytes and in age. Over the bound it gives up all media that waits in
// it and takes none until the next key frame: what a viewer gets can always be
// decoded. Config packets are never dropped.
//
// A lane may be on credit: then each frame of it that leaves takes one of the frames
// that the viewer has granted, and without any left it is held back, apart from the
// others' line, within the same bound in bytes and a shorter one in age.
//
// It does no I/O and reads no clock. Packets are held by reference. One thread.
#ifndef GW_WS_VIEWER_QUEUE_H
#define GW_WS_VIEWER_QUEUE_H

#include "base/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // A peer that lets more than this wait reads nothing: close it.
    GW_VIEWER_CONTROL_MAX = 4 * 1024 * 1024, // bytes of control messages
    GW_VIEWER_CONFIG_MAX = 64 * 1024,        // bytes of config packets in a lane

    // Frames a lane may have in hand; what is granted beyond is forgotten. More than
    // any decoder should be behind.
    GW_CREDIT_MAX = 10000,
};

// Why media was dropped.
enum gw_drop_reason {
    GW_DROP_SLOW,   // the socket did not take it
    GW_DROP_CREDIT, // the viewer had granted no more
};

struct gw_viewer_limits {
    size_t lane_bytes;    // of media in one lane
    uint64_t lane_age_us; // a lane's oldest media may wait this long
    uint64_t held_age_us; // and this long for credit
};

struct gw_viewer_entry; // one waiting packet

// One stream's share. Embedded in its owner; the fields are for reading.
struct gw_viewer_lane {
    struct gw_viewer_entry *first;
    struct gw_viewer_entry *last;
    struct gw_viewer_entry *held; // of these the first that waits for credit
    bool on_credit;
    uint32_t credit;            // frames that may still leave, at most GW_CREDIT_MAX
    size_t media_bytes;         // waiting, at most limits.lane_bytes
    size_t config_bytes;        // waiting, at most GW_VIEWER_CONFIG_MAX
    bool waits_for_key;         // media was dropped; only a key frame comes in
    uint64_t dropped;           // media packets given up, ever
    uint64_t untold;            // frames dropped that the viewer was not told of yet
    enum gw_drop_reason reason; // of the first of these
};

struct gw_viewer_queue {
    struct gw_viewer_limits limits;
    struct gw_viewer_entry *control_first;
    struct gw_viewer_entry *control_last;
    struct gw_viewer_entry *media_first;
    struct gw_viewer_entry *media_last;
    size_t control_bytes; // waiting
    size_t bytes;         // waiting, of all kinds
    uint64_t dropped;     // media packets given up, of all lanes, ever
};

// What comes out.
struct gw_viewer_item {
    struct gw_packet *packet; // the caller's reference now
    bool control;
    bool after_gap; // media of its lane was dropped right before this key frame
};

// All zero is an empty lane.
void gw_viewer_queue_init(struct gw_viewer_queue *q,
                          const struct gw_viewer_limits *limits);

// Drops everything that waits. The lanes' owners must not use them afterwards.
void gw_viewer_queue_finish(struct gw_viewer_queue *q);

// Queues a reference to a control message. Returns 0, -ENOBUFS over
// GW_VIEWER_CONTROL_MAX, or -ENOMEM: close the peer.
int gw_viewer_queue_push_control(struct gw_viewer_queue *q, struct gw_packet *packet);

// Queues a reference to a packet of the lane, or drops media as told above
// (counted in lane->untold and queue->dropped). Returns 0, or for a config packet
// that cannot be kept -ENOBUFS or -ENOMEM: close the peer.
int gw_viewer_queue_push(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                         struct gw_packet *packet, uint64_t now_us);

// Whether a packet of the lane may go to the socket at once, as nothing has to go
// before it. Takes a frame of credit if so: the caller must write it.
bool gw_viewer_queue_bypass(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                            const struct gw_packet *packet);

// Puts the lane on credit, if it was not, and adds `frames`. What was held back for
// them is next in line.
void gw_viewer_queue_grant(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                           uint32_t frames);

// How long the oldest of the lane has waited; 0 when nothing does.
uint64_t gw_viewer_lane_age_us(const struct gw_viewer_lane *lane, uint64_t now_us);

// How many frames the viewer should now be told it lost: all that were dropped,
// once a key frame has come in again; else 0. Each is returned once; lane->reason says
// why the first of them was lost.
uint64_t gw_viewer_lane_take_untold(struct gw_viewer_lane *lane);
// What gw_viewer_queue_pop() would hand out, borrowed, or NULL.
const struct gw_packet *gw_viewer_queue_peek(const struct gw_viewer_queue *q);

// Whether the next one is a control message.
bool gw_viewer_queue_has_control(const struct gw_viewer_queue *q);

// Takes the next packet out. Returns false when nothing waits.
bool gw_viewer_queue_pop(struct gw_viewer_queue *q, struct gw_viewer_item *ret_item);

// Drops what waits in a lane that is going away; not counted as dropped.
void gw_viewer_queue_remove_lane(struct gw_viewer_queue *q, struct gw_viewer_lane *lane);

#endif
