#include "ingest/rtsp_auth.h"

#include "ingest/auth_params.h"
#include "ingest/base64.h"
#include "ingest/digest_hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum scheme { UNKNOWN, BASIC, DIGEST_MD5, DIGEST_SHA256 }; // by strength

enum { USER_MAX = 512 }; // bytes of a quoted user name

struct gw_rtsp_auth {
    enum scheme scheme;
    bool stale;
    bool qop;       // "auth" was offered
    uint32_t count; // answers given under this nonce
    const char *realm;
    const char *nonce;
    const char *opaque; // NULL when the camera sent none
    char bytes[];
};

// One challenge as it stands in the header.
struct challenge {
    enum scheme scheme;
    bool stale;
    bool qop;
    struct gw_rtsp_text realm;
    struct gw_rtsp_text nonce;
    struct gw_rtsp_text opaque;
};

static enum scheme scheme_of(struct gw_rtsp_text name)
{
    if (gw_rtsp_text_is(name, "Basic"))
        return BASIC;
    return gw_rtsp_text_is(name, "Digest") ? DIGEST_MD5 : UNKNOWN;
}

static enum scheme digest_of(struct gw_rtsp_text algorithm)
{
    if (gw_rtsp_text_is(algorithm, "SHA-256"))
        return DIGEST_SHA256;
    return gw_rtsp_text_is(algorithm, "MD5") ? DIGEST_MD5 : UNKNOWN;
}

static bool offers_auth(struct gw_rtsp_text list)
{
    struct gw_rtsp_text part;
    while (gw_rtsp_text_cut(&list, ',', &part)) {
        if (gw_rtsp_text_is(part, "auth"))
            return true;
    }
    return false;
}

static void set_parameter(struct challenge *c, struct gw_rtsp_text name,
                          struct gw_rtsp_text value)
{
    if (gw_rtsp_text_is(name, "realm"))
        c->realm = value;
    else if (gw_rtsp_text_is(name, "nonce"))
        c->nonce = value;
    else if (gw_rtsp_text_is(name, "opaque"))
        c->opaque = value;
    else if (gw_rtsp_text_is(name, "stale"))
        c->stale = gw_rtsp_text_is(value, "true");
    else if (gw_rtsp_text_is(name, "algorithm") && c->scheme != BASIC)
        c->scheme = c->scheme == UNKNOWN ? UNKNOWN : digest_of(value);
    else if (gw_rtsp_text_is(name, "qop") && value.len) {
        c->qop = offers_auth(value);
        if (!c->qop && c->scheme != BASIC)
            c->scheme = UNKNOWN; // "auth-int" alone would hash the body too
    }
}

// Takes one challenge off a list (RFC 9110 section 11.6.1): a name without "="
// behind it begins the next one.
static bool cut_challenge(struct gw_rtsp_text *rest, struct challenge *ret_challenge)
{
    struct challenge challenge = { .scheme = UNKNOWN };

    gw_auth_skip_any(rest, " \t\r\n,=");
    if (!rest->len)
        return false;
    challenge.scheme = scheme_of(gw_auth_cut_token(rest));
    for (;;) {
        gw_auth_skip_any(rest, " \t\r\n,");
        struct gw_rtsp_text before = *rest;
        struct gw_rtsp_text name = gw_auth_cut_token(rest);
        gw_auth_skip_any(rest, " \t\r\n");
        if (!rest->len || *rest->s != '=') {
            *rest = before;
            break;
        }
        gw_auth_skip(rest, 1);
        set_parameter(&challenge, name, gw_auth_cut_value(rest));
    }
    if (!challenge.nonce.len && challenge.scheme != BASIC)
        challenge.scheme = UNKNOWN;
    *ret_challenge = challenge;
    return true;
}

// Quirks 1 and 3: several headers, and several challenges in one of them.
static struct challenge strongest(const struct gw_rtsp_message *response)
{
    struct challenge best = { .scheme = UNKNOWN };
    struct gw_rtsp_text header;
    struct challenge challenge;

    for (unsigned i = 0;
         !gw_rtsp_message_header(response, "WWW-Authenticate", i, &header); i++) {
        while (cut_challenge(&header, &challenge)) {
            if (challenge.scheme > best.scheme)
                best = challenge;
        }
    }
    return best;
}

// As the inside of a quoted-string of ours: line breaks of a folded header, quotes of
// a value that had none around it and a backslash with nothing behind it are left out.
static const char *keep(char **to, struct gw_rtsp_text text)
{
    char *start = *to;
    for (size_t i = 0; i < text.len; i++) {
        bool pair =
            text.s[i] == '\\' && i + 1 < text.len && (unsigned char)text.s[i + 1] >= ' ';
        if (pair)
            *(*to)++ = text.s[i++];
        else if ((unsigned char)text.s[i] < ' ' || strchr("\"\\", text.s[i]))
            continue;
        *(*to)++ = text.s[i];
    }
    *(*to)++ = '\0';
    return start;
}

