// Properties: what requests carry (`uri`) is a URL of the same host and port
// without credentials; what is written is read again as it was; a login goes to the host
// it was given to; and any password comes back from a URL it is escaped in.

#include "base/stream_url.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_uri(const char *text)
{
    struct gw_stream_url *url;
    struct gw_stream_url *again;

    if (gw_stream_url_parse(text, &url))
        return;
    if (gw_stream_url_parse(url->uri, &again))
        abort();
    if (strcmp(url->host, again->host) != 0 || url->port != again->port || again->user)
        abort();
    gw_stream_url_destroy(again);
    gw_stream_url_destroy(url);
}

// What is written with credentials is read with the same ones.
static void check_written(const char *text)
{
    char written[GW_STREAM_URL_MAX + 1];
    struct gw_stream_url *url;
    struct gw_stream_url *again;

    if (gw_stream_url_parse(text, &url))
        return;
    if (url->user && !gw_stream_url_write(url, url->user, url->password, written)) {
        if (gw_stream_url_parse(written, &again) || strcmp(url->uri, again->uri) != 0 ||
            strcmp(url->user, again->user) != 0 ||
            strcmp(url->password, again->password) != 0)
            abort();
        gw_stream_url_destroy(again);
    }
    gw_stream_url_destroy(url);
}

// A login that is given to an address goes to that host, whatever stands behind it.
static void check_given(const char *text)
{
    char written[GW_STREAM_URL_MAX + 1];
    struct gw_stream_url *url;
    struct gw_stream_url *again;

    if (gw_stream_url_parse(text, &url))
        return;
    bool takes = url->scheme != GW_SCHEME_UDP && url->scheme != GW_SCHEME_FILE;
    if (takes && !gw_stream_url_write(url, "us@r", "p@ss/:word", written)) {
        if (gw_stream_url_parse(written, &again) || strcmp(url->host, again->host) != 0 ||
            url->port != again->port || strcmp(again->user, "us@r") != 0 ||
            strcmp(again->password, "p@ss/:word") != 0)
            abort();
        gw_stream_url_destroy(again);
    }
    gw_stream_url_destroy(url);
}

static void check_escaped(const char *password)
{
    char text[GW_STREAM_URL_MAX + 1] = "rtsp://u:";
    size_t at = strlen(text);
    struct gw_stream_url *url;

    for (const char *p = password; *p; p++) {
        if (at + 16 > sizeof(text) || iscntrl((unsigned char)*p))
            return;
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%%%02X", (unsigned char)*p);
    }
    memcpy(text + at, "@cam/x", 7);
    if (gw_stream_url_parse(text, &url) || strcmp(url->password, password) != 0)
        abort();
    gw_stream_url_destroy(url);
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
    check_written(text);
    check_given(text);
    check_escaped(text);
    free(text);
    return 0;
}
