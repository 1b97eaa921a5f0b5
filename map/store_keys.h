// Stream addresses in a store are sealed (map/seal.h): they hold users, passwords and
// sources' keys. The key is in a file of its own (map/key_file.h), so that the database,
// a backup of it or a disk that is thrown away tells nobody.
//
//                 file of keys      table sealing      addresses
//   at rest       { a }             a                  all by a
//   rotate        { b, a }          a                  all by a
//   commit        { b, a }          b                  all by b
//   tidied        { b }             b                  all by b
//
// The file is written only by who holds the database's write lock. Whoever is killed on
// the way leaves one of these four; the next one who unlocks goes on from there. A
// process that knows {a} only reads the file again when it meets b.
#ifndef GW_MAP_STORE_KEYS_H
#define GW_MAP_STORE_KEYS_H

#include "base/text.h"
#include "map/store.h"

#include <stdbool.h>
#include <stddef.h>

extern const char gw_key_file_name[]; // in the data directory, where none is named

// Makes the store able to read and write stream addresses. `key_file` NULL: that of its
// directory. Makes the file if the database has no key yet, seals what was stored before
// there was one, and cleans the file of what it was.
// Returns 0, or negative errno with words in `ret_error` in the terminal's language: the
// file is not there, is another's, may be read by others. Nothing was changed then.
int gw_store_unlock(struct gw_store *store, const char *key_file,
                    char ret_error[GW_STORE_ERROR_MAX]);

// False: what was stored under an older key, or under none, may still lie in the file or
// its log, because others read it or the disk is full. The next unlock tries again.
bool gw_store_is_clean(const struct gw_store *store);

// How many addresses did not open since the transaction began, and a camera that has one.
// Somebody changed them in the file, or the disk did.
size_t gw_store_unreadable(const struct gw_store *store, uint32_t *ret_camera);

// Seals all addresses with a new key, in one transaction, and forgets the old one. The
// store is unlocked. Readers and a running engine go on. An address that does not open
// stays as it is. Returns 0 with how many were sealed, or an error of map/store.h, or of
// the key's file: then the old key stays in use.
int gw_store_rotate_key(struct gw_store *store, size_t *ret_sealed);

// What an error of the file at `path` means, and what to do.
void gw_store_key_words(int error, const char *path, enum gw_lang lang, char *ret_words,
                        size_t size);

#endif
