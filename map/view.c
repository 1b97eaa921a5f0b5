#include "map/view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "map/geo.h"
#include "map/view_internal.h"

// A lens sees its own foot, wherever it looks.
#define FOOT_M 0.5

static int compute(const struct gw_scene *scene, struct gw_view_builder *b,
                   bool *ret_simplified)
{
    int r = -EMSGSIZE;
    if (scene->wall_count <= GW_VIEW_EXACT_WALLS)
        r = gw_view_sweep(scene, b);
    bool simplify = r == -EMSGSIZE;
    if (simplify) {
        gw_view_builder_finish(b);
        r = gw_view_simplify(scene, b);
    }
    if (r == 0)
        *ret_simplified = simplify;
    return r;
}

// One allocation for all of a view.
static struct gw_view *pack(const struct gw_view_builder *b)
{
    size_t angles = (b->slices + 1) * sizeof(*b->angles);
    size_t firsts = (b->slices + 1) * sizeof(*b->firsts);
    size_t bands = b->bands_n * sizeof(*b->bands);
    struct gw_view *v = calloc(1, sizeof(*v) + bands + angles + firsts);
    if (!v)
        return NULL;
    v->bands = (struct gw_band *)(v + 1);
    v->angles = (float *)(v->bands + b->bands_n);
    v->firsts = (uint32_t *)(v->angles + b->slices + 1);
    v->slice_count = (uint32_t)b->slices;
    v->band_count = (uint32_t)b->bands_n;
    if (bands)
        memcpy(v->bands, b->bands, bands);
    memcpy(v->angles, b->angles, angles);
    memcpy(v->firsts, b->firsts, firsts);
    atomic_init(&v->refs, 1);
    return v;
}

int gw_view_create(const struct gw_eye *eye, const struct gw_footprints *buildings,
                   struct gw_view **ret_view)
{
    struct gw_scene scene;
    struct gw_view_builder b = { 0 };
    bool simplified = false;
    struct gw_view *v = NULL;
    int r = gw_scene_init(&scene, eye, buildings);
    if (r == 0)
        r = compute(&scene, &b, &simplified);
    if (r == 0 && !(v = pack(&b)))
        r = -ENOMEM;
    if (r == 0) {
        v->plane = scene.plane;
        v->place = scene.place;
        v->full = scene.full;
        v->near = (float)scene.near_m;
        v->far = (float)scene.far_m;
        v->start = scene.start;
        v->simplified = simplified;
        *ret_view = v;
    }
    gw_view_builder_finish(&b);
    gw_scene_finish(&scene);
    return r;
}

struct gw_view *gw_view_ref(struct gw_view *v)
{
    atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
    return v;
}

void gw_view_unref(struct gw_view **pv)
{
    struct gw_view *v = *pv;
    *pv = NULL;
    if (v && atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) == 1)
        free(v);
}

static uint64_t mix(uint64_t h, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    h = (h ^ bits) * 0x9e3779b97f4a7c15;
    return h ^ h >> 31;
}

uint64_t gw_view_key(const struct gw_eye *eye, const struct gw_footprints *buildings)
{
    const double numbers[] = { eye->lon,      eye->lat,     eye->azimuth_deg,
                               eye->tilt_deg, eye->fov_deg, eye->range_m,
                               eye->height_m, eye->turns };
    uint64_t h = 1;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        h = mix(h, isnan(numbers[i]) ? -1e9 : numbers[i]);
    if (!buildings)
        return h;
    struct gw_box box = gw_box_around((struct gw_point) { eye->lon, eye->lat },
                                      eye->range_m + 2 * GW_VIEW_MOVE_MAX_M);
    return (h ^ gw_footprints_hash(buildings, &box)) * 0x9e3779b97f4a7c15;
}

static double sweep_angle(const struct gw_view *v, struct gw_xy p)
{
    double a = atan2(p.y, p.x) - v->start;
    return a - 2 * M_PI * floor(a / (2 * M_PI));
}

// The slice that an angle is in. False: none.
static bool find_slice(const struct gw_view *v, double angle, uint32_t *ret_slice)
{
    uint32_t low = 0, high = v->slice_count;
    if (high == 0 || (!v->full && angle > (double)v->angles[high]))
        return false;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if ((double)v->angles[middle] <= angle)
            low = middle;
        else
            high = middle;
    }
    *ret_slice = low;
    return true;
}

// How far a point is beyond the line from r0 on ray a0 to r1 on ray a1; its sign counts.
static double beyond(double a0, double r0, double a1, double r1, struct gw_xy p)
{
    struct gw_xy from = { r0 * cos(a0), r0 * sin(a0) };
    struct gw_xy to = { r1 * cos(a1), r1 * sin(a1) };
    return -gw_cross(gw_minus(to, from), gw_minus(p, from));
}

static bool slice_contains(const struct gw_view *v, uint32_t slice, struct gw_xy p)
{
    double a0 = v->start + (double)v->angles[slice];
    double a1 = v->start + (double)v->angles[slice + 1];
    double d = hypot(p.x, p.y);
    for (uint32_t i = v->firsts[slice]; i < v->firsts[slice + 1]; i++) {
        const struct gw_band *b = &v->bands[i];
        bool within = gw_band_far_is_arc(v, b)
                          ? d <= (double)v->far
                          : beyond(a0, (double)b->far0, a1, (double)b->far1, p) <= 0;
        bool out = gw_band_near_is_arc(v, b) || b->near0 + b->near1 == 0
                       ? d >= (double)b->near0
                       : beyond(a0, (double)b->near0, a1, (double)b->near1, p) >= 0;
        if (within && out)
            return true;
    }
    return false;
}

bool gw_view_contains(const struct gw_view *v, double lon, double lat)
{
    struct gw_xy p = gw_plane_of(&v->plane, (struct gw_point) { lon, lat });
    uint32_t slice;
    if (hypot(p.x, p.y) < FOOT_M)
        return true;
    return find_slice(v, sweep_angle(v, p), &slice) && slice_contains(v, slice, p);
}

enum gw_view_place gw_view_place(const struct gw_view *v)
{
    return v->place;
}

bool gw_view_simplified(const struct gw_view *v)
{
    return v->simplified;
}

struct gw_point gw_view_lens(const struct gw_view *v)
{
    return v->plane.origin;
}

// Twice the area between the lens and a line or an arc.
static double twice_area(double r0, double r1, bool arc, double angle)
{
    return r0 * r1 * (arc ? angle : sin(angle));
}

double gw_view_area_m2(const struct gw_view *v)
{
    double twice = 0;
    for (uint32_t s = 0; s < v->slice_count; s++) {
        double angle = (double)v->angles[s + 1] - (double)v->angles[s];
        for (uint32_t i = v->firsts[s]; i < v->firsts[s + 1]; i++) {
            const struct gw_band *b = &v->bands[i];
            twice += twice_area((double)b->far0, (double)b->far1,
                                gw_band_far_is_arc(v, b), angle) -
                     twice_area((double)b->near0, (double)b->near1,
                                gw_band_near_is_arc(v, b), angle);
        }
    }
    return twice / 2;
}

size_t gw_view_bytes(const struct gw_view *v)
{
    return sizeof(*v) + v->band_count * sizeof(*v->bands) +
           (v->slice_count + 1) * (sizeof(*v->angles) + sizeof(*v->firsts));
}
