#include "app/route.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>

bool gw_route_is_ours(const struct gw_router *router, uint32_t stream)
{
    return gw_engine_owner(router->engine, stream) == router->shard;
}

struct gw_route *gw_route_find(const struct gw_router *router, uint32_t stream)
{
    return gw_table_get(&router->routes, stream);
}

struct gw_route *gw_route_need(struct gw_router *router, uint32_t stream)
{
    struct gw_route *route = gw_route_find(router, stream);
    if (route)
        return route;

    route = calloc(1, sizeof(*route));
    if (!route)
        return NULL;
    route->stream = stream;
    route->kept = GW_PRIORITIES;
    route->status.stream = stream;
    route->status.since_us = gw_clock_now_us();
    if (gw_table_put(&router->routes, stream, route) < 0) {
        free(route);
        return NULL;
    }
    return route;
}

void gw_route_release(struct gw_router *router, struct gw_route *route)
{
    if (route->demanded || route->kept < GW_PRIORITIES ||
        route->status.state != GW_SOURCE_IDLE)
        return;
    gw_hub_forget_gop(router->hub, route->stream);
    gw_table_remove(&router->routes, route->stream);
    free(route);
}

const char *gw_route_url(struct gw_router *router, uint32_t stream,
                         struct gw_snapshot **ret_snapshot,
                         const struct gw_camera **ret_camera)
{
    *ret_snapshot = gw_registry_snapshot(gw_engine_registry(router->engine));
    const struct gw_camera *camera =
        gw_snapshot_camera_by_num(*ret_snapshot, gw_camera_of(stream));
    if (ret_camera)
        *ret_camera = camera;
    if (!camera)
        return "";
    return stream % 2 ? camera->url_sub : camera->url_main;
}

void gw_route_pull(struct gw_router *router, struct gw_route *route)
{
    struct gw_snapshot *snapshot;
    const char *url = gw_route_url(router, route->stream, &snapshot, NULL);
    bool wanted = *url && (route->kept < GW_PRIORITIES || route->demanded);
    bool push = gw_push_door_is_push(url);
    int r = 0;

    if (push) // what was pulled is another device
        gw_ingest_drop(router->ingest, route->stream);
    else if (!wanted)
        gw_ingest_unwant(router->ingest, route->stream);
    else
        r = gw_ingest_want(router->ingest, route->stream, url,
                           route->demanded ? GW_PRIORITY_WALL : route->kept);
    if (r == 0)
        r = gw_push_door_want(router->push_door, route->stream, wanted && push);
    gw_snapshot_unref(&snapshot);
    if (r == 0)
        return;
    gw_log(GW_LOG_ERROR, "pull_failed", "stream=%u error=%d", route->stream, r);
    gw_ingest_unwant(router->ingest, route->stream); // it may have another address still
    // By message: whoever subscribes is in the midst of it.
    gw_shard_refuse(router->shard, route->stream, route->epoch);
}
