#include "app/norms.h"

enum gw_norm_word gw_norm_of_camera(const struct gw_norm_world *w,
                                    const struct gw_camera *camera)
{
    struct gw_verdict v = gw_health_get(w->health, camera->num, w->now_us);
    // One that is live was judged when it became so, which may be long ago.
    bool live = gw_states_get(w->states, camera->num).state == GW_CAMERA_LIVE;
    if (!live && !v.judged)
        return GW_NORM_UNJUDGED;
    if (!live && v.cause)
        return gw_norm_of_cause(v.cause);
    bool broken = v.faults[0] || (v.faults[1] && *camera->url_sub);
    return broken ? GW_NORM_BROKEN : GW_NORM_INTACT;
}

uint64_t gw_norm_total(const struct gw_norm_count *c)
{
    uint64_t sum = 0;
    for (int word = 0; word < GW_NORM_WORDS; word++)
        sum += c->by[word];
    return sum;
}

uint64_t gw_norm_judged(const struct gw_norm_count *c)
{
    return gw_norm_total(c) - c->by[GW_NORM_UNJUDGED];
}

uint64_t gw_norm_online(const struct gw_norm_count *c)
{
    return c->by[GW_NORM_INTACT] + c->by[GW_NORM_BROKEN];
}

uint64_t gw_norm_intact(const struct gw_norm_count *c)
{
    return c->by[GW_NORM_INTACT];
}

static const struct {
    const char *name;
    unsigned percent; // 发改高技〔2015〕996号, "全时可用"
} areas[GW_AREAS] = {
    [GW_AREA_ALL] = { "all", 0 },
    [GW_AREA_PUBLIC] = { "key_public", 98 },
    [GW_AREA_INDUSTRY] = { "key_industry", 95 },
};

const char *gw_norm_area_name(enum gw_norm_area area)
{
    return areas[area].name;
}

enum gw_norm_area gw_norm_area_of(const struct gw_camera *camera)
{
    switch (*gw_camera_detail(camera, GW_DETAIL_POINT_TYPE)) {
    case '1': return GW_AREA_PUBLIC;
    case '2': return GW_AREA_INDUSTRY;
    default: return GW_AREA_ALL;
    }
}

unsigned gw_norm_percent(enum gw_norm_area area)
{
    return areas[area].percent;
}

bool gw_norm_is_met(enum gw_norm_area area, uint64_t part, uint64_t whole)
{
    return part * 100 >= whole * areas[area].percent;
}

void gw_norm_add(struct gw_norm_figures *f, enum gw_norm_area area,
                 enum gw_norm_word word, uint64_t n)
{
    f->areas[GW_AREA_ALL].by[word] += n;
    if (area != GW_AREA_ALL)
        f->areas[area].by[word] += n;
}

void gw_norms_sum(const struct gw_norm_world *w, struct gw_norm_figures *figures)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    for (size_t i = 0; i < n; i++)
        gw_norm_add(figures, gw_norm_area_of(&cameras[i]),
                    gw_norm_of_camera(w, &cameras[i]), 1);
}

void gw_norms_count(const struct gw_norm_world *w, const struct gw_norm_groups *groups,
                    struct gw_norm_figures *ret_figures)
{
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    for (size_t i = 0; i < n; i++) {
        uint32_t group = groups->of_camera[i];
        if (group == GW_NO_GROUP)
            continue;
        enum gw_norm_word word = gw_norm_of_camera(w, &cameras[i]);
        enum gw_norm_area area = gw_norm_area_of(&cameras[i]);
        gw_norm_add(&ret_figures[group], area, word, 1);
        gw_norm_add(&ret_figures[groups->count], area, word, 1);
    }
}
