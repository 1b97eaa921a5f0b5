#include "tests/farm/auth.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#define REALM "gridwall-farm"

enum { HEX_MAX = 2 * 32 + 1, PARAM_MAX = 1100, INPUT_MAX = 4096 };

void farm_auth_challenge(const struct farm_auth *auth, const char *nonce,
                         char ret_value[FARM_CHALLENGE_MAX])
{
    const char *more = auth->sha256 ? ", algorithm=SHA-256, qop=\"auth\"" : "";
    (void)snprintf(ret_value, FARM_CHALLENGE_MAX,
                   "Digest realm=\"" REALM "\", nonce=\"%s\"%s", nonce, more);
}

// Hashes parts joined by ':' up to a NULL into lower-case hexadecimal digits.
static bool hash(bool sha256, const char *const *parts, char hex[HEX_MAX])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned sum_len = 0;
    char input[INPUT_MAX];
    size_t len = 0;

    for (; *parts; parts++) {
        int n =
            snprintf(input + len, sizeof(input) - len, "%s%s", len ? ":" : "", *parts);
        if (n < 0 || (size_t)n >= sizeof(input) - len)
            return false;
        len += (size_t)n;
    }
    if (!EVP_Digest(input, len, sum, &sum_len, sha256 ? EVP_sha256() : EVP_md5(), NULL))
        return false;
    for (unsigned i = 0; i < sum_len; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    return true;
}

// Takes one `name=value` or `name="value"` from *text. False at the end.
static bool next_param(const char **text, char name[64], char value[PARAM_MAX])
{
    const char *p = *text + strspn(*text, ", \t");
    size_t name_len = strcspn(p, "= \t,");
    if (name_len == 0 || name_len >= 64 || p[name_len] != '=')
        return false;
    memcpy(name, p, name_len);
    name[name_len] = '\0';

    p += name_len + 1;
    bool quoted = *p == '"';
    p += quoted;
    size_t len = strcspn(p, quoted ? "\"" : ", \t");
    if (len >= PARAM_MAX)
        return false;
    memcpy(value, p, len);
    value[len] = '\0';
    p += len;
    *text = p + (quoted && *p == '"');
    return true;
}

static bool find_param(const char *text, const char *wanted, char value[PARAM_MAX])
{
    char name[64];

    while (next_param(&text, name, value)) {
        if (!strcasecmp(name, wanted))
            return true;
    }
    return false;
}

static bool param_is(const char *params, const char *name, const char *expected)
{
    char value[PARAM_MAX];
    return find_param(params, name, value) && !strcmp(value, expected);
}

static bool expected_response(const struct farm_auth *auth, const char *nonce,
                              const char *method, const char *uri, const char *params,
                              char response[HEX_MAX])
{
    char secret[HEX_MAX];
    char request[HEX_MAX];
    char nc[PARAM_MAX];
    char cnonce[PARAM_MAX];

    if (!hash(auth->sha256, (const char *[]) { auth->user, REALM, auth->password, NULL },
              secret))
        return false;
    if (!hash(auth->sha256, (const char *[]) { method, uri, NULL }, request))
        return false;
    if (!auth->sha256)
        return hash(false, (const char *[]) { secret, nonce, request, NULL }, response);
    if (!param_is(params, "qop", "auth") || !find_param(params, "nc", nc) ||
        !find_param(params, "cnonce", cnonce))
        return false;
    return hash(true,
                (const char *[]) { secret, nonce, nc, cnonce, "auth", request, NULL },
                response);
}

bool farm_auth_check(const struct farm_auth *auth, const char *nonce, const char *method,
                     const char *uri, const char *header)
{
    static const char scheme[] = "Digest ";
    char response[HEX_MAX];

    if (!auth->user)
        return true;
    if (strncasecmp(header, scheme, sizeof(scheme) - 1))
        return false;

    const char *params = header + sizeof(scheme) - 1;
    return param_is(params, "username", auth->user) && param_is(params, "realm", REALM) &&
           param_is(params, "nonce", nonce) && param_is(params, "uri", uri) &&
           expected_response(auth, nonce, method, uri, params, response) &&
           param_is(params, "response", response);
}
