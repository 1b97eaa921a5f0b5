#include "app/prober.h"

#include "app/router.h"
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>

enum {
    // Between two looks: a larger registry takes longer than the interval instead.
    STEP_MIN_MS = 5,
    STEP_MAX_MS = 10 * 1000, // a registry may grow meanwhile
};

struct gw_prober {
    struct gw_shard *shard;
    uint64_t interval_us;
    uv_timer_t timer;
    size_t next; // place in the snapshot
};

// The registry is shared by all shards, so each looks at all of it in one interval and
// takes what is its own.
static uint64_t step_ms(const struct gw_prober *p, size_t cameras)
{
    uint64_t ms = cameras ? p->interval_us / cameras / GW_MS : STEP_MAX_MS;
    return ms < STEP_MIN_MS ? STEP_MIN_MS : ms > STEP_MAX_MS ? STEP_MAX_MS : ms;
}

static void on_timer(uv_timer_t *timer)
{
    struct gw_prober *p = timer->data;
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(p->shard));
    struct gw_snapshot *snapshot = gw_registry_snapshot(registry);
    size_t count;
    const struct gw_camera *cameras = gw_snapshot_cameras(snapshot, &count);

    if (p->next >= count)
        p->next = 0;
    if (count && gw_shard_router(p->shard))
        gw_router_probe(gw_shard_router(p->shard), &cameras[p->next++]);
    (void)uv_timer_start(&p->timer, on_timer, step_ms(p, count), 0);
    gw_snapshot_unref(&snapshot);
}

int gw_prober_create(struct gw_shard *shard, uint64_t interval_us,
                     struct gw_prober **ret_prober)
{
    struct gw_prober *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->shard = shard;
    p->interval_us = interval_us;
    p->timer.data = p;
    (void)uv_timer_init(gw_shard_loop(shard), &p->timer); // cannot fail
    if (interval_us)
        (void)uv_timer_start(&p->timer, on_timer, STEP_MIN_MS, 0);
    *ret_prober = p;
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void gw_prober_destroy(struct gw_prober *p)
{
    if (p)
        uv_close((uv_handle_t *)&p->timer, on_closed);
}
