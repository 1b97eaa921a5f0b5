#include "ws/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct gw_upload {
    int fd;
    int error;
    char path[PATH_MAX];
};

int gw_upload_create(const char *dir, struct gw_upload **ret_upload)
{
    struct gw_upload *u = calloc(1, sizeof(*u));
    if (!u)
        return -ENOMEM;
    int n = snprintf(u->path, sizeof(u->path), "%s/upload-XXXXXX", dir);
    u->fd = n < PATH_MAX ? mkostemp(u->path, O_CLOEXEC) : -1; // with mode 0600
    if (u->fd < 0) {
        int r = n < PATH_MAX ? -errno : -ENAMETOOLONG;
        free(u);
        return r;
    }
    *ret_upload = u;
    return 0;
}

int gw_upload_add(struct gw_upload *u, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (u->error == 0 && len > 0) {
        ssize_t n = write(u->fd, at, len);
        if (n < 0 && errno != EINTR)
            u->error = -errno;
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return u->error;
}

const char *gw_upload_path(const struct gw_upload *u)
{
    return u->path;
}

void gw_upload_destroy(struct gw_upload *u)
{
    if (!u)
        return;
    (void)close(u->fd);
    (void)unlink(u->path);
    free(u);
}
