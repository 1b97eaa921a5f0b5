// Questions to a snapshot. The narrowest index gives the candidates, every
// condition is checked on each of them, and a heap in the caller's array keeps
// the best `limit`. Nothing is allocated.
#include <math.h>
#include <string.h>

#include "map/codes.h"
#include "map/polygon.h"
#include "map/snapshot_internal.h"

#define EARTH_RADIUS_M 6371008.8 // mean, IUGG
#define RADIANS (M_PI / 180)

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

// Great-circle distance by the haversine formula, exact for near points too.
static double distance_m(double lon1, double lat1, double lon2, double lat2)
{
    double sin_lat = sin((lat2 - lat1) * RADIANS / 2);
    double sin_lon = sin((lon2 - lon1) * RADIANS / 2);
    double h =
        sin_lat * sin_lat + cos(lat1 * RADIANS) * cos(lat2 * RADIANS) * sin_lon * sin_lon;
    return 2 * EARTH_RADIUS_M * asin(sqrt(fmin(h, 1)));
}

static double distance_to(const struct gw_camera_query *q, const struct gw_camera *c)
{
    return distance_m(q->near_lon, q->near_lat, c->lon, c->lat);
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

static bool in_place(const struct gw_camera_query *q, const struct gw_camera *c)
{
    if (!q->has_box && !q->has_near && !q->polygon)
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
    return !q->polygon || gw_ring_contains((const struct gw_point *)q->polygon,
                                           q->polygon_points, c->lon, c->lat);
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
    if (q->text && !strcasestr(c->id, q->text) && !strcasestr(c->name, q->text))
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

size_t gw_snapshot_query(const struct gw_snapshot *s, const struct gw_camera_query *query,
                         const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct question question = ask(s, query);
    struct range range = candidates(&question);
    struct best best = {
        .question = &question,
        .cameras = ret_cameras,
        .limit = query->limit,
    };
    // All cameras come in order of ids: then the rest cannot be better.
    bool ordered = !range.index && !query->has_near;

    for (size_t i = range.first; i < range.last && !(ordered && best.more); i++) {
        const struct gw_camera *c = &s->cameras[range.index ? range.index[i] : i];
        if (matches(&question, c))
            take(&best, c);
    }
    sort_best(&best);
    *ret_more = best.more;
    return best.count;
}
