#include "ingest/worker/file.h"

#include "ingest/worker/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 * 1024 };

struct gw_file {
    int fd;
    AVIOContext *io;
};

static int read_some(void *arg, uint8_t *to, int len)
{
    const struct gw_file *file = arg;
    ssize_t n = read(file->fd, to, (size_t)len);
    if (n < 0)
        return AVERROR(errno);
    return n ? (int)n : AVERROR_EOF;
}

static int64_t seek(void *arg, int64_t offset, int whence)
{
    const struct gw_file *file = arg;
    struct stat st;

    if (whence & AVSEEK_SIZE)
        return fstat(file->fd, &st) ? AVERROR(errno) : st.st_size;
    off_t at = lseek(file->fd, offset, whence & ~AVSEEK_FORCE);
    return at < 0 ? AVERROR(errno) : at;
}

// Returns a descriptor or a negative errno. The kernel follows the path: nothing can be
// put in its way meanwhile.
static int open_beneath(const char *dir, const char *path)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK, // a FIFO does not hold us up
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    int base = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0)
        return -errno;
    long fd = syscall(SYS_openat2, base, path, &how, sizeof(how));
    int r = fd < 0 ? -errno : (int)fd;
    (void)close(base);
    return r;
}

static enum gw_cause open_io(struct gw_file *file)
{
    struct stat st;

    if (fstat(file->fd, &st) || !S_ISREG(st.st_mode))
        return GW_CAUSE_UNREADABLE;
    uint8_t *buffer = av_malloc(BUFFER_BYTES);
    if (buffer)
        file->io =
            avio_alloc_context(buffer, BUFFER_BYTES, 0, file, read_some, NULL, seek);
    if (!file->io)
        av_free(buffer);
    return file->io ? GW_CAUSE_NONE : GW_CAUSE_OUR_LIMIT;
}

enum gw_cause gw_file_open(const char *dir, const char *path, struct gw_file **ret_file)
{
    if (!*dir)
        return GW_CAUSE_FILES;
    struct gw_file *file = calloc(1, sizeof(*file));
    if (!file)
        return GW_CAUSE_OUR_LIMIT;

    file->fd = open_beneath(dir, path);
    enum gw_cause cause = GW_CAUSE_NONE;
    if (file->fd == -EXDEV || file->fd == -ELOOP)
        cause = GW_CAUSE_FILES; // it leads out
    else if (file->fd < 0)
        cause = gw_failure_cause(AVERROR(-file->fd));
    else
        cause = open_io(file);
    if (cause) {
        gw_file_close(file);
        return cause;
    }
    *ret_file = file;
    return GW_CAUSE_NONE;
}

AVIOContext *gw_file_io(struct gw_file *file)
{
    return file->io;
}

void gw_file_close(struct gw_file *file)
{
    if (!file)
        return;
    if (file->io)
        av_freep(&file->io->buffer); // libavformat may have changed it
    avio_context_free(&file->io);
    if (file->fd >= 0)
        (void)close(file->fd);
    free(file);
}
