// A view as polygons. Bands of neighbouring slices that touch on the ray between them
// make one, as long as each touches one other only.
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "map/view_internal.h"

enum { NONE = -1 };

// Bands that continue each other: which, for each band.
struct chains {
    int64_t *next, *before;
};

static double overlap(const struct gw_band *a, const struct gw_band *b)
{
    double near = fmax((double)a->near1, (double)b->near0);
    double far = fmin((double)a->far1, (double)b->far0);
    return far - near;
}

// The one band in slice `other` that band `i` touches; NONE where there are none or
// several.
static int64_t only_neighbour(const struct gw_view *v, uint32_t i, uint32_t other,
                              bool forward)
{
    int64_t found = NONE;
    for (uint32_t k = v->firsts[other]; k < v->firsts[other + 1]; k++) {
        const struct gw_band *a = &v->bands[forward ? i : k];
        const struct gw_band *b = &v->bands[forward ? k : i];
        if (overlap(a, b) <= GW_VIEW_GAP_M)
            continue;
        if (found != NONE)
            return NONE;
        found = k;
    }
    return found;
}

static void link(const struct gw_view *v, uint32_t slice, uint32_t following,
                 struct chains *c)
{
    for (uint32_t i = v->firsts[slice]; i < v->firsts[slice + 1]; i++) {
        int64_t k = only_neighbour(v, i, following, true);
        if (k != NONE && only_neighbour(v, (uint32_t)k, slice, false) == (int64_t)i) {
            c->next[i] = k;
            c->before[k] = i;
        }
    }
}

struct path {
    const struct gw_view *v;
    struct gw_point *points;
    size_t count;
};

static void put(struct path *p, double angle, double r)
{
    double a = p->v->start + angle;
    struct gw_xy at = { r * cos(a), r * sin(a) };
    struct gw_point point = gw_plane_back(&p->v->plane, at);
    const struct gw_point *last = p->count ? &p->points[p->count - 1] : NULL;
    struct gw_xy before = { INFINITY, INFINITY };
    if (last)
        before = gw_plane_of(&p->v->plane, *last);
    if (hypot(before.x - at.x, before.y - at.y) > GW_VIEW_GAP_M)
        p->points[p->count++] = point;
}

static void close_ring(struct path *p)
{
    if (p->count)
        p->points[p->count++] = p->points[0];
}

static uint32_t slice_of(const struct gw_view *v, int64_t band)
{
    uint32_t low = 0, high = v->slice_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if ((int64_t)v->firsts[middle] <= band)
            low = middle;
        else
            high = middle;
    }
    // Slices without bands share their number with the next one.
    while (v->firsts[low + 1] <= band)
        low++;
    return low;
}

// From one ray to the other; an arc as chords.
static void put_line(struct path *p, double a0, double r0, double a1, double r1, bool arc)
{
    double steps = arc ? ceil(fabs(a1 - a0) / GW_VIEW_ARC) : 1;
    for (double k = 0; k < steps; k++)
        put(p, a0 + (a1 - a0) * k / steps, r0);
    put(p, a1, r1);
}

static void put_far(struct path *p, int64_t band)
{
    uint32_t slice = slice_of(p->v, band);
    const struct gw_band *b = &p->v->bands[band];
    put_line(p, (double)p->v->angles[slice], (double)b->far0,
             (double)p->v->angles[slice + 1], (double)b->far1,
             gw_band_far_is_arc(p->v, b));
}

static void put_near(struct path *p, int64_t band)
{
    uint32_t slice = slice_of(p->v, band);
    const struct gw_band *b = &p->v->bands[band];
    put_line(p, (double)p->v->angles[slice + 1], (double)b->near1,
             (double)p->v->angles[slice], (double)b->near0, gw_band_near_is_arc(p->v, b));
}

typedef int on_ring(void *arg, bool inner, const struct gw_point *points, size_t n);

// Out along what is far, back along what is near.
static int tell_open(struct path *p, const struct chains *c, int64_t first, on_ring *tell,
                     void *arg)
{
    int64_t last = first;
    p->count = 0;
    for (int64_t i = first; i != NONE; i = c->next[i]) {
        put_far(p, i);
        last = i;
    }
    for (int64_t i = last; i != NONE; i = c->before[i])
        put_near(p, i);
    close_ring(p);
    return p->count < 4 ? 0 : tell(arg, false, p->points, p->count);
}

// All around the lens: far is a ring, and so is near.
static int tell_round(struct path *p, const struct chains *c, int64_t first,
                      on_ring *tell, void *arg)
{
    int64_t i = first;
    p->count = 0;
    do
        put_far(p, i);
    while ((i = c->next[i]) != first);
    close_ring(p);
    int r = p->count < 4 ? 0 : tell(arg, false, p->points, p->count);
    p->count = 0;
    i = c->before[first];
    do
        put_near(p, i);
    while ((i = c->before[i]) != c->before[first]);
    close_ring(p);
    return r != 0 || p->count < 4 ? r : tell(arg, true, p->points, p->count);
}

static int tell_all(struct path *p, struct chains *c, on_ring *tell, void *arg)
{
    int r = 0;
    for (uint32_t i = 0; i < p->v->band_count && r == 0; i++)
        if (c->before[i] == NONE)
            r = tell_open(p, c, i, tell, arg);
    // What is left has neither beginning nor end.
    if (p->v->band_count == 0 || r != 0)
        return r;
    for (uint32_t i = p->v->firsts[0]; i < p->v->firsts[1] && r == 0; i++) {
        int64_t k = i;
        while (k != NONE && c->next[k] != i)
            k = c->next[k];
        if (k != NONE)
            r = tell_round(p, c, i, tell, arg);
    }
    return r;
}

int gw_view_rings(const struct gw_view *v, on_ring *tell, void *arg)
{
    size_t n = (size_t)v->band_count + 1;
    struct chains c = { calloc(n, sizeof(int64_t)), calloc(n, sizeof(int64_t)) };
    // Arcs of two circles, cut by bands, come to so many chords.
    size_t chords = 2 * (n + (size_t)ceil(2 * M_PI / GW_VIEW_ARC));
    struct path p = { .v = v, .points = calloc(4 * n + chords + 2, sizeof(*p.points)) };
    int r = -ENOMEM;
    if (c.next && c.before && p.points) {
        for (size_t i = 0; i < n; i++)
            c.next[i] = c.before[i] = NONE;
        for (uint32_t s = 0; s + 1 < v->slice_count; s++)
            link(v, s, s + 1, &c);
        if (v->full && v->slice_count > 0)
            link(v, v->slice_count - 1, 0, &c);
        r = tell_all(&p, &c, tell, arg);
    }
    free(c.next);
    free(c.before);
    free(p.points);
    return r;
}
