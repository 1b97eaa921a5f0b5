// The norms as a sheet for the monthly report: a line for each group, each step of time
// and each norm that has cameras there.
#include "app/norm_table.h"
#include "app/sheet.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COUNTS = 5,      // all, not judged, judged, online, intact
    RATES = 5,       // online, intact, the norm, online meets it, intact does
    DELAY_CELLS = 4, // of one delay: known, over, p50, p95
    CELLS_MAX = 4 + COUNTS + RATES + GW_NORM_WORDS + GW_DELAYS * DELAY_CELLS,
    CELL_MAX = 64, // bytes of one that we write
    // Spreadsheets show longer numbers as 3.7E+11, and round those of a device id.
    DIGITS_MAX = 11,
};

// A line in the making. Cells are static, the registry's, or lie in `texts`.
struct line {
    const char *cells[CELLS_MAX];
    char texts[CELLS_MAX][CELL_MAX];
    size_t count;
};

static void add(struct line *l, const char *cell)
{
    l->cells[l->count++] = cell;
}

static void add_text(struct line *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_text(struct line *l, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(l->texts[l->count], CELL_MAX, format, args);
    va_end(args);
    add(l, l->texts[l->count]);
}

// A tab behind the digits makes a text of them, and is not seen.
static void add_code(struct line *l, const char *code)
{
    size_t digits = strspn(code, "0123456789");
    if (digits > DIGITS_MAX && !code[digits])
        add_text(l, "%s\t", code);
    else
        add(l, code);
}

// Cut, not rounded: 97.99 % is not shown as the 98 % that it does not meet.
static void add_rate(struct line *l, uint64_t part, uint64_t whole)
{
    uint64_t hundredths = whole ? part * 10000 / whole : 0;
    if (whole)
        add_text(l, "%" PRIu64 ".%02" PRIu64 "%%", hundredths / 100, hundredths % 100);
    else
        add(l, "");
}

static void add_met(struct line *l, enum gw_norm_area area, uint64_t part, uint64_t whole)
{
    if (gw_norm_percent(area) && whole)
        add(l, gw_norm_is_met(area, part, whole) ? "是" : "否");
    else
        add(l, "");
}

static void add_count(struct line *l, enum gw_norm_area area,
                      const struct gw_norm_count *c)
{
    uint64_t judged = gw_norm_judged(c);
    uint64_t online = gw_norm_online(c), intact = gw_norm_intact(c);
    const uint64_t counts[COUNTS] = { gw_norm_total(c), c->by[GW_NORM_UNJUDGED], judged,
                                      online, intact };
    for (int i = 0; i < COUNTS; i++)
        add_text(l, "%" PRIu64, counts[i]);
    add_rate(l, online, judged);
    add_rate(l, intact, judged);
    if (gw_norm_percent(area))
        add_text(l, "%u%%", gw_norm_percent(area));
    else
        add(l, "");
    add_met(l, area, online, judged);
    add_met(l, area, intact, judged);
    for (int word = GW_NORM_NO_ROUTE; word < GW_NORM_WORDS; word++)
        add_text(l, "%" PRIu64, c->by[word]);
}

static void add_ms(struct line *l, uint32_t us)
{
    if (us)
        add_text(l, "%.1f", (double)us / GW_MS);
    else
        add(l, "");
}

static void add_delays(struct line *l, const struct gw_norm_delays *d)
{
    for (int i = 0; i < GW_DELAYS; i++) {
        add_text(l, "%" PRIu32, d->by[i].known);
        add_text(l, "%" PRIu32, d->by[i].over);
        add_ms(l, d->by[i].p50_us);
        add_ms(l, d->by[i].p95_us);
    }
}

static void print(FILE *out, const struct line *l)
{
    gw_sheet_line(out, l->cells, l->count);
}

static void print_header(FILE *out, const struct gw_norm_table *t)
{
    static const char *const counts[COUNTS] = { "摄像机数", "未检测", "已检测", "在线",
                                                "完好" };
    static const char *const minutes[COUNTS] = { "摄像机分钟数", "未检测分钟",
                                                 "已检测分钟", "在线分钟", "完好分钟" };
    static const char *const rates[RATES] = { "在线率", "完好率", "标准", "在线率达标",
                                              "完好率达标" };
    struct line l;
    l.count = 0;
    if (t->steps)
        add(&l, "时间");
    add(&l, "编码");
    add(&l, "名称");
    add(&l, "范围");
    for (int i = 0; i < COUNTS; i++)
        add(&l, t->steps ? minutes[i] : counts[i]);
    for (int i = 0; i < RATES; i++)
        add(&l, rates[i]);
    for (int word = GW_NORM_NO_ROUTE; word < GW_NORM_WORDS; word++)
        add(&l, gw_norm_text((enum gw_norm_word)word).zh);
    for (int i = 0; t->delays && i < GW_DELAYS; i++) {
        const char *zh = gw_delay_text((enum gw_delay)i).zh;
        add_text(&l, "%s已测", zh);
        add_text(&l, "%s超2秒", zh);
        add_text(&l, "%s中位数(毫秒)", zh);
        add_text(&l, "%s95%%(毫秒)", zh);
    }
    print(out, &l);
}

static void print_lines(FILE *out, const struct gw_norm_table *t, size_t group,
                        size_t step)
{
    static const char *const areas[GW_AREAS] = { "全部", "重点公共区域", "重点行业领域" };
    const struct gw_norm_figures *f = gw_norm_table_at(t, group, step);
    const struct gw_norm_group all = { "", "合计" };
    const struct gw_norm_group *g =
        group < t->groups.count ? &t->groups.groups[group] : &all;
    for (int area = 0; area < GW_AREAS; area++) {
        struct line l;
        l.count = 0;
        if (gw_norm_total(&f->areas[area]) == 0)
            continue;
        if (t->steps)
            add(&l, t->steps[step].label);
        add_code(&l, g->code);
        add(&l, g->name);
        add(&l, areas[area]);
        add_count(&l, (enum gw_norm_area)area, &f->areas[area]);
        if (t->delays && area == GW_AREA_ALL)
            add_delays(&l, &t->delays[group]);
        print(out, &l);
    }
}

struct gw_buf *gw_norm_sheet(const struct gw_norm_table *t)
{
    char *text = NULL;
    size_t len = 0;
    struct gw_buf *buf = NULL;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return NULL;
    gw_sheet_begin(out);
    print_header(out, t);
    for (size_t i = 0; i <= t->groups.count; i++) {
        size_t group = i == 0 ? t->groups.count : i - 1; // all together first
        for (size_t step = 0; step < t->count; step++)
            print_lines(out, t, group, step);
    }
    bool whole = !ferror(out);
    if (fclose(out) == 0 && whole)
        buf = gw_buf_copy(text, len);
    free(text);
    return buf;
}
