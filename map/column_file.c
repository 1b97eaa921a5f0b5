#include "map/column_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "map/utf8.h"

// A part of the text.
struct span {
    const char *at;
    size_t len;
};

static struct span trim(struct span s)
{
    while (s.len > 0 && strchr(" \t\r", s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len > 0 && strchr(" \t\r", s.at[s.len - 1]))
        s.len--;
    return s;
}

static void copy(struct span s, char to[GW_COLUMN_NAME_MAX])
{
    size_t len = s.len < GW_COLUMN_NAME_MAX ? s.len : GW_COLUMN_NAME_MAX - 1;
    while (len > 0 && len < s.len && ((unsigned char)s.at[len] & 0xc0) == 0x80)
        len--; // between characters
    memcpy(to, s.at, len);
    to[len] = '\0';
}

static bool complain(struct gw_column_file_problem *problem, struct span about,
                     struct gw_text what)
{
    copy(about, problem->value);
    problem->what = what;
    return false;
}

static enum gw_column target_of(const char *name)
{
    return strcasecmp(name, "ignore") == 0 ? GW_COLUMN_IGNORED : gw_column_of(name);
}

static bool is_named(const struct gw_column_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcasecmp(names->entries[i].name, name) == 0)
            return true;
    return false;
}

// Both sides are there, and short enough to be names.
static bool add(struct gw_column_names *names, struct span ours, struct span theirs,
                struct gw_column_file_problem *problem)
{
    char target[GW_COLUMN_NAME_MAX];
    copy(ours, target);
    enum gw_column column = target_of(target);
    struct gw_column_names_entry *entry = &names->entries[names->count];

    if (column == GW_COLUMNS)
        return complain(
            problem, ours,
            (struct gw_text) { "this is no column that we know; the left side "
                               "is ours, such as id, name, lon, lat, or ignore",
                               "不认识该列；等号左边应为本系统的列名，如 id、"
                               "设备名称、经度、纬度，或 ignore" });
    if (column != GW_COLUMN_IGNORED && names->mapped[column])
        return complain(
            problem, ours,
            (struct gw_text) { "an earlier line says already which column this "
                               "is; remove one",
                               "前面的行已指定该列，请删除其一" });
    copy(theirs, entry->name);
    if (is_named(names, entry->name))
        return complain(
            problem, theirs,
            (struct gw_text) { "an earlier line names this column of the list "
                               "already; remove one",
                               "前面的行已使用清单中的该列名，请删除其一" });
    if (column != GW_COLUMN_IGNORED)
        names->mapped[column] = true;
    entry->column = column;
    names->count++;
    return true;
}

static bool read_line(struct gw_column_names *names, struct span line,
                      struct gw_column_file_problem *problem)
{
    line = trim(line);
    if (line.len == 0 || line.at[0] == '#')
        return true;
    if (!gw_is_utf8(line.at, line.len) || memchr(line.at, '\0', line.len))
        return complain(problem, (struct span) { "", 0 },
                        (struct gw_text) { "the line is no UTF-8; save the file as UTF-8",
                                           "该行不是 UTF-8，请将文件另存为 UTF-8" });
    const char *equals = memchr(line.at, '=', line.len);
    size_t left = equals ? (size_t)(equals - line.at) : 0;
    struct span ours = trim((struct span) { line.at, left });
    struct span theirs = { line.at, 0 };
    if (equals)
        theirs = trim((struct span) { equals + 1, line.len - left - 1 });
    if (ours.len == 0 || theirs.len == 0)
        return complain(problem, line,
                        (struct gw_text) { "expected \"our name = name in the list\"",
                                           "应为“本系统的列名 = 清单中的列名”" });
    if (ours.len >= GW_COLUMN_NAME_MAX || theirs.len >= GW_COLUMN_NAME_MAX)
        return complain(problem, line,
                        (struct gw_text) { "a name is longer than 127 bytes; shorten it",
                                           "列名超过 127 字节，请缩短" });
    if (names->count == GW_COLUMN_NAMES_MAX)
        return complain(problem, line,
                        (struct gw_text) { "this is more than 128 columns; remove some",
                                           "超过 128 列，请删减" });
    return add(names, ours, theirs, problem);
}

int gw_column_file_parse(const char *text, size_t len, struct gw_column_names *ret_names,
                         struct gw_column_file_problem *ret_problem)
{
    struct gw_column_file_problem problem = { 0 };
    struct gw_column_names *names = calloc(1, sizeof(*names));
    bool good = true;
    if (!names)
        return -ENOMEM;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    while (good && len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t line_len = end ? (size_t)(end - text) : len;
        problem.line++;
        good = read_line(names, (struct span) { text, line_len }, &problem);
        text += end ? line_len + 1 : len;
        len -= end ? line_len + 1 : len;
    }
    if (good)
        *ret_names = *names;
    else
        *ret_problem = problem;
    free(names);
    return good ? 0 : -EBADMSG;
}

// Up to GW_COLUMN_FILE_MAX + 1 bytes. Returns how many, or -errno.
static long read_all(const char *path, char *text)
{
    size_t len = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (n > 0 && len <= GW_COLUMN_FILE_MAX) {
        n = read(fd, text + len, GW_COLUMN_FILE_MAX + 1 - len);
        len += n > 0 ? (size_t)n : 0;
    }
    long r = n < 0 ? -errno : (long)len;
    (void)close(fd);
    return r;
}

int gw_column_file_read(const char *path, struct gw_column_names *ret_names,
                        struct gw_column_file_problem *ret_problem)
{
    char *text = malloc(GW_COLUMN_FILE_MAX + 1);
    if (!text)
        return -ENOMEM;
    long len = read_all(path, text);
    int r = (int)len;
    if (len > GW_COLUMN_FILE_MAX) {
        *ret_problem = (struct gw_column_file_problem) {
            .what = { "the file is larger than 64 KiB; is it the right one?",
                      "文件超过 64 KiB，请确认是否选对文件" },
        };
        r = -EBADMSG;
    } else if (len >= 0) {
        r = gw_column_file_parse(text, (size_t)len, ret_names, ret_problem);
    }
    free(text);
    return r;
}
