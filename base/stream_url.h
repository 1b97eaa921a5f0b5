// Addresses of video streams as people write them: of cameras that are pulled, of
// sources that libavformat opens, and of those that push to us.
//
// User and password are taken out of the URL as it is read, so that what is sent
// and logged cannot hold them. Passwords are percent-decoded; they may also stand
// in the URL as they are, with @ : / # % ? in them. What is ambiguous then is
// decided like this:
//   1. The standard's reading (RFC 3986 section 3.2: the authority ends at the
//      first / ? or #, credentials end at the last @ in it) wins when it gives a
//      host and port.
//   2. Unless it has credentials and a host name, and a numeric address stands
//      behind a later @: rtsp://user:p@ss/word@10.0.0.1/ means 10.0.0.1.
//   3. When it gives none: the last @ with a numeric address behind it, else the
//      first @ with a host name.
//   4. The user ends at the first colon. A % that two hexadecimal digits do not
//      follow is itself.
// Whoever wants to be sure escapes: %40 for @, %2F for /, %25 for %.
#ifndef GW_BASE_STREAM_URL_H
#define GW_BASE_STREAM_URL_H

#include <stddef.h>
#include <stdint.h>

enum { GW_STREAM_URL_MAX = 2048 }; // bytes, password included

enum gw_scheme {
    GW_SCHEME_RTSP,
    GW_SCHEME_RTSPS,
    GW_SCHEME_PUSH, // push://:KEY@ : the source calls us and shows that key
    GW_SCHEME_RTMP,
    GW_SCHEME_HTTP, // HTTP-FLV, HLS, MPEG-TS, as libavformat finds it
    GW_SCHEME_HTTPS,
    GW_SCHEME_SRT, // streamid and passphrase stand where user and password do
    GW_SCHEME_UDP, // MPEG-TS, unicast or multicast; the @ of udp://@GROUP:PORT is no user
    GW_SCHEME_FILE, // file:///PATH, below the directory that a setting names
    GW_SCHEMES,
};

// All strings end in a zero and belong to the object.
struct gw_stream_url {
    enum gw_scheme scheme;
    uint16_t port;        // the scheme's when the URL names none; 0 with PUSH and FILE
    const char *host;     // an IPv6 address without its brackets; "" with PUSH and FILE
    const char *user;     // decoded; NULL without credentials
    const char *password; // decoded; NULL without credentials, else maybe ""
    const char *uri;      // what requests carry: no credentials, scheme in small
    const char *path;     // FILE: decoded, relative, without ".."; else NULL
    char bytes[];
};

// Returns 0 with an object that the caller owns, -EBADMSG when `text` is no such
// URL (control characters are refused anywhere: they could forge a header), names no
// port where the scheme has none, shows an SRT passphrase in its query, where answers
// and logs would too, or a file by a way up (".."); -EMSGSIZE when it is too long, or
// -ENOMEM.
int gw_stream_url_parse(const char *text, struct gw_stream_url **ret_url);

// Wipes the password. NULL is allowed.
void gw_stream_url_destroy(struct gw_stream_url *url);

// Writes the URL with these credentials in it, escaped, and a zero. `user` NULL
// means none. It is read as the same host, port and credentials again; for that an @ in
// what follows the host may have to be escaped, too. Returns 0, or -EMSGSIZE when the
// result has more than GW_STREAM_URL_MAX bytes.
int gw_stream_url_write(const struct gw_stream_url *url, const char *user,
                        const char *password, char ret_text[GW_STREAM_URL_MAX + 1]);

// Likewise as another object, which the caller owns. Returns 0, -EMSGSIZE, -EBADMSG when
// the result is no such URL, or -ENOMEM.
int gw_stream_url_with(const struct gw_stream_url *url, const char *user,
                       const char *password, struct gw_stream_url **ret_url);

#endif
