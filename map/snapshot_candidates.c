#include <math.h>
#include <string.h>

#include "map/codes.h"
#include "map/scope_view.h"
#include "map/snapshot_question.h"

// The first position in by_cell whose camera has at least that number.
static size_t lower_cell(const struct gw_snapshot *s, uint32_t number)
{
    size_t low = 0;
    size_t high = s->camera_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->cell_numbers[s->by_cell[middle]] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const uint32_t *gw_snapshot_cell_cameras(const struct gw_snapshot *s,
                                         const struct gw_cell *cell, size_t *ret_n)
{
    size_t first = lower_cell(s, s->tree.first[cell - s->cells]);
    *ret_n = lower_cell(s, s->tree.last[cell - s->cells]) - first;
    return s->by_cell + first;
}

static int compare_division(const struct gw_camera *c, const char *prefix, size_t len)
{
    return strncmp(c->division, prefix, len);
}

// The whole name, NUL included: `len` is not needed.
static int compare_department(const struct gw_camera *c, const char *name, size_t len)
{
    (void)len;
    return strcmp(c->department, name);
}

// The part of a sorted index that compares equal to `key`.
static struct gw_range equal_range(const struct gw_snapshot *s, const uint32_t *index,
                                   int (*compare)(const struct gw_camera *, const char *,
                                                  size_t),
                                   const char *key, size_t len)
{
    struct gw_range range = { .index = index };
    size_t *ends[] = { &range.first, &range.last };
    for (int upper = 0; upper < 2; upper++) {
        size_t low = range.first;
        size_t high = s->camera_count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int order = compare(&s->cameras[index[middle]], key, len);
            if (order < 0 || (upper && order == 0))
                low = middle + 1;
            else
                high = middle;
        }
        *ends[upper] = low;
    }
    return range;
}

static struct gw_range division_range(const struct gw_snapshot *s, const char *code)
{
    size_t prefix = gw_division_prefix(code);
    return equal_range(s, s->by_division, compare_division, code,
                       prefix ? prefix : GW_CODE_MAX + 1);
}

const uint32_t *gw_snapshot_division_cameras(const struct gw_snapshot *s,
                                             const struct gw_division *division,
                                             size_t *ret_n)
{
    struct gw_range range = division_range(s, division->code);
    *ret_n = range.last - range.first;
    return range.index + range.first;
}

static void narrow(struct gw_range *range, struct gw_range other)
{
    if (other.last - other.first < range->last - range->first)
        *range = other;
}

static void narrow_to_bucket(struct gw_range *range, struct gw_camera_bucket bucket)
{
    narrow(range, (struct gw_range) {
                      .index = bucket.items, .last = bucket.count, .by_id = true });
}

static void narrow_by_words(struct gw_range *range, const struct gw_camera_words *words,
                            const struct gw_camera_query *q)
{
    struct gw_camera_bucket rare[2];
    if (q->text && gw_camera_words_with_text(words, q->text, rare))
        narrow(range, (struct gw_range) { .index = rare[0].items,
                                          .last = rare[0].count,
                                          .by_id = true,
                                          .also = rare[1] });
    if (q->tag)
        narrow_to_bucket(range, gw_camera_words_tagged(words, q->tag));
    if (q->group)
        narrow_to_bucket(range, gw_camera_words_grouped(words, q->group));
    if (q->has_kind)
        narrow_to_bucket(range, gw_camera_words_of_kind(words, q->kind));
}

