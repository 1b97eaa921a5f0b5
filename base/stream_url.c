#include "base/stream_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct scheme {
    const char *text;
    uint16_t port; // when the URL names none; 0: it must name one
};

static const struct scheme SCHEMES[GW_SCHEMES] = {
    [GW_SCHEME_RTSP] = { "rtsp://", 554 }, [GW_SCHEME_RTSPS] = { "rtsps://", 322 },
    [GW_SCHEME_PUSH] = { "push://", 0 },   [GW_SCHEME_RTMP] = { "rtmp://", 1935 },
    [GW_SCHEME_HTTP] = { "http://", 80 },  [GW_SCHEME_HTTPS] = { "https://", 443 },
    [GW_SCHEME_SRT] = { "srt://", 0 },     [GW_SCHEME_UDP] = { "udp://", 0 },
    [GW_SCHEME_FILE] = { "file:///", 0 },
};

enum { HOST_MAX = 255 }; // bytes of a host name (RFC 1035 section 2.3.4)

struct place {
    const char *host;
    size_t host_len;
    uint16_t port;
    const char *at;  // the @ in front of it, or NULL
    bool is_numeric; // an address, not a name
};

static bool is_host_char(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_';
}

static bool ends_authority(char c)
{
    return c == '\0' || c == '/' || c == '?' || c == '#';
}

// Reads ":port" if there is one; returns what follows, or NULL. *ret_port is left
// as it is where there is none.
static const char *read_port(const char *p, uint16_t *ret_port)
{
    unsigned long port = 0;

    if (*p != ':')
        return p;
    if (ends_authority(*++p))
        return p; // "host:/" is allowed by RFC 3986 section 3.2.3
    for (; isdigit((unsigned char)*p); p++) {
        port = port * 10 + (unsigned long)(*p - '0');
        if (port > UINT16_MAX)
            return NULL;
    }
    *ret_port = (uint16_t)port;
    return port ? p : NULL;
}

static bool is_address(int family, const char *s, size_t len)
{
    unsigned char address[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];

    if (len >= sizeof(text))
        return false;
    memcpy(text, s, len);
    text[len] = '\0';
    return inet_pton(family, text, address) == 1;
}

// Does `p` begin with host, port and the end of an authority?
static bool read_place(const char *p, struct place *ret_place)
{
    struct place place = { 0 };

    if (*p == '[') {
        const char *end = strchr(p, ']');
        if (!end)
            return false;
        place.host = p + 1;
        place.host_len = (size_t)(end - place.host);
        place.is_numeric = is_address(AF_INET6, place.host, place.host_len);
        if (!place.is_numeric)
            return false;
        p = end + 1;
    } else {
        place.host = p;
        while (is_host_char(*p))
            p++;
        place.host_len = (size_t)(p - place.host);
        place.is_numeric = is_address(AF_INET, place.host, place.host_len);
    }
    if (!place.host_len || place.host_len > HOST_MAX)
        return false;

    p = read_port(p, &place.port);
    if (!p || !ends_authority(*p))
        return false;
    *ret_place = place;
    return true;
}

// Rules 2 and 3 of the header: looks behind every @ for a place.
static bool find_place(const char *from, bool numeric_only, struct place *ret_place)
{
    bool found = false;

    for (const char *at = strchr(from, '@'); at; at = strchr(at + 1, '@')) {
        struct place place;
        if (!read_place(at + 1, &place))
            continue;
        if (!place.is_numeric && (numeric_only || found))
            continue;
        place.at = at;
        *ret_place = place;
        found = true;
    }
    return found;
}

