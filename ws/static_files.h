// Files of the web application and of the base map: which file a path means, and
// how it is to be sent. Paths come from outside and never leave the directory.
#ifndef GW_WS_STATIC_FILES_H
#define GW_WS_STATIC_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_STATIC_PATH_MAX = 1024 }; // bytes of a path below the directory

struct gw_static_file {
    int fd; // the caller's
    uint64_t size_bytes;
    const char *content_type;
    const char *encoding; // "br", "gzip", or NULL
    bool immutable;       // its name holds a hash of its contents
    bool html;
    char etag[48]; // with its quotes
};

// Turns the percent-decoded path of a request into a file name below the
// directory of the web application: "index.html" for the pages (/, /desk,
// /wall/{screen}, /admin), the path itself for all else. Returns 0, or -ENOENT for a path
// that cannot be a file here: too long, with empty, "." or ".." segments, with a
// backslash or a control character.
int gw_static_resolve(const char *path, char ret_name[GW_STATIC_PATH_MAX + 1]);

// Opens `name` below `dir`, or the compressed file beside it (.br, .gz) that
// `accept_encoding` (RFC 9110 section 12.5.3) allows. No symbolic link is
// followed below `dir`. Returns 0, -ENOENT when there is no such regular file, or
// another negative errno.
int gw_static_open(const char *dir, const char *name, const char *accept_encoding,
                   struct gw_static_file *ret_file);

// Whether an If-None-Match header (RFC 9110 section 13.1.2) names `etag`.
bool gw_static_etag_matches(const char *if_none_match, const char *etag);

#endif
