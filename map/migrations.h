// Brings a database to this program's schema, step by step, by PRAGMA
// user_version. Each step is one transaction: a crash leaves the old version or
// the new one.
#ifndef GW_MAP_MIGRATIONS_H
#define GW_MAP_MIGRATIONS_H

#include <stddef.h>

struct sqlite3;

// Step i brings version i to version i + 1. A released step never changes: later
// needs are later steps.
struct gw_migration {
    const char *sql;
};

extern const struct gw_migration gw_migrations[];
extern const size_t gw_migrations_count;

// Runs the steps that `db` lacks. Returns 0, -ENOTSUP when the database is of a
// newer version than `count` (it is not touched), or what the failing step met:
// -EBUSY, -ENOSPC, -EIO, -EBADMSG, -ENOMEM, -EACCES, see gw_store_error().
int gw_migrate(struct sqlite3 *db, const struct gw_migration *steps, size_t count);

#endif
