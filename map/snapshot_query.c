// The answer to a question: a heap in the caller's array keeps the best `limit` of the
// candidates that fit. Nothing is allocated.
#include "map/snapshot_question.h"

// The nearest few are looked for within this, then within that many times as much.
#define NEAREST_FIRST_M 100.0
#define NEAREST_FACTOR 3.0

struct best {
    const struct gw_question *question;
    const struct gw_camera **cameras; // a heap, the worst on top
    size_t count;
    size_t limit;
    bool more;
};

// Order of the answer: by distance where one is asked, else by id.
static bool better(const struct best *best, const struct gw_camera *a,
                   const struct gw_camera *b)
{
    const struct gw_camera_query *q = best->question->q;
    if (q->has_near) {
        double x = gw_question_distance_m(q, a), y = gw_question_distance_m(q, b);
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

static void consider(struct best *best, const struct gw_camera *c)
{
    if (gw_question_matches(best->question, c))
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

// Moves *at on to `camera` in an ascending bucket. Whether it is there.
static bool is_in(const struct gw_camera_bucket *bucket, size_t *at, size_t camera)
{
    while (*at < bucket->count && bucket->items[*at] < camera)
        ++*at;
    return *at < bucket->count && bucket->items[*at] == camera;
}

static void look_in_range(struct best *best, const struct gw_range *range)
{
    const struct gw_snapshot *s = best->question->s;
    // Then the rest cannot be better.
    bool ordered = range->by_id && !best->question->q->has_near;
    size_t at = 0;
    for (size_t i = range->first; i < range->last && !(ordered && best->more); i++) {
        size_t camera = range->index ? range->index[i] : i;
        if (!range->also.items || is_in(&range->also, &at, camera))
            consider(best, &s->cameras[camera]);
    }
}

static size_t answer(const struct gw_question *question,
                     const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct best best = {
        .question = question,
        .cameras = ret_cameras,
        .limit = question->q->limit,
    };
    struct gw_grid_window window;
    struct gw_range range = gw_question_candidates(question);

    if (gw_question_window(question, &window) &&
        gw_camera_grid_count(&question->s->grid, &window) < range.last - range.first)
        look_in_window(&best, &window);
    else
        look_in_range(&best, &range);
    sort_best(&best);
    *ret_more = best.more;
    return best.count;
}

// Whether looking within a radius spares half of the cameras at least.
static bool spares(const struct gw_question *question)
{
    struct gw_grid_window window;
    struct gw_range range = gw_question_candidates(question);
    return gw_question_window(question, &window) &&
           gw_camera_grid_count(&question->s->grid, &window) <
               (range.last - range.first) / 2;
}

// The nearest few of all: within growing circles, until one holds more than asked for.
static size_t nearest(const struct gw_question *question,
                      const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct gw_camera_query within = *question->q;
    struct gw_question narrower = *question;
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
    struct gw_question question = gw_question_ask(s, query);
    if (query->has_near && query->radius_m <= 0)
        return nearest(&question, ret_cameras, ret_more);
    return answer(&question, ret_cameras, ret_more);
}
