// Both names of each call are ours: libraries are built with either.
#undef _FILE_OFFSET_BITS

#include "tests/faults/disk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static _Atomic bool armed, fired;
static _Atomic int64_t left; // calls ahead of the one
static enum disk_fault chosen;

// The function of that name that would have been called without this file.
#define NEXT(type, name) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

// Whether this call is the one, or comes after it.
static bool is_due(void)
{
    if (!armed)
        return false;
    if (atomic_fetch_sub(&left, 1) > 0)
        return false;
    fired = true;
    return true;
}

// A call that needs no room: it works on a full disk.
static void meet(void)
{
    if (is_due() && chosen != DISK_FULL)
        die();
}

// A call that needs room. Returns false, with errno, where there is none.
static bool find_room(void)
{
    if (!is_due())
        return true;
    if (chosen != DISK_FULL)
        die();
    errno = ENOSPC;
    return false;
}

static bool is_file(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

typedef ssize_t pwrite_function(int, const void *, size_t, off64_t);

static ssize_t write_at(const char *name, int fd, const void *data, size_t len,
                        off64_t at)
{
    pwrite_function *next = NEXT(pwrite_function *, name);
    if (armed && left == 0 && chosen == DISK_TORN) {
        next(fd, data, len / 2, at);
        die();
    }
    return find_room() ? next(fd, data, len, at) : -1;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    return write_at("pwrite", fd, data, len, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    return write_at("pwrite64", fd, data, len, at);
}

ssize_t write(int fd, const void *data, size_t len)
{
    if (armed && is_file(fd) && !find_room())
        return -1;
    return NEXT(ssize_t(*)(int, const void *, size_t), "write")(fd, data, len);
}

int ftruncate64(int fd, off64_t len)
{
    meet();
    return NEXT(int (*)(int, off64_t), "ftruncate64")(fd, len);
}

int fsync(int fd)
{
    meet();
    return NEXT(int (*)(int), "fsync")(fd);
}

int fdatasync(int fd)
{
    meet();
    return NEXT(int (*)(int), "fdatasync")(fd);
}

int rename(const char *from, const char *to)
{
    meet();
    return NEXT(int (*)(const char *, const char *), "rename")(from, to);
}

int unlink(const char *path)
{
    meet();
    return NEXT(int (*)(const char *), "unlink")(path);
}

static int open_file(const char *name, const char *path, int flags, mode_t mode)
{
    if (flags & O_CREAT)
        meet(); // an empty file needs no room
    return NEXT(int (*)(const char *, int, ...), name)(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_file("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open_file("open64", path, flags, mode);
}

void disk_arm(uint64_t nth, enum disk_fault fault)
{
    chosen = fault;
    left = (int64_t)nth;
    fired = false;
    armed = true;
}

bool disk_disarm(void)
{
    armed = false;
    return fired;
}
