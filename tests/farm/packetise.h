// Cuts NAL units into RTP payloads (RFC 6184): single NAL unit, STAP-A for the
// parameter sets, FU-A for what is too long.
//
// Payloads lie back to back in one growing block, which every session of every
// camera then shares: only the RTP headers differ.
#ifndef GW_TESTS_FARM_PACKETISE_H
#define GW_TESTS_FARM_PACKETISE_H

#include <stddef.h>
#include <stdint.h>

enum {
    FARM_PAYLOAD_MAX = 1400,             // bytes, as cameras on Ethernet do
    FARM_STORE_MAX = 1024 * 1024 * 1024, // bytes of payloads in one clip
};

struct farm_payload {
    uint32_t offset; // into the store's bytes
    uint32_t len;    // bytes, at most FARM_PAYLOAD_MAX
};

struct farm_store {
    uint8_t *bytes; // owned
    size_t len;
    size_t cap;
    struct farm_payload *payloads; // owned
    size_t count;
    size_t payload_cap;
};

struct farm_nal {
    const uint8_t *data; // borrowed; without start code or length
    size_t len;          // bytes, more than 0
};

// All zero is an empty store. Frees what it holds.
void farm_store_finish(struct farm_store *s);

// Appends `nal` as one single NAL unit payload or as FU-A fragments.
// Returns 0, -ENOMEM, or -EMSGSIZE (over FARM_STORE_MAX). After a failure the
// store holds part of the NAL unit and is good for farm_store_finish() only.
int farm_packetise_nal(struct farm_store *s, struct farm_nal nal);

// Appends `count` NAL units as one STAP-A payload, or one by one when they do not
// fit into it. Errors as above.
int farm_packetise_stap(struct farm_store *s, const struct farm_nal *nals, size_t count);

#endif
