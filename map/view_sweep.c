// The exact view: between two neighbouring ends of walls every ray meets the same walls.
// Each such slice is judged by itself, so that no rounding elsewhere can spoil it; one in
// which lines cross is cut where they do.
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "map/view_internal.h"

#define SAME_ANGLE 1e-9 // radians
#define NARROWEST 1e-6  // radians: 2 cm at 20 km
#define INSET 1e-4      // of a slice: lines that meet on its rays do not cross

enum { CUTS_MAX = 24 }; // of one slice, one in another

// All points p with n * p = c. On a wall, never nearer or farther than its ends allow.
struct line {
    struct gw_xy n;
    double c;
    double least, most;
    int64_t id;
};

// Hidden from `near` to `far`: where they are near the slice's first and last ray.
struct hidden {
    struct line near, far;
    double near_at[2], far_at[2];
    uint32_t component[2];
};

struct component {
    uint32_t first, last; // hidden: whose near and whose far bounds it
};

struct sweep {
    const struct gw_scene *scene;
    struct gw_view_builder *builder;
    uint32_t *active; // walls
    size_t active_count;
    struct met *met;
    struct hidden *hidden;
    size_t hidden_count;
    uint32_t *order;
    struct component *components[2];
    size_t component_count[2];
    struct gw_slice_band *bands;
};

// A wall as the middle ray meets it.
struct met {
    uint32_t wall, block;
    double at;
};

static struct gw_xy ray(const struct sweep *s, double angle)
{
    double a = s->scene->start + angle;
    return (struct gw_xy) { cos(a), sin(a) };
}

static double along(const struct line *l, struct gw_xy direction)
{
    double r = l->c / gw_dot(l->n, direction);
    // NaN, where the ray is in the line, becomes `most`.
    return r >= l->least && r <= l->most ? r : r < l->least ? l->least : l->most;
}

static struct line line_of_wall(const struct sweep *s, uint32_t index, double scale,
                                bool far)
{
    const struct gw_wall *w = &s->scene->walls[index];
    return (struct line) {
        .n = { w->b.y - w->a.y, w->a.x - w->b.x },
        .c = gw_cross(w->a, w->b) * scale,
        .least = w->least * scale,
        .most = w->most * scale,
        .id = 2 * (int64_t)index + far,
    };
}

static struct line constant(double r, int64_t id)
{
    return (struct line) { .n = { 1, 0 }, .c = r, .least = r, .most = r, .id = id };
}

enum { ID_NONE = -1, ID_INFINITE = -2, ID_FAR = -3, ID_NEAR = -4 };

static void hide(struct sweep *s, struct line near, struct line far)
{
    s->hidden[s->hidden_count++] = (struct hidden) { .near = near, .far = far };
}

