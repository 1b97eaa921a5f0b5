// Properties: each word of a scope that is read is within it; it is empty only without
// words; and a copy of it has the same words.

#include "map/scope.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has(const struct gw_scope *scope, enum gw_scope_set set, const char *word)
{
    switch (set) {
    case GW_SCOPE_DIVISIONS: return gw_scope_has_division(scope, word);
    case GW_SCOPE_DEPARTMENTS: return gw_scope_has_department(scope, word);
    case GW_SCOPE_TAGS: return gw_scope_has_tag(scope, word);
    case GW_SCOPE_CELLS: // a snapshot's to say
    case GW_SCOPE_SETS: break;
    }
    return true;
}

static size_t check(const struct gw_scope *scope, const struct gw_scope *copy)
{
    size_t words = 0;
    for (int set = 0; set < GW_SCOPE_SETS; set++) {
        if (scope->count[set] > GW_SCOPE_WORDS_MAX ||
            scope->count[set] != copy->count[set])
            abort();
        for (size_t i = 0; i < scope->count[set]; i++) {
            if (!has(scope, (enum gw_scope_set)set, scope->words[set][i]) ||
                strcmp(scope->words[set][i], copy->words[set][i]) != 0)
                abort();
            words++;
        }
    }
    return words;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_scope scope, copy;
    size_t line;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    int r = gw_scope_read(text, &scope, &line);
    free(text);
    if (r < 0)
        return 0;
    if (gw_scope_copy(&scope, &copy) == 0) {
        size_t words = check(&scope, &copy);
        if (gw_scope_is_empty(&scope) != (words == 0 && !scope.all) ||
            copy.all != scope.all)
            abort();
        gw_scope_finish(&copy);
    }
    gw_scope_finish(&scope);
    return 0;
}
