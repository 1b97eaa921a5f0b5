// Property: a key that is read, written down as a quoted string, reads the same.

#include "app/idempotency_key.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char key[GW_ONCE_KEY_MAX + 1], again[GW_ONCE_KEY_MAX + 1];
    char quoted[GW_ONCE_KEY_MAX * 2 + 3];
    size_t len = 0;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    if (gw_idempotency_key_read(text, key) == 0) {
        quoted[len++] = '"';
        for (const char *p = key; *p; p++) {
            if (*p == '"' || *p == '\\')
                quoted[len++] = '\\';
            quoted[len++] = *p;
        }
        quoted[len++] = '"';
        quoted[len] = '\0';
        if (gw_idempotency_key_read(quoted, again) || strcmp(key, again) != 0)
            abort();
    }
    free(text);
    return 0;
}
