// Properties: what was sealed opens in its place and is the same; with any byte changed,
// as the input says, or from bytes that are nobody's seal it does not.
//
// Input: position and value of a change, then the text, or what is taken for a seal.

#include "map/seal.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 2048, HEAD = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct gw_sealer *sealer, const struct gw_seal_key *key,
                  const uint8_t *data, size_t size)
{
    static uint8_t sealed[TEXT_MAX + GW_SEAL_EXTRA];
    static char text[TEXT_MAX + GW_SEAL_EXTRA + 1];
    const struct gw_seal_place place = { data[0], data[1] & 1 };
    size_t len = size - HEAD, at = (size_t)(data[0] << 8 | data[1]);
    const char *from = (const char *)data + HEAD;

    if (gw_unseal(sealer, key, place, data + HEAD, len, text) == 0)
        abort();
    if (gw_seal(sealer, key, place, from, len, sealed) ||
        gw_unseal(sealer, key, place, sealed, len + GW_SEAL_EXTRA, text) ||
        memcmp(text, from, len) != 0 || text[len])
        abort();
    if (data[2] == 0)
        return;
    sealed[at % (len + GW_SEAL_EXTRA)] ^= data[2];
    if (gw_unseal(sealer, key, place, sealed, len + GW_SEAL_EXTRA, text) == 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_sealer *sealer = gw_sealer_create();
    struct gw_seal_key key;

    if (!sealer || gw_seal_key_make(&key))
        abort();
    if (size >= HEAD && size - HEAD <= TEXT_MAX)
        check(sealer, &key, data, size);
    gw_sealer_destroy(sealer);
    return 0;
}
