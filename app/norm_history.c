#include "app/norm_history.h"

#include "map/store_norms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };

// ---- days ----

enum gw_norm_step_size gw_norm_step_of_name(const char *name)
{
    static const char *const names[GW_STEPS] = {
        [GW_STEP_HOUR] = "hour",
        [GW_STEP_DAY] = "day",
        [GW_STEP_MONTH] = "month",
    };
    int step = 0;
    while (step < GW_STEPS && strcmp(names[step], name) != 0)
        step++;
    return (enum gw_norm_step_size)step;
}

static struct tm tm_of(const struct gw_norm_date *d, int days)
{
    return (struct tm) {
        .tm_year = d->year - 1900,
        .tm_mon = d->month - 1,
        .tm_mday = d->day + days,
        .tm_isdst = -1,
    };
}

static struct gw_norm_date date_of(const struct tm *tm)
{
    return (struct gw_norm_date) { tm->tm_year + 1900, tm->tm_mon + 1, tm->tm_mday };
}

int gw_norm_date_read(const char *text, struct gw_norm_date *ret_date)
{
    static const char form[] = "dddd-dd-dd";
    struct gw_norm_date d;
    for (size_t i = 0; i < sizeof(form); i++) // the end too
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return -EINVAL;
    sscanf(text, "%4d-%2d-%2d", &d.year, &d.month, &d.day);
    if (d.year < 1970 || d.year > 2199)
        return -EINVAL;
    // In UTC, so that no change of clocks comes in between.
    struct tm tm = tm_of(&d, 0);
    time_t at = timegm(&tm);
    gmtime_r(&at, &tm);
    struct gw_norm_date same = date_of(&tm);
    if (same.month != d.month || same.day != d.day)
        return -EINVAL; // 30 February
    *ret_date = d;
    return 0;
}

struct gw_norm_date gw_norm_date_of(time_t unix_s)
{
    struct tm tm;
    localtime_r(&unix_s, &tm);
    return date_of(&tm);
}

struct gw_norm_date gw_norm_date_after(const struct gw_norm_date *date, int days)
{
    struct tm tm = tm_of(date, days);
    (void)timegm(&tm); // puts it right
    return date_of(&tm);
}

int gw_norm_span_days(const struct gw_norm_span *span)
{
    struct tm first = tm_of(&span->first, 0), last = tm_of(&span->last, 0);
    return (int)((timegm(&last) - timegm(&first)) / DAY_S) + 1;
}

// ---- hours and their steps ----

// An hour belongs to the day in which it begins, which matters only where the zone is
// not whole hours from UTC.
struct hours {
    uint32_t first, count; // since 1970-01-01 UTC
    uint32_t *step;        // of each, counted from first
};

// The first hour that begins in or after a day.
static uint32_t hour_of(const struct gw_norm_date *d, int days)
{
    struct tm tm = tm_of(d, days);
    time_t at = mktime(&tm);
    return at < 0 ? 0 : (uint32_t)((at + HOUR_S - 1) / HOUR_S);
}

static void label(time_t at, enum gw_norm_step_size step, char ret[GW_NORM_LABEL_MAX])
{
    struct tm tm;
    if (step == GW_STEP_HOUR) {
        gw_norm_time(at, ret);
        return;
    }
    localtime_r(&at, &tm);
    strftime(ret, GW_NORM_LABEL_MAX, step == GW_STEP_DAY ? "%Y-%m-%d" : "%Y-%m", &tm);
}

// A step begins where its name does.
static int plan(const struct gw_norm_span *span, struct hours *h, struct gw_norm_table *t)
{
    h->first = hour_of(&span->first, 0);
    h->count = hour_of(&span->last, 1) - h->first;
    h->step = calloc(h->count + 1, sizeof(*h->step));
    t->steps = calloc(h->count + 1, sizeof(*t->steps));
    if (!h->step || !t->steps)
        return -ENOMEM;
    for (uint32_t i = 0; i < h->count; i++) {
        struct gw_norm_step next = { 0 };
        label((time_t)(h->first + i) * HOUR_S, span->step, next.label);
        if (t->count == 0 || strcmp(t->steps[t->count - 1].label, next.label) != 0)
            t->steps[t->count++] = next;
        h->step[i] = (uint32_t)t->count - 1;
    }
    return 0;
}

