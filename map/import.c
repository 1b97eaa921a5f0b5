#include "map/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "map/import_internal.h"
#include "map/store_audit.h"
#include "map/store_keys.h"
#include "map/store_words.h"

// FNV-1a, 64 bits. Each text is marked with its NUL.
#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

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

    gw_import_mark(im, issue->column);
    gw_import_mark(im, issue->value);
    gw_import_mark(im, issue->what.en);
    gw_import_shorten(gw_import_secret(issue->column) ? "" : issue->value, shown);
    whole.value = shown;
    whole.file = gw_import_name(im);
    if (!issue->kept)
        im->report.refused++;
    if (im->config->on_issue)
        im->config->on_issue(im->config->arg, &whole);
}

const char *gw_import_name(const struct gw_import *im)
{
    return im->config->name ? im->config->name : im->file;
}

struct gw_author gw_import_author(const struct gw_import *im,
                                  char room[GW_AUTHOR_MAX + 1])
{
    const char *base = strrchr(gw_import_name(im), '/');
    const char *who = im->config->author;
    snprintf(room, GW_AUTHOR_MAX + 1, "%s%simport: %s", who ? who : "", who ? ", " : "",
             base ? base + 1 : gw_import_name(im));
    return (struct gw_author) { .name = room, .now_ms = im->now_ms };
}

void gw_import_mark(struct gw_import *im, const char *text)
{
    uint64_t hash = im->report.fingerprint;
    do
        hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
    while (*text++);
    im->report.fingerprint = hash;
}

bool gw_import_compares(const struct gw_import *im)
{
    return im->config->on_change || im->config->remove_gone;
}

int gw_import_give_up(struct gw_import *im, struct gw_text what)
{
    const char *name = gw_import_name(im);
    snprintf(im->error->en, GW_IMPORT_ERROR_MAX, "%.200s: %s.", name, what.en);
    snprintf(im->error->zh, GW_IMPORT_ERROR_MAX, "%.200s：%s。", name, what.zh);
    return -EBADMSG;
}

long gw_import_read(struct gw_import *im, char *buf, size_t size)
{
    ssize_t n;
    if (im->config->is_over && im->config->is_over(im->config->arg))
        return -ECANCELED;
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
                                              : gw_import_list(im, head, (size_t)n);
}

// Whether it is what the dry run found.
static int check_expected(struct gw_import *im)
{
    const uint64_t *expected = im->config->expected;
    if (!expected || *expected == im->report.fingerprint)
        return 0;
    gw_import_give_up(im, (struct gw_text) { "the registry has changed since; look at "
                                             "what would change now, and import again",
                                             "此后台账已有变更；请重新预览后再导入" });
    return -ESTALE;
}

// That it was done stands in the audit log also where nothing has changed by it.
static int note_import(struct gw_import *im)
{
    char name[GW_AUTHOR_MAX + 1], details[GW_AUDIT_DETAILS_MAX];
    const struct gw_author author = gw_import_author(im, name);
    const struct gw_import_report *report = &im->report;
    snprintf(details, sizeof(details),
             "{\"sha256\":\"%s\",\"read\":%zu,\"added\":%zu,\"changed\":%zu,"
             "\"refused\":%zu}",
             im->sha256, report->read, report->added, report->changed, report->refused);
    return gw_store_add_audit(im->store,
                              &(struct gw_audit_entry) { .at_ms = author.now_ms,
                                                         .who = author.name,
                                                         .address = "",
                                                         .session = "",
                                                         .action = "import",
                                                         .subject = gw_import_name(im),
                                                         .outcome = "ok",
                                                         .details = details });
}

// A list of places is written when its places are; cells before the places that lie in
// them, so that a crash in between leaves no place in a cell that is not there.
static int commit(struct gw_import *im)
{
    int r = im->cells_changed ? gw_import_settle_places(im) : 0;
    if (r == 0 && !im->store_released)
        r = note_import(im);
    if (r == 0 && !im->store_released)
        r = gw_store_commit(im->store);
    if (r == 0 && im->places)
        r = gw_places_commit(im->places);
    return r;
}

static int run(struct gw_import *im)
{
    int r =
        im->config->dry_run ? gw_store_begin_read(im->store) : gw_store_begin(im->store);
    if (r < 0)
        return r;
    r = read_file(im);
    bool left_out = im->config->all_or_nothing && im->report.refused > 0;
    if (r == 0)
        r = check_expected(im);
    bool write = r == 0 && !im->config->dry_run && !left_out;
    if (write)
        r = commit(im);
    if (!write || r < 0) {
        gw_store_rollback(im->store);
        if (im->places)
            gw_places_rollback(im->places);
    }
    return r;
}

static void explain_file(struct gw_import *im, int error)
{
    char en[GW_IMPORT_ERROR_MAX / 2], zh[GW_IMPORT_ERROR_MAX / 2];
    snprintf(en, sizeof(en), "cannot be read (%s); check its name and rights",
             strerror(-error));
    snprintf(zh, sizeof(zh), "无法读取（%s），请检查文件名与权限", strerror(-error));
    gw_import_give_up(im, (struct gw_text) { en, zh });
}

static void explain_store(struct gw_import *im, int error)
{
    const char *dir = im->config->dir;
    gw_store_words(error, dir, GW_LANG_EN, im->error->en, GW_IMPORT_ERROR_MAX);
    gw_store_words(error, dir, GW_LANG_ZH, im->error->zh, GW_IMPORT_ERROR_MAX);
}

static int unlock(struct gw_import *im, bool in_memory)
{
    char words[GW_STORE_ERROR_MAX];
    const char *key_file = im->config->key_file;
    const char *path = key_file ? key_file : im->config->dir;
    int r = gw_store_unlock(im->store, in_memory ? NULL : key_file, words);
    if (r == 0)
        return 0;
    gw_store_key_words(r, path, GW_LANG_EN, im->error->en, GW_IMPORT_ERROR_MAX);
    gw_store_key_words(r, path, GW_LANG_ZH, im->error->zh, GW_IMPORT_ERROR_MAX);
    return r;
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
    bool known = S_ISREG(st.st_mode) && !im->config->dry_run;
    return known ? gw_secret_file_digest(im->fd, im->sha256) : 0;
}

int gw_import_file(const struct gw_import_config *config, const char *file,
                   struct gw_import_report *ret_report, struct gw_import_error *ret_error)
{
    char words[GW_STORE_ERROR_MAX];
    struct gw_import im = {
        .config = config,
        .file = file,
        .now_ms = gw_clock_unix_us() / GW_MS,
        .report = { .suspected = config->coordinates, .fingerprint = FNV_BASIS },
        .error = ret_error,
    };
    *ret_error = (struct gw_import_error) { 0 };
    int r = open_file(&im);
    if (r < 0) {
        explain_file(&im, r);
        goto out;
    }
    // A trial on a directory without a database must not leave one behind.
    bool in_memory = config->dry_run && !gw_store_exists(config->dir);
    r = gw_store_open(in_memory ? NULL : config->dir, &im.store, words);
    if (r == 0)
        r = unlock(&im, in_memory);
    if (r == 0)
        r = run(&im);
    if (r == -ECANCELED)
        gw_import_give_up(&im, (struct gw_text) { "the import was ended", "导入已中止" });
    if (r < 0 && !*ret_error->en)
        explain_store(&im, r);
    if (r == 0)
        *ret_report = im.report;

out:
    gw_places_close(im.places);
    gw_store_close(im.store);
    gw_id_set_finish(&im.ids);
    if (im.fd >= 0)
        close(im.fd);
    return r;
}
