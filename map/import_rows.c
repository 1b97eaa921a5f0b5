#include "map/import_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "map/import_header.h"

static struct gw_text fault_text(enum gw_csv_fault fault)
{
    switch (fault) {
    case GW_CSV_OK: break;
    case GW_CSV_NUL:
        return (struct gw_text) { "the line holds zero bytes: save the file as CSV UTF-8",
                                  "该行含有零字节，请将文件另存为 CSV UTF-8" };
    case GW_CSV_NOT_UTF8:
        return (struct gw_text) {
            "the line holds bytes that are no characters in the encoding of the file: "
            "correct it, or save the file as CSV UTF-8",
            "该行含有不属于文件编码的字节：请更正，或将文件另存为 CSV UTF-8"
        };
    case GW_CSV_TOO_LONG:
        return (struct gw_text) { "the line is longer than 64 KiB: look for a quote that "
                                  "is not closed",
                                  "该行超过 64 KiB：请检查是否有未闭合的引号" };
    case GW_CSV_TOO_MANY:
        return (struct gw_text) { "the line has more than 128 fields: remove what is too "
                                  "much",
                                  "该行超过 128 个字段，请删除多余字段" };
    case GW_CSV_BAD_QUOTE:
        return (struct gw_text) { "a quote is in the wrong place: close it, and write a "
                                  "quote inside of a quoted field twice",
                                  "引号位置有误：请闭合引号；字段内的引号须写两次" };
    }
    return (struct gw_text) { "", "" };
}

// Without spaces around, in place of which spreadsheets are full.
static char *trim(char *s)
{
    s += strspn(s, " \t");
    size_t len = strlen(s);
    while (len > 0 && strchr(" \t\r\n", s[len - 1]))
        len--;
    s[len] = '\0';
    return s;
}

void gw_import_tell_row(struct gw_import_rows *c, const char *column, const char *value,
                        bool kept, struct gw_text what)
{
    if (kept)
        c->warned = true;
    gw_import_tell(c->im, &(struct gw_import_issue) { .line = c->line,
                                                      .column = column,
                                                      .value = value,
                                                      .kept = kept,
                                                      .what = what });
}

static int give_up_header(struct gw_import *im)
{
    return gw_import_give_up(
        im, (struct gw_text) { "none of its first lines names a column \"id\"; the names "
                               "of the columns should read id,name,lon,lat,division,"
                               "department,url_main,url_sub",
                               "前几行中没有含 id 列的表头；表头应为 id,name,lon,lat,"
                               "division,department,url_main,url_sub" });
}

static void tell_header(const struct gw_import_rows *c, char *const *fields, size_t count)
{
    const struct gw_import_config *config = c->im->config;
    enum gw_column means[GW_CSV_FIELDS_MAX];
    if (!config->on_header)
        return;
    for (size_t i = 0; i < count; i++)
        means[i] = gw_column_names_find(config->columns, fields[i]);
    config->on_header(config->arg,
                      &(struct gw_import_header) { c->line, count, fields, means });
}

// A line above the names of the columns, such as a title over all columns.
static int pass_title(struct gw_import_rows *c, char *const *fields, size_t count)
{
    size_t said = 0;

    // If none names the id, the widest is the likeliest to name columns: the first one.
    if (count > c->title_width) {
        c->title_width = count;
        tell_header(c, fields, count);
    }
    if (++c->titles == GW_HEADER_LINES)
        return give_up_header(c->im);
    if (c->titles > 1)
        return 0;
    while (said + 1 < count && !*fields[said])
        said++;
    c->title_line = c->line;
    gw_import_shorten(fields[said], c->title);
    return 0;
}

static void tell_titles(struct gw_import_rows *c)
{
    if (c->titles == 0)
        return;
    c->warned = true;
    gw_import_tell(c->im,
                   &(struct gw_import_issue) {
                       .line = c->title_line,
                       .column = "",
                       .value = c->title,
                       .kept = true,
                       .what = { "what stands above the names of the columns is passed "
                                 "over",
                                 "表头上方的内容已忽略" },
                   });
}

static bool are_of_places(const struct gw_import_rows *c, char *const *fields,
                          size_t count)
{
    bool of_places = c->im->config->places;
    for (size_t i = 0; i < count; i++)
        of_places = of_places || gw_column_is_of_places(fields[i]);
    return of_places;
}

static int read_header(struct gw_import_rows *c, char *const *fields, size_t count)
{
    c->taker = are_of_places(c, fields, count) ? &gw_import_places : &gw_import_cameras;
    tell_header(c, fields, count);
    c->width = count;
    tell_titles(c);
    int r = c->taker->begin(c, &c->arg);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        enum gw_column column = gw_column_names_find(c->im->config->columns, fields[i]);
        if (column == GW_COLUMN_IGNORED)
            continue;
        if (!c->taker->column(c->arg, i, fields[i], column))
            gw_import_tell_row(
                c, "", fields[i], true,
                (struct gw_text) { "this column is not known and is passed over",
                                   "不认识该列，已忽略" });
        else if (column < GW_COLUMNS && c->where[column])
            return gw_import_give_up(
                c->im, (struct gw_text) { "a name of a column is there twice; remove or "
                                          "rename one",
                                          "表头中有重复的列名，请删除或改名" });
        else if (column < GW_COLUMNS)
            c->where[column] = i + 1;
    }
    return 0;
}

const char *gw_import_field(const struct gw_import_rows *c, char *const *fields,
                            enum gw_column column)
{
    if (!c->where[column])
        return NULL;
    const char *value = fields[c->where[column] - 1];
    return *value ? value : NULL;
}

