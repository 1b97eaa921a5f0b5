#include "map/scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/codes.h"
#include "map/labels.h"

static const char *const keys[GW_SCOPE_SETS] = {
    [GW_SCOPE_DIVISIONS] = "division=",
    [GW_SCOPE_CELLS] = "cell=",
    [GW_SCOPE_DEPARTMENTS] = "department=",
    [GW_SCOPE_TAGS] = "tag=",
};

static bool is_word(enum gw_scope_set set, const char *word)
{
    switch (set) {
    case GW_SCOPE_DIVISIONS:
    case GW_SCOPE_CELLS: return gw_code_valid(word);
    case GW_SCOPE_TAGS: return gw_label_valid(word);
    case GW_SCOPE_DEPARTMENTS:
    case GW_SCOPE_SETS: break;
    }
    for (const char *c = word; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return false;
    return *word != '\0';
}

static int read_line(struct gw_scope *scope, const char *line)
{
    if (strcmp(line, "all") == 0) {
        scope->all = true;
        return 0;
    }
    for (int set = 0; set < GW_SCOPE_SETS; set++) {
        size_t len = strlen(keys[set]);
        if (strncmp(line, keys[set], len) != 0)
            continue;
        const char *word = line + len;
        if (strlen(word) > GW_SCOPE_WORD_MAX || scope->count[set] == GW_SCOPE_WORDS_MAX)
            return -EMSGSIZE;
        if (!is_word((enum gw_scope_set)set, word))
            return -EINVAL;
        scope->words[set][scope->count[set]++] = word;
        return 0;
    }
    return -EINVAL;
}

int gw_scope_read(const char *text, struct gw_scope *ret_scope, size_t *ret_line)
{
    struct gw_scope scope = { 0 };
    size_t line_number = 0;
    int r = strlen(text) > GW_SCOPE_TEXT_MAX ? -EMSGSIZE : 0;

    *ret_line = 1;
    if (r < 0)
        return r;
    scope.text = strdup(text);
    if (!scope.text)
        return -ENOMEM;
    scope.text_bytes = strlen(text) + 1;
    char *rest = scope.text;
    for (char *line; r == 0 && (line = strsep(&rest, "\n"));) {
        line_number++;
        if (*line)
            r = read_line(&scope, line);
    }
    if (r < 0) {
        *ret_line = line_number;
        gw_scope_finish(&scope);
        return r;
    }
    *ret_scope = scope;
    return 0;
}

void gw_scope_finish(struct gw_scope *scope)
{
    free(scope->text);
    *scope = (struct gw_scope) { 0 };
}

int gw_scope_copy(const struct gw_scope *scope, struct gw_scope *ret_copy)
{
    struct gw_scope copy = *scope;
    copy.text = malloc(scope->text_bytes ? scope->text_bytes : 1);
    if (!copy.text)
        return -ENOMEM;
    if (scope->text_bytes)
        memcpy(copy.text, scope->text, scope->text_bytes);
    for (int set = 0; set < GW_SCOPE_SETS; set++)
        for (size_t i = 0; i < scope->count[set]; i++)
            copy.words[set][i] = copy.text + (scope->words[set][i] - scope->text);
    *ret_copy = copy;
    return 0;
}

bool gw_scope_is_empty(const struct gw_scope *scope)
{
    for (int set = 0; set < GW_SCOPE_SETS; set++)
        if (scope->count[set])
            return false;
    return !scope->all;
}

bool gw_scope_has_division(const struct gw_scope *scope, const char *code)
{
    size_t n = scope->count[GW_SCOPE_DIVISIONS];
    for (size_t i = 0; i < n; i++)
        if (gw_division_within(code, scope->words[GW_SCOPE_DIVISIONS][i]))
            return true;
    return n == 0;
}

bool gw_scope_has_department(const struct gw_scope *scope, const char *name)
{
    size_t n = scope->count[GW_SCOPE_DEPARTMENTS];
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, scope->words[GW_SCOPE_DEPARTMENTS][i]) == 0)
            return true;
    return n == 0;
}

bool gw_scope_has_tag(const struct gw_scope *scope, const char *labels)
{
    size_t n = scope->count[GW_SCOPE_TAGS];
    for (size_t i = 0; i < n; i++)
        if (gw_labels_contain(labels, scope->words[GW_SCOPE_TAGS][i]))
            return true;
    return n == 0;
}
