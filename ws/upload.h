// The body of a request on its way into a file, where it is too large for memory. Written
// as it comes, on the shard's thread: to the page cache, in pieces of at most what one
// read of the socket brings.
#ifndef GW_WS_UPLOAD_H
#define GW_WS_UPLOAD_H

#include <stddef.h>

struct gw_upload;

// Makes a file in `dir`, for its owner only. Returns 0 or -errno.
int gw_upload_create(const char *dir, struct gw_upload **ret_upload);

// Adds to the file. Returns 0 or -errno; after a failure nothing is added any more, and
// each call returns it.
int gw_upload_add(struct gw_upload *u, const void *data, size_t len);

// Borrowed. Whoever wants the file gives it another name.
const char *gw_upload_path(const struct gw_upload *u);

// Removes the file if it still has this name. NULL is allowed.
void gw_upload_destroy(struct gw_upload *u);

#endif
