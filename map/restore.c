#include "map/backup.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "map/backup_internal.h"
#include "map/data_lock.h"
#include "map/key_file.h"
#include "map/migrations.h"
#include "map/store_internal.h"
#include "map/store_keys.h"

static int check_version(sqlite3 *db)
{
    long long version = 0;
    int r = gw_backup_ask(db, "PRAGMA user_version", &version);
    if (r < 0)
        return r;
    if (version < 1)
        return -EBADMSG;
    return version > (long long)gw_migrations_count ? -ENOTSUP : 0;
}

// Whether the keys open the addresses. A backup of before there were keys needs none.
static int check_key(sqlite3 *db, const char *key_file)
{
    struct gw_key_ring ring = { 0 };
    long long id = 0, sealed = 0;
    sqlite3_stmt *stmt = NULL;
    if (gw_backup_ask(db, "SELECT count(key) FROM sealing", &sealed) < 0 || !sealed)
        return 0;
    int r = gw_backup_ask(db, "SELECT key FROM sealing", &id);
    if (r == 0)
        r = gw_key_file_read(key_file, &ring);
    if (r < 0)
        return r;
    int rc = sqlite3_prepare_v2(db, "SELECT 1 FROM sealing WHERE registry = ?1", -1,
                                &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(stmt, 1, ring.registry, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    sqlite3_finalize(stmt);
    if (rc == SQLITE_DONE)
        r = -EXDEV;
    else if (rc != SQLITE_ROW)
        r = gw_store_fault(db, rc);
    else if (!gw_key_ring_find(&ring, (uint32_t)id))
        r = -EKEYREJECTED;
    explicit_bzero(&ring, sizeof(ring));
    return r;
}

static int check_registry(const struct gw_backup *b, const char *key_file)
{
    struct gw_backup_place path;
    sqlite3 *db = NULL;
    int r = gw_backup_join(&path, b->to, gw_backup_names[0], "");
    if (r < 0)
        return r;
    int rc = sqlite3_open_v2(path.path, &db, SQLITE_OPEN_READONLY, NULL);
    r = rc == SQLITE_OK ? check_version(db) : gw_store_fault(db, rc);
    if (r == 0) {
        gw_backup_place_key(b->place, key_file);
        r = check_key(db, key_file);
    }
    sqlite3_close(db);
    return r;
}

// The key is the backup's, where it has one and none is named; else the one that is
// there.
static int take_key(const struct gw_backup *b, const char *dir, const char *key_file)
{
    struct gw_backup_place key;
    bool own = !key_file && gw_backup_is_there(b->from, gw_key_file_name);
    int r = gw_backup_join(&key, own ? b->from : dir, gw_key_file_name, "");
    if (r == 0 && own)
        r = gw_backup_copy_key(b, key.path);
    if (r == 0)
        r = gw_backup_copy_signing_keys(b);
    return r < 0 ? r : check_registry(b, key_file ? key_file : key.path);
}

static int move(const char *from_dir, const char *to_dir, const char *name,
                const char *behind)
{
    struct gw_backup_place from, to;
    int r = gw_backup_join(&from, from_dir, name, behind);
    if (r == 0)
        r = gw_backup_join(&to, to_dir, name, behind);
    if (r == 0 && rename(from.path, to.path) < 0 && errno != ENOENT)
        r = -errno;
    return r;
}

// Whoever puts a backup back as root must not shut out the user that the engine runs as.
static int give_to_owner(const char *dir, const char *path)
{
    struct stat st;
    if (geteuid() != 0)
        return 0;
    return stat(dir, &st) < 0 || chown(path, st.st_uid, st.st_gid) < 0 ? -errno : 0;
}

// One file of what is ready: the old one and its log aside first, so that a new database
// never meets another's log. What is in place already is passed over.
static int put_in_place(const char *dir, const char *ready, const char *aside,
                        const char *name)
{
    static const char *const parts[] = { "", "-wal", "-shm" };
    struct gw_backup_place fresh;
    if (!gw_backup_is_there(ready, name))
        return 0;
    int r = gw_backup_join(&fresh, ready, name, "");
    if (r == 0)
        r = give_to_owner(dir, fresh.path);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && r == 0; i++)
        r = move(dir, aside, name, parts[i]);
    if (r == 0)
        r = gw_backup_sync(aside);
    return r < 0 ? r : move(ready, dir, name, "");
}

static int keep_aside(const char *dir, const char *aside)
{
    char name[GW_BACKUP_PATH_MAX];
    time_t now = time(NULL);
    struct tm at;
    if (rmdir(aside) == 0 || errno == ENOENT) // there was nothing
        return 0;
    if (!gmtime_r(&now, &at))
        return -EINVAL;
    int n = snprintf(name, sizeof(name), "%s/replaced-", dir);
    if (n >= (int)sizeof(name) - 32)
        return -ENAMETOOLONG;
    strftime(name + n, sizeof(name) - (size_t)n, "%Y%m%dT%H%M%SZ", &at);
    return rename(aside, name) < 0 ? -errno : 0;
}

// From the moment that all is ready; also what a killed one left.
static int finish(const char *dir, struct gw_backup_place *place)
{
    struct gw_backup_place ready, aside;
    snprintf(place->path, sizeof(place->path), "%s", dir);
    int r = gw_backup_join(&ready, dir, gw_restore_ready, "");
    if (r == 0)
        r = gw_backup_join(&aside, dir, "restore.old", "");
    if (r < 0 || access(ready.path, F_OK) < 0)
        return r;
    if (mkdir(aside.path, 0700) < 0 && errno != EEXIST)
        return -errno;
    for (int i = 0; i < GW_BACKUP_NAMES && r == 0; i++)
        r = put_in_place(dir, ready.path, aside.path, gw_backup_names[i]);
    for (int i = 0; i < GW_BACKUP_SECRETS && r == 0; i++)
        r = put_in_place(dir, ready.path, aside.path, gw_backup_secrets[i]);
    if (r == 0)
        r = gw_backup_sync(dir);
    if (r == 0)
        r = keep_aside(dir, aside.path);
    if (r == 0 && rmdir(ready.path) < 0)
        r = -errno;
    return r < 0 ? r : gw_backup_sync(dir);
}

static int prepare(const char *dir, const char *key_file, const char *from,
                   struct gw_backup_place *place)
{
    struct gw_backup_place fresh, ready;
    int r = gw_backup_join(&fresh, dir, "restore.new", "");
    if (r == 0)
        r = gw_backup_join(&ready, dir, gw_restore_ready, "");
    if (r == 0)
        r = gw_backup_make_directory(fresh.path);
    if (r < 0)
        return r;
    const struct gw_backup b = { from, fresh.path, place };
    r = gw_backup_copy_all(&b);
    if (r == 0)
        r = take_key(&b, dir, key_file);
    if (r == 0)
        r = gw_backup_publish(fresh.path, ready.path, dir);
    if (r < 0)
        gw_backup_remove(fresh.path);
    return r;
}

static int restore_alone(const char *dir, const char *key_file, const char *from,
                         bool replace, struct gw_backup_place *place)
{
    int r = finish(dir, place);
    if (r < 0)
        return r;
    if (!replace && gw_backup_is_there(dir, gw_backup_names[0])) {
        r = gw_backup_join(place, dir, gw_backup_names[0], "");
        return r < 0 ? r : -EEXIST;
    }
    r = prepare(dir, key_file, from, place);
    return r < 0 ? r : finish(dir, place);
}

int gw_restore(const char *dir, const char *key_file, const char *from, bool replace,
               struct gw_backup_place *ret_place)
{
    int fd;
    int r = gw_backup_join(ret_place, from, gw_backup_names[0], "");
    if (r == 0 && !gw_backup_is_there(from, gw_backup_names[0]))
        r = -ESRCH;
    if (r < 0)
        return r;
    snprintf(ret_place->path, sizeof(ret_place->path), "%s", dir);
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return -errno;
    r = gw_data_lock(dir, true, &fd);
    if (r < 0)
        return r;
    r = restore_alone(dir, key_file, from, replace, ret_place);
    close(fd);
    return r;
}
