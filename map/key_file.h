// The file of keys by which a registry's stream addresses are sealed (map/seal.h). Text:
//   # what it is for
//   registry 0123456789abcdef
//   key 64 hexadecimal digits
// One key, and two while keys are changed (map/store_keys.h), the newer one first.
//
// It names its registry, so that changing the keys of one cannot take away those of
// another. Nobody but its owner may read it.
#ifndef GW_MAP_KEY_FILE_H
#define GW_MAP_KEY_FILE_H

#include "map/seal.h"

#include <stddef.h>

enum {
    GW_KEYS_MAX = 2,
    GW_REGISTRY_ID = 16 + 1,  // hexadecimal digits, NUL included
    GW_KEY_FILE_BYTES = 4096, // of a file; a longer one is none of ours
};

struct gw_key_ring {
    char registry[GW_REGISTRY_ID];
    size_t count;
    struct gw_seal_key keys[GW_KEYS_MAX];
};

// Reads the text of such a file. Returns 0, -EBADMSG or -ENOMEM.
int gw_key_ring_parse(const char *text, size_t len, struct gw_key_ring *ret_ring);

// Writes it, and a zero. `ring` has a registry and one key at least.
void gw_key_ring_print(const struct gw_key_ring *ring, char ret_text[GW_KEY_FILE_BYTES]);

// NULL when it is not in the ring.
const struct gw_seal_key *gw_key_ring_find(const struct gw_key_ring *ring, uint32_t id);

// Reads a file. Returns 0; -ENOENT; -EPERM: others than its owner may read or write it;
// -EBADMSG: it is no such file; or another negative errno.
int gw_key_file_read(const char *path, struct gw_key_ring *ret_ring);

// Puts another file in its place: at any moment there is the old one or the new one, on
// the disk when this returns 0. It keeps its owner. Callers take turns. Returns negative
// errno else.
int gw_key_file_write(const char *path, const struct gw_key_ring *ring);

#endif
