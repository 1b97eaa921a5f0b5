#include "app/import_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_ROOM = 256, TEXTS = 5 };

struct place {
    uint64_t offset;
    uint16_t bytes; // of the row, at most GW_IMPORT_ROW_BYTES
    uint8_t kind;
};

struct gw_import_rows {
    atomic_uint refs;
    FILE *file;
    int error;
    uint64_t bytes;
    struct place *places;
    size_t count;
    size_t room;
    size_t of_kind[GW_ROW_KINDS];
    size_t lost;
};

// What stands in front of a row's texts.
struct head {
    uint64_t line;
    uint64_t first_line;
};

int gw_import_rows_create(const char *dir, struct gw_import_rows **ret_rows)
{
    char path[PATH_MAX];
    struct gw_import_rows *rows = calloc(1, sizeof(*rows));
    if (!rows)
        return -ENOMEM;
    atomic_init(&rows->refs, 1);
    int n = snprintf(path, sizeof(path), "%s/rows-XXXXXX", dir);
    int fd = n < PATH_MAX ? mkostemp(path, O_CLOEXEC) : -1; // with mode 0600
    if (fd >= 0)
        (void)unlink(path);
    rows->file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (!rows->file) {
        int r = n < PATH_MAX ? -errno : -ENAMETOOLONG;
        if (fd >= 0)
            (void)close(fd);
        free(rows);
        return r;
    }
    *ret_rows = rows;
    return 0;
}

struct gw_import_rows *gw_import_rows_ref(struct gw_import_rows *rows)
{
    if (rows)
        atomic_fetch_add_explicit(&rows->refs, 1, memory_order_relaxed);
    return rows;
}

void gw_import_rows_unref(struct gw_import_rows **prows)
{
    struct gw_import_rows *rows = *prows;
    *prows = NULL;
    if (!rows || atomic_fetch_sub_explicit(&rows->refs, 1, memory_order_acq_rel) != 1)
        return;
    (void)fclose(rows->file);
    free(rows->places);
    free(rows);
}

static bool make_room(struct gw_import_rows *rows)
{
    if (rows->count < rows->room)
        return true;
    size_t room = rows->room ? rows->room * 2 : FIRST_ROOM;
    struct place *places = realloc(rows->places, room * sizeof(*places));
    if (!places) {
        rows->error = -ENOMEM;
        return false;
    }
    rows->places = places;
    rows->room = room;
    return true;
}

static void add(struct gw_import_rows *rows, enum gw_import_row_kind kind,
                const struct head *head, const char *const texts[TEXTS])
{
    char row[GW_IMPORT_ROW_BYTES];
    size_t len = sizeof(*head);

    if (rows->count == GW_IMPORT_ROWS_MAX) {
        rows->lost++;
        return;
    }
    if (rows->error < 0 || !make_room(rows))
        return;
    memcpy(row, head, sizeof(*head));
    for (size_t i = 0; i < TEXTS; i++) {
        size_t left = sizeof(row) - len - (TEXTS - 1 - i); // a NUL for each that follows
        size_t text = strnlen(texts[i], left - 1);
        memcpy(row + len, texts[i], text);
        row[len + text] = '\0';
        len += text + 1;
    }
    rows->places[rows->count++] =
        (struct place) { rows->bytes, (uint16_t)len, (uint8_t)kind };
    rows->of_kind[kind]++;
    rows->bytes += len;
    if (fwrite(row, 1, len, rows->file) != len)
        rows->error = errno ? -errno : -EIO;
}

void gw_import_rows_issue(struct gw_import_rows *rows,
                          const struct gw_import_issue *issue)
{
    const struct head head = { issue->line, issue->first_line };
    add(rows, issue->kept ? GW_ROW_NOTE : GW_ROW_REFUSED, &head,
        (const char *[TEXTS]) { issue->column, issue->value, issue->what.en,
                                issue->what.zh, "" });
}

static enum gw_import_row_kind kind_of(enum gw_import_change_kind kind)
{
    switch (kind) {
    case GW_IMPORT_ADDED: return GW_ROW_NEW;
    case GW_IMPORT_CHANGED: return GW_ROW_CHANGED;
    case GW_IMPORT_GONE: break;
    }
    return GW_ROW_GONE;
}

void gw_import_rows_change(struct gw_import_rows *rows,
                           const struct gw_import_change *change)
{
    const struct head head = { .line = change->line };
    add(rows, kind_of(change->kind), &head,
        (const char *[TEXTS]) { change->field, change->before, change->after, change->id,
                                "" });
}

int gw_import_rows_end(struct gw_import_rows *rows)
{
    if (rows->error == 0 && fflush(rows->file) != 0)
        rows->error = -errno;
    return rows->error;
}

size_t gw_import_rows_count(const struct gw_import_rows *rows, unsigned kinds)
{
    size_t n = 0;
    for (int i = 0; i < GW_ROW_KINDS; i++)
        n += kinds & 1u << i ? rows->of_kind[i] : 0;
    return n;
}

size_t gw_import_rows_lost(const struct gw_import_rows *rows)
{
    return rows->lost;
}

static void take_apart(const char *room, enum gw_import_row_kind kind,
                       struct gw_import_row *row)
{
    const char *text[TEXTS];
    struct head head;
    memcpy(&head, room, sizeof(head));
    room += sizeof(head);
    for (size_t i = 0; i < TEXTS; i++) {
        text[i] = room;
        room += strlen(room) + 1;
    }
    *row = (struct gw_import_row) { .kind = kind };
    if (kind == GW_ROW_REFUSED || kind == GW_ROW_NOTE)
        row->issue = (struct gw_import_issue) { .file = "",
                                                .line = (size_t)head.line,
                                                .column = text[0],
                                                .value = text[1],
                                                .kept = kind == GW_ROW_NOTE,
                                                .first_line = (size_t)head.first_line,
                                                .what = { text[2], text[3] } };
    else
        row->change = (struct gw_import_change) {
            .kind = kind == GW_ROW_NEW       ? GW_IMPORT_ADDED
                    : kind == GW_ROW_CHANGED ? GW_IMPORT_CHANGED
                                             : GW_IMPORT_GONE,
            .file = "",
            .line = (size_t)head.line,
            .field = text[0],
            .before = text[1],
            .after = text[2],
            .id = text[3],
        };
}

int gw_import_rows_find(const struct gw_import_rows *rows, unsigned kinds, size_t at,
                        char room[GW_IMPORT_ROW_BYTES], struct gw_import_row *ret_row,
                        size_t *ret_at)
{
    while (at < rows->count && !(kinds & 1u << rows->places[at].kind))
        at++;
    if (at >= rows->count)
        return -ENOENT;
    const struct place *place = &rows->places[at];
    ssize_t n = pread(fileno(rows->file), room, place->bytes, (off_t)place->offset);
    if (n != (ssize_t)place->bytes)
        return -EIO;
    take_apart(room, (enum gw_import_row_kind)place->kind, ret_row);
    *ret_at = at;
    return 0;
}
