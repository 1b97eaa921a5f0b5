#include "map/sight.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/table.h"
#include "map/geo.h"
#include "map/sight_internal.h"

int gw_sight_create(const struct gw_sight_camera *cameras, size_t n,
                    struct gw_footprints *buildings, struct gw_sight **ret_sight)
{
    struct gw_sight *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    atomic_init(&s->refs, 1);
    s->items = calloc(n + 1, sizeof(*s->items));
    s->boxes = calloc(n + 1, sizeof(*s->boxes));
    s->buildings = buildings ? gw_footprints_ref(buildings) : NULL;
    int r = s->items && s->boxes ? 0 : -ENOMEM;
    for (size_t i = 0; i < n && r == 0; i++) {
        const struct gw_eye *eye = &cameras[i].eye;
        s->items[i].camera = cameras[i];
        s->boxes[i] =
            gw_box_around((struct gw_point) { eye->lon, eye->lat },
                          fmax(eye->range_m, GW_SIGHT_NEAR_M) + GW_VIEW_MOVE_MAX_M);
        r = gw_table_put(&s->by_num, cameras[i].num, &s->items[i]);
    }
    s->count = n;
    if (r == 0)
        r = gw_tile_index_init(&s->index, s->boxes, n);
    if (r < 0) {
        gw_sight_unref(&s);
        return r;
    }
    *ret_sight = s;
    return 0;
}

struct gw_sight *gw_sight_ref(struct gw_sight *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

void gw_sight_unref(struct gw_sight **ps)
{
    struct gw_sight *s = *ps;
    *ps = NULL;
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; s->items && i < s->count; i++) {
        struct gw_view *v = atomic_load_explicit(&s->items[i].view, memory_order_relaxed);
        gw_view_unref(&v);
    }
    gw_tile_index_finish(&s->index);
    gw_table_finish(&s->by_num);
    gw_footprints_unref(&s->buildings);
    free(s->items);
    free(s->boxes);
    free(s);
}

// The view of before, when it was computed from the same.
static struct gw_view *take_over(const struct gw_sight *before, uint32_t num,
                                 uint64_t key)
{
    const struct gw_sight_item *item = before ? gw_table_get(&before->by_num, num) : NULL;
    struct gw_view *v =
        item ? atomic_load_explicit(&item->view, memory_order_acquire) : NULL;
    return v && item->key == key ? gw_view_ref(v) : NULL;
}

int gw_sight_work(struct gw_sight *s, const struct gw_sight *before, size_t part,
                  size_t parts, const atomic_bool *stop,
                  struct gw_sight_progress *ret_progress)
{
    struct gw_sight_progress progress = { 0 };
    for (size_t i = part; i < s->count && !atomic_load(stop); i += parts) {
        struct gw_sight_item *item = &s->items[i];
        item->key = gw_view_key(&item->camera.eye, s->buildings);
        struct gw_view *v = take_over(before, item->camera.num, item->key);
        if (v) {
            progress.taken_over++;
        } else {
            int r = gw_view_create(&item->camera.eye, s->buildings, &v);
            if (r < 0)
                return r;
            progress.computed++;
        }
        // Whoever sees the view sees its key too.
        atomic_store_explicit(&item->view, v, memory_order_release);
    }
    *ret_progress = progress;
    return 0;
}

size_t gw_sight_buildings(const struct gw_sight *s)
{
    return s->buildings ? gw_footprints_count(s->buildings) : 0;
}

size_t gw_sight_bytes(const struct gw_sight *s)
{
    size_t bytes = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct gw_view *v =
            atomic_load_explicit(&s->items[i].view, memory_order_acquire);
        bytes += v ? gw_view_bytes(v) : 0;
    }
    return bytes;
}

const struct gw_view *gw_sight_view(const struct gw_sight *s, uint32_t num)
{
    const struct gw_sight_item *item = gw_table_get(&s->by_num, num);
    return item ? atomic_load_explicit(&item->view, memory_order_acquire) : NULL;
}

const struct gw_eye *gw_sight_eye(const struct gw_sight *s, uint32_t num)
{
    const struct gw_sight_item *item = gw_table_get(&s->by_num, num);
    return item ? &item->camera.eye : NULL;
}
