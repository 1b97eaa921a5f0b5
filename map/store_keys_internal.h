// What store_addresses.c and store_keys.c share; nobody else includes it.
#ifndef GW_MAP_STORE_KEYS_INTERNAL_H
#define GW_MAP_STORE_KEYS_INTERNAL_H

#include "base/stream_url.h"
#include "map/key_file.h"
#include "map/store_internal.h"

#include <limits.h>
#include <stdbool.h>

struct gw_store_keys {
    char path[PATH_MAX]; // of the file; "": in memory, the key dies with the store
    struct gw_key_ring ring;
    struct gw_sealer *sealer;
    bool unclean;
    bool asked;  // which key is in use, in this transaction
    bool reread; // the file, in this transaction
    uint32_t current;
    size_t unreadable;
    uint32_t unreadable_camera;
    char opened[GW_ADDRESS_USES][2][GW_STREAM_URL_MAX + 1];
    uint8_t sealed[2][GW_STREAM_URL_MAX + GW_SEAL_EXTRA];
};

// The row of table sealing.
struct gw_sealing {
    char registry[GW_REGISTRY_ID];
    bool has_key;
    uint32_t key;
    bool unclean;
};

int gw_store_sealing_read(struct gw_store *store, struct gw_sealing *ret_sealing);

// As gw_key_file_read(); also -EXDEV: the file is another registry's.
int gw_store_key_file_read(const struct gw_store_keys *keys, const struct gw_sealing *s,
                           struct gw_key_ring *ret_ring);

#endif
