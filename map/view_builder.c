// Slices of a view as they come, one after another.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/room.h"
#include "map/view_internal.h"

// Whether a line is a wall that would be as far on both its rays: on the range, it would
// be taken for the arc, though its middle is nearer.
static bool like_arc(int64_t id, float r0, float r1)
{
    return id >= 0 && r0 >= r1 && r0 <= r1;
}

static bool widens(const struct gw_view_builder *b, const struct gw_slice_band *bands,
                   size_t n)
{
    if (b->slices == 0 || b->bands_n - b->firsts[b->slices - 1] != n)
        return false;
    const struct gw_band *last = b->bands + b->bands_n - n;
    for (size_t i = 0; i < n; i++)
        if (b->ids[2 * i] != bands[i].near_id || b->ids[2 * i + 1] != bands[i].far_id ||
            like_arc(bands[i].near_id, last[i].near0, bands[i].band.near1) ||
            like_arc(bands[i].far_id, last[i].far0, bands[i].band.far1))
            return false;
    return true;
}

static void widen(struct gw_view_builder *b, double to, const struct gw_slice_band *bands,
                  size_t n)
{
    struct gw_band *last = b->bands + b->bands_n - n;
    for (size_t i = 0; i < n; i++) {
        last[i].near1 = bands[i].band.near1;
        last[i].far1 = bands[i].band.far1;
    }
    b->angles[b->slices] = (float)to;
}

int gw_view_builder_add(struct gw_view_builder *b, double to,
                        const struct gw_slice_band *bands, size_t n)
{
    size_t angle_cap = b->slice_cap;
    if (widens(b, bands, n)) {
        widen(b, to, bands, n);
        return 0;
    }
    if (n > GW_VIEW_BANDS_MAX - b->bands_n || b->slices >= GW_VIEW_BANDS_MAX)
        return -EMSGSIZE;
    int r = gw_room_make(&b->angles, &angle_cap, b->slices + 1, 1, sizeof(*b->angles));
    if (r == 0)
        r = gw_room_make(&b->firsts, &b->slice_cap, b->slices + 1, 1, sizeof(*b->firsts));
    if (r == 0)
        r = gw_room_make(&b->bands, &b->band_cap, b->bands_n, n, sizeof(*b->bands));
    if (r == 0)
        r = gw_room_make(&b->ids, &b->id_cap, 0, 2 * n, sizeof(*b->ids));
    if (r < 0)
        return r;
    if (b->slices == 0) {
        b->angles[0] = 0;
        b->firsts[0] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        b->bands[b->bands_n++] = bands[i].band;
        b->ids[2 * i] = bands[i].near_id;
        b->ids[2 * i + 1] = bands[i].far_id;
    }
    b->slices++;
    b->angles[b->slices] = (float)to;
    b->firsts[b->slices] = (uint32_t)b->bands_n;
    return 0;
}

void gw_view_builder_finish(struct gw_view_builder *b)
{
    free(b->angles);
    free(b->firsts);
    free(b->bands);
    free(b->ids);
    *b = (struct gw_view_builder) { 0 };
}
