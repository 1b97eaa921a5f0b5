#include "map/store_keys.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/store_keys_internal.h"

const char gw_key_file_name[] = "gridwall.key";

static int write_sealing(struct gw_store *store, uint32_t key, bool unclean)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_SEALING_PUT, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, key);
    sqlite3_bind_int(stmt, 2, unclean);
    return gw_store_run(stmt);
}

static int write_file(const struct gw_store_keys *keys, const struct gw_key_ring *ring)
{
    return *keys->path ? gw_key_file_write(keys->path, ring) : 0;
}

// ---- all of them anew ----

// One row's addresses, as a walk over a table finds it.
struct reseal {
    struct gw_store *store;
    sqlite3_stmt *read;  // rowid, num, url_main, url_sub
    sqlite3_stmt *write; // ?1 rowid, ?2 url_main, ?3 url_sub
    size_t sealed;
};

static int reseal_address(struct reseal *w, uint32_t num, uint32_t sub)
{
    const struct gw_seal_place place = { num, sub };
    const int column = 2 + (int)sub, index = 2 + (int)sub;
    const char *url;

    int r =
        gw_store_read_address(w->store, w->read, column, GW_ADDRESS_WALKED, place, &url);
    if (r > 0) {
        sqlite3_bind_value(w->write, index, sqlite3_column_value(w->read, column));
        return 0;
    }
    if (r == 0)
        r = gw_store_bind_address(w->store, w->write, index, place, url);
    w->sealed += r == 0 && *url;
    return r;
}

static int reseal_row(struct reseal *w)
{
    uint32_t num = (uint32_t)sqlite3_column_int64(w->read, 1);
    sqlite3_reset(w->write);
    sqlite3_bind_int64(w->write, 1, sqlite3_column_int64(w->read, 0));
    int r = reseal_address(w, num, 0);
    if (r == 0)
        r = reseal_address(w, num, 1);
    return r < 0 ? r : gw_store_run(w->write);
}

static int reseal_rows(struct reseal *w, const char *read_sql, const char *write_sql)
{
    sqlite3 *db = w->store->db;
    int r = 0;
    int rc = sqlite3_prepare_v2(db, read_sql, -1, &w->read, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, write_sql, -1, &w->write, NULL);
    if (rc != SQLITE_OK)
        r = gw_store_fault(db, rc);
    while (r == 0 && (rc = sqlite3_step(w->read)) == SQLITE_ROW)
        r = reseal_row(w);
    if (r == 0 && rc != SQLITE_DONE)
        r = gw_store_fault(db, rc);
    sqlite3_finalize(w->read);
    sqlite3_finalize(w->write);
    w->read = w->write = NULL;
    return r;
}

#define READ_ROWS(table) "SELECT rowid, num, url_main, url_sub FROM " table
#define WRITE_ROW(table)                                                                 \
    "UPDATE " table " SET url_main = ?2, url_sub = ?3 WHERE rowid = ?1"

// Within a transaction: all addresses with key `key`, which is in the ring.
static int reseal_all(struct gw_store *store, uint32_t key, size_t *ret_sealed)
{
    struct reseal w = { .store = store };
    store->keys->current = key;
    store->keys->asked = true;
    int r = reseal_rows(&w, READ_ROWS("cameras"), WRITE_ROW("cameras"));
    if (r == 0)
        r = reseal_rows(&w, READ_ROWS("removed_cameras"), WRITE_ROW("removed_cameras"));
    if (r == 0)
        r = write_sealing(store, key, w.sealed > 0);
    if (r == 0)
        *ret_sealed = w.sealed;
    return r;
}

// Within a transaction: of two keys the one in use is kept.
static int tidy(struct gw_store *store, uint32_t current)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_key_ring one = keys->ring;
    const struct gw_seal_key *key = gw_key_ring_find(&keys->ring, current);
    if (!key)
        return -EKEYREJECTED;
    if (keys->ring.count == 1)
        return 0;
    one.keys[0] = *key;
    one.count = 1;
    int r = write_file(keys, &one);
    if (r == 0)
        keys->ring = one;
    explicit_bzero(&one, sizeof(one));
    return r;
}

// Writes the whole file anew and empties its log: pages that were freed long ago may hold
// what was stored before. It needs as much room again, and nobody who reads just then;
// where it cannot be done the mark stays.
static void clean(struct gw_store *store)
{
    struct gw_sealing s;
    int busy = 0, pages = 0;
    store->keys->unclean = true;
    if (sqlite3_exec(store->db, "VACUUM", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &pages,
                                  &busy) != SQLITE_OK)
        return;
    if (gw_store_begin(store) < 0)
        return;
    // Whoever changed keys meanwhile has made it unclean again.
    if (gw_store_sealing_read(store, &s) == 0 &&
        gw_key_ring_find(&store->keys->ring, s.key) &&
        write_sealing(store, s.key, false) == 0 && gw_store_commit(store) == 0)
        store->keys->unclean = false;
    else
        gw_store_rollback(store);
}

