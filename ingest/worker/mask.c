#include "ingest/worker/mask.h"

#include <string.h>

void gw_mask_addresses(char *line)
{
    static const char SIGN[] = "://";

    while ((line = strstr(line, SIGN))) {
        line += strlen(SIGN);
        size_t len = strcspn(line, " \t'\"");
        memmove(line, line + len, strlen(line + len) + 1);
    }
}

void gw_mask_secret(char *line, const char *secret)
{
    size_t len = secret ? strlen(secret) : 0;

    while (len && (line = strstr(line, secret))) {
        memset(line, '*', len);
        line += len;
    }
}
