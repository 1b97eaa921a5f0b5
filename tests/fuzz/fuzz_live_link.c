// Properties: a query never makes the reader of links read past its end; a link that is
// read is written again as the same text, but for its signature; and no text that was not
// signed by the key is believed.

#include "app/live_link.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t key[GW_SECRET_BYTES] = { 1, 2, 3 };
    char text[GW_LIVE_LINK_TEXT], again[GW_LIVE_LINK_TEXT];
    char signature[GW_SECRET_TEXT];
    struct gw_live_link link = { .camera = "c", .origin = "https://a.example" };
    char *query = malloc(size + 1);
    if (!query)
        return 0;
    memcpy(query, data, size);
    query[size] = '\0';
    bool found = gw_live_link_find(query, text);
    free(query);
    if (!found || gw_live_link_read(text, &link, signature) < 0)
        return 0;
    if (gw_live_link_write(&link, key, again) < 0)
        abort();
    size_t signed_part = strlen(text) - strlen(signature);
    if (strlen(again) != strlen(text) || memcmp(text, again, signed_part) != 0)
        abort();
    bool ours = strcmp(text, again) == 0;
    if (gw_live_link_check(&link, signature, key) != ours)
        abort();
    return 0;
}
