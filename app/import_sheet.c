#include "app/import_sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/import_words.h"
#include "app/sheet.h"

enum { CELLS = 7, TEXT_MAX = 512 };

struct gw_import_sheet {
    FILE *out;
    enum gw_lang lang;
    struct gw_import_config config; // what becomes of the lines
};

static void write_line(struct gw_import_sheet *t, const char *const cells[CELLS])
{
    gw_sheet_line(t->out, cells, CELLS);
}

static const char *say(const struct gw_import_sheet *t, const char *en, const char *zh)
{
    return gw_text_in((struct gw_text) { en, zh }, t->lang);
}

// "" for what is not about a line.
static const char *number(size_t line, char ret[24])
{
    snprintf(ret, 24, "%zu", line);
    return line ? ret : "";
}

int gw_import_sheet_begin(FILE *out, enum gw_lang lang,
                          const struct gw_import_config *config,
                          struct gw_import_sheet **ret_sheet)
{
    struct gw_import_sheet *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->out = out;
    t->lang = lang;
    t->config = *config;
    gw_sheet_begin(t->out);
    write_line(t, (const char *[CELLS]) {
                      say(t, "file", "文件"), say(t, "row", "行"), say(t, "column", "列"),
                      say(t, "value", "值"), say(t, "severity", "级别"),
                      say(t, "what", "问题"), say(t, "done", "处理") });
    *ret_sheet = t;
    return 0;
}

int gw_import_sheet_open(const char *path, enum gw_lang lang,
                         const struct gw_import_config *config,
                         struct gw_import_sheet **ret_sheet)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out) {
        int r = -errno;
        if (fd >= 0)
            close(fd);
        return r;
    }
    int r = gw_import_sheet_begin(out, lang, config, ret_sheet);
    if (r < 0)
        fclose(out);
    return r;
}

void gw_import_sheet_issue(struct gw_import_sheet *t, const struct gw_import_issue *issue)
{
    char line[24], what[TEXT_MAX];
    const char *text = gw_text_in(issue->what, t->lang);

    if (issue->first_line)
        snprintf(what, sizeof(what), "%s (%s %zu)", text, say(t, "line", "行"),
                 issue->first_line);
    else
        snprintf(what, sizeof(what), "%s", text);
    write_line(t, (const char *[CELLS]) {
                      issue->file,
                      number(issue->line, line),
                      issue->column,
                      issue->value,
                      gw_text_in(gw_import_issue_kind(issue), t->lang),
                      what,
                      gw_text_in(gw_import_issue_done(issue), t->lang),
                  });
}

void gw_import_sheet_change(struct gw_import_sheet *t,
                            const struct gw_import_change *change)
{
    char line[24], what[TEXT_MAX];

    if (*change->before && change->kind == GW_IMPORT_CHANGED)
        snprintf(what, sizeof(what), "%s: %s \"%s\"", change->id,
                 say(t, "before", "原值"), change->before);
    else
        snprintf(what, sizeof(what), "%s", change->id);
    write_line(
        t, (const char *[CELLS]) {
               change->file, number(change->line, line), change->field,
               change->kind == GW_IMPORT_GONE ? change->before : change->after,
               gw_text_in(gw_import_change_kind(change->kind), t->lang), what,
               gw_text_in(gw_import_change_done(change->kind, &t->config), t->lang) });
}

void gw_import_sheet_file(struct gw_import_sheet *t, const char *file, const char *why)
{
    write_line(
        t, (const char *[CELLS]) { file, "", "", "", say(t, "error", "错误"), why,
                                   say(t, "the file is left out", "整个文件未导入") });
}

int gw_import_sheet_close(struct gw_import_sheet *t)
{
    if (!t)
        return 0;
    bool bad = ferror(t->out) != 0;
    errno = bad ? EIO : 0;
    int r = fclose(t->out) != 0 || bad ? -(errno ? errno : EIO) : 0;
    free(t);
    return r;
}
