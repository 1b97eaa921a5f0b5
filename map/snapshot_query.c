// Questions to a snapshot. The narrowest index gives the candidates, every
// condition is checked on each of them, and a heap in the caller's array keeps
// the best `limit`. Nothing is allocated.
#include <math.h>
#include <string.h>

#include "map/codes.h"
#include "map/geo.h"
#include "map/labels.h"
#include "map/polygon.h"
#include "map/snapshot_internal.h"

// The nearest few are looked for within this, then within that many times as much.
#define NEAREST_FIRST_M 100.0
#define NEAREST_FACTOR 3.0

// Candidates: index[first..last), or all cameras where index is NULL.
struct range {
    const uint32_t *index;
    size_t first, last;
};

struct question {
    const struct gw_snapshot *s;
    const struct gw_camera_query *q;
    bool cell_known;
    uint32_t cell_first, cell_last; // numbers in the tree
};

struct best {
    const struct question *question;
    const struct gw_camera **cameras; // a heap, the worst on top
    size_t count;
    size_t limit;
    bool more;
};

static struct gw_point centre(const struct gw_camera_query *q)
{
    return (struct gw_point) { q->near_lon, q->near_lat };
}

static double distance_to(const struct gw_camera_query *q, const struct gw_camera *c)
{
    return gw_distance_m(centre(q), (struct gw_point) { c->lon, c->lat });
}

static struct gw_point corner(const double *points, size_t i)
{
    return (struct gw_point) { points[2 * i], points[2 * i + 1] };
}

static bool in_corridor(const struct gw_camera_query *q, const struct gw_camera *c)
{
    const struct gw_point p = { c->lon, c->lat };
    for (size_t i = 0; i + 1 < q->line_points; i++)
        if (gw_distance_to_arc_m(p, corner(q->line, i), corner(q->line, i + 1)) <=
            q->width_m / 2)
            return true;
    return false;
}

static struct question ask(const struct gw_snapshot *s, const struct gw_camera_query *q)
{
    struct question question = { .s = s, .q = q };
    size_t cell =
        q->cell ? gw_cells_find(s->cells, s->cell_count, q->cell) : s->cell_count;
    if (cell < s->cell_count) {
        question.cell_known = true;
        question.cell_first = s->tree.first[cell];
        question.cell_last = s->tree.last[cell];
    }
    return question;
}

static bool in_cell(const struct question *question, const struct gw_camera *c)
{
    if (question->cell_known) {
        uint32_t number = question->s->cell_numbers[c - question->s->cameras];
        return number >= question->cell_first && number < question->cell_last;
    }
    return strcmp(c->cell, question->q->cell) == 0 ||
           gw_cell_prefix_of(question->q->cell, c->cell);
}

static bool has_text(const struct gw_camera *c, const char *text)
{
    return strcasestr(c->id, text) || strcasestr(c->name, text) ||
           strcasestr(c->initials, text) || strcasestr(c->address, text);
}

static bool in_place(const struct gw_camera_query *q, const struct gw_camera *c)
{
    if (!q->has_box && !q->has_near && !q->polygon && !q->line)
        return true;
    if (isnan(c->lon) || isnan(c->lat))
        return false;
    if (q->has_box) {
        struct gw_box box = { q->west, q->south, q->east, q->north };
        if (!gw_box_contains(&box, c->lon, c->lat))
            return false;
    }
    if (q->has_near && q->radius_m > 0 && distance_to(q, c) > q->radius_m)
        return false;
    if (q->polygon && !gw_ring_contains((const struct gw_point *)q->polygon,
                                        q->polygon_points, c->lon, c->lat))
        return false;
    return !q->line || in_corridor(q, c);
}

static bool matches(const struct question *question, const struct gw_camera *c)
{
    const struct gw_camera_query *q = question->q;
    if (q->after && !q->has_near && strcmp(c->id, q->after) <= 0)
        return false;
    if (q->cell && !in_cell(question, c))
        return false;
    if (q->division && !gw_division_within(c->division, q->division))
        return false;
    if (q->department && strcmp(c->department, q->department) != 0)
        return false;
    if (q->has_kind && c->kind != q->kind)
        return false;
    if (q->tag && !gw_labels_contain(c->tags, q->tag))
        return false;
    if (q->group && !gw_labels_contain(c->groups, q->group))
        return false;
    if (q->text && !has_text(c, q->text))
        return false;
    return in_place(q, c);
}

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
static struct range equal_range(const struct gw_snapshot *s, const uint32_t *index,
                                int (*compare)(const struct gw_camera *, const char *,
                                               size_t),
                                const char *key, size_t len)
{
    struct range range = { .index = index };
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

static void narrow(struct range *range, struct range other)
{
    if (other.last - other.first < range->last - range->first)
        *range = other;
}

static struct range candidates(const struct question *question)
{
    const struct gw_snapshot *s = question->s;
    const struct gw_camera_query *q = question->q;
    struct range range = { .last = s->camera_count };

    if (question->cell_known)
        narrow(&range, (struct range) { s->by_cell, lower_cell(s, question->cell_first),
                                        lower_cell(s, question->cell_last) });
    if (q->division) {
        size_t prefix = gw_division_prefix(q->division);
        narrow(&range, equal_range(s, s->by_division, compare_division, q->division,
                                   prefix ? prefix : GW_CODE_MAX + 1));
    }
    if (q->department)
        narrow(&range,
               equal_range(s, s->by_department, compare_department, q->department, 0));
    return range;
}

// Order of the answer: by distance where one is asked, else by id.
static bool better(const struct best *best, const struct gw_camera *a,
                   const struct gw_camera *b)
{
    const struct gw_camera_query *q = best->question->q;
    if (q->has_near) {
        double x = distance_to(q, a), y = distance_to(q, b);
        if (x < y || x > y)
            return x < y;
    }
    return a < b; // the table is sorted by id
}

static void swap(const struct gw_camera **a, const struct gw_camera **b)
{
    const struct gw_camera *c = *a;
    *a = *b;
    *b = c;
}

static void sift_down(struct best *best, size_t count)
{
    const struct gw_camera **heap = best->cameras;
    for (size_t i = 0;;) {
        size_t worst = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < count; child++)
            if (better(best, heap[worst], heap[child]))
                worst = child;
        if (worst == i)
            return;
        swap(&heap[i], &heap[worst]);
        i = worst;
    }
}

