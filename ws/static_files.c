#include "ws/static_files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct type {
    const char *suffix;
    const char *content_type;
};

static const struct type TYPES[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },
    { ".geojson", "application/geo+json" },
    { ".map", "application/json" },
    { ".yaml", "application/yaml" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },
    { ".webp", "image/webp" },
    { ".ico", "image/vnd.microsoft.icon" },
    { ".woff2", "font/woff2" },
    { ".wasm", "application/wasm" },
    { ".webmanifest", "application/manifest+json" },
};

static bool has_suffix(const char *s, const char *suffix)
{
    size_t len = strlen(s);
    size_t own = strlen(suffix);
    return len >= own && strcmp(s + len - own, suffix) == 0;
}

static const char *content_type_of(const char *name)
{
    for (size_t i = 0; i < sizeof(TYPES) / sizeof(*TYPES); i++)
        if (has_suffix(name, TYPES[i].suffix))
            return TYPES[i].content_type;
    return "application/octet-stream";
}

// ---- which file ----

static bool is_page(const char *path)
{
    static const char wall[] = "/wall/";

    if (strcmp(path, "/") == 0 || strcmp(path, "/desk") == 0 ||
        strcmp(path, "/admin") == 0 || strcmp(path, "/set-up") == 0)
        return true;
    return strncmp(path, wall, sizeof(wall) - 1) == 0 && path[sizeof(wall) - 1] != '\0' &&
           !strchr(path + sizeof(wall) - 1, '/');
}

static bool is_safe_segment(const char *s, size_t len)
{
    if (len == 0 || s[0] == '.')
        return false; // "..", and nothing hidden is ever ours to serve
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f || s[i] == '\\')
            return false;
    return true;
}

int gw_static_resolve(const char *path, char ret_name[GW_STATIC_PATH_MAX + 1])
{
    if (is_page(path)) {
        strcpy(ret_name, "index.html");
        return 0;
    }
    if (path[0] != '/' || strnlen(path, GW_STATIC_PATH_MAX + 2) > GW_STATIC_PATH_MAX)
        return -ENOENT;

    for (const char *s = path; *s == '/';) {
        s++;
        size_t len = strcspn(s, "/");
        if (!is_safe_segment(s, len))
            return -ENOENT;
        s += len;
    }
    strcpy(ret_name, path + 1);
    return 0;
}

// ---- opening ----

// Opens name below dirfd one segment at a time, so that no link is followed on
// the way.
static int open_below(int dirfd, const char *name)
{
    char segment[256];
    int at = dup(dirfd);

    while (at >= 0) {
        size_t len = strcspn(name, "/");
        bool last = name[len] == '\0';
        int next = -1;
        if (len < sizeof(segment)) {
            memcpy(segment, name, len);
            segment[len] = '\0';
            int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
            next = openat(at, segment, last ? flags : flags | O_DIRECTORY);
        }
        close(at);
        if (last || next < 0)
            return next < 0 ? -ENOENT : next;
        at = next;
        name += len + 1;
    }
    return -errno;
}

static int open_regular(int dirfd, const char *name, const char *suffix,
                        struct stat *ret_stat)
{
    char full[GW_STATIC_PATH_MAX + 8];
    int n = snprintf(full, sizeof(full), "%s%s", name, suffix);
    if (n < 0 || (size_t)n >= sizeof(full))
        return -ENOENT;

    int fd = open_below(dirfd, full);
    if (fd >= 0 && (fstat(fd, ret_stat) < 0 || !S_ISREG(ret_stat->st_mode))) {
        close(fd);
        return -ENOENT;
    }
    return fd;
}

// Whether the list allows the coding by name and not with a weight of zero.
static bool accepts(const char *list, const char *coding)
{
    size_t len = strlen(coding);
    for (const char *s = list; *s;) {
        s += strspn(s, " \t,");
        size_t item = strcspn(s, ",");
        if (item >= len && strncasecmp(s, coding, len) == 0 &&
            (item == len || strchr(" \t;", s[len]))) {
            const char *q = memchr(s, '=', item);
            return !q || strtod(q + 1, NULL) > 0;
        }
        s += item;
    }
    return false;
}

static void describe(struct gw_static_file *f, const char *name, const struct stat *st)
{
    f->size_bytes = (uint64_t)st->st_size;
    f->content_type = content_type_of(name);
    f->html = has_suffix(name, ".html");
    f->immutable = strncmp(name, "assets/", 7) == 0;
    snprintf(f->etag, sizeof(f->etag), "\"%" PRIx64 "-%" PRIx64 "%s%s\"",
             (uint64_t)st->st_mtim.tv_sec * 1000000000u + (uint64_t)st->st_mtim.tv_nsec,
             f->size_bytes, f->encoding ? "-" : "", f->encoding ? f->encoding : "");
}

int gw_static_open(const char *dir, const char *name, const char *accept_encoding,
                   struct gw_static_file *ret_file)
{
    static const struct {
        const char *coding;
        const char *suffix;
    } stored[] = { { "br", ".br" }, { "gzip", ".gz" } };

    int dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dirfd < 0)
        return -errno;

    struct stat st;
    struct gw_static_file f = { .fd = -ENOENT };
    for (size_t i = 0; i < 2 && f.fd < 0; i++)
        if (accepts(accept_encoding, stored[i].coding)) {
            f.fd = open_regular(dirfd, name, stored[i].suffix, &st);
            f.encoding = f.fd >= 0 ? stored[i].coding : NULL;
        }
    if (f.fd < 0)
        f.fd = open_regular(dirfd, name, "", &st);
    close(dirfd);
    if (f.fd < 0)
        return f.fd;

    describe(&f, name, &st);
    *ret_file = f;
    return 0;
}

bool gw_static_etag_matches(const char *if_none_match, const char *etag)
{
    if (strcmp(if_none_match, "*") == 0)
        return true;
    return *etag && strstr(if_none_match, etag) != NULL;
}
