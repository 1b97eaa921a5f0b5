// The URLs that RTSP requests carry. No I/O, no allocation.
#ifndef GW_INGEST_RTSP_URL_H
#define GW_INGEST_RTSP_URL_H

#include <stddef.h>

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
