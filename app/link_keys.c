#include "app/link_keys.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    KEYS = 2,      // the one that signs, and the one before it
    KEY_LINE = 96, // bytes of a key's line: since when, in milliseconds, and its digits
};
#define DAY_MS (24 * 3600 * 1000ull)

struct link_key {
    uint64_t since_ms;
    uint8_t bytes[GW_SECRET_BYTES];
};

struct gw_link_keys {
    pthread_mutex_t lock; // for all below
    char *dir;
    struct link_key keys[KEYS]; // newest first
    size_t count;
};

static const char file_name[] = "live-links.key";

// Returns 0, or -EBADMSG for a line that is no key's.
static int read_line(const char *line, struct link_key *ret_key)
{
    char digits[GW_SECRET_TEXT];
    uint64_t since_ms;
    if (sscanf(line, "%" SCNu64 " %64[0-9a-f]", &since_ms, digits) != 2)
        return -EBADMSG;
    ret_key->since_ms = since_ms;
    return gw_secret_unhex(digits, ret_key->bytes);
}

static int read_file(struct gw_link_keys *k, FILE *f)
{
    char line[KEY_LINE];
    while (k->count < KEYS && fgets(line, sizeof(line), f)) {
        int r = read_line(line, &k->keys[k->count]);
        if (r < 0)
            return r;
        k->count++;
    }
    return ferror(f) ? -EIO : 0;
}

static void load(struct gw_link_keys *k)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", k->dir, file_name);
    FILE *f = fopen(path, "re");
    if (!f && errno == ENOENT)
        return;
    int r = f ? read_file(k, f) : -errno;
    if (f)
        fclose(f);
    if (r == 0)
        return;
    k->count = 0;
    gw_log(GW_LOG_ERROR, "link_keys_unreadable",
           "file=\"%s\" error=\"%s\" meaning=\"earlier live links are over\"", path,
           strerror(-r));
}

struct gw_link_keys *gw_link_keys_open(const char *dir)
{
    struct gw_link_keys *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    pthread_mutex_init(&k->lock, NULL);
    k->dir = strdup(dir);
    if (!k->dir) {
        gw_link_keys_close(k);
        return NULL;
    }
    load(k);
    return k;
}

void gw_link_keys_close(struct gw_link_keys *k)
{
    if (!k)
        return;
    explicit_bzero(k->keys, sizeof(k->keys));
    pthread_mutex_destroy(&k->lock);
    free(k->dir);
    free(k);
}

static int write_keys(const struct gw_link_keys *k, int fd)
{
    char text[KEYS * KEY_LINE], digits[GW_SECRET_TEXT];
    size_t len = 0;
    for (size_t i = 0; i < k->count; i++) {
        gw_secret_hex(k->keys[i].bytes, digits);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%" PRIu64 " %s\n",
                                k->keys[i].since_ms, digits);
    }
    ssize_t n = write(fd, text, len);
    explicit_bzero(text, sizeof(text));
    explicit_bzero(digits, sizeof(digits));
    if (n < 0)
        return -errno;
    return (size_t)n < len ? -ENOSPC : fsync(fd) < 0 ? -errno : 0;
}

// Beside the old file, then in its place: one of them is there whole at any time.
static int save(const struct gw_link_keys *k)
{
    char path[4096], beside[4096];
    snprintf(path, sizeof(path), "%s/%s", k->dir, file_name);
    snprintf(beside, sizeof(beside), "%s/%s.new", k->dir, file_name);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = fd < 0 ? -errno : write_keys(k, fd);
    if (fd >= 0 && close(fd) < 0 && r == 0)
        r = -errno;
    if (r == 0 && rename(beside, path) < 0)
        r = -errno;
    if (r < 0)
        unlink(beside);
    return r;
}

static int renew(struct gw_link_keys *k, uint64_t now_ms)
{
    struct link_key fresh = { .since_ms = now_ms };
    int r = gw_secret_random(fresh.bytes, sizeof(fresh.bytes));
    if (r < 0)
        return r;
    k->keys[1] = k->keys[0];
    k->keys[0] = fresh;
    k->count = k->count ? KEYS : 1;
    explicit_bzero(&fresh, sizeof(fresh));
    r = save(k);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "link_keys_not_written",
               "file=\"%s/%s\" error=\"%s\" meaning=\"live links end with the engine\"",
               k->dir, file_name, strerror(-r));
    return 0;
}

int gw_link_keys_sign(struct gw_link_keys *k, const struct gw_live_link *link,
                      uint64_t now_ms, char ret_text[GW_LIVE_LINK_TEXT])
{
    pthread_mutex_lock(&k->lock);
    bool old = k->count == 0 || now_ms - k->keys[0].since_ms >= GW_LINK_KEY_DAYS * DAY_MS;
    int r = old ? renew(k, now_ms) : 0;
    if (r == 0)
        r = gw_live_link_write(link, k->keys[0].bytes, ret_text);
    pthread_mutex_unlock(&k->lock);
    return r;
}

int gw_link_keys_check(struct gw_link_keys *k, const char *text,
                       struct gw_live_link *link, uint64_t now_ms)
{
    char signature[GW_SECRET_TEXT];
    bool good = false;
    if (gw_live_link_read(text, link, signature) < 0)
        return -EACCES;
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < k->count && !good; i++)
        good = gw_live_link_check(link, signature, k->keys[i].bytes);
    pthread_mutex_unlock(&k->lock);
    if (!good)
        return -EACCES;
    return link->until_ms > now_ms ? 0 : -ETIME;
}
