// What the places*.c share; nobody else includes it.
#ifndef GW_MAP_PLACES_INTERNAL_H
#define GW_MAP_PLACES_INTERNAL_H

#include "map/place_words.h"
#include "map/places.h"

struct sqlite3;
struct sqlite3_stmt;

// Prepared on first use, kept until the file is closed.
enum gw_places_stmt {
    GW_PLACES_BEGIN,
    GW_PLACES_BEGIN_READ,
    GW_PLACES_COMMIT,
    GW_PLACES_ROLLBACK,
    GW_PLACES_FIND,
    GW_PLACES_FIND_NUM,
    GW_PLACES_FIND_REMOVED,
    GW_PLACES_NEXT,
    GW_PLACES_INSERT,
    GW_PLACES_UPDATE,
    GW_PLACES_DELETE,
    GW_PLACES_KEEP_REMOVED,
    GW_PLACES_DROP_REMOVED,
    GW_PLACES_FORGET_REMOVED,
    GW_PLACES_WORDS_ADD,
    GW_PLACES_WORDS_DELETE,
    GW_PLACES_WORDS_TIDY,
    GW_PLACES_BOX_PUT,
    GW_PLACES_BOX_DELETE,
    GW_PLACES_IN_BOX,
    GW_PLACES_BY_WORDS,
    GW_PLACES_IN_ORDER,
    GW_PLACES_STMTS,
};

struct gw_places {
    struct sqlite3 *db;
    struct sqlite3_stmt *stmts[GW_PLACES_STMTS];
    char words[GW_PLACE_WORDS_BYTES]; // of the place that is written
};

// The statement, reset and without bindings. NULL when it cannot be prepared; the reason
// is in *ret_error.
struct sqlite3_stmt *gw_places_stmt(struct gw_places *places, enum gw_places_stmt which,
                                    int *ret_error);

// A row of GW_PLACES_FIND and its like; strings are the statement's.
void gw_places_read(struct sqlite3_stmt *stmt, struct gw_place *ret_place);

#endif
