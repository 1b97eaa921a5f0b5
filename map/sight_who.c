// Who sees a place. Every camera that reaches it is judged: range, wedge, picture's
// edges, buildings, in this order; the first that fails is why it does not see.
#include <math.h>
#include <string.h>

#include "map/plane.h"
#include "map/sight_internal.h"

#define DEGREES (180 / M_PI)
#define NEARER_IS_NO_BETTER_M 2.0
#define WIDEST_DEG 170.0 // of a lens whose picture's width has a meaning

enum { TIER_SEES_NOT = 2 * GW_SIGHTING_SEES_NOT };

struct asked {
    const struct gw_sight *s;
    const struct gw_sight_question *q;
    struct gw_plane plane; // around the place
    struct gw_sighting *best;
    size_t count;
};

static unsigned tier(const struct gw_sighting *a)
{
    if (a->kind == GW_SIGHTING_SEES_NOT)
        return TIER_SEES_NOT;
    return a->kind + (a->burdened ? GW_SIGHTING_SEES_NOT : 0);
}

static bool better(const struct gw_sighting *a, const struct gw_sighting *b)
{
    if (tier(a) != tier(b))
        return tier(a) < tier(b);
    if (a->quality > b->quality || a->quality < b->quality)
        return a->quality > b->quality;
    return a->num < b->num;
}

static void keep(struct asked *a, const struct gw_sighting *found)
{
    size_t i = a->count;
    if (i == a->q->limit) {
        if (!better(found, &a->best[i - 1]))
            return;
        i--;
    } else {
        a->count++;
    }
    for (; i > 0 && better(found, &a->best[i - 1]); i--)
        a->best[i] = a->best[i - 1];
    a->best[i] = *found;
}

static void measure(const struct asked *a, const struct gw_eye *eye,
                    const struct gw_view *view, struct gw_sighting *f)
{
    struct gw_point at =
        view ? gw_view_lens(view) : (struct gw_point) { eye->lon, eye->lat };
    struct gw_xy lens = gw_plane_of(&a->plane, at);
    f->distance_m = hypot(lens.x, lens.y);
    double pan = atan2(-lens.x, -lens.y) * DEGREES;
    f->pan_deg = pan < 0 ? pan + 360 : pan;
    f->tilt_deg = -atan2(eye->height_m - GW_TARGET_HEIGHT_M, f->distance_m) * DEGREES;
    f->off_axis_deg = fabs(remainder(pan - eye->azimuth_deg, 360)); // NAN stays
}

static enum gw_sighting_why judge(const struct asked *a, const struct gw_eye *eye,
                                  const struct gw_view *view, const struct gw_sighting *f)
{
    double near_m, far_m;
    if (f->distance_m > eye->range_m)
        return GW_WHY_TOO_FAR;
    if (gw_eye_aimed(eye) && f->off_axis_deg > eye->fov_deg / 2)
        return GW_WHY_TURNED_AWAY;
    gw_eye_ground(eye, &near_m, &far_m);
    if (f->distance_m < near_m)
        return GW_WHY_BELOW;
    if (f->distance_m > far_m)
        return GW_WHY_ABOVE;
    if (!view || gw_view_contains(view, a->q->lon, a->q->lat))
        return GW_WHY_SEES;
    return gw_view_place(view) == GW_VIEW_INDOORS ? GW_WHY_INDOORS : GW_WHY_BUILDING;
}

static enum gw_sighting_kind kind_of(const struct gw_eye *eye,
                                     const struct gw_sighting *f)
{
    if (f->why != GW_WHY_SEES)
        return GW_SIGHTING_SEES_NOT;
    if (f->off_axis_deg <= eye->fov_deg / 2 || (!eye->turns && eye->fov_deg >= 360))
        return GW_SIGHTING_SEES;
    return eye->turns ? GW_SIGHTING_COULD_TURN : GW_SIGHTING_MAY_SEE;
}

// Pixels a metre, of pictures equally wide, half as good at their edges. Of those that
// do not see it as they stand: how near.
static double quality_of(const struct gw_eye *eye, const struct gw_sighting *f)
{
    double d = fmax(f->distance_m, NEARER_IS_NO_BETTER_M);
    if (f->kind != GW_SIGHTING_SEES || isnan(f->off_axis_deg))
        return 1 / d;
    double half = fmin(eye->fov_deg, WIDEST_DEG) / 2;
    return (1 - f->off_axis_deg / eye->fov_deg) / (d * tan(half / DEGREES));
}

static void on_camera(void *arg, uint32_t index)
{
    struct asked *a = arg;
    const struct gw_sight_item *item = &a->s->items[index];
    const struct gw_eye *eye = &item->camera.eye;
    const struct gw_view *view = atomic_load_explicit(&item->view, memory_order_acquire);
    struct gw_sighting f = { .num = item->camera.num, .judged = view && a->s->buildings };
    measure(a, eye, view, &f);
    f.why = judge(a, eye, view, &f);
    if (f.why != GW_WHY_SEES && f.distance_m > GW_SIGHT_NEAR_M)
        return;
    f.kind = kind_of(eye, &f);
    f.quality = quality_of(eye, &f);
    f.obstacle_m = f.obstacle_height_m = NAN;
    enum gw_sight_verdict v = a->q->judge ? a->q->judge(a->q->arg, f.num) : GW_SIGHT_TAKE;
    if (v == GW_SIGHT_LEAVE)
        return;
    f.burdened = v == GW_SIGHT_BURDEN;
    keep(a, &f);
}

// Which building it is, only of those that are told of.
static void name_obstacle(const struct asked *a, struct gw_sighting *f)
{
    struct gw_view_obstacle o;
    if (f->why != GW_WHY_BUILDING)
        return;
    const struct gw_eye *eye = gw_sight_eye(a->s, f->num);
    const struct gw_view *view = gw_sight_view(a->s, f->num);
    if (a->s->buildings &&
        gw_view_obstacle(view, eye, a->s->buildings, a->q->lon, a->q->lat, &o)) {
        f->obstacle_m = o.distance_m;
        f->obstacle_height_m = o.height_m;
    } else {
        f->why = GW_WHY_TOO_FAR; // at the border of its range, which has corners
    }
}

size_t gw_sight_who(const struct gw_sight *s, const struct gw_sight_question *question,
                    struct gw_sighting *ret_sightings)
{
    struct gw_point at = { question->lon, question->lat };
    struct asked a = {
        .s = s,
        .q = question,
        .plane = gw_plane_around(at),
        .best = ret_sightings,
    };
    struct gw_box box = { at.lon, at.lat, at.lon, at.lat };
    gw_tile_index_visit(&s->index, &box, on_camera, &a);
    for (size_t i = 0; i < a.count; i++)
        name_obstacle(&a, &ret_sightings[i]);
    return a.count;
}
