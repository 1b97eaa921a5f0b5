// What backup.c and restore.c share; nobody else includes it.
#ifndef GW_MAP_BACKUP_INTERNAL_H
#define GW_MAP_BACKUP_INTERNAL_H

#include "map/backup.h"

struct sqlite3;

enum { GW_BACKUP_NAMES = 2, GW_BACKUP_SECRETS = 3 };
extern const char *const gw_backup_names[GW_BACKUP_NAMES]; // the first must be there
extern const char *const gw_backup_secrets[GW_BACKUP_SECRETS];

struct gw_backup {
    const char *from, *to;         // directories
    struct gw_backup_place *place; // what is in hand
};

// "dir/name" and `behind` it. Returns 0 or -ENAMETOOLONG.
int gw_backup_join(struct gw_backup_place *place, const char *dir, const char *name,
                   const char *behind);
void gw_backup_place_key(struct gw_backup_place *place, const char *path);
bool gw_backup_is_there(const char *dir, const char *name);

// A file or directory is on the disk when it returns 0.
int gw_backup_sync(const char *path);

// The number that a question is answered with. Returns 0 or an error of map/store.h.
int gw_backup_ask(struct sqlite3 *db, const char *sql, long long *ret_number);

// Copies and checks all databases that are there; reads, checks and writes the key of
// stream addresses; copies those that are there of what is signed.
int gw_backup_copy_all(const struct gw_backup *b);
int gw_backup_copy_key(const struct gw_backup *b, const char *key_file);
int gw_backup_copy_signing_keys(const struct gw_backup *b);

// A directory for such copies. What somebody left who was killed is removed: nothing is
// in it but what this program puts there.
int gw_backup_make_directory(const char *path);
void gw_backup_remove(const char *dir);

// What was made at `from` is at `to` from here on, also after a power cut. Both lie in
// `above`.
int gw_backup_publish(const char *from, const char *to, const char *above);

#endif