static void take(struct best *best, const struct gw_camera *c)
{
    const struct gw_camera **heap = best->cameras;
    if (best->count == best->limit) {
        best->more = true;
        if (better(best, c, heap[0])) {
            heap[0] = c;
            sift_down(best, best->count);
        }
        return;
    }
    size_t i = best->count++;
    heap[i] = c;
    for (; i > 0 && better(best, heap[(i - 1) / 2], heap[i]); i = (i - 1) / 2)
        swap(&heap[i], &heap[(i - 1) / 2]);
}

// Heap sort: takes the worst to the end, again and again.
static void sort_best(struct best *best)
{
    for (size_t n = best->count; n > 1; n--) {
        swap(&best->cameras[0], &best->cameras[n - 1]);
        sift_down(best, n - 1);
    }
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
    struct gw_box box = gw_box_around(corner(points, 0), metres);

    for (size_t i = 0; i < n; i++) {
        struct gw_point a = corner(points, i), b = corner(points, (i + 1) % n);
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

// The buckets that can hold what is asked for. False: the question is not for a place.
static bool window_of(const struct question *question, struct gw_grid_window *ret_window)
{
    const struct gw_camera_query *q = question->q;
    const struct gw_camera_grid *grid = &question->s->grid;
    struct gw_box boxes[4];
    size_t n = 0;

    if (q->has_box)
        boxes[n++] = (struct gw_box) { q->west, q->south, q->east, q->north };
    if (q->has_near && q->radius_m > 0)
        boxes[n++] = gw_box_around(centre(q), q->radius_m);
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

// ---- the answer ----

static void consider(struct best *best, const struct gw_camera *c)
{
    if (matches(best->question, c))
        take(best, c);
}

static void look_in_window(struct best *best, const struct gw_grid_window *window)
{
    const struct gw_snapshot *s = best->question->s;
    for (uint32_t row = window->south;
         window->west <= window->east && row <= window->north; row++) {
        size_t n;
        const uint32_t *items = gw_camera_grid_row(&s->grid, window, row, &n);
        for (size_t i = 0; i < n; i++)
            consider(best, &s->cameras[items[i]]);
    }
}

static void look_in_range(struct best *best, const struct range *range)
{
    const struct gw_snapshot *s = best->question->s;
    // All cameras come in order of ids: then the rest cannot be better.
    bool ordered = !range->index && !best->question->q->has_near;
    for (size_t i = range->first; i < range->last && !(ordered && best->more); i++)
        consider(best, &s->cameras[range->index ? range->index[i] : i]);
}

static size_t answer(const struct question *question,
                     const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct best best = {
        .question = question,
        .cameras = ret_cameras,
        .limit = question->q->limit,
    };
    struct gw_grid_window window;
    struct range range = candidates(question);

    if (window_of(question, &window) &&
        gw_camera_grid_count(&question->s->grid, &window) < range.last - range.first)
        look_in_window(&best, &window);
    else
        look_in_range(&best, &range);
    sort_best(&best);
    *ret_more = best.more;
    return best.count;
}

// Whether looking within a radius spares half of the cameras at least.
static bool spares(const struct question *question)
{
    struct gw_grid_window window;
    struct range range = candidates(question);
    return window_of(question, &window) &&
           gw_camera_grid_count(&question->s->grid, &window) <
               (range.last - range.first) / 2;
}

// The nearest few of all: within growing circles, until one holds more than asked for.
static size_t nearest(const struct question *question,
                      const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct gw_camera_query within = *question->q;
    struct question narrower = *question;
    narrower.q = &within;

    for (within.radius_m = NEAREST_FIRST_M;
         within.radius_m < GW_EARTH_RADIUS_M && spares(&narrower);
         within.radius_m *= NEAREST_FACTOR) {
        size_t n = answer(&narrower, ret_cameras, ret_more);
        if (*ret_more)
            return n;
    }
    return answer(question, ret_cameras, ret_more);
}

size_t gw_snapshot_query(const struct gw_snapshot *s, const struct gw_camera_query *query,
                         const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct question question = ask(s, query);
    if (query->has_near && query->radius_m <= 0)
        return nearest(&question, ret_cameras, ret_more);
    return answer(&question, ret_cameras, ret_more);
}

bool gw_snapshot_matches(const struct gw_snapshot *s, const struct gw_camera_query *query,
                         const struct gw_camera *camera)
{
    struct question question = ask(s, query);
    return matches(&question, camera);
}
