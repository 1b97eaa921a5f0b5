// Backups of a data directory, and their way back.
//
// A backup is a directory that holds what a data directory holds: each database as of one
// moment, in one file without a log, and the key of stream addresses only if asked for.
// Databases of the list in map/backup.c that are there are taken along.
//
// The way back: all is copied into DIR/restore.new and checked; by one rename that is
// DIR/restore.ready, from where on nobody opens DIR; the old files are moved to
// DIR/replaced-TIME, the new ones into place. Killed before the rename nothing has
// changed, behind it the next gw_restore() goes on.
#ifndef GW_MAP_BACKUP_H
#define GW_MAP_BACKUP_H

#include <stdbool.h>

enum { GW_BACKUP_PATH_MAX = 4096 };

// Where an operation failed: the file or directory, for the words.
struct gw_backup_place {
    char path[GW_BACKUP_PATH_MAX];
    bool is_key; // the error is one of gw_store_key_words()
};

// Copies DIR to the directory `to`, which must not exist; while others read and write.
// `key_file` NULL: without the key. Returns 0; -EEXIST: `to` is there; -ENOENT: no
// registry; -EBADMSG: a database is damaged; or another negative errno, -ENOSPC among
// them. Then there is no `to`.
int gw_backup(const char *dir, const char *key_file, const char *to,
              struct gw_backup_place *ret_place);

// Puts the backup `from` into DIR, which is made if it is not there. `replace`: over a
// registry that is there, which is kept aside. `key_file`: where the key lies if not in
// DIR; then one in the backup is left alone.
// Returns 0; -EBUSY: somebody uses DIR; -EEXIST: there is a registry; -ENOENT: `from` is
// no backup; -EBADMSG: it is damaged; -ENOTSUP: of a newer version; -EKEYREJECTED,
// -EXDEV: its addresses ask for another key; or another negative errno. Then DIR is as it
// was.
int gw_restore(const char *dir, const char *key_file, const char *from, bool replace,
               struct gw_backup_place *ret_place);

#endif
