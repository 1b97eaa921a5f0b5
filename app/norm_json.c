// The norms as JSON. A history has tens of thousands of points, so it is printed, without
// a tree of it in memory.
#include "app/norm_table.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

// RFC 8259 section 7. The registry's strings are UTF-8.
static void print_string(FILE *out, const char *value)
{
    fputc('"', out);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            fputc('\\', out);
        if ((unsigned char)*value < 0x20)
            fprintf(out, "\\u%04x", (unsigned)*value);
        else
            fputc(*value, out);
    }
    fputc('"', out);
}

static void print_rate(FILE *out, const char *name, uint64_t part, uint64_t whole)
{
    if (whole)
        fprintf(out, ",\"%s\":%.6f", name, (double)part / (double)whole);
    else
        fprintf(out, ",\"%s\":null", name);
}

static void print_met(FILE *out, const char *name, enum gw_norm_area area, uint64_t part,
                      uint64_t whole)
{
    const char *met = "null";
    if (gw_norm_percent(area) && whole)
        met = gw_norm_is_met(area, part, whole) ? "true" : "false";
    fprintf(out, ",\"%s\":%s", name, met);
}

static void print_count(FILE *out, const struct gw_norm_count *c, enum gw_norm_area area)
{
    uint64_t judged = gw_norm_judged(c);
    fprintf(out,
            "\"%s\":{\"total\":%" PRIu64 ",\"unjudged\":%" PRIu64 ",\"judged\":%" PRIu64
            ",\"online\":%" PRIu64 ",\"intact\":%" PRIu64,
            gw_norm_area_name(area), gw_norm_total(c), c->by[GW_NORM_UNJUDGED], judged,
            gw_norm_online(c), gw_norm_intact(c));
    print_rate(out, "online_rate", gw_norm_online(c), judged);
    print_rate(out, "intact_rate", gw_norm_intact(c), judged);
    if (gw_norm_percent(area))
        fprintf(out, ",\"norm\":%.2f", gw_norm_percent(area) / 100.0);
    else
        fputs(",\"norm\":null", out);
    print_met(out, "online_met", area, gw_norm_online(c), judged);
    print_met(out, "intact_met", area, gw_norm_intact(c), judged);
    for (int word = GW_NORM_NO_ROUTE; word < GW_NORM_WORDS; word++)
        fprintf(out, "%s\"%s\":%" PRIu64,
                word == GW_NORM_NO_ROUTE ? ",\"offline\":{" : ",",
                gw_norm_name((enum gw_norm_word)word), c->by[word]);
    fputs("}}", out);
}

static void print_figures(FILE *out, const struct gw_norm_figures *f)
{
    for (int area = 0; area < GW_AREAS; area++) {
        if (area > 0)
            fputc(',', out);
        print_count(out, &f->areas[area], (enum gw_norm_area)area);
    }
}

static void print_ms(FILE *out, const char *name, uint32_t us)
{
    if (us)
        fprintf(out, ",\"%s\":%.1f", name, (double)us / GW_MS);
    else
        fprintf(out, ",\"%s\":null", name);
}

static void print_delays(FILE *out, const struct gw_norm_delays *d)
{
    fputs(",\"delays\":{", out);
    for (int i = 0; i < GW_DELAYS; i++) {
        fprintf(out, "%s\"%s\":{\"known\":%" PRIu32 ",\"over\":%" PRIu32, i ? "," : "",
                gw_delay_name((enum gw_delay)i), d->by[i].known, d->by[i].over);
        print_ms(out, "p50_ms", d->by[i].p50_us);
        print_ms(out, "p95_ms", d->by[i].p95_us);
        fputc('}', out);
    }
    fputc('}', out);
}

// Steps of which nothing is kept are left out.
static void print_points(FILE *out, const struct gw_norm_table *t, size_t group)
{
    bool first = true;
    fputs("\"points\":[", out);
    for (size_t step = 0; step < t->count; step++) {
        const struct gw_norm_figures *f = gw_norm_table_at(t, group, step);
        if (gw_norm_total(&f->areas[GW_AREA_ALL]) == 0)
            continue;
        fprintf(out, "%s{\"at\":\"%s\",\"minutes\":%" PRIu32 ",", first ? "" : ",",
                t->steps[step].label, t->steps[step].minutes);
        print_figures(out, f);
        fputc('}', out);
        first = false;
    }
    fputc(']', out);
}

static void print_group(FILE *out, const struct gw_norm_table *t, size_t group)
{
    if (t->steps)
        print_points(out, t, group);
    else
        print_figures(out, gw_norm_table_at(t, group, 0));
    if (t->delays)
        print_delays(out, &t->delays[group]);
}

// What the names of the classes mean, for pages.
static void print_causes(FILE *out)
{
    fputs(",\"causes\":[", out);
    for (int word = GW_NORM_NO_ROUTE; word < GW_NORM_WORDS; word++) {
        struct gw_text text = gw_norm_text((enum gw_norm_word)word);
        fprintf(out, "%s{\"name\":\"%s\",\"en\":\"%s\",\"zh\":\"%s\"}",
                word == GW_NORM_NO_ROUTE ? "" : ",",
                gw_norm_name((enum gw_norm_word)word), text.en, text.zh);
    }
    fputc(']', out);
}

static void print_table(FILE *out, const struct gw_norm_table *t)
{
    fprintf(out, "{\"at\":\"%s\",\"by\":\"%s\",\"unit\":\"%s\"", t->at,
            gw_norm_by_name(t->by), t->steps ? "camera_minutes" : "cameras");
    print_causes(out);
    fputs(",\"total\":{", out);
    print_group(out, t, t->groups.count);
    fputs("},\"items\":[", out);
    for (size_t i = 0; i < t->groups.count; i++) {
        fputs(i ? ",{\"code\":" : "{\"code\":", out);
        print_string(out, t->groups.groups[i].code);
        fputs(",\"name\":", out);
        print_string(out, t->groups.groups[i].name);
        fputc(',', out);
        print_group(out, t, i);
        fputc('}', out);
    }
    fputs("]}", out);
}

struct gw_buf *gw_norm_json(const struct gw_norm_table *t)
{
    char *text = NULL;
    size_t len = 0;
    struct gw_buf *buf = NULL;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return NULL;
    print_table(out, t);
    bool whole = !ferror(out);
    if (fclose(out) == 0 && whole)
        buf = gw_buf_copy(text, len);
    free(text);
    return buf;
}
