// A hostile camera's 401.
//
// Property: what we answer is one header value. It holds no control character and no
// password (Basic encodes it), its quotes are balanced, and where qop is answered nc
// and cnonce are there too. Input: the headers of a response.
#include "ingest/rtsp_auth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char PASSWORD[] = "never-in-a-header";

// Whether the camera says the password itself: in a realm or nonce that we answer
// with, where control characters are left out and escapes are undone.
static bool is_said(const uint8_t *data, size_t size)
{
    char plain[8192];
    size_t len = 0;
    for (size_t i = 0; i < size && len < sizeof(plain); i++)
        if (data[i] >= ' ' && data[i] != '\\' && data[i] != 0x7f)
            plain[len++] = (char)data[i];
    return memmem(plain, len, PASSWORD, sizeof(PASSWORD) - 1);
}

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void check_text(const char *text)
{
    bool quoted = false;

    for (const char *p = text; *p; p++) {
        demand((unsigned char)*p >= ' ');
        if (quoted && *p == '\\' && p[1])
            p++;
        else if (*p == '"')
            quoted = !quoted;
    }
    demand(!quoted);
}

// What is quoted is left out: a realm, a nonce and an opaque may hold anything.
static void strip_quoted(const char *text, char *ret_bare)
{
    bool quoted = false;

    for (const char *p = text; *p; p++) {
        bool escape = quoted && *p == '\\' && p[1];
        bool quote = *p == '"';
        if (!quoted || (quote && !escape))
            *ret_bare++ = *p;
        if (escape)
            p++;
        else if (quote)
            quoted = !quoted;
    }
    *ret_bare = '\0';
}

static void check_answer(const char *text)
{
    char bare[GW_RTSP_AUTHORIZATION_MAX];
    bool basic = strncmp(text, "Basic ", 6) == 0;

    demand(basic || strncmp(text, "Digest ", 7) == 0);
    demand(!strstr(text, PASSWORD));
    check_text(text);
    if (basic)
        return;
    strip_quoted(text, bare);
    demand(strstr(bare, ", response=\"\""));
    if (strstr(bare, ", qop=auth, nc="))
        demand(strstr(bare, ", cnonce=\"\"") && strstr(text, ", cnonce=\"0a1b\""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char start[] = "RTSP/1.0 401 Unauthorized\r\n";
    char head[8192];
    char answer[GW_RTSP_AUTHORIZATION_MAX];
    struct gw_rtsp_message message;
    struct gw_rtsp_auth *auth;
    struct gw_rtsp_auth_request request = {
        .method = "DESCRIBE",
        .uri = "rtsp://camera/x",
        .user = "ad\"m\\in",
        .password = PASSWORD,
        .cnonce = "0a1b",
    };

    if (size > sizeof(head) - sizeof(start) || is_said(data, size))
        return 0;
    memcpy(head, start, sizeof(start) - 1);
    memcpy(head + sizeof(start) - 1, data, size);
    demand(gw_rtsp_message_parse(head, sizeof(start) - 1 + size, &message) == 0);

    int r = gw_rtsp_auth_create(&message, &auth);
    demand(r == 0 || r == -ENOTSUP || r == -EMSGSIZE || r == -ENOMEM);
    if (r)
        return 0;
    for (unsigned i = 0; i < 2; i++) {
        r = gw_rtsp_auth_write(auth, &request, answer, sizeof(answer));
        demand(r == 0);
        check_answer(answer);
    }
    demand(gw_rtsp_auth_write(auth, &request, answer, 8) == -EMSGSIZE);
    gw_rtsp_auth_destroy(auth);
    return 0;
}