bool gw_import_degrees(struct gw_import_rows *c, char *const *fields,
                       enum gw_column column, double *ret_degrees)
{
    const char *value = gw_import_field(c, fields, column);
    char *end;
    *ret_degrees = NAN;
    if (!value)
        return true;
    double v = strtod(value, &end);
    if (end != value && !*end && !value[strspn(value, "+-.0123456789eE")]) {
        *ret_degrees = v;
        return true;
    }
    gw_import_tell_row(
        c, gw_column_name(column), value, false,
        (struct gw_text) { "this is not a number of degrees such as 116.8301; correct it",
                           "这不是度数（如 116.8301），请更正" });
    return false;
}

// What a spreadsheet makes of a long number, 3.70812E+19: its digits are lost.
static bool is_rounded(const char *value)
{
    size_t digits = strspn(value, "0123456789.");
    const char *exponent = value + digits;
    return digits > 0 && (*exponent == 'e' || *exponent == 'E') && exponent[1] == '+' &&
           exponent[2] && !exponent[2 + strspn(exponent + 2, "0123456789")];
}

bool gw_import_refuse_rounded(struct gw_import_rows *c, char *const *fields)
{
    static const enum gw_column codes[] = { GW_COLUMN_ID, GW_COLUMN_DIVISION,
                                            GW_COLUMN_CELL };
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        const char *value = gw_import_field(c, fields, codes[i]);
        if (!value || !is_rounded(value))
            continue;
        gw_import_tell_row(
            c, gw_column_name(codes[i]), value, false,
            (struct gw_text) { "the spreadsheet program kept this code as a number, and "
                               "its last digits are lost; format the column as text, "
                               "enter the codes again, and save",
                               "表格软件把该编码存成了数字，末尾数字已丢失；请将该列设为"
                               "文本格式，重新填写编码后保存" });
        return true;
    }
    return false;
}

void gw_import_warn_of_position(struct gw_import_rows *c,
                                const struct gw_locator *locator, double lon, double lat)
{
    if (gw_locator_empty(locator) || isnan(lon))
        return;
    if (*gw_locator_find(locator, lon, lat))
        return;
    if (*gw_locator_find(locator, lat, lon))
        gw_import_tell_row(
            c, "lon", "", true,
            (struct gw_text) { "the position lies in no cell, but would with longitude "
                               "and latitude swapped; check them",
                               "位置不在任何网格内，但对调经纬度后在网格内，请核对" });
    else
        gw_import_tell_row(
            c, "lon", "", true,
            (struct gw_text) { "the position lies in no cell; check it, or import the "
                               "cells that are missing",
                               "位置不在任何网格内，请核对，或导入缺少的网格" });
}

int gw_import_take_id(struct gw_import_rows *c, const char *id, bool *ret_fresh)
{
    size_t before;
    int r = gw_id_set_add(&c->im->ids, id, c->line, &before);
    if (r < 0)
        return r;
    *ret_fresh = before == 0;
    if (before)
        gw_import_tell(c->im,
                       &(struct gw_import_issue) {
                           .line = c->line,
                           .column = "id",
                           .value = id,
                           .first_line = before,
                           .what = { "this id is in an earlier line of the file already; "
                                     "remove one, or give it another id",
                                     "文件前面的行已有该编码，请删除其一或更换编码" },
                       });
    return 0;
}

static int take_row(struct gw_import_rows *c, char *const *fields, size_t count)
{
    if (count == c->width)
        return c->taker->row(c->arg, fields);
    gw_import_tell_row(
        c, "", "", false,
        (struct gw_text) { "the line has more or fewer fields than the first line; put "
                           "fields that hold the separator in quotes",
                           "该行字段数与首行不符；含分隔符的字段请加引号" });
    return 0;
}

static int read_row(struct gw_import_rows *c, char *const *fields, size_t count)
{
    if (c->taker)
        return take_row(c, fields, count);
    return gw_header_is(c->im->config->columns, fields, count)
               ? read_header(c, fields, count)
               : pass_title(c, fields, count);
}

static int on_row(void *arg, const struct gw_csv_row *row)
{
    struct gw_import_rows *c = arg;
    char *fields[GW_CSV_FIELDS_MAX];
    c->line = row->line;
    c->warned = false;

    for (size_t i = 0; i < row->count; i++)
        fields[i] = trim(row->fields[i]);
    if (row->fault == GW_CSV_OK && gw_header_is_blank(fields, row->count))
        return 0;
    if (c->taker)
        c->im->report.read++;
    if (row->fault != GW_CSV_OK && !c->taker)
        return gw_import_give_up(c->im, fault_text(row->fault));
    if (row->fault != GW_CSV_OK) {
        gw_import_tell_row(c, "", "", false, fault_text(row->fault));
        return 0;
    }
    int r = read_row(c, fields, row->count);
    c->im->report.warned += c->warned;
    return r;
}

int gw_import_list(struct gw_import *im, const char *head, size_t head_len)
{
    struct gw_import_rows c = { .im = im };
    int r = gw_import_table(im, head, head_len, on_row, &c);
    if (r == 0 && !c.taker && c.titles > 0)
        r = give_up_header(im);
    if (r == 0 && !c.taker)
        r = gw_import_give_up(im, (struct gw_text) { "the file is empty; its first line "
                                                     "should name the columns",
                                                     "文件为空；首行应为列名" });
    if (r == 0)
        r = c.taker->end(c.arg);
    if (c.taker)
        c.taker->finish(c.arg);
    return r;
}
