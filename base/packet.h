// Bytes ready for a socket: one frame in one container's form, shared by all
// viewers of that form on one shard.
//
// In front of the payload lies headroom for the socket layer, which writes its
// own few bytes (a WebSocket header) there for each send. That is why a packet
// belongs to one shard, and its count is not atomic.
#ifndef GW_BASE_PACKET_H
#define GW_BASE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_PACKET_HEADROOM = 32 }; // bytes; the socket layer asserts that it suffices

// What a viewer asked for.
enum gw_form {
    GW_FORM_WALL_AVCC, // wall frame header + access unit (docs/wire.md)
    GW_FORM_WALL_MP4,  // wall frame header + moof and mdat
    GW_FORM_FLV,       // FLV header and tags
    GW_FORM_MP4,       // ISO BMFF: ftyp and moov, then moof and mdat
    GW_FORMS,
};

struct gw_packet {
    unsigned refs; // for gw_packet_ref() and gw_packet_unref() only
    uint32_t stream;
    bool config; // initialisation (container header, parameter sets): never dropped
    bool key;    // a viewer may start here: never an audio's
    uint64_t arrived_us; // of the frame, gw_clock_now_us()
    size_t len;          // bytes of payload
    uint8_t block[];     // GW_PACKET_HEADROOM bytes, then the payload
};

// Returns a packet with one reference and `len` uninitialised payload bytes, or
// NULL when out of memory.
struct gw_packet *gw_packet_create(size_t len);

// Borrowed: valid while the caller holds its reference. The GW_PACKET_HEADROOM
// bytes in front of it may be overwritten by the shard's socket layer.
uint8_t *gw_packet_payload(struct gw_packet *p);

// Adds a reference. Returns `p`. Only on the packet's shard.
struct gw_packet *gw_packet_ref(struct gw_packet *p);

// Drops the caller's reference and sets *pp to NULL. A NULL *pp is allowed.
void gw_packet_unref(struct gw_packet **pp);

#endif