static int compare_met(const void *a, const void *b)
{
    const struct met *x = a, *y = b;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static struct line end_of_shadow(const struct sweep *s, uint32_t wall, double shadow)
{
    return isinf(shadow) ? constant(INFINITY, ID_INFINITE)
                         : line_of_wall(s, wall, shadow, true);
}

// Whether two neighbours of one building, `at` ordered in the middle, keep that order on
// both rays. Else they cross, and which one is the entry is another on each side.
static bool keep_order(const struct line *entry, const struct line *exit,
                       const struct gw_xy rays[2])
{
    for (int end = 0; end < 2; end++)
        if (along(entry, rays[end]) > along(exit, rays[end]) + GW_VIEW_GAP_M)
            return false;
    return true;
}

// The first two walls of one building that cross each other in the slice.
static bool find_crossed_walls(struct sweep *s, double from, double to,
                               struct line *ret_a, struct line *ret_b)
{
    double inset = INSET * (to - from);
    struct gw_xy rays[2] = { ray(s, from + inset), ray(s, to - inset) };
    for (size_t i = 0; i + 1 < s->active_count; i++) {
        if (s->met[i].block != s->met[i + 1].block)
            continue;
        struct line a = line_of_wall(s, s->met[i].wall, 1, false);
        struct line b = line_of_wall(s, s->met[i + 1].wall, 1, false);
        if (!keep_order(&a, &b, rays)) {
            *ret_a = a;
            *ret_b = b;
            return true;
        }
    }
    return false;
}

// What one building hides: from where the ray enters it to the end of its shadow, each
// time that it enters. One whose other side is out of range hides all beyond.
static void hide_behind(struct sweep *s, const struct met *met, size_t n)
{
    const struct gw_block *block = &s->scene->blocks[met->block];
    size_t i = 0;
    if (block->inside && !block->indoors) {
        hide(s, constant(0, ID_NONE), end_of_shadow(s, met[0].wall, block->shadow));
        i = 1;
    }
    if (block->inside && block->indoors)
        n = 1;
    for (; i < n; i += 2) {
        double shadow = i + 1 < n ? block->shadow : (double)INFINITY;
        uint32_t exit = met[i + 1 < n ? i + 1 : i].wall;
        hide(s, line_of_wall(s, met[i].wall, 1, false), end_of_shadow(s, exit, shadow));
    }
}

static void hide_blocks(struct sweep *s, double middle)
{
    struct gw_xy direction = ray(s, middle);
    for (size_t i = 0; i < s->active_count; i++) {
        uint32_t wall = s->active[i];
        struct line l = line_of_wall(s, wall, 1, false);
        s->met[i] =
            (struct met) { wall, s->scene->walls[wall].block, along(&l, direction) };
    }
    qsort(s->met, s->active_count, sizeof(*s->met), compare_met);
    for (size_t i = 0, n; i < s->active_count; i += n) {
        for (n = 1; i + n < s->active_count && s->met[i + n].block == s->met[i].block;)
            n++;
        hide_behind(s, s->met + i, n);
    }
}

// Beyond the range, and before the picture's lower edge.
static void hide_limits(struct sweep *s)
{
    double far_m = (double)(float)s->scene->far_m, near_m = s->scene->near_m;
    hide(s, constant(far_m, ID_FAR), constant(INFINITY, ID_INFINITE));
    if (near_m > 0)
        hide(s, constant(0, ID_NONE), constant((double)(float)near_m, ID_NEAR));
}

// Where the lines are close to both rays.
static void place(struct sweep *s, double from, double to)
{
    double inset = INSET * (to - from);
    struct gw_xy rays[2] = { ray(s, from + inset), ray(s, to - inset) };
    for (size_t i = 0; i < s->hidden_count; i++)
        for (int end = 0; end < 2; end++) {
            struct hidden *h = &s->hidden[i];
            h->near_at[end] = along(&h->near, rays[end]);
            h->far_at[end] = along(&h->far, rays[end]);
        }
}

// Most of what is met lies behind a wall that hides all beyond.
static void drop_covered(struct sweep *s)
{
    const struct hidden *wall = NULL;
    for (size_t i = 0; i < s->hidden_count; i++) {
        const struct hidden *h = &s->hidden[i];
        if (h->far.id == ID_INFINITE &&
            (!wall ||
             h->near_at[0] + h->near_at[1] < wall->near_at[0] + wall->near_at[1]))
            wall = h;
    }
    struct hidden front = *wall; // there is the range
    size_t kept = 0;
    for (size_t i = 0; i < s->hidden_count; i++) {
        const struct hidden *h = &s->hidden[i];
        if (h == wall || h->near_at[0] < front.near_at[0] ||
            h->near_at[1] < front.near_at[1]) {
            struct hidden keep = *h;
            s->hidden[kept++] = keep;
        }
    }
    s->hidden_count = kept;
}

// Insertion sort: a few items, and nearly in order.
static void sort_order(struct sweep *s, int end)
{
    for (size_t i = 0; i < s->hidden_count; i++) {
        size_t k = i;
        for (;
             k > 0 && s->hidden[s->order[k - 1]].near_at[end] > s->hidden[i].near_at[end];
             k--)
            s->order[k] = s->order[k - 1];
        s->order[k] = (uint32_t)i;
    }
}

static void join(struct sweep *s, int end)
{
    struct component *c = s->components[end];
    size_t n = 0;
    sort_order(s, end);
    for (size_t i = 0; i < s->hidden_count; i++) {
        uint32_t index = s->order[i];
        struct hidden *h = &s->hidden[index];
        if (n == 0 ||
            h->near_at[end] > s->hidden[c[n - 1].last].far_at[end] + GW_VIEW_GAP_M)
            c[n++] = (struct component) { index, index };
        else if (h->far_at[end] > s->hidden[c[n - 1].last].far_at[end])
            c[n - 1].last = index;
        h->component[end] = (uint32_t)(n - 1);
    }
    s->component_count[end] = n;
}

static bool same(double a, double b)
{
    return a == b || fabs(a - b) <= GW_VIEW_GAP_M;
}

// The first two lines that bound different things at both ends, so that they cross
// between them. False: the slice is the same all through.
static bool find_crossing(const struct sweep *s, const struct line **ret_a,
                          const struct line **ret_b)
{
    const struct component *c0 = s->components[0], *c1 = s->components[1];
    size_t n = s->component_count[0] < s->component_count[1] ? s->component_count[0]
                                                             : s->component_count[1];
    for (size_t i = 0; i < n; i++) {
        const struct hidden *a = &s->hidden[c0[i].first], *b = &s->hidden[c1[i].first];
        if (!same(a->near_at[1], b->near_at[1]) || !same(a->near_at[0], b->near_at[0])) {
            *ret_a = &a->near;
            *ret_b = &b->near;
            return true;
        }
        a = &s->hidden[c0[i].last];
        b = &s->hidden[c1[i].last];
        if (!same(a->far_at[1], b->far_at[1]) || !same(a->far_at[0], b->far_at[0])) {
            *ret_a = &a->far;
            *ret_b = &b->far;
            return true;
        }
    }
    *ret_a = *ret_b = NULL;
    if (s->component_count[0] != s->component_count[1])
        return true;
    for (size_t i = 0; i < s->hidden_count; i++)
        if (s->hidden[i].component[0] != s->hidden[i].component[1])
            return true;
    return false;
}

// Where a line crosses a circle within the slice; its ends are on both sides of it.
static double crossing_circle(const struct sweep *s, const struct line *l, double r,
                              double middle, double margin)
{
    double n = hypot(l->n.x, l->n.y);
    double foot = atan2(l->n.y, l->n.x) + (l->c < 0 ? M_PI : 0);
    double aside = acos(fmin(fabs(l->c) / n / r, 1));
    for (int side = -1; side <= 1; side += 2) {
        double at = remainder(foot + side * aside - s->scene->start - middle, 2 * M_PI);
        if (fabs(at) < margin)
            return middle + at;
    }
    return middle;
}

// The sweep angle where two lines cross, or the middle where they do not.
static double crossing(const struct sweep *s, const struct line *a, const struct line *b,
                       double from, double to)
{
    double middle = (from + to) / 2, margin = INSET * (to - from);
    if (a && b && (a->id < 0 || b->id < 0)) {
        const struct line *circle = a->id < 0 ? a : b, *wall = a->id < 0 ? b : a;
        if (wall->id < 0 || !(circle->c > 0) || isinf(circle->c))
            return middle;
        return crossing_circle(s, wall, circle->c, middle, (to - from) / 2 - margin);
    }
    double area = a && b ? gw_cross(a->n, b->n) : 0;
    if (area == 0 || isinf(a->c) || isinf(b->c))
        return middle;
    struct gw_xy p = { (a->c * b->n.y - b->c * a->n.y) / area,
                       (a->n.x * b->c - b->n.x * a->c) / area };
    double angle = remainder(atan2(p.y, p.x) - s->scene->start - middle, 2 * M_PI);
    angle += middle;
    return angle > from + margin && angle < to - margin ? angle : middle;
}

// Between a slice's ray and its inset, a wall that is seen at a grazing angle may rise
// beyond the range, or above what it bounds: a band lies between the one before it, whose
// ends are *clear0 and *clear1, and the range.
static void keep_within(struct gw_band *band, float *clear0, float *clear1, float most)
{
    band->near0 = fminf(fmaxf(band->near0, *clear0), most);
    band->near1 = fminf(fmaxf(band->near1, *clear1), most);
    band->far0 = *clear0 = fminf(fmaxf(band->near0, band->far0), most);
    band->far1 = *clear1 = fminf(fmaxf(band->near1, band->far1), most);
}

static int emit(struct sweep *s, double from, double to)
{
    struct gw_xy rays[2] = { ray(s, from), ray(s, to) };
    const struct component *c = s->components[0];
    size_t n = 0;
    float clear0 = 0, clear1 = 0;
    const struct line foot = constant(0, ID_NONE);
    for (size_t i = 0; i < s->component_count[0]; i++) {
        const struct line *near = i ? &s->hidden[c[i - 1].last].far : &foot;
        const struct line *far = &s->hidden[c[i].first].near;
        struct gw_band band = { (float)along(near, rays[0]), (float)along(far, rays[0]),
                                (float)along(near, rays[1]), (float)along(far, rays[1]) };
        if (far->id == ID_NONE) // hidden from the foot on
            continue;
        keep_within(&band, &clear0, &clear1, (float)s->scene->far_m);
        s->bands[n++] = (struct gw_slice_band) { band, near->id, far->id };
    }
    return gw_view_builder_add(s->builder, to, s->bands, n);
}

static int resolve(struct sweep *s, double from, double to, int cuts)
{
    const struct line *a, *b;
    struct line walls[2];
    double middle = (from + to) / 2;
    s->hidden_count = 0;
    hide_blocks(s, middle);
    if (find_crossed_walls(s, from, to, &walls[0], &walls[1])) {
        a = &walls[0];
        b = &walls[1];
    } else {
        hide_limits(s);
        place(s, from, to);
        drop_covered(s);
        join(s, 0);
        join(s, 1);
        if (!find_crossing(s, &a, &b))
            return emit(s, from, to);
    }
    if (cuts >= CUTS_MAX || to - from < NARROWEST)
        return gw_view_builder_add(s->builder, to, NULL, 0); // nothing is promised
    double cut = crossing(s, a, b, from, to);
    int r = resolve(s, from, cut, cuts + 1);
    return r < 0 ? r : resolve(s, cut, to, cuts + 1);
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// A wall may be nearer than a circle in its middle alone: a slice ends there too.
static bool has_foot(const struct gw_scene *scene, const struct gw_wall *w,
                     double *ret_angle)
{
    struct gw_xy foot = gw_nearest_on(w->a, w->b, (struct gw_xy) { 0 });
    double at = atan2(foot.y, foot.x) - scene->start;
    at -= 2 * M_PI * floor(at / (2 * M_PI));
    if (at <= w->from || at >= w->to)
        return false;
    *ret_angle = at;
    return true;
}

// Where slices end, in order: ends of walls, and feet of walls.
static size_t find_rays(const struct gw_scene *scene, double *rays)
{
    size_t n = 0, kept = 0;
    double width = scene->width, foot;
    rays[n++] = 0;
    rays[n++] = width;
    for (size_t i = 0; i < scene->wall_count; i++) {
        const struct gw_wall *w = &scene->walls[i];
        rays[n++] = fmin(w->from, width);
        rays[n++] = fmin(w->to, width);
        if (has_foot(scene, w, &foot))
            rays[n++] = fmin(foot, width);
    }
    qsort(rays, n, sizeof(*rays), compare_double);
    for (size_t i = 1; i < n; i++)
        if (rays[i] - rays[kept] > SAME_ANGLE)
            rays[++kept] = rays[i];
    return kept + 1;
}

static int compare_wall(const void *a, const void *b, void *arg)
{
    const struct gw_wall *walls = arg;
    double x = walls[*(const uint32_t *)a].from, y = walls[*(const uint32_t *)b].from;
    return (x > y) - (x < y);
}

// Walls that the slice around `middle` is full of; `next` of `waiting` are behind it.
static void keep_active(struct sweep *s, const uint32_t *waiting, size_t *next,
                        double middle)
{
    const struct gw_wall *walls = s->scene->walls;
    size_t kept = 0;
    for (size_t i = 0; i < s->active_count; i++)
        if (walls[s->active[i]].to > middle)
            s->active[kept++] = s->active[i];
    for (; *next < s->scene->wall_count && walls[waiting[*next]].from < middle; ++*next)
        if (walls[waiting[*next]].to > middle)
            s->active[kept++] = waiting[*next];
    s->active_count = kept;
}

static int sweep(struct sweep *s, const double *rays, size_t ray_count,
                 const uint32_t *waiting)
{
    size_t next = 0;
    for (size_t i = 0; i + 1 < ray_count; i++) {
        keep_active(s, waiting, &next, (rays[i] + rays[i + 1]) / 2);
        int r = resolve(s, rays[i], rays[i + 1], 0);
        if (r < 0)
            return r;
    }
    return 0;
}

int gw_view_sweep(const struct gw_scene *scene, struct gw_view_builder *b)
{
    size_t n = scene->wall_count + 3; // range, lower edge, and one that is not there
    struct sweep s = {
        .scene = scene,
        .builder = b,
        .active = calloc(n, sizeof(*s.active)),
        .met = calloc(n, sizeof(*s.met)),
        .hidden = calloc(n, sizeof(*s.hidden)),
        .order = calloc(n, sizeof(*s.order)),
        .components = { calloc(n, sizeof(struct component)),
                        calloc(n, sizeof(struct component)) },
        .bands = calloc(n, sizeof(*s.bands)),
    };
    double *rays = calloc(3 * n, sizeof(*rays));
    uint32_t *waiting = calloc(n, sizeof(*waiting));
    int r = -ENOMEM;
    if (s.active && s.met && s.hidden && s.order && s.components[0] && s.components[1] &&
        s.bands && rays && waiting) {
        for (uint32_t i = 0; i < scene->wall_count; i++)
            waiting[i] = i;
        qsort_r(waiting, scene->wall_count, sizeof(*waiting), compare_wall, scene->walls);
        r = sweep(&s, rays, find_rays(scene, rays), waiting);
    }
    free(s.active);
    free(s.met);
    free(s.hidden);
    free(s.order);
    free(s.components[0]);
    free(s.components[1]);
    free(s.bands);
    free(rays);
    free(waiting);
    return r;
}