// ---- sums ----

struct sum {
    const struct gw_snapshot *snapshot;
    const struct gw_camera *cameras;
    const struct hours *hours;
    struct gw_norm_table *table;
};

static struct gw_norm_figures *figures_of(const struct sum *s, size_t group,
                                          uint32_t step)
{
    return &s->table->figures[group * s->table->count + step];
}

static void add_hour(unsigned minutes[GW_NORM_WORDS], const uint8_t more[GW_NORM_WORDS])
{
    for (int word = 0; word < GW_NORM_WORDS; word++)
        minutes[word] += more[word];
}

static void add_minutes(struct gw_norm_figures *f, enum gw_norm_area area,
                        const unsigned minutes[GW_NORM_WORDS])
{
    for (int word = 0; word < GW_NORM_WORDS; word++)
        if (minutes[word])
            gw_norm_add(f, area, (enum gw_norm_word)word, minutes[word]);
}

// Hours of one step are added up first: there are hundreds of thousands of rows.
// Cameras that are not in the registry any more count for nothing.
static int on_norm(void *arg, const struct gw_norm_row *row)
{
    const struct sum *s = arg;
    const struct gw_camera *c = gw_snapshot_camera_by_num(s->snapshot, row->num);
    uint32_t group = c ? s->table->groups.of_camera[c - s->cameras] : GW_NO_GROUP;
    if (group == GW_NO_GROUP)
        return 0;
    enum gw_norm_area area = gw_norm_area_of(c);
    uint32_t first = row->day * GW_NORM_HOURS - s->hours->first;
    for (uint32_t i = 0, next; i < GW_NORM_HOURS; i = next) {
        unsigned minutes[GW_NORM_WORDS] = { 0 };
        next = i + 1;
        if (first + i >= s->hours->count) // also what is before the first one
            continue;
        uint32_t step = s->hours->step[first + i];
        add_hour(minutes, row->hours.minutes[i]);
        for (; next < GW_NORM_HOURS && first + next < s->hours->count &&
               s->hours->step[first + next] == step;
             next++)
            add_hour(minutes, row->hours.minutes[next]);
        add_minutes(figures_of(s, group, step), area, minutes);
        add_minutes(figures_of(s, s->table->groups.count, step), area, minutes);
    }
    return 0;
}

static int on_minutes(void *arg, const struct gw_norm_minutes_row *row)
{
    const struct sum *s = arg;
    for (uint32_t i = 0; i < GW_NORM_HOURS; i++) {
        uint32_t hour = row->day * GW_NORM_HOURS + i - s->hours->first;
        if (hour < s->hours->count)
            s->table->steps[s->hours->step[hour]].minutes +=
                (uint32_t)__builtin_popcountll(row->hours[i]);
    }
    return 0;
}

// Both tables as of one moment.
static int sum_up(const char *dir, struct sum *s)
{
    char words[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    uint32_t first = s->hours->first / GW_NORM_HOURS;
    uint32_t last = (s->hours->first + s->hours->count - 1) / GW_NORM_HOURS;
    int r = gw_store_open(dir, &store, words);
    if (r < 0)
        return r;
    r = gw_store_begin_read(store);
    if (r == 0) {
        r = gw_store_each_norm(store, first, last, on_norm, s);
        if (r == 0)
            r = gw_store_each_norm_minutes(store, first, last, on_minutes, s);
        gw_store_rollback(store);
    }
    gw_store_close(store);
    return r;
}

int gw_norm_history_read(const char *dir, const struct gw_snapshot *snapshot,
                         const struct gw_norm_span *span, struct gw_norm_table *t)
{
    struct hours hours = { 0 };
    size_t n;
    struct sum s = {
        .snapshot = snapshot,
        .cameras = gw_snapshot_cameras(snapshot, &n),
        .hours = &hours,
        .table = t,
    };
    int r = plan(span, &hours, t);
    if (r == 0 && (t->groups.count + 1) * t->count > GW_NORM_POINTS_MAX)
        r = -E2BIG;
    if (r == 0) {
        t->figures = calloc((t->groups.count + 1) * t->count, sizeof(*t->figures));
        r = t->figures ? 0 : -ENOMEM;
    }
    if (r == 0)
        r = sum_up(dir, &s);
    free(hours.step);
    return r;
}
