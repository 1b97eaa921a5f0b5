// Properties: what requests carry (`uri`) is a URL of the same host and port
// without credentials; and any password comes back from a URL it is escaped in.

#include "ingest/rtsp_url.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_uri(const char *text)
{
    struct gw_rtsp_url *url;
    struct gw_rtsp_url *again;

    if (gw_rtsp_url_parse(text, &url))
        return;
    if (gw_rtsp_url_parse(url->uri, &again))
        abort();
    if (strcmp(url->host, again->host) != 0 || url->port != again->port || again->user)
        abort();
    gw_rtsp_url_destroy(again);
    gw_rtsp_url_destroy(url);
}

static void check_escaped(const char *password)
{
    char text[GW_RTSP_URL_MAX + 1] = "rtsp://u:";
    size_t at = strlen(text);
    struct gw_rtsp_url *url;

    for (const char *p = password; *p; p++) {
        if (at + 16 > sizeof(text) || iscntrl((unsigned char)*p))
            return;
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%%%02X", (unsigned char)*p);
    }
    memcpy(text + at, "@cam/x", 7);
    if (gw_rtsp_url_parse(text, &url) || strcmp(url->password, password) != 0)
        abort();
    gw_rtsp_url_destroy(url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    check_uri(text);
    check_escaped(text);
    free(text);
    return 0;
}
