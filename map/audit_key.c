#include "map/audit_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char FILE_NAME[] = "audit.key";

static int path_of(const char *dir, const char *suffix, char path[PATH_MAX])
{
    int len = snprintf(path, PATH_MAX, "%s/%s%s", dir, FILE_NAME, suffix);
    return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static const char USED[] = "\nused";

// Digits, the word or nothing, and line ends as an editor leaves them.
static int read_text(int fd, char text[GW_SECRET_TEXT], bool *ret_used)
{
    char all[GW_SECRET_TEXT + sizeof(USED) + 8];
    ssize_t n = read(fd, all, sizeof(all) - 1);
    if (n < 0)
        return -errno;
    while (n > 0 && all[n - 1] == '\n')
        n--;
    all[n] = '\0';
    if (n < GW_SECRET_TEXT - 1)
        return -ENOKEY;
    memcpy(text, all, GW_SECRET_TEXT - 1);
    text[GW_SECRET_TEXT - 1] = '\0';
    const char *rest = all + GW_SECRET_TEXT - 1;
    *ret_used = strcmp(rest, USED) == 0;
    explicit_bzero(all, GW_SECRET_TEXT - 1);
    return *ret_used || !*rest ? 0 : -ENOKEY;
}

int gw_audit_key_read(const char *dir, struct gw_audit_key *ret_key)
{
    char path[PATH_MAX], text[GW_SECRET_TEXT] = "";
    struct gw_audit_key key;
    struct stat st;
    int r = path_of(dir, "", path);
    if (r < 0)
        return r;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    r = fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) && fchmod(fd, 0600) < 0)
        r = -errno;
    if (r == 0)
        r = read_text(fd, text, &key.used);
    if (r == 0 && gw_secret_unhex(text, key.bytes) < 0)
        r = -ENOKEY;
    if (r == 0)
        *ret_key = key;
    close(fd);
    explicit_bzero(text, sizeof(text));
    explicit_bzero(&key, sizeof(key));
    return r;
}

static int write_text(int fd, const char *text)
{
    size_t len = strlen(text);
    ssize_t n = write(fd, text, len);
    if (n < 0)
        return -errno;
    if ((size_t)n != len)
        return -ENOSPC;
    return fsync(fd) < 0 ? -errno : 0;
}

static int sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = fd < 0 || fsync(fd) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    return r;
}

// Under a name of its own first: nobody shall read half a key.
static int put(const char *dir, const char *text)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    int r = path_of(dir, "", path);
    if (r == 0)
        r = path_of(dir, ".XXXXXX", fresh);
    if (r < 0)
        return r;
    int fd = mkostemp(fresh, O_CLOEXEC); // 0600
    if (fd < 0)
        return -errno;
    r = write_text(fd, text);
    close(fd);
    if (r == 0 && link(fresh, path) < 0 && errno != EEXIST)
        r = -errno;
    unlink(fresh);
    return r < 0 ? r : sync_dir(dir);
}

int gw_audit_key_make(const char *dir, struct gw_audit_key *ret_key)
{
    char text[GW_SECRET_TEXT];
    int r = gw_secret_word(text);
    if (r == 0)
        r = put(dir, text);
    explicit_bzero(text, sizeof(text));
    return r < 0 ? r : gw_audit_key_read(dir, ret_key);
}

int gw_audit_key_use(const char *dir)
{
    char path[PATH_MAX];
    int r = path_of(dir, "", path);
    if (r < 0)
        return r;
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    r = write_text(fd, USED);
    close(fd);
    return r;
}

int gw_audit_key_id(const struct gw_audit_key *key, uint8_t ret_id[GW_AUDIT_KEY_ID])
{
    static const char what[] = "gridwall audit key id";
    uint8_t signature[GW_SECRET_BYTES];
    int r = gw_secret_sign(key->bytes, what, sizeof(what) - 1, signature);
    if (r == 0)
        memcpy(ret_id, signature, GW_AUDIT_KEY_ID);
    return r;
}
