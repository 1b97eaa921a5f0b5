// Why a place is not seen: the first building on the line of sight that is too high.
#include <math.h>

#include "map/geo.h"
#include "map/view_internal.h"

struct line_of_sight {
    const struct gw_footprints *buildings;
    const struct gw_plane *plane;
    struct gw_xy to; // from the lens, the plane's origin
    double lens_m;   // above ground
    struct gw_view_obstacle first;
};

// Where on the line, 0 to 1, a wall is crossed; NAN: it is not.
static double crossed_at(const struct line_of_sight *l, struct gw_xy a, struct gw_xy b)
{
    struct gw_xy wall = gw_minus(b, a);
    double area = gw_cross(l->to, wall);
    if (area == 0)
        return NAN;
    double on_line = gw_cross(a, wall) / area, on_wall = gw_cross(a, l->to) / area;
    bool crossed = on_line >= 0 && on_line <= 1 && on_wall >= 0 && on_wall <= 1;
    return crossed ? on_line : (double)NAN;
}

// Under the roof it is somewhere in the building when it is at the wall by which it
// leaves: the line of sight only falls.
static void look_at(void *arg, uint32_t index)
{
    struct line_of_sight *l = arg;
    struct gw_footprint f = gw_footprints_get(l->buildings, index);
    double length = hypot(l->to.x, l->to.y), enters = INFINITY, leaves = -INFINITY;
    for (size_t ring = 0, i = 0; ring < f.ring_count; ring++)
        for (size_t first = i; i < f.ring_ends[ring]; i++) {
            size_t next = i + 1 < f.ring_ends[ring] ? i + 1 : first;
            double at = crossed_at(l, gw_plane_of(l->plane, f.points[i]),
                                   gw_plane_of(l->plane, f.points[next]));
            enters = fmin(enters, at); // passes over NAN
            leaves = fmax(leaves, at);
        }
    // Entered and not left: the place itself is in the building.
    double last = leaves > enters ? leaves : 1;
    double sight_m = l->lens_m + (GW_TARGET_HEIGHT_M - l->lens_m) * last;
    if (enters <= 1 && f.height_m > sight_m && enters * length < l->first.distance_m)
        l->first = (struct gw_view_obstacle) {
            .distance_m = enters * length,
            .height_m = f.height_m,
            .at = gw_plane_back(l->plane,
                                (struct gw_xy) { enters * l->to.x, enters * l->to.y }),
        };
}

bool gw_view_obstacle(const struct gw_view *v, const struct gw_eye *eye,
                      const struct gw_footprints *buildings, double lon, double lat,
                      struct gw_view_obstacle *ret_obstacle)
{
    struct gw_point lens = v->plane.origin, to = { lon, lat };
    struct line_of_sight l = {
        .buildings = buildings,
        .plane = &v->plane,
        .to = gw_plane_of(&v->plane, to),
        .lens_m = eye->height_m,
        .first.distance_m = INFINITY,
    };
    struct gw_box box =
        gw_box_join((struct gw_box) { lens.lon, lens.lat, lens.lon, lens.lat },
                    (struct gw_box) { lon, lat, lon, lat });
    gw_footprints_visit(buildings, &box, look_at, &l);
    if (isinf(l.first.distance_m))
        return false;
    *ret_obstacle = l.first;
    return true;
}