// Where is the host in what follows the scheme? See the header's rules.
static bool locate(const char *rest, struct place *ret_place)
{
    struct place strict;
    size_t authority = strcspn(rest, "/?#");
    const char *at = memrchr(rest, '@', authority);

    if (!read_place(at ? at + 1 : rest, &strict))
        return find_place(rest, false, ret_place);
    strict.at = at;
    *ret_place = strict;
    // A user name holds no slash: in rtsp://proxy/user:pw@10.0.0.1/ there is none.
    if (at && !strict.is_numeric && memchr(rest, ':', (size_t)(at - rest)))
        find_place(at + 1, true, ret_place);
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Decodes into `to`. Returns the place behind the zero that it writes.
static char *decode(char *to, const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool escape = s[i] == '%' && len - i > 2;
        int high = escape ? hex_digit(s[i + 1]) : -1;
        int low = escape ? hex_digit(s[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            *to++ = (char)(high << 4 | low);
            i += 2;
        } else {
            *to++ = s[i];
        }
    }
    *to++ = '\0';
    return to;
}

static char *copy(char *to, const char *s, size_t len)
{
    memcpy(to, s, len);
    to[len] = '\0';
    return to + len + 1;
}

static bool has_control(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (iscntrl((unsigned char)s[i]))
            return true;
    }
    return false;
}

static void fill_credentials(struct gw_stream_url *url, char **to, const char *rest,
                             const char *at)
{
    const char *colon = memchr(rest, ':', (size_t)(at - rest));
    const char *user_end = colon ? colon : at;

    url->user = *to;
    *to = decode(*to, rest, (size_t)(user_end - rest));
    url->password = *to;
    *to = colon ? decode(*to, colon + 1, (size_t)(at - colon - 1)) : copy(*to, "", 0);
}

static bool find_scheme(const char *text, enum gw_scheme *ret_scheme)
{
    for (int i = 0; i < GW_SCHEMES; i++) {
        if (!strncasecmp(text, SCHEMES[i].text, strlen(SCHEMES[i].text))) {
            *ret_scheme = (enum gw_scheme)i;
            return true;
        }
    }
    return false;
}

// A source that pushes has no address: all there is are credentials.
static bool locate_nobody(const char *rest, struct place *ret_place)
{
    const char *at = strrchr(rest, '@');
    *ret_place = (struct place) { .host = "", .at = at };
    return at ? !at[1] : !*rest;
}

// A group that is listened to is written behind an @, and nobody's name before it.
static bool locate_group(const char *rest, struct place *ret_place)
{
    const char *from = *rest == '@' ? rest + 1 : rest;
    if (!read_place(from, ret_place))
        return false;
    ret_place->at = from > rest ? rest : NULL;
    return ret_place->port != 0;
}

static bool find_host(enum gw_scheme scheme, const char *rest, struct place *ret_place)
{
    if (scheme == GW_SCHEME_PUSH)
        return locate_nobody(rest, ret_place);
    if (scheme == GW_SCHEME_UDP)
        return locate_group(rest, ret_place);
    if (scheme == GW_SCHEME_FILE) {
        *ret_place = (struct place) { .host = "" }; // an @ is part of a name
        return *rest != '\0';
    }
    if (!locate(rest, ret_place))
        return false;
    if (!ret_place->port)
        ret_place->port = SCHEMES[scheme].port;
    return ret_place->port != 0;
}

// Is that a way down and nothing else? An empty segment does no harm.
static bool leads_down(const char *path)
{
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (p[0] == '.' && p[1] == '.' && (!p[2] || p[2] == '/'))
            return false;
    }
    return *path && *path != '/';
}

// Sets the path, and returns whether it is one that we take.
static bool fill_path(struct gw_stream_url *url, char **to, const char *rest)
{
    char *path = *to;

    *to = decode(path, rest, strlen(rest));
    url->path = path;
    size_t len = (size_t)(*to - path) - 1;
    return strlen(path) == len && !has_control(path, len) && leads_down(path);
}

// Blanks may be in a password, but would end the URI of a request early.
static bool is_clean(const struct gw_stream_url *url, const char *text, size_t len)
{
    if (has_control(text, len) || strchr(url->uri, ' '))
        return false;
    if (url->scheme == GW_SCHEME_SRT && strcasestr(url->uri, "passphrase="))
        return false;
    return !url->user || (!has_control(url->user, strlen(url->user)) &&
                          !has_control(url->password, strlen(url->password)));
}