int gw_rtsp_auth_create(const struct gw_rtsp_message *response,
                        struct gw_rtsp_auth **ret_auth)
{
    struct challenge best = strongest(response);
    size_t len = best.realm.len + best.nonce.len + best.opaque.len;

    if (best.scheme == UNKNOWN)
        return -ENOTSUP;
    if (len > GW_RTSP_CHALLENGE_MAX)
        return -EMSGSIZE;

    struct gw_rtsp_auth *auth = calloc(1, sizeof(*auth) + len + 3);
    if (!auth)
        return -ENOMEM;
    char *to = auth->bytes;
    auth->scheme = best.scheme;
    auth->stale = best.stale;
    auth->qop = best.qop;
    auth->realm = keep(&to, best.realm);
    auth->nonce = keep(&to, best.nonce);
    if (best.opaque.s)
        auth->opaque = keep(&to, best.opaque);
    *ret_auth = auth;
    return 0;
}

void gw_rtsp_auth_destroy(struct gw_rtsp_auth *auth)
{
    free(auth);
}

const char *gw_rtsp_auth_name(const struct gw_rtsp_auth *auth)
{
    if (auth->scheme == BASIC)
        return "Basic";
    return auth->scheme == DIGEST_SHA256 ? "Digest SHA-256" : "Digest MD5";
}

bool gw_rtsp_auth_is_stale(const struct gw_rtsp_auth *auth)
{
    return auth->stale;
}

static int write_basic(const struct gw_rtsp_auth_request *request, char *buf, size_t cap)
{
    static const char PREFIX[] = "Basic ";
    char *pair;

    int len = asprintf(&pair, "%s:%s", request->user, request->password);
    if (len < 0)
        return -ENOMEM;
    int r = -EMSGSIZE;
    if (cap >= sizeof(PREFIX) + GW_BASE64_ENCODED((size_t)len)) {
        memcpy(buf, PREFIX, sizeof(PREFIX));
        gw_base64_encode(pair, (size_t)len, buf + sizeof(PREFIX) - 1);
        r = 0;
    }
    explicit_bzero(pair, (size_t)len);
    free(pair);
    return r;
}

// A user name as the inside of a quoted-string: RFC 9110 section 5.6.4.
static int quote(const char *s, char *buf, size_t cap)
{
    size_t n = 0;
    for (; *s; s++) {
        if (n + 3 > cap)
            return -EMSGSIZE;
        if (*s == '"' || *s == '\\')
            buf[n++] = '\\';
        buf[n++] = *s;
    }
    buf[n] = '\0';
    return 0;
}

static int write_digest(struct gw_rtsp_auth *auth,
                        const struct gw_rtsp_auth_request *request, char *buf, size_t cap)
{
    char secret[GW_DIGEST_HEX_BYTES];
    char what[GW_DIGEST_HEX_BYTES];
    char response[GW_DIGEST_HEX_BYTES];
    char count[9];
    char user[USER_MAX];

    enum gw_digest_algorithm hash =
        auth->scheme == DIGEST_SHA256 ? GW_DIGEST_SHA256 : GW_DIGEST_MD5;

    // RFC 7616 section 3.4.1, and without qop RFC 2617 section 3.2.2.1.
    snprintf(count, sizeof(count), "%08x", ++auth->count);
    const char *const a1[] = { request->user, auth->realm, request->password, NULL };
    const char *const a2[] = { request->method, request->uri, NULL };
    const char *const with_qop[] = { secret, auth->nonce, count, request->cnonce,
                                     "auth", what,        NULL };
    const char *const without[] = { secret, auth->nonce, what, NULL };

    int r = quote(request->user, user, sizeof(user));
    if (!r)
        r = gw_digest_hash(hash, a1, secret);
    if (!r)
        r = gw_digest_hash(hash, a2, what);
    if (!r)
        r = gw_digest_hash(hash, auth->qop ? with_qop : without, response);
    explicit_bzero(secret, sizeof(secret));
    if (r)
        return r;

    // Old cameras do not expect `algorithm` where MD5 was not named. Quirk 2
    // (Dahua): with qop offered, nc and cnonce are not optional.
    int len =
        snprintf(buf, cap,
                 "Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", "
                 "response=\"%s\"%s%s%s%s%s%s%s%s%s",
                 user, auth->realm, auth->nonce, request->uri, response,
                 auth->scheme == DIGEST_SHA256 ? ", algorithm=SHA-256" : "",
                 auth->opaque ? ", opaque=\"" : "", auth->opaque ? auth->opaque : "",
                 auth->opaque ? "\"" : "", auth->qop ? ", qop=auth, nc=" : "",
                 auth->qop ? count : "", auth->qop ? ", cnonce=\"" : "",
                 auth->qop ? request->cnonce : "", auth->qop ? "\"" : "");
    return len < 0 || (size_t)len >= cap ? -EMSGSIZE : 0;
}

int gw_rtsp_auth_write(struct gw_rtsp_auth *auth,
                       const struct gw_rtsp_auth_request *request, char *buf, size_t cap)
{
    if (auth->scheme == BASIC)
        return write_basic(request, buf, cap);
    return write_digest(auth, request, buf, cap);
}
