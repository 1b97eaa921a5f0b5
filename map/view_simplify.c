// A view with so many walls that their exact picture would be too large: slices of equal
// width, in each of which a building is taken to reach from side to side. That shows
// less than is seen, never more.
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "map/view_internal.h"

struct hull {
    uint32_t step, block;
    float near, far;
};

struct simplify {
    const struct gw_scene *scene;
    double arc; // of a step, radians
    uint32_t steps;
    struct hull *hulls;
    size_t count, cap;
};

static int push(struct simplify *s, struct hull hull)
{
    if (s->count == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 4096;
        struct hull *hulls = realloc(s->hulls, cap * sizeof(*hulls));
        if (!hulls)
            return -ENOMEM;
        s->hulls = hulls;
        s->cap = cap;
    }
    s->hulls[s->count++] = hull;
    return 0;
}

// Where the ray at a sweep angle meets the line of a wall.
static double meet(const struct simplify *s, const struct gw_wall *w, double angle)
{
    double a = s->scene->start + angle;
    struct gw_xy n = { w->b.y - w->a.y, w->a.x - w->b.x };
    double r = gw_cross(w->a, w->b) / (n.x * cos(a) + n.y * sin(a));
    return r >= w->least && r <= w->most ? r : r < w->least ? w->least : w->most;
}

// A wall's part in one step. Its nearest point may lie between the step's rays.
static struct hull part(const struct simplify *s, const struct gw_wall *w, uint32_t step)
{
    double from = fmax(step * s->arc, w->from), to = fmin((step + 1) * s->arc, w->to);
    struct gw_xy foot = gw_nearest_on(w->a, w->b, (struct gw_xy) { 0 });
    double r0 = meet(s, w, from), r1 = meet(s, w, to);
    double at = atan2(foot.y, foot.x) - s->scene->start;
    at -= 2 * M_PI * floor(at / (2 * M_PI));
    double near = at > from && at < to ? w->least : fmin(r0, r1);
    return (struct hull) { step, w->block, (float)near, (float)fmax(r0, r1) };
}

static int cut_walls(struct simplify *s)
{
    int r = 0;
    for (size_t i = 0; i < s->scene->wall_count && r == 0; i++) {
        const struct gw_wall *w = &s->scene->walls[i];
        uint32_t last = (uint32_t)(w->to / s->arc);
        for (uint32_t step = (uint32_t)(w->from / s->arc);
             step <= last && step < s->steps && r == 0; step++)
            r = push(s, part(s, w, step));
    }
    return r;
}

static int by_block(const void *a, const void *b)
{
    const struct hull *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return (x->block > y->block) - (x->block < y->block);
}

static int by_distance(const void *a, const void *b)
{
    const struct hull *x = a, *y = b;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    return (x->near > y->near) - (x->near < y->near);
}

// The walls of a building in a step become what it hides there.
static void join_blocks(struct simplify *s)
{
    size_t kept = 0;
    for (size_t i = 0, n; i < s->count; i += n) {
        struct hull h = s->hulls[i];
        const struct gw_block *block = &s->scene->blocks[h.block];
        for (n = 1; i + n < s->count && by_block(&h, &s->hulls[i + n]) == 0; n++) {
            h.near = fminf(h.near, s->hulls[i + n].near);
            h.far = fmaxf(h.far, s->hulls[i + n].far);
        }
        // Its other side may be out of range.
        h.far = n < 2 && !block->inside ? INFINITY : h.far * (float)block->shadow;
        if (block->inside && !block->indoors)
            h.near = 0;
        else if (block->inside)
            h.far = INFINITY;
        s->hulls[kept++] = h;
    }
    s->count = kept;
}

// Adds one step's slice: what lies between the hulls.
static int add_step(const struct simplify *s, uint32_t step, const struct hull *hulls,
                    size_t n, double least_m, struct gw_slice_band *bands,
                    struct gw_view_builder *b)
{
    float clear = (float)s->scene->near_m; // hidden up to here
    float end = (float)s->scene->far_m;
    size_t count = 0;
    for (size_t i = 0; i <= n && clear < end; i++) {
        float near = i < n ? fminf(hulls[i].near, end) : end;
        if (near > clear + (float)least_m)
            bands[count++] =
                (struct gw_slice_band) { { clear, near, clear, near },
                                         2 * (int64_t)step,
                                         i < n ? 2 * (int64_t)step + 1 : -1 };
        if (i < n)
            clear = fmaxf(clear, hulls[i].far);
    }
    return gw_view_builder_add(b, (step + 1) * s->arc, bands, count);
}

static int add_steps(const struct simplify *s, double least_m, struct gw_view_builder *b)
{
    struct gw_slice_band *bands = calloc(s->count + 1, sizeof(*bands));
    int r = bands ? 0 : -ENOMEM;
    size_t i = 0;
    for (uint32_t step = 0; step < s->steps && r == 0; step++) {
        size_t n = 0;
        while (i + n < s->count && s->hulls[i + n].step == step)
            n++;
        r = add_step(s, step, s->hulls + i, n, least_m, bands, b);
        i += n;
    }
    free(bands);
    return r;
}

int gw_view_simplify(const struct gw_scene *scene, struct gw_view_builder *b)
{
    struct simplify s = { .scene = scene };
    s.steps = (uint32_t)ceil(GW_VIEW_STEPS * scene->width / (2 * M_PI));
    s.arc = scene->width / s.steps;
    int r = cut_walls(&s);
    if (r == 0 && s.count > 0) {
        qsort(s.hulls, s.count, sizeof(*s.hulls), by_block);
        join_blocks(&s);
        qsort(s.hulls, s.count, sizeof(*s.hulls), by_distance);
    }
    // Too many gaps: narrow ones go first.
    if (r == 0)
        r = -EMSGSIZE;
    for (double least_m = GW_VIEW_GAP_M; r == -EMSGSIZE; least_m = 4 * least_m) {
        gw_view_builder_finish(b);
        r = add_steps(&s, least_m, b);
    }
    free(s.hulls);
    return r;
}