// ---- unlocking ----

static int first_key(struct gw_store *store, const struct gw_sealing *s)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_key_ring ring = { .count = 1 };
    memcpy(ring.registry, s->registry, sizeof(ring.registry));
    int r = gw_seal_key_make(&ring.keys[0]);
    if (r == 0)
        r = write_file(keys, &ring);
    if (r == 0)
        keys->ring = ring;
    explicit_bzero(&ring, sizeof(ring));
    return r;
}

// Under the write lock: a first key is made and used, a leftover one thrown away.
static int settle_locked(struct gw_store *store)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_sealing s;
    size_t sealed;
    int r = gw_store_sealing_read(store, &s);
    if (r == 0)
        r = gw_store_key_file_read(keys, &s, &keys->ring);
    if (r == -ENOENT && !s.has_key)
        r = first_key(store, &s);
    if (r == 0 && !s.has_key)
        r = reseal_all(store, keys->ring.keys[0].id, &sealed);
    if (r == 0 && !s.has_key)
        s.key = keys->ring.keys[0].id;
    return r < 0 ? r : tidy(store, s.key);
}

static int settle(struct gw_store *store)
{
    int r = gw_store_begin(store);
    if (r < 0)
        return r;
    r = settle_locked(store);
    if (r == 0)
        return gw_store_commit(store);
    gw_store_rollback(store);
    return r;
}

// Without a lock, where all is as it should be: one key, and the right one. False: look
// again with the lock.
static bool is_settled(struct gw_store *store)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_sealing s;
    return gw_store_sealing_read(store, &s) == 0 && s.has_key &&
           gw_store_key_file_read(keys, &s, &keys->ring) == 0 && keys->ring.count == 1 &&
           keys->ring.keys[0].id == s.key;
}

static int create_keys(struct gw_store *store, const char *key_file)
{
    struct gw_store_keys *keys = calloc(1, sizeof(*keys));
    if (!keys)
        return -ENOMEM;
    store->keys = keys;
    keys->sealer = gw_sealer_create();
    if (!keys->sealer)
        return -ENOMEM;
    int n = 0;
    if (key_file)
        n = snprintf(keys->path, sizeof(keys->path), "%s", key_file);
    else if (store->dir)
        n = snprintf(keys->path, sizeof(keys->path), "%s/%s", store->dir,
                     gw_key_file_name);
    return n < (int)sizeof(keys->path) ? 0 : -ENAMETOOLONG;
}

int gw_store_unlock(struct gw_store *store, const char *key_file,
                    char ret_error[GW_STORE_ERROR_MAX])
{
    struct gw_sealing s = { 0 };
    int r = create_keys(store, key_file);
    if (r == 0 && !is_settled(store))
        r = settle(store);
    if (r == 0)
        r = gw_store_sealing_read(store, &s);
    if (r == 0 && s.unclean)
        clean(store);
    if (r == 0)
        return 0;
    gw_store_key_words(r, store->keys ? store->keys->path : "", gw_lang_of_terminal(),
                       ret_error, GW_STORE_ERROR_MAX);
    gw_store_keys_destroy(store->keys);
    store->keys = NULL;
    return r;
}

bool gw_store_is_clean(const struct gw_store *store)
{
    return !store->keys->unclean;
}

// ---- another key ----

// Under the write lock: the file gets a second key, all addresses are sealed with it.
static int rotate_locked(struct gw_store *store, size_t *ret_sealed)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_key_ring ring;
    struct gw_sealing s;
    int r = gw_store_sealing_read(store, &s);
    if (r == 0)
        r = gw_store_key_file_read(keys, &s, &ring);
    if (r < 0)
        return r;
    const struct gw_seal_key *old = gw_key_ring_find(&ring, s.key);
    r = old ? 0 : -EKEYREJECTED;
    if (r == 0) {
        ring.keys[1] = *old;
        ring.count = 2;
        r = gw_seal_key_make(&ring.keys[0]);
    }
    if (r == 0)
        r = write_file(keys, &ring);
    if (r == 0) {
        keys->ring = ring;
        r = reseal_all(store, ring.keys[0].id, ret_sealed);
    }
    explicit_bzero(&ring, sizeof(ring));
    return r;
}

int gw_store_rotate_key(struct gw_store *store, size_t *ret_sealed)
{
    size_t sealed;
    int r = gw_store_begin(store);
    if (r < 0)
        return r;
    r = rotate_locked(store, &sealed);
    if (r == 0)
        r = gw_store_commit(store);
    else
        gw_store_rollback(store);
    // Also after a failure: then it is the new one that nobody needs.
    int tidied = settle(store);
    if (r < 0)
        return r;
    if (tidied < 0)
        return tidied;
    clean(store);
    *ret_sealed = sealed;
    return 0;
}
