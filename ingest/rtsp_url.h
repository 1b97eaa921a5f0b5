// rtsp:// URLs as people and cameras write them.
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
#ifndef GW_INGEST_RTSP_URL_H
#define GW_INGEST_RTSP_URL_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_URL_MAX = 2048, // bytes, password included
    GW_RTSP_PORT = 554,     // when the URL names none
};

// All strings end in a zero and belong to the object.
struct gw_rtsp_url {
    uint16_t port;
    const char *host;     // an IPv6 address without its brackets
    const char *user;     // decoded; NULL without credentials
    const char *password; // decoded; NULL without credentials, else maybe ""
    const char *uri;      // what requests carry: no credentials
    char bytes[];
};

// Returns 0 with an object that the caller owns, -EBADMSG when `text` is no rtsp
// URL (control characters are refused anywhere: they could forge a header),
// -EMSGSIZE when it is too long, or -ENOMEM.
int gw_rtsp_url_parse(const char *text, struct gw_rtsp_url **ret_url);

// Wipes the password. NULL is allowed.
void gw_rtsp_url_destroy(struct gw_rtsp_url *url);

// Makes a request URI of an SDP's `control` (RFC 2326 appendix C.1.1), which may
// be absolute, with a query of its own; an absolute path; "*" or empty for `base`
// itself; or relative. Relative ones are put behind base and a slash, behind its
// query too: what cameras and their clients do, not RFC 3986.
//
// `base` is absolute. Neither ends in a zero. Returns 0, -EMSGSIZE when the result
// does not fit into `cap` bytes, or -EBADMSG for blanks and control characters.
int gw_rtsp_url_resolve(const char *base, size_t base_len, const char *control,
                        size_t control_len, char *buf, size_t cap);

#endif
