#include "map/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "map/import_internal.h"
#include "map/store_words.h"

void gw_import_shorten(const char *value, char shown[GW_IMPORT_SHOWN_MAX])
{
    size_t len = strnlen(value, GW_IMPORT_VALUE_MAX + 1);
    bool cut = len > GW_IMPORT_VALUE_MAX;
    if (cut)
        for (len = GW_IMPORT_VALUE_MAX; len > 0 && (value[len] & 0xc0) == 0x80;)
            len--;
    memcpy(shown, value, len);
    strcpy(shown + len, cut ? "..." : "");
}

bool gw_import_secret(const char *column)
{
    return strncmp(column, "url_", 4) == 0 || strcmp(column, "password") == 0;
}

void gw_import_tell(struct gw_import *im, const struct gw_import_issue *issue)
{
    char shown[GW_IMPORT_SHOWN_MAX];
    struct gw_import_issue whole = *issue;

    gw_import_shorten(gw_import_secret(issue->column) ? "" : issue->value, shown);
    whole.value = shown;
    whole.file = im->file;
    if (!issue->kept)
        im->report.refused++;
    if (im->config->on_issue)
        im->config->on_issue(im->config->arg, &whole);
}

int gw_import_give_up(struct gw_import *im, struct gw_text what)
{
    enum gw_lang lang = gw_lang_of_terminal();
    snprintf(im->error, GW_IMPORT_ERROR_MAX,
             lang == GW_LANG_ZH ? "%.200s：%s。" : "%.200s: %s.", im->file,
             gw_text_in(what, lang));
    return -EBADMSG;
}

long gw_import_read(struct gw_import *im, char *buf, size_t size)
{
    ssize_t n;
    if (im->reader)
        return gw_table_reader_read(im->reader, buf, size);
    do
        n = read(im->fd, buf, size);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

bool gw_import_is_json(const char *head, size_t len)
{
    size_t i = len >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < len && strchr(" \t\r\n", head[i]))
        i++;
    return i < len && head[i] == '{';
}

static int read_file(struct gw_import *im)
{
    char head[GW_IMPORT_HEAD];
    long n = gw_import_read(im, head, sizeof(head));
    if (n < 0)
        return (int)n;
    if (gw_import_is_foreign(head, (size_t)n))
        return gw_import_foreign(im);
    return gw_import_is_json(head, (size_t)n) ? gw_import_areas(im, head, (size_t)n)
                                              : gw_import_cameras(im, head, (size_t)n);
}

static int run(struct gw_import *im)
{
    int r = gw_store_begin(im->store);
    if (r < 0)
        return r;
    r = read_file(im);
    bool left_out = im->config->all_or_nothing && im->report.refused > 0;
    if (r == 0 && !im->config->dry_run && !left_out)
        return gw_store_commit(im->store);
    gw_store_rollback(im->store);
    return r;
}

static void explain_file(struct gw_import *im, int error)
{
    enum gw_lang lang = gw_lang_of_terminal();
    char reason[GW_IMPORT_ERROR_MAX / 2];
    snprintf(reason, sizeof(reason),
             lang == GW_LANG_ZH ? "无法读取（%s），请检查文件名与权限"
                                : "cannot be read (%s); check its name and rights",
             strerror(-error));
    gw_import_give_up(im, (struct gw_text) { reason, reason });
}

static int open_file(struct gw_import *im)
{
    struct stat st;
    im->fd = open(im->file, O_RDONLY | O_CLOEXEC);
    if (im->fd < 0 || fstat(im->fd, &st) < 0)
        return -errno;
    if (S_ISDIR(st.st_mode))
        return -EISDIR;
    im->total_bytes = (size_t)st.st_size;
    return 0;
}

int gw_import_file(const struct gw_import_config *config, const char *file,
                   struct gw_import_report *ret_report,
                   char ret_error[GW_IMPORT_ERROR_MAX])
{
    struct gw_import im = {
        .config = config,
        .file = file,
        .now_ms = gw_clock_unix_us() / GW_MS,
        .error = ret_error,
    };
    ret_error[0] = '\0';
    int r = open_file(&im);
    if (r < 0) {
        explain_file(&im, r);
        goto out;
    }
    // A trial on a directory without a database must not leave one behind.
    bool in_memory = config->dry_run && !gw_store_exists(config->dir);
    r = gw_store_open(in_memory ? NULL : config->dir, &im.store, ret_error);
    if (r < 0)
        goto out;
    r = run(&im);
    if (r < 0 && !*ret_error)
        gw_store_words(r, config->dir, gw_lang_of_terminal(), ret_error,
                       GW_IMPORT_ERROR_MAX);
    if (r == 0)
        *ret_report = im.report;

out:
    gw_store_close(im.store);
    gw_id_set_finish(&im.ids);
    if (im.fd >= 0)
        close(im.fd);
    return r;
}
