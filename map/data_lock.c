#include "map/data_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

const char gw_restore_ready[] = "restore.ready";

static int take(int fd, const char *dir, bool alone)
{
    char ready[PATH_MAX];
    if (flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK)
            return -errno;
        return alone ? -EBUSY : -EINPROGRESS;
    }
    if (snprintf(ready, sizeof(ready), "%s/%s", dir, gw_restore_ready) >= PATH_MAX)
        return -ENAMETOOLONG;
    return !alone && access(ready, F_OK) == 0 ? -EINPROGRESS : 0;
}

int gw_data_lock(const char *dir, bool alone, int *ret_fd)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/gridwall.lock", dir) >= PATH_MAX)
        return -ENAMETOOLONG;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int r = take(fd, dir, alone);
    if (r < 0) {
        close(fd);
        return r;
    }
    *ret_fd = fd;
    return 0;
}
