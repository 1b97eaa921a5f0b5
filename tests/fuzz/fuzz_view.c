// Property: whatever buildings there are, touching, crossing, collinear, without area,
// a view has its slices in order and its bands within range, its rings are closed, and
// without the last building it shows as much ground or more. The first bytes are the
// camera, the rest buildings: height, corners, and a byte each for x and y in steps of 2
// m, so that all that may fall together does.
#include "map/plane.h"
#include "map/view.h"
#include "map/view_internal.h"

#include <math.h>
#include <stdlib.h>

enum { EYE_BYTES = 6, BUILDINGS_MAX = 24 };

static const struct gw_point origin = { 116.8, 35.5 };

static struct gw_xy place(const uint8_t *p)
{
    return (struct gw_xy) { (p[0] - 128) * 2, (p[1] - 128) * 2 };
}

static struct gw_eye eye_of(const uint8_t *p)
{
    struct gw_plane plane = gw_plane_around(origin);
    struct gw_point at = gw_plane_back(&plane, place(p));
    struct gw_eye eye = {
        .lon = at.lon,
        .lat = at.lat,
        .azimuth_deg = p[2] & 1 ? p[2] * 1.5 : (double)NAN,
        .tilt_deg = p[3] & 1 ? -p[3] / 3.0 : (double)NAN,
        .fov_deg = 1 + p[4] * 1.4,
        .height_m = 1 + p[5] / 4.0,
        .range_m = 20 + p[3] * 2,
    };
    const struct gw_eye_habit habit = { 90, 100, 4, p[5] & 1 };
    gw_eye_complete(&eye, &habit);
    return eye;
}

// Adds at most `most` buildings; returns how many there are.
static size_t build(struct gw_footprints *f, const uint8_t *p, size_t size, size_t most)
{
    struct gw_plane plane = gw_plane_around(origin);
    size_t count = 0;
    while (count < most && size >= 2 + 2 * 3) {
        size_t corners = 3 + p[1] % 12;
        struct gw_shape shape;
        corners = corners < (size - 2) / 2 ? corners : (size - 2) / 2;
        size_t rings = p[1] & 0x80 && corners >= 6 ? 2 : 1; // the second may be a hole
        if (gw_shape_init(&shape, corners, rings) < 0)
            abort();
        for (size_t i = 0; i < corners; i++)
            shape.points[i] = gw_plane_back(&plane, place(p + 2 + 2 * i));
        shape.ring_ends[0] = rings == 2 ? corners / 2 : corners;
        shape.ring_ends[rings - 1] = corners;
        gw_shape_complete(&shape);
        if (gw_footprints_add(f, &shape, 1 + p[0] / 3.0) < 0)
            abort();
        gw_shape_finish(&shape);
        p += 2 + 2 * corners;
        size -= 2 + 2 * corners;
        count++;
    }
    return count;
}

static void check_slices(const struct gw_view *v, const struct gw_eye *eye)
{
    float most = (float)eye->range_m + 0.1f;
    for (uint32_t s = 0; s < v->slice_count; s++) {
        if (!(v->angles[s] <= v->angles[s + 1]) || v->firsts[s] > v->firsts[s + 1])
            abort();
        float clear0 = 0, clear1 = 0;
        for (uint32_t i = v->firsts[s]; i < v->firsts[s + 1]; i++) {
            const struct gw_band *b = &v->bands[i];
            // Written so that NaN fails too.
            if (!(b->near0 >= clear0 - 0.01f && b->far0 >= b->near0 && b->far0 <= most &&
                  b->near1 >= clear1 - 0.01f && b->far1 >= b->near1 && b->far1 <= most))
                abort();
            clear0 = b->far0;
            clear1 = b->far1;
        }
    }
    if (v->firsts[v->slice_count] != v->band_count)
        abort();
}

static int check_ring(void *arg, bool inner, const struct gw_point *points, size_t n)
{
    (void)arg;
    (void)inner;
    if (n < 4 || points[0].lon != points[n - 1].lon || points[0].lat != points[n - 1].lat)
        abort();
    return 0;
}

// The area, or what `ret_open` says is not to be compared.
static double look(const struct gw_eye *eye, const uint8_t *data, size_t size,
                   size_t *buildings, bool *ret_open)
{
    struct gw_footprints *f = gw_footprints_create();
    struct gw_view *v;
    if (!f)
        abort();
    *buildings = build(f, data, size, *buildings);
    if (gw_footprints_complete(f) < 0 || gw_view_create(eye, f, &v) < 0)
        abort();
    check_slices(v, eye);
    if (gw_view_rings(v, check_ring, NULL) != 0)
        abort();
    double area = gw_view_area_m2(v);
    *ret_open = gw_view_place(v) == GW_VIEW_OPEN;
    gw_view_unref(&v);
    gw_footprints_unref(&f);
    return area;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < EYE_BYTES)
        return 0;
    struct gw_eye eye = eye_of(data);
    size_t buildings = BUILDINGS_MAX;
    bool open, open_before;
    double area = look(&eye, data + EYE_BYTES, size - EYE_BYTES, &buildings, &open);
    if (buildings == 0)
        return 0;
    buildings--;
    double before =
        look(&eye, data + EYE_BYTES, size - EYE_BYTES, &buildings, &open_before);
    if (open && open_before && area > before * 1.001 + 1)
        abort();
    return 0;
}
