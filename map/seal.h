// Keeps short texts secret and whole on a disk: AES-256-GCM (NIST SP 800-38D).
//
// A sealed text is bound to its place, a camera's number and stream: put elsewhere it
// does not open. Form of version 1, GW_SEAL_EXTRA bytes more than the text:
//   1 version, 4 id of the key, 12 nonce (random), text, 16 tag
// Random nonces are good for 2^32 texts a key (section 8.3): a registry of a million
// cameras could be written two thousand times before it needs another key.
#ifndef GW_MAP_SEAL_H
#define GW_MAP_SEAL_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_SEAL_KEY_BYTES = 32,
    GW_SEAL_EXTRA = 1 + 4 + 12 + 16, // bytes
};

struct gw_seal_key {
    uint8_t bytes[GW_SEAL_KEY_BYTES];
    uint32_t id; // follows from the bytes, and tells nothing of them
};

// What a text belongs to.
struct gw_seal_place {
    uint32_t camera; // its number
    uint32_t sub;    // 0: main stream, 1: sub stream
};

// A new key. Returns 0, -EIO when the system has no random numbers to give, or -ENOMEM.
int gw_seal_key_make(struct gw_seal_key *ret_key);

// The key of these bytes. Returns 0 or -ENOMEM.
int gw_seal_key_of(const uint8_t bytes[GW_SEAL_KEY_BYTES], struct gw_seal_key *ret_key);

// Ciphers that are set up once for many texts. Belongs to one thread.
struct gw_sealer;

// NULL when out of memory.
struct gw_sealer *gw_sealer_create(void);
void gw_sealer_destroy(struct gw_sealer *sealer); // NULL is allowed

// Seals `len` bytes into `ret_sealed`, which has room for len + GW_SEAL_EXTRA.
// Returns 0, -EIO (no random numbers) or -ENOMEM.
int gw_seal(struct gw_sealer *sealer, const struct gw_seal_key *key,
            struct gw_seal_place place, const char *text, size_t len,
            uint8_t *ret_sealed);

// Which key a sealed text asks for. Returns 0, or -EBADMSG when it is none of ours.
int gw_seal_key_id(const uint8_t *sealed, size_t len, uint32_t *ret_id);

// Opens a sealed text into `ret_text`, which has room for len - GW_SEAL_EXTRA + 1 bytes:
// a zero stands behind the text. Returns 0; -EBADMSG: it was changed, is of another place
// or of another key (`ret_text` is touched, and holds nothing of the text); -ENOMEM.
int gw_unseal(struct gw_sealer *sealer, const struct gw_seal_key *key,
              struct gw_seal_place place, const uint8_t *sealed, size_t len,
              char *ret_text);

#endif
