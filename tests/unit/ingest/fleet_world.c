#include "tests/unit/ingest/fleet_world.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int world_want_as(struct fleet_world *w, uint32_t stream, const char *url,
                  enum gw_priority priority)
{
    return gw_fleet_want(w->fleet, stream, url, priority, w->now_us);
}

static void on_connect(void *arg, uint32_t stream, const char *url, bool probe)
{
    struct fleet_world *w = arg;

    w->probes[stream] += probe;
    assert_false(w->open[stream]);
    w->open[stream] = true;
    w->connects[stream]++;
    strncpy(w->url[stream], url, sizeof(w->url[stream]) - 1);
    w->order[w->attempts++ % (STREAMS * 4)] = stream;
    if (w->fail_at_once) {
        w->open[stream] = false;
        gw_fleet_on_failed(w->fleet, stream, w->fail_at_once, 0, w->now_us);
    }
}

static void on_close(void *arg, uint32_t stream)
{
    struct fleet_world *w = arg;

    assert_true(w->open[stream]);
    w->open[stream] = false;
    w->closes[stream]++;
    if (w->want_in_close)
        assert_int_equal(world_want_as(w, stream, "rtsp://a/", GW_PRIORITY_ALWAYS), 0);
}

static void on_probed(void *arg, uint32_t stream, enum gw_cause cause)
{
    struct fleet_world *w = arg;
    w->probed[stream]++;
    w->probe_cause[stream] = cause;
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct fleet_world *w = arg;
    w->status[status->stream] = *status;
}

void world_begin(struct fleet_world *w, uint64_t seed)
{
    *w = (struct fleet_world) { .now_us = 1000 * (uint64_t)GW_SECOND };
    struct gw_admission_config limits = gw_admission_config_default();
    limits.attempts_per_s = PER_S;
    for (int level = 0; level < GW_GROUP_LEVELS; level++)
        limits.attempts_max[level] = LIMIT_CONNECTING;
    assert_int_equal(gw_admission_create(&limits, &w->admission), 0);

    struct gw_fleet_config config = {
        .linger_us = LINGER,
        .backoff_min_us = BACKOFF_MIN,
        .backoff_max_us = BACKOFF_MAX,
        .backoff_wall_max_us = WALL_MAX,
        .settled_us = SETTLED,
        .seed = seed,
        .admission = w->admission,
        .on_connect = on_connect,
        .on_close = on_close,
        .on_status = on_status,
        .on_probed = on_probed,
        .arg = w,
    };
    assert_int_equal(gw_fleet_create(&config, &w->fleet), 0);
}

void world_end(struct fleet_world *w)
{
    gw_fleet_destroy(w->fleet, w->now_us);
    gw_admission_destroy(w->admission);
}

void world_pass(struct fleet_world *w, uint64_t us)
{
    uint64_t end = w->now_us + us;

    for (uint64_t next; (next = gw_fleet_next_us(w->fleet)) <= end;) {
        w->now_us = next > w->now_us ? next : w->now_us;
        gw_fleet_run(w->fleet, w->now_us);
    }
    w->now_us = end;
}

void world_want(struct fleet_world *w, uint32_t stream)
{
    assert_int_equal(world_want_as(w, stream, "rtsp://a/", GW_PRIORITY_ALWAYS), 0);
}

void world_fail(struct fleet_world *w, uint32_t stream)
{
    w->open[stream] = false;
    gw_fleet_on_failed(w->fleet, stream, GW_CAUSE_REFUSED, 0, w->now_us);
}

void world_go_live(struct fleet_world *w, uint32_t stream)
{
    gw_fleet_on_connected(w->fleet, stream, w->now_us);
    gw_fleet_on_first_frame(w->fleet, stream, w->now_us);
}