// The first camera whose id is beyond `id`.
static size_t beyond(const struct gw_snapshot *s, const char *id)
{
    size_t low = 0;
    size_t high = s->camera_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(s->cameras[middle].id, id) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Leaves out what a cursor has passed.
static void skip_to(struct gw_range *range, size_t camera)
{
    size_t high = range->last;
    while (range->first < high) {
        size_t middle = range->first + (high - range->first) / 2;
        if ((range->index ? range->index[middle] : middle) < camera)
            range->first = middle + 1;
        else
            high = middle;
    }
}

static void narrow_to_cell(const struct gw_snapshot *s, struct gw_range *range,
                           uint32_t first, uint32_t last)
{
    narrow(range, (struct gw_range) { .index = s->by_cell,
                                      .first = lower_cell(s, first),
                                      .last = lower_cell(s, last) });
}

static void narrow_to_division(const struct gw_snapshot *s, struct gw_range *range,
                               const char *code)
{
    narrow(range, division_range(s, code));
}

static void narrow_to_department(const struct gw_snapshot *s, struct gw_range *range,
                                 const char *name)
{
    narrow(range, equal_range(s, s->by_department, compare_department, name, 0));
}

// A scope of one town is the town's part of the index.
static void narrow_to_scope(const struct gw_snapshot *s, struct gw_range *range,
                            const struct gw_scope_view *view)
{
    const struct gw_scope *scope = view->scope;
    if (scope->all)
        return;
    if (scope->count[GW_SCOPE_DIVISIONS] == 1)
        narrow_to_division(s, range, scope->words[GW_SCOPE_DIVISIONS][0]);
    if (scope->count[GW_SCOPE_DEPARTMENTS] == 1)
        narrow_to_department(s, range, scope->words[GW_SCOPE_DEPARTMENTS][0]);
    if (scope->count[GW_SCOPE_TAGS] == 1)
        narrow_to_bucket(
            range, gw_camera_words_tagged(&s->words, scope->words[GW_SCOPE_TAGS][0]));
    if (scope->count[GW_SCOPE_CELLS] == 1 && view->cells[0].last > view->cells[0].first)
        narrow_to_cell(s, range, view->cells[0].first, view->cells[0].last);
}

struct gw_range gw_question_candidates(const struct gw_question *question)
{
    const struct gw_snapshot *s = question->s;
    const struct gw_camera_query *q = question->q;
    struct gw_range range = { .last = s->camera_count, .by_id = true };

    if (question->cell_known)
        narrow_to_cell(s, &range, question->cell_first, question->cell_last);
    if (q->division)
        narrow_to_division(s, &range, q->division);
    if (q->department)
        narrow_to_department(s, &range, q->department);
    if (q->seen)
        narrow_to_scope(s, &range, q->seen);
    narrow_by_words(&range, &s->words, q);
    if (q->after && !q->has_near && range.by_id)
        skip_to(&range, beyond(s, q->after));
    return range;
}

// ---- by place ----

static struct gw_grid_window overlap(struct gw_grid_window a, struct gw_grid_window b)
{
    struct gw_grid_window both = {
        .west = a.west > b.west ? a.west : b.west,
        .east = a.east < b.east ? a.east : b.east,
        .south = a.south > b.south ? a.south : b.south,
        .north = a.north < b.north ? a.north : b.north,
    };
    return both;
}

// Around the corners, each widened by `metres`; the globe where an edge crosses the date
// line, or is so long that it leaves the box of its ends towards a pole.
static struct gw_box box_around(const double *points, size_t n, double metres)
{
    enum { LONG_EDGE = 1 }; // degrees; the arc bulges by less than what is added below
    const double bulge = 0.003;
    struct gw_box box = gw_box_around(gw_point_at(points, 0), metres);

    for (size_t i = 0; i < n; i++) {
        struct gw_point a = gw_point_at(points, i), b = gw_point_at(points, (i + 1) % n);
        if (fabs(a.lon - b.lon) > LONG_EDGE && (metres > 0 || fabs(a.lon - b.lon) > 180))
            return gw_box_globe;
        box = gw_box_join(box, gw_box_around(a, metres));
    }
    if (metres > 0) {
        box.south -= bulge;
        box.north += bulge;
    }
    return box;
}

bool gw_question_window(const struct gw_question *question,
                        struct gw_grid_window *ret_window)
{
    const struct gw_camera_query *q = question->q;
    const struct gw_camera_grid *grid = &question->s->grid;
    struct gw_box boxes[4];
    size_t n = 0;

    if (q->has_box)
        boxes[n++] = (struct gw_box) { q->west, q->south, q->east, q->north };
    if (q->has_near && q->radius_m > 0)
        boxes[n++] =
            gw_box_around((struct gw_point) { q->near_lon, q->near_lat }, q->radius_m);
    if (q->polygon)
        boxes[n++] = box_around(q->polygon, q->polygon_points, 0);
    if (q->line)
        boxes[n++] = box_around(q->line, q->line_points, q->width_m / 2);
    for (size_t i = 0; i < n; i++) {
        struct gw_grid_window w = gw_camera_grid_window(grid, &boxes[i]);
        *ret_window = i ? overlap(*ret_window, w) : w;
    }
    return n > 0;
}
