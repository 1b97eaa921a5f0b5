// Property: keys that are read from a file, written down again, read the same.

#include "map/key_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[GW_KEY_FILE_BYTES];
    struct gw_key_ring ring = { 0 }, again = { 0 };

    if (gw_key_ring_parse((const char *)data, size, &ring))
        return 0;
    if (ring.count < 1 || ring.count > GW_KEYS_MAX)
        abort();
    gw_key_ring_print(&ring, text);
    if (gw_key_ring_parse(text, strlen(text), &again) ||
        memcmp(&ring, &again, sizeof(ring)) != 0)
        abort();
    return 0;
}
