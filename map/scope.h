// What part of the registry somebody may see: sets of divisions, departments, cells and
// tags. No I/O.
//
// Each set that is not empty must take a camera in; within a set one word suffices. So a
// town and a department together are the department's cameras in that town. A scope
// without any set takes in nothing: who shall see all says so.
#ifndef GW_MAP_SCOPE_H
#define GW_MAP_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    GW_SCOPE_WORDS_MAX = 64,       // of one set
    GW_SCOPE_WORD_MAX = 128,       // bytes of a word
    GW_SCOPE_TEXT_MAX = 24 * 1024, // bytes of a scope as text
};

enum gw_scope_set {
    GW_SCOPE_DIVISIONS,   // codes: they and all below them
    GW_SCOPE_CELLS,       // likewise
    GW_SCOPE_DEPARTMENTS, // names
    GW_SCOPE_TAGS,
    GW_SCOPE_SETS,
};

struct gw_scope {
    bool all;
    const char *words[GW_SCOPE_SETS][GW_SCOPE_WORDS_MAX];
    size_t count[GW_SCOPE_SETS];
    char *text; // owned; the words lie in it
    size_t text_bytes;
};

// Reads lines "all", "division=CODE", "cell=CODE", "department=NAME" and "tag=WORD"; an
// empty text is the scope of nothing. Returns 0, -EINVAL for another line (*ret_line is
// its number from 1 on), -EMSGSIZE over a limit above, likewise, or -ENOMEM.
int gw_scope_read(const char *text, struct gw_scope *ret_scope, size_t *ret_line);
void gw_scope_finish(struct gw_scope *scope);

// Returns 0 or -ENOMEM.
int gw_scope_copy(const struct gw_scope *scope, struct gw_scope *ret_copy);

// Whether it takes in nothing at all.
bool gw_scope_is_empty(const struct gw_scope *scope);

// Whether one of the divisions is `code` or above it; true where the set is empty.
bool gw_scope_has_division(const struct gw_scope *scope, const char *code);

// Whether the set holds `name` itself; true where the set is empty.
bool gw_scope_has_department(const struct gw_scope *scope, const char *name);

// Whether one of the set's words is one of the labels (map/labels.h); likewise.
bool gw_scope_has_tag(const struct gw_scope *scope, const char *labels);

#endif
