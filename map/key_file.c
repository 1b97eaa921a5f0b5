#include "map/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "# The keys of gridwall's stream addresses. Without them the "
                           "addresses are lost: keep a\n"
                           "# copy, and keep it apart from the backups.\n";

// ---- text ----

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool all_digits(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (digit(text[i]) < 0)
            return false;
    return true;
}

static int take_key(struct gw_key_ring *ring, const char *text, size_t len)
{
    uint8_t bytes[GW_SEAL_KEY_BYTES];
    if (len != 2 * sizeof(bytes) || !all_digits(text, len) || ring->count == GW_KEYS_MAX)
        return -EBADMSG;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    int r = gw_seal_key_of(bytes, &ring->keys[ring->count]);
    explicit_bzero(bytes, sizeof(bytes));
    if (r == 0)
        ring->count++;
    return r;
}

static int take_registry(struct gw_key_ring *ring, const char *text, size_t len)
{
    if (len != GW_REGISTRY_ID - 1 || !all_digits(text, len) || *ring->registry)
        return -EBADMSG;
    memcpy(ring->registry, text, len);
    ring->registry[len] = '\0';
    return 0;
}

// `word` and a blank in front of the line's value.
static bool begins(const char *line, size_t len, const char *word, size_t *ret_skip)
{
    size_t n = strlen(word);
    *ret_skip = n;
    return len >= n && memcmp(line, word, n) == 0;
}

static int take_line(struct gw_key_ring *ring, const char *line, size_t len)
{
    size_t skip;
    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (len == 0 || *line == '#')
        return 0;
    if (begins(line, len, "registry ", &skip))
        return take_registry(ring, line + skip, len - skip);
    if (begins(line, len, "key ", &skip))
        return take_key(ring, line + skip, len - skip);
    return -EBADMSG;
}

int gw_key_ring_parse(const char *text, size_t len, struct gw_key_ring *ret_ring)
{
    struct gw_key_ring ring = { 0 };
    int r = 0;
    while (len > 0 && r == 0) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len;
        r = take_line(&ring, text, line);
        line += end ? 1 : 0;
        text += line;
        len -= line;
    }
    if (r == 0 && (!*ring.registry || ring.count == 0))
        r = -EBADMSG;
    if (r == 0)
        *ret_ring = ring;
    explicit_bzero(&ring, sizeof(ring));
    return r;
}

void gw_key_ring_print(const struct gw_key_ring *ring, char ret_text[GW_KEY_FILE_BYTES])
{
    int n =
        snprintf(ret_text, GW_KEY_FILE_BYTES, "%sregistry %s\n", head, ring->registry);
    char *to = ret_text + n;
    for (size_t k = 0; k < ring->count; k++) {
        to += sprintf(to, "key ");
        for (size_t i = 0; i < GW_SEAL_KEY_BYTES; i++)
            to += sprintf(to, "%02x", ring->keys[k].bytes[i]);
        to += sprintf(to, "\n");
    }
}

const struct gw_seal_key *gw_key_ring_find(const struct gw_key_ring *ring, uint32_t id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].id == id)
            return &ring->keys[i];
    return NULL;
}

// ---- file ----

static long read_all(int fd, char *text, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t n = read(fd, text + len, size - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (long)len;
}

int gw_key_file_read(const char *path, struct gw_key_ring *ret_ring)
{
    char text[GW_KEY_FILE_BYTES + 1];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && !S_ISREG(st.st_mode))
        r = -EBADMSG;
    if (r == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)))
        r = -EPERM;
    long len = r == 0 ? read_all(fd, text, sizeof(text)) : r;
    close(fd);
    if (len < 0)
        return (int)len;
    r = (size_t)len > GW_KEY_FILE_BYTES ? -EBADMSG
                                        : gw_key_ring_parse(text, (size_t)len, ret_ring);
    explicit_bzero(text, sizeof(text));
    return r;
}

static int write_all(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t n = write(fd, text, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        text += n;
        left -= (size_t)n;
    }
    return 0;
}

static int sync_directory_of(const char *path)
{
    char dir[PATH_MAX];
    snprintf(dir, sizeof(dir), "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash)
        slash[slash == dir] = '\0';
    int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd < 0 || fsync(fd) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    return r;
}

// Whoever changes keys as root must not shut out the user that the engine runs as.
static int keep_owner(int fd, const char *path)
{
    struct stat before;
    if (stat(path, &before) < 0 || before.st_uid == geteuid())
        return 0;
    return fchown(fd, before.st_uid, before.st_gid) < 0 ? -errno : 0;
}

static int write_beside(const char *path, const char *beside, const char *text)
{
    unlink(beside); // of somebody who was killed
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int r = keep_owner(fd, path);
    if (r == 0)
        r = write_all(fd, text);
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    close(fd);
    return r;
}

int gw_key_file_write(const char *path, const struct gw_key_ring *ring)
{
    char text[GW_KEY_FILE_BYTES], real[PATH_MAX], beside[PATH_MAX];
    // A link to another medium stays one.
    if (!realpath(path, real))
        snprintf(real, sizeof(real), "%s", path);
    if (snprintf(beside, sizeof(beside), "%s.new", real) >= (int)sizeof(beside))
        return -ENAMETOOLONG;
    gw_key_ring_print(ring, text);
    int r = write_beside(real, beside, text);
    explicit_bzero(text, sizeof(text));
    if (r == 0 && rename(beside, real) < 0)
        r = -errno;
    if (r < 0) {
        unlink(beside);
        return r;
    }
    return sync_directory_of(real);
}
