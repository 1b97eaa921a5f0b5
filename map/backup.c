#include "map/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map/backup_internal.h"
#include "map/data_lock.h"
#include "map/key_file.h"
#include "map/store_internal.h"
#include "map/store_keys.h"

// All databases of a data directory. One more is one more line.
const char *const gw_backup_names[GW_BACKUP_NAMES] = { "gridwall.db", "places.db" };

// What goes along if asked for: of stream addresses, and what the audit log and live
// links are signed with.
const char *const gw_backup_secrets[GW_BACKUP_SECRETS] = { gw_key_file_name, "audit.key",
                                                           "live-links.key" };

int gw_backup_join(struct gw_backup_place *place, const char *dir, const char *name,
                   const char *behind)
{
    place->is_key = false;
    int n = snprintf(place->path, sizeof(place->path), "%s/%s%s", dir, name, behind);
    return n < (int)sizeof(place->path) ? 0 : -ENAMETOOLONG;
}

void gw_backup_place_key(struct gw_backup_place *place, const char *path)
{
    snprintf(place->path, sizeof(place->path), "%s", path);
    place->is_key = true;
}

bool gw_backup_is_there(const char *dir, const char *name)
{
    struct gw_backup_place place;
    return gw_backup_join(&place, dir, name, "") == 0 && access(place.path, F_OK) == 0;
}

int gw_backup_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 || fsync(fd) < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    return r;
}

// ---- one database ----

int gw_backup_ask(sqlite3 *db, const char *sql, long long *ret_number)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? 0 : gw_store_fault(db, rc);
}

// One file without free pages, in which something deleted might still lie. Others write
// on.
static int copy_into(sqlite3 *db, const char *path)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE ? 0 : gw_store_fault(db, rc);
}

static int check_copy(const char *path)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool sound = false;
    // Not to read only: then SQLite (3.40) leaves CHECK constraints out.
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        sound = strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") == 0;
    int r = rc == SQLITE_ROW ? 0 : gw_store_fault(db, rc);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return r == 0 && !sound ? -EBADMSG : r;
}

static int copy_database(const struct gw_backup *b, const char *name)
{
    struct gw_backup_place to;
    sqlite3 *db = NULL;
    int r = gw_backup_join(&to, b->to, name, "");
    if (r == 0)
        r = gw_backup_join(b->place, b->from, name, "");
    if (r < 0)
        return r;
    int fd = open(to.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    close(fd);
    int rc = sqlite3_open_v2(b->place->path, &db, SQLITE_OPEN_READWRITE, NULL);
    r = rc == SQLITE_OK ? 0 : gw_store_fault(db, rc);
    if (r == 0) {
        sqlite3_busy_timeout(db, GW_STORE_BUSY_MS);
        r = copy_into(db, to.path);
    }
    sqlite3_close(db);
    if (r == 0)
        r = check_copy(to.path);
    return r < 0 ? r : gw_backup_sync(to.path);
}

int gw_backup_copy_all(const struct gw_backup *b)
{
    int r = 0;
    for (int i = 0; i < GW_BACKUP_NAMES && r == 0; i++)
        if (i == 0 || gw_backup_is_there(b->from, gw_backup_names[i]))
            r = copy_database(b, gw_backup_names[i]);
    return r;
}

int gw_backup_copy_key(const struct gw_backup *b, const char *key_file)
{
    struct gw_key_ring ring;
    struct gw_backup_place to;
    gw_backup_place_key(b->place, key_file);
    int r = gw_backup_join(&to, b->to, gw_key_file_name, "");
    if (r == 0)
        r = gw_key_file_read(key_file, &ring);
    if (r == 0)
        r = gw_key_file_write(to.path, &ring);
    explicit_bzero(&ring, sizeof(ring));
    return r;
}

static int read_small(const char *path, char *ret_bytes, size_t *ret_len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, ret_bytes, GW_KEY_FILE_BYTES);
    int r = n < 0 ? -errno : 0;
    if (fd >= 0)
        close(fd);
    if (r == 0)
        *ret_len = (size_t)n;
    return r;
}

