// What a shard's streams tell of the health of its cameras.

#include "app/route.h"
#include "base/clock.h"

static uint32_t clamped(uint64_t us)
{
    return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void note_delays(struct gw_router *router, uint32_t stream)
{
    struct gw_ingest_stream s;
    gw_ingest_stream(router->ingest, stream, &s);
    const struct gw_delays delays = {
        .us = { [GW_DELAY_SIGNALLING] = clamped(s.delivery.signalling_us),
                [GW_DELAY_STREAM] = clamped(s.delivery.first_packet_us),
                [GW_DELAY_KEY_FRAME] = clamped(s.delivery.key_frame_us) },
    };
    gw_health_set_delays(gw_engine_health(router->engine), stream, &delays);
}

void gw_router_note_health(struct gw_router *router, const struct gw_route *route,
                           const struct gw_source_status *status)
{
    struct gw_health *health = gw_engine_health(router->engine);
    const struct gw_route *other = gw_route_find(router, status->stream ^ 1);
    bool was_live = route->status.state == GW_SOURCE_LIVE;
    uint64_t now_us = gw_clock_now_us();

    if (was_live && status->state != GW_SOURCE_LIVE)
        note_delays(router, status->stream); // they end with the stream
    if (status->state == GW_SOURCE_LIVE || (was_live && status->state == GW_SOURCE_IDLE))
        gw_health_on_pictures(health, status->stream, now_us);
    else if (status->state == GW_SOURCE_RETRYING)
        gw_health_on_failure(health, status->stream, status->cause,
                             other && other->status.state == GW_SOURCE_LIVE, now_us);
}

void gw_router_note_probe(struct gw_router *router, uint32_t stream, enum gw_cause cause)
{
    struct gw_health *health = gw_engine_health(router->engine);
    if (cause)
        gw_health_on_failure(health, stream, cause, false, gw_clock_now_us());
    else
        gw_health_on_answer(health, stream, gw_clock_now_us());
}

void gw_router_note_delays(struct gw_router *router)
{
    const struct gw_route *route;
    for (size_t i = 0; (route = gw_table_next(&router->routes, &i));)
        if (route->status.state == GW_SOURCE_LIVE &&
            gw_route_is_ours(router, route->stream))
            note_delays(router, route->stream);
}
