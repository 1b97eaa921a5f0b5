#include "ingest/rtsp_guard.h"

#include "ingest/auth_params.h"
#include "ingest/base64.h"
#include "ingest/digest_hash.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REALM "gridwall"

// The parameters of a Digest answer, as they stand in the header.
struct digest_answer {
    enum gw_digest_algorithm algorithm;
    bool known; // the algorithm
    struct gw_rtsp_text user;
    struct gw_rtsp_text nonce;
    struct gw_rtsp_text uri;
    struct gw_rtsp_text response;
    struct gw_rtsp_text qop;
    struct gw_rtsp_text count;
    struct gw_rtsp_text cnonce;
};

void gw_rtsp_guard_init(struct gw_rtsp_guard *g, const uint64_t random[2])
{
    snprintf(g->nonce, sizeof(g->nonce), "%016" PRIx64 "%016" PRIx64, random[0],
             random[1]);
}

void gw_rtsp_guard_challenge(const struct gw_rtsp_guard *g,
                             char ret_lines[GW_RTSP_GUARD_CHALLENGE_BYTES])
{
    // MD5 comes last: FFmpeg knows no other and goes by the last one that it read.
    snprintf(ret_lines, GW_RTSP_GUARD_CHALLENGE_BYTES,
             "WWW-Authenticate: Basic realm=\"" REALM "\"\r\n"
             "WWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"%s\", "
             "algorithm=SHA-256, qop=\"auth\"\r\n"
             "WWW-Authenticate: Digest realm=\"" REALM "\", nonce=\"%s\", "
             "algorithm=MD5\r\n",
             g->nonce, g->nonce);
}

static bool same(const char *a, size_t a_len, const char *b, size_t b_len)
{
    return a_len == b_len && CRYPTO_memcmp(a, b, a_len) == 0;
}

static int check_basic(struct gw_rtsp_text encoded, const char *key)
{
    char pair[GW_RTSP_GUARD_AUTHORIZATION_MAX]; // as long as what it decodes
    size_t len;

    encoded = gw_rtsp_text_trim(encoded);
    if (gw_base64_decode(encoded.s, encoded.len, (uint8_t *)pair, &len))
        return -EACCES;
    const char *colon = memchr(pair, ':', len);
    size_t user_len = colon ? (size_t)(colon - pair) + 1 : len;
    bool good = colon && same(colon + 1, len - user_len, key, strlen(key));
    OPENSSL_cleanse(pair, sizeof(pair));
    return good ? 0 : -EACCES;
}

static void set_parameter(struct digest_answer *a, struct gw_rtsp_text name,
                          struct gw_rtsp_text value)
{
    if (gw_rtsp_text_is(name, "username"))
        a->user = value;
    else if (gw_rtsp_text_is(name, "nonce"))
        a->nonce = value;
    else if (gw_rtsp_text_is(name, "uri"))
        a->uri = value;
    else if (gw_rtsp_text_is(name, "response"))
        a->response = value;
    else if (gw_rtsp_text_is(name, "qop"))
        a->qop = value;
    else if (gw_rtsp_text_is(name, "nc"))
        a->count = value;
    else if (gw_rtsp_text_is(name, "cnonce"))
        a->cnonce = value;
    else if (gw_rtsp_text_is(name, "algorithm")) {
        a->known = gw_rtsp_text_is(value, "SHA-256") || gw_rtsp_text_is(value, "MD5");
        a->algorithm =
            gw_rtsp_text_is(value, "SHA-256") ? GW_DIGEST_SHA256 : GW_DIGEST_MD5;
    }
}

static struct digest_answer parse_digest(struct gw_rtsp_text rest)
{
    struct digest_answer a = { .algorithm = GW_DIGEST_MD5, .known = true };

    while (rest.len) {
        gw_auth_skip_any(&rest, " \t\r\n,");
        struct gw_rtsp_text name = gw_auth_cut_token(&rest);
        gw_auth_skip_any(&rest, " \t\r\n");
        if (!name.len || !rest.len || *rest.s != '=')
            break;
        gw_auth_skip(&rest, 1);
        set_parameter(&a, name, gw_auth_cut_value(&rest));
    }
    return a;
}