int gw_stream_url_parse(const char *text, struct gw_stream_url **ret_url)
{
    size_t len = strlen(text);
    enum gw_scheme scheme;
    struct place place;

    if (len > GW_STREAM_URL_MAX)
        return -EMSGSIZE;
    if (!find_scheme(text, &scheme))
        return -EBADMSG;
    size_t scheme_len = strlen(SCHEMES[scheme].text);
    const char *rest = text + scheme_len;
    if (!find_host(scheme, rest, &place))
        return -EBADMSG;

    // Each part at most once, and a zero behind each of the four.
    struct gw_stream_url *url = calloc(1, sizeof(*url) + 2 * len + 4);
    if (!url)
        return -ENOMEM;

    char *to = url->bytes;
    url->scheme = scheme;
    url->port = place.port;
    url->host = to;
    to = copy(to, place.host, place.host_len);
    if (place.at && scheme != GW_SCHEME_UDP)
        fill_credentials(url, &to, rest, place.at);
    bool good = scheme != GW_SCHEME_FILE || fill_path(url, &to, rest);

    const char *authority = place.at ? place.at + 1 : rest;
    url->uri = to;
    memcpy(to, SCHEMES[scheme].text, scheme_len);
    copy(to + scheme_len, authority, strlen(authority));

    if (!good || !is_clean(url, text, len)) {
        gw_stream_url_destroy(url);
        return -EBADMSG;
    }
    *ret_url = url;
    return 0;
}

void gw_stream_url_destroy(struct gw_stream_url *url)
{
    if (!url)
        return;
    if (url->password)
        explicit_bzero((char *)url->password, strlen(url->password));
    free(url);
}

// Appends `s` with all escaped that could mean something in a URL. Returns whether
// it fits.
static bool append_escaped(char *text, size_t *len, const char *s)
{
    for (; *s; s++) {
        bool plain = isalnum((unsigned char)*s) || strchr("-._~", *s);
        if (*len + (plain ? 1 : 3) > GW_STREAM_URL_MAX)
            return false;
        *len += (size_t)(plain ? sprintf(text + *len, "%c", *s)
                               : sprintf(text + *len, "%%%02X", (unsigned char)*s));
    }
    return true;
}

static bool append_bytes(char *text, size_t *len, const char *s, size_t n)
{
    if (*len + n > GW_STREAM_URL_MAX)
        return false;
    memcpy(text + *len, s, n);
    *len += n;
    text[*len] = '\0';
    return true;
}

static bool append(char *text, size_t *len, const char *s)
{
    return append_bytes(text, len, s, strlen(s));
}

// Behind credentials with a colon and a host name a numeric address would be taken for
// the host, by rule 2 of the header: the login would go there. Every @ of such a rest is
// escaped.
static bool append_rest(char *text, size_t *len, const char *rest, bool behind_colon)
{
    struct place own = { 0 }, other;
    (void)read_place(rest, &own);
    if (!behind_colon || own.is_numeric || !find_place(rest, true, &other))
        return append(text, len, rest);
    for (const char *at; (at = strchr(rest, '@')); rest = at + 1)
        if (!append_bytes(text, len, rest, (size_t)(at - rest)) ||
            !append(text, len, "%40"))
            return false;
    return append(text, len, rest);
}

int gw_stream_url_write(const struct gw_stream_url *url, const char *user,
                        const char *password, char ret_text[GW_STREAM_URL_MAX + 1])
{
    const char *scheme = SCHEMES[url->scheme].text;
    char text[GW_STREAM_URL_MAX + 1] = "";
    size_t len = 0;

    bool fits = append(text, &len, scheme);
    bool colon = user && *password;
    if (user)
        fits = fits && append_escaped(text, &len, user) &&
               (!colon || append(text, &len, ":")) &&
               append_escaped(text, &len, password) && append(text, &len, "@");
    fits = fits && append_rest(text, &len, url->uri + strlen(scheme), colon);
    if (fits)
        memcpy(ret_text, text, len + 1);
    explicit_bzero(text, sizeof(text));
    return fits ? 0 : -EMSGSIZE;
}

int gw_stream_url_with(const struct gw_stream_url *url, const char *user,
                       const char *password, struct gw_stream_url **ret_url)
{
    char text[GW_STREAM_URL_MAX + 1];

    int r = gw_stream_url_write(url, user, password, text);
    if (!r)
        r = gw_stream_url_parse(text, ret_url);
    explicit_bzero(text, sizeof(text));
    return r;
}
