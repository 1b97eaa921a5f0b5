// A place that people ask for by name: a key place or a city part, its record and how an
// edit changes it. The importer and the API go by the same rules. No I/O.
#ifndef GW_MAP_PLACE_H
#define GW_MAP_PLACE_H

#include "base/text.h"
#include "map/codes.h"
#include "map/locate.h"
#include "map/pinyin.h"
#include "map/place_kinds.h"
#include "map/scope.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    GW_PLACE_ID_MAX = 64,         // bytes, of [A-Za-z0-9._-]: ids stand in URLs
    GW_PLACE_ADDRESS_MAX = 512,   // bytes; names and departments as of cameras
    GW_PLACE_ATTRIBUTES_MAX = 16, // of one place
    GW_PLACE_KEY_MAX = 64,        // bytes of an attribute's name
    GW_PLACE_VALUE_MAX = 256,     // bytes of its value
    // "NAME=VALUE\n" each, and the end.
    GW_PLACE_ATTRIBUTES_BYTES =
        GW_PLACE_ATTRIBUTES_MAX * (GW_PLACE_KEY_MAX + GW_PLACE_VALUE_MAX + 2) + 1,
    // Codes of a cell and all above it with a blank between, and the end.
    GW_PLACE_CELLS_BYTES = GW_CELL_LEVELS * (GW_CODE_MAX + 1) + 1,
};

// Strings are UTF-8 and never NULL.
struct gw_place {
    int64_t num; // by which the store knows it; 0: it is new
    const char *id;
    const char *name;
    enum gw_place_kind kind;
    const char *class_code; // of a city part, four digits (or two), or ""
    const char *address;
    double lon, lat; // WGS-84; NAN: not known
    const char *division;
    bool division_fixed; // it was given; else it is the cell's
    const char *cell;
    bool cell_fixed;  // likewise; else it is found by position
    const char *home; // codes of the cell and all above it, see gw_place_settle()
    const char *department;
    const char *attributes; // lines NAME=VALUE, sorted by name
    const char *initials;   // of the name
    const char *author;     // who changed it last, and when
    uint64_t changed_ms;    // Unix time
};

// What somebody writes; NULL and NAN: not said.
struct gw_place_edit {
    const char *id;
    const char *name;
    const char *kind; // as gw_place_kind_of_name() knows it
    const char *class_code;
    const char *address;
    double lon, lat;
    const char *division;
    const char *cell;
    const char *department;
    const char *attributes; // as gw_place_attributes_add() made them
};

// What is wrong, and how to mend it; `field` is a name of the importer's columns.
struct gw_place_problem {
    const char *field;
    struct gw_text what;
};

// Adds one to a text of attributes, in its order; one of that name is overwritten, an
// empty value takes it out. Returns 0, -EINVAL (not plain text, or "=" in the name),
// -EMSGSIZE (too long) or -ENOSPC (too many).
int gw_place_attributes_add(char attributes[GW_PLACE_ATTRIBUTES_BYTES], const char *name,
                            const char *value);

// The attribute that begins at `line`; returns where the next one does, NULL at the end.
const char *gw_place_attributes_next(const char *line,
                                     char ret_name[GW_PLACE_KEY_MAX + 1],
                                     char ret_value[GW_PLACE_VALUE_MAX + 1]);

// Finds the first problem of the fields that are given; `id` is always required.
bool gw_place_edit_check(const struct gw_place_edit *edit,
                         struct gw_place_problem *ret_problem);

// Room for what a record has of its own.
struct gw_place_scratch {
    char class_code[5];
    char initials[GW_INITIALS_MAX + 1];
    char attributes[GW_PLACE_ATTRIBUTES_BYTES];
    char home[GW_PLACE_CELLS_BYTES];
};

// Makes the new record: what `edit` gives and for the rest what `old` has (NULL:
// nothing). An empty string clears a field; attributes are added to the old ones. `edit`
// was checked. `ret_place` borrows from all arguments; settle it next. Returns 0,
// -ENOMEM, -ENOTSUP (map/pinyin.h), or -ENOSPC (more than GW_PLACE_ATTRIBUTES_MAX).
int gw_place_edit_apply(const struct gw_place_edit *edit, const struct gw_place *old,
                        struct gw_place_scratch *scratch, struct gw_place *ret_place);

// Finds its cell by position, as a camera's is, and its division by its cell, unless they
// were given; and in `scratch` which cells are above it. `cells` is a snapshot that has
// the cells, `locator` is of them.
void gw_place_settle(struct gw_place *place, const struct gw_snapshot *cells,
                     const struct gw_locator *locator, struct gw_place_scratch *scratch);

// Whether both say the same, but for number, author and time.
bool gw_place_equal(const struct gw_place *a, const struct gw_place *b);

// Whether it lies in a cell or in one below it; in a division, likewise.
bool gw_place_in_cell(const struct gw_place *place, const char *cell);
bool gw_place_in_division(const struct gw_place *place, const char *division);

// Whether a scope (NULL: everything) can take in any: it has more than tags.
bool gw_place_scope_has_any(const struct gw_scope *scope);

// Whether a scope (NULL: everything) takes it in. Tags are of cameras: they narrow
// nothing here.
bool gw_place_in_scope(const struct gw_place *place, const struct gw_scope *scope);

#endif