// A copy without the escapes of a quoted-string (RFC 9110 section 5.6.4).
static char *unquoted(struct gw_rtsp_text text)
{
    char *s = gw_rtsp_text_copy(text);
    char *to = s;
    for (const char *from = s; from && *from; from++) {
        if (*from == '\\' && from[1])
            from++;
        *to++ = *from;
    }
    if (to)
        *to = '\0';
    return s;
}

struct digest_texts {
    char *user, *uri, *count, *cnonce, *method;
};

static void finish_texts(struct digest_texts *t)
{
    free(t->user);
    free(t->uri);
    free(t->count);
    free(t->cnonce);
    free(t->method);
}

static int init_texts(struct digest_texts *t, const struct digest_answer *a,
                      struct gw_rtsp_text method)
{
    *t = (struct digest_texts) {
        .user = unquoted(a->user),
        .uri = gw_rtsp_text_copy(a->uri),
        .count = gw_rtsp_text_copy(a->count),
        .cnonce = gw_rtsp_text_copy(a->cnonce),
        .method = gw_rtsp_text_copy(method),
    };
    if (t->user && t->uri && t->count && t->cnonce && t->method)
        return 0;
    finish_texts(t);
    return -ENOMEM;
}

// What the response should be.
static int expect(const struct gw_rtsp_guard *g, const struct digest_answer *a,
                  const struct digest_texts *t, const char *key,
                  char ret_hex[GW_DIGEST_HEX_BYTES])
{
    char secret[GW_DIGEST_HEX_BYTES];
    char what[GW_DIGEST_HEX_BYTES];
    const char *const a1[] = { t->user, REALM, key, NULL };
    const char *const a2[] = { t->method, t->uri, NULL };
    const char *const with_qop[] = { secret, g->nonce, t->count, t->cnonce,
                                     "auth", what,     NULL };
    const char *const without[] = { secret, g->nonce, what, NULL };

    int r = gw_digest_hash(a->algorithm, a1, secret);
    if (!r)
        r = gw_digest_hash(a->algorithm, a2, what);
    if (!r)
        r = gw_digest_hash(a->algorithm, a->qop.len ? with_qop : without, ret_hex);
    OPENSSL_cleanse(secret, sizeof(secret));
    return r;
}

// The URI of the answer is what is hashed, and is not compared with the request's:
// cameras and encoders write one with, the other without host or query.
static int check_digest(const struct gw_rtsp_guard *g, struct gw_rtsp_text header,
                        struct gw_rtsp_text method, const char *key)
{
    struct digest_answer a = parse_digest(header);
    struct digest_texts texts;
    char hex[GW_DIGEST_HEX_BYTES];

    if (!a.known || (a.qop.len && !gw_rtsp_text_is(a.qop, "auth")) ||
        !same(a.nonce.s, a.nonce.len, g->nonce, strlen(g->nonce)))
        return -EACCES;
    int r = init_texts(&texts, &a, method);
    if (r)
        return r;
    r = expect(g, &a, &texts, key, hex);
    finish_texts(&texts);
    if (r)
        return r;
    return same(a.response.s, a.response.len, hex, strlen(hex)) ? 0 : -EACCES;
}

int gw_rtsp_guard_check(const struct gw_rtsp_guard *g,
                        const struct gw_rtsp_message *request, const char *key)
{
    struct gw_rtsp_text header;

    if (gw_rtsp_message_header(request, "Authorization", 0, &header) ||
        header.len > GW_RTSP_GUARD_AUTHORIZATION_MAX)
        return -EACCES;
    struct gw_rtsp_text scheme = gw_auth_cut_token(&header);
    if (gw_rtsp_text_is(scheme, "Basic"))
        return check_basic(header, key);
    if (gw_rtsp_text_is(scheme, "Digest"))
        return check_digest(g, header, request->method, key);
    return -EACCES;
}
