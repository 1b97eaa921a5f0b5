// Stream addresses on their way between a row and the records: opened and sealed.
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/store_keys.h"
#include "map/store_keys_internal.h"

void gw_store_keys_destroy(struct gw_store_keys *keys)
{
    if (!keys)
        return;
    gw_sealer_destroy(keys->sealer);
    explicit_bzero(keys, sizeof(*keys));
    free(keys);
}

void gw_store_keys_begin(struct gw_store *store)
{
    struct gw_store_keys *keys = store->keys;
    if (!keys)
        return;
    keys->asked = keys->reread = false;
    keys->unreadable = 0;
}

int gw_store_sealing_read(struct gw_store *store, struct gw_sealing *ret_sealing)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_store_stmt(store, GW_STMT_SEALING_FIND, &r);
    if (!stmt)
        return r;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        const char *registry = (const char *)sqlite3_column_text(stmt, 0);
        *ret_sealing = (struct gw_sealing) {
            .has_key = sqlite3_column_type(stmt, 1) != SQLITE_NULL,
            .key = (uint32_t)sqlite3_column_int64(stmt, 1),
            .unclean = sqlite3_column_int(stmt, 2),
        };
        snprintf(ret_sealing->registry, GW_REGISTRY_ID, "%s", registry ? registry : "");
    }
    sqlite3_reset(stmt);
    if (rc == SQLITE_DONE)
        return -EBADMSG;
    return rc == SQLITE_ROW ? 0 : gw_store_fault(store->db, rc);
}

int gw_store_key_file_read(const struct gw_store_keys *keys, const struct gw_sealing *s,
                           struct gw_key_ring *ret_ring)
{
    struct gw_key_ring ring;
    int r = *keys->path ? gw_key_file_read(keys->path, &ring) : -ENOENT;
    if (r == 0 && strcmp(ring.registry, s->registry) != 0)
        r = -EXDEV;
    if (r == 0)
        *ret_ring = ring;
    explicit_bzero(&ring, sizeof(ring));
    return r;
}

// Reads the file again, once in a transaction; what is known stays where it cannot be.
static int reread(struct gw_store *store)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_sealing s;
    if (keys->reread || !*keys->path)
        return 0;
    int r = gw_store_sealing_read(store, &s);
    if (r == 0)
        r = gw_store_key_file_read(keys, &s, &keys->ring) < 0 ? -EKEYREJECTED : 0;
    keys->reread = r == 0;
    return r;
}

// The key in use. Another process may have changed it since the last transaction.
static int current_key(struct gw_store *store, const struct gw_seal_key **ret_key)
{
    struct gw_store_keys *keys = store->keys;
    struct gw_sealing s;
    int r = 0;
    if (!keys->asked) {
        r = gw_store_sealing_read(store, &s);
        if (r == 0 && !gw_key_ring_find(&keys->ring, s.key))
            r = reread(store);
        if (r < 0)
            return r;
        keys->current = s.key;
        keys->asked = true;
    }
    const struct gw_seal_key *key = gw_key_ring_find(&keys->ring, keys->current);
    if (!key)
        return -EKEYREJECTED;
    *ret_key = key;
    return 0;
}

size_t gw_store_unreadable(const struct gw_store *store, uint32_t *ret_camera)
{
    *ret_camera = store->keys->unreadable_camera;
    return store->keys->unreadable;
}

// The key that a sealed address asks for; NULL: there is none.
static int key_of(struct gw_store *store, const uint8_t *sealed, size_t len,
                  const struct gw_seal_key **ret_key)
{
    const struct gw_seal_key *current;
    uint32_t id;
    *ret_key = NULL;
    if (gw_seal_key_id(sealed, len, &id) < 0 || len > GW_STREAM_URL_MAX + GW_SEAL_EXTRA)
        return 0;
    *ret_key = gw_key_ring_find(&store->keys->ring, id);
    if (*ret_key)
        return 0;
    int r = reread(store);
    if (r == 0)
        r = current_key(store, &current); // a file that has not even that one is wrong
    if (r == 0)
        *ret_key = gw_key_ring_find(&store->keys->ring, id);
    return r;
}

// Returns 0, -EBADMSG when it does not open, or as gw_store_read_address().
static int open_address(struct gw_store *store, struct gw_seal_place place,
                        const uint8_t *sealed, size_t len, char *ret_url)
{
    const struct gw_seal_key *key;
    if (!store->keys)
        return -EKEYREJECTED;
    int r = key_of(store, sealed, len, &key);
    if (r < 0)
        return r;
    return key ? gw_unseal(store->keys->sealer, key, place, sealed, len, ret_url)
               : -EBADMSG;
}

int gw_store_read_address(struct gw_store *store, sqlite3_stmt *stmt, int column,
                          enum gw_address_use use, struct gw_seal_place place,
                          const char **ret_url)
{
    if (sqlite3_column_type(stmt, column) != SQLITE_BLOB) {
        const char *text = (const char *)sqlite3_column_text(stmt, column);
        *ret_url = text ? text : "";
        return 0;
    }
    const uint8_t *sealed = sqlite3_column_blob(stmt, column);
    size_t len = (size_t)sqlite3_column_bytes(stmt, column);
    char *room = store->keys ? store->keys->opened[use][place.sub] : NULL;
    int r = open_address(store, place, sealed, len, room);
    if (r == -EBADMSG) {
        store->keys->unreadable++;
        store->keys->unreadable_camera = place.camera;
        *room = '\0';
        r = 1;
    }
    if (r >= 0)
        *ret_url = room;
    return r;
}

int gw_store_bind_address(struct gw_store *store, sqlite3_stmt *stmt, int index,
                          struct gw_seal_place place, const char *url)
{
    const struct gw_seal_key *key;
    size_t len = strlen(url);
    if (len == 0) {
        sqlite3_bind_text(stmt, index, "", -1, SQLITE_STATIC);
        return 0;
    }
    if (len > GW_STREAM_URL_MAX)
        return -EMSGSIZE;
    int r = store->keys ? current_key(store, &key) : -EKEYREJECTED;
    if (r < 0)
        return r;
    uint8_t *room = store->keys->sealed[place.sub];
    r = gw_seal(store->keys->sealer, key, place, url, len, room);
    if (r == 0)
        sqlite3_bind_blob(stmt, index, room, (int)(len + GW_SEAL_EXTRA), SQLITE_STATIC);
    return r;
}