static int write_small(const char *path, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, bytes, len);
    int r = n < 0 ? -errno : (size_t)n < len ? -ENOSPC : 0;
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    close(fd);
    return r;
}

static int copy_small(const struct gw_backup *b, const char *name)
{
    char bytes[GW_KEY_FILE_BYTES];
    struct gw_backup_place to;
    size_t len = 0;
    int r = gw_backup_join(&to, b->to, name, "");
    if (r == 0)
        r = gw_backup_join(b->place, b->from, name, "");
    if (r == 0)
        r = read_small(b->place->path, bytes, &len);
    if (r == 0)
        r = write_small(to.path, bytes, len);
    explicit_bzero(bytes, sizeof(bytes));
    return r;
}

int gw_backup_copy_signing_keys(const struct gw_backup *b)
{
    int r = 0;
    for (int i = 1; i < GW_BACKUP_SECRETS && r == 0; i++)
        if (gw_backup_is_there(b->from, gw_backup_secrets[i]))
            r = copy_small(b, gw_backup_secrets[i]);
    return r;
}

// ---- directories ----

void gw_backup_remove(const char *dir)
{
    struct gw_backup_place place;
    for (int i = 0; i < GW_BACKUP_NAMES; i++)
        if (gw_backup_join(&place, dir, gw_backup_names[i], "") == 0)
            unlink(place.path);
    for (int i = 0; i < GW_BACKUP_SECRETS; i++)
        if (gw_backup_join(&place, dir, gw_backup_secrets[i], "") == 0)
            unlink(place.path);
    rmdir(dir);
}

int gw_backup_make_directory(const char *path)
{
    gw_backup_remove(path);
    return mkdir(path, 0700) < 0 ? -errno : 0;
}

int gw_backup_publish(const char *from, const char *to, const char *above)
{
    int r = gw_backup_sync(from);
    if (r == 0 && rename(from, to) < 0)
        r = -errno;
    return r < 0 ? r : gw_backup_sync(above);
}

static void directory_above(const char *path, char ret_above[GW_BACKUP_PATH_MAX])
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    snprintf(ret_above, GW_BACKUP_PATH_MAX, "%.*s", (int)len, path);
    if (len == 0)
        snprintf(ret_above, GW_BACKUP_PATH_MAX, ".");
}

// `part` is `to` while it is not whole.
static int name_part(const char *to, char part[GW_BACKUP_PATH_MAX])
{
    size_t len = strlen(to);
    while (len > 1 && to[len - 1] == '/')
        len--;
    int n = snprintf(part, GW_BACKUP_PATH_MAX, "%.*s.part", (int)len, to);
    return n < GW_BACKUP_PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int back_up(const char *dir, const char *key_file, const char *to,
                   struct gw_backup_place *place)
{
    char part[GW_BACKUP_PATH_MAX], above[GW_BACKUP_PATH_MAX];
    int r = name_part(to, part);
    if (r < 0)
        return r;
    directory_above(to, above);
    *place = (struct gw_backup_place) { 0 };
    snprintf(place->path, sizeof(place->path), "%s", to);
    r = access(to, F_OK) == 0 ? -EEXIST : gw_backup_make_directory(part);
    if (r < 0)
        return r;
    const struct gw_backup b = { dir, part, place };
    r = gw_backup_copy_all(&b);
    if (r == 0 && key_file)
        r = gw_backup_copy_key(&b, key_file);
    if (r == 0 && key_file)
        r = gw_backup_copy_signing_keys(&b);
    if (r == 0)
        r = gw_backup_publish(part, to, above);
    if (r < 0)
        gw_backup_remove(part);
    return r;
}

int gw_backup(const char *dir, const char *key_file, const char *to,
              struct gw_backup_place *ret_place)
{
    int fd = -1;
    int r = gw_backup_join(ret_place, dir, gw_backup_names[0], "");
    if (r == 0 && !gw_backup_is_there(dir, gw_backup_names[0]))
        r = -ESRCH;
    if (r == 0)
        r = gw_data_lock(dir, false, &fd);
    if (r == 0)
        r = back_up(dir, key_file, to, ret_place);
    if (fd >= 0)
        close(fd);
    return r;
}
