#include "tests/camera/script.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_file(const char *path, char *text)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return -errno;
    size_t len = fread(text, 1, CAMERA_SCRIPT_MAX, f);
    int r = ferror(f) ? -EIO : 0;
    (void)fclose(f);
    if (len == CAMERA_SCRIPT_MAX)
        return -EMSGSIZE;
    text[len] = '\0';
    return r;
}

// A line of a block moves up to the end of what the block has so far; what it
// leaves behind was read already.
static int add_to_block(struct camera_script *script, char *line, char **block_end)
{
    if (!script->count)
        return -EBADMSG;
    struct camera_step *step = &script->steps[script->count - 1];
    const char *content = line[1] == ' ' ? line + 2 : line + 1;
    size_t len = strlen(content);

    if (!*step->block)
        *block_end = line;
    if (!*step->block)
        step->block = line;
    memmove(*block_end, content, len);
    *block_end += len;
    *(*block_end)++ = '\n';
    **block_end = '\0';
    return 0;
}

static int add_step(struct camera_script *script, char *line, unsigned number)
{
    char *end = line + strcspn(line, " \t");
    char *rest = end + strspn(end, " \t");

    if (script->count == CAMERA_STEPS_MAX)
        return -EMSGSIZE;
    *end = '\0';
    script->steps[script->count++] = (struct camera_step) {
        .line = number,
        .verb = line,
        .rest = rest,
        .block = "",
    };
    return 0;
}

int camera_script_read(const char *path, struct camera_script *ret_script)
{
    unsigned number = 0;
    char *block_end = NULL;

    *ret_script = (struct camera_script) { .text = malloc(CAMERA_SCRIPT_MAX + 1) };
    if (!ret_script->text)
        return -ENOMEM;
    int r = read_file(path, ret_script->text);

    char *next = ret_script->text;
    while (!r && next) {
        char *line = next;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        line += strspn(line, " \t");
        if (*line == '|')
            r = add_to_block(ret_script, line, &block_end);
        else if (*line && *line != '#')
            r = add_step(ret_script, line, number);
    }
    return r;
}

void camera_script_finish(struct camera_script *script)
{
    free(script->text);
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

// The byte that an escape stands for; *p is behind the backslash.
static char unescape(const char **p)
{
    char c = *(*p)++;
    switch (c) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case 'x':
        if (hex_digit((*p)[0]) >= 0 && hex_digit((*p)[1]) >= 0) {
            c = (char)(hex_digit((*p)[0]) << 4 | hex_digit((*p)[1]));
            *p += 2;
        }
        return c;
    default: return c;
    }
}

int camera_word(const char **text, char ret_word[CAMERA_WORD_MAX])
{
    const char *p = *text + strspn(*text, " \t");
    bool quoted = *p == '"';
    int len = 0;

    if (!*p)
        return -1;
    p += quoted;
    while (*p && !(quoted ? *p == '"' : *p == ' ' || *p == '\t')) {
        if (len == CAMERA_WORD_MAX - 1)
            return -1;
        char c = *p++;
        ret_word[len++] = quoted && c == '\\' && *p ? unescape(&p) : c;
    }
    ret_word[len] = '\0';
    *text = p + (quoted && *p == '"');
    return len;
}

int camera_hex(const char *text, uint8_t *buf, size_t cap)
{
    size_t len = 0;

    for (; *text; text++) {
        if (*text == ' ' || *text == '\t')
            continue;
        int high = hex_digit(text[0]);
        int low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0 || len == cap)
            return -1;
        buf[len++] = (uint8_t)(high << 4 | low);
        text++;
    }
    return (int)len;
}
