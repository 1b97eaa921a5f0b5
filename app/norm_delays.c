#include "app/norm_delays.h"

#include <errno.h>
#include <stdlib.h>

static const struct {
    const char *name;
    struct gw_text text;
} delays[GW_DELAYS] = {
    [GW_DELAY_SIGNALLING] = { "signalling", { "Signalling delay", "信令时延" } },
    [GW_DELAY_STREAM] = { "stream", { "Stream delay", "码流时延" } },
    [GW_DELAY_KEY_FRAME] = { "key_frame", { "Key-frame delay", "关键帧时延" } },
};

const char *gw_delay_name(enum gw_delay delay)
{
    return delays[delay].name;
}

struct gw_text gw_delay_text(enum gw_delay delay)
{
    return delays[delay].text;
}

struct known {
    uint32_t group;
    uint32_t us;
};

static int compare_us(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    return (x->us > y->us) - (x->us < y->us);
}

static int compare_group(const void *a, const void *b)
{
    const struct known *x = a, *y = b;
    return x->group != y->group ? (x->group > y->group) - (x->group < y->group)
                                : compare_us(a, b);
}

// The smallest value that is no less than `percent` of them all; by nearest rank.
static uint32_t percentile(const struct known *sorted, size_t n, unsigned percent)
{
    return sorted[(n * percent + 99) / 100 - 1].us;
}

// Of values that are sorted, and at least one.
static struct gw_delay_figures figures_of(const struct known *sorted, size_t n)
{
    struct gw_delay_figures f = {
        .known = (uint32_t)n,
        .p50_us = percentile(sorted, n, 50),
        .p95_us = percentile(sorted, n, 95),
    };
    for (size_t i = n; i > 0 && sorted[i - 1].us > GW_DELAY_MAX_US; i--)
        f.over++;
    return f;
}

static size_t collect(const struct gw_norm_world *w, const struct gw_norm_groups *groups,
                      enum gw_delay delay, struct known *ret_known)
{
    size_t n, found = 0;
    const struct gw_camera *cameras = gw_snapshot_cameras(w->snapshot, &n);
    for (size_t i = 0; i < n; i++) {
        uint32_t group = groups->of_camera[i];
        if (group == GW_NO_GROUP)
            continue;
        struct gw_verdict v = gw_health_get(w->health, cameras[i].num, w->now_us);
        if (v.delays.us[delay])
            ret_known[found++] = (struct known) { group, v.delays.us[delay] };
    }
    return found;
}

static void count(struct known *known, size_t n, enum gw_delay delay, size_t groups,
                  struct gw_norm_delays *ret_delays)
{
    if (n == 0)
        return;
    qsort(known, n, sizeof(*known), compare_us);
    ret_delays[groups].by[delay] = figures_of(known, n);
    qsort(known, n, sizeof(*known), compare_group);
    for (size_t first = 0, next; first < n; first = next) {
        for (next = first + 1; next < n && known[next].group == known[first].group;)
            next++;
        ret_delays[known[first].group].by[delay] =
            figures_of(known + first, next - first);
    }
}

int gw_norm_delays_count(const struct gw_norm_world *w,
                         const struct gw_norm_groups *groups,
                         struct gw_norm_delays *ret_delays)
{
    size_t n;
    (void)gw_snapshot_cameras(w->snapshot, &n);
    struct known *known = calloc(n + 1, sizeof(*known));
    if (!known)
        return -ENOMEM;
    for (size_t i = 0; i <= groups->count; i++)
        ret_delays[i] = (struct gw_norm_delays) { 0 };
    for (int delay = 0; delay < GW_DELAYS; delay++)
        count(known, collect(w, groups, (enum gw_delay)delay, known),
              (enum gw_delay)delay, groups->count, ret_delays);
    free(known);
    return 0;
}
