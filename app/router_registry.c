// What the registry and its pull policies want of a shard's routes.

#include "app/route.h"
#include "base/log.h"

#include <errno.h>
#include <strings.h>

enum { STALE_TURN = 256 }; // routes between two walks over all of them

// The stream of a camera that serves when only one is wanted, for tiles and probes.
static bool prefers_sub(const struct gw_camera *camera)
{
    return *camera->url_sub;
}

// By its pull policy. NULL: not kept, or no memory.
static struct gw_route *keep(struct gw_router *router, const struct gw_camera *camera)
{
    bool warm = camera->pull == GW_PULL_WARM;
    bool sub = warm && prefers_sub(camera);

    if (camera->pull == GW_PULL_ON_DEMAND || !*(sub ? camera->url_sub : camera->url_main))
        return NULL;
    struct gw_route *route = gw_route_need(router, gw_stream_of(camera->num, sub));
    if (route)
        route->kept = warm ? GW_PRIORITY_WARM : GW_PRIORITY_ALWAYS;
    else
        gw_log(GW_LOG_ERROR, "keep_failed", "camera=%u error=%d", camera->num, -ENOMEM);
    return route;
}

// Whether ingest has a better word on the camera than a probe's.
static bool is_pulled(const struct gw_router *router, uint32_t num)
{
    for (int sub = 0; sub < 2; sub++) {
        const struct gw_route *route = gw_route_find(router, gw_stream_of(num, sub));
        if (route && route->status.state != GW_SOURCE_IDLE)
            return true;
    }
    return false;
}

void gw_router_on_probed(void *arg, uint32_t stream, enum gw_cause cause)
{
    struct gw_router *router = arg;
    uint32_t num = gw_camera_of(stream);
    const struct gw_camera_condition now = {
        .state = cause ? GW_CAMERA_OFFLINE : GW_CAMERA_ONLINE,
        .cause = cause,
    };

    if (is_pulled(router, num))
        return;
    gw_router_note_probe(router, stream, cause);
    if (gw_states_set(gw_engine_states(router->engine), num, now) > 0)
        gw_announcer_note(router->announcer, num);
}

void gw_router_probe(struct gw_router *router, const struct gw_camera *camera)
{
    bool sub = prefers_sub(camera);
    const char *url = sub ? camera->url_sub : camera->url_main;
    uint32_t stream = gw_stream_of(camera->num, sub);

    if (!gw_route_is_ours(router, stream) || is_pulled(router, camera->num))
        return;
    // There was no memory for what its pull policy wants.
    struct gw_route *route = keep(router, camera);
    if (route) {
        gw_route_pull(router, route);
        return;
    }
    // Sources of other schemes have no DESCRIBE.
    if (strncasecmp(url, "rtsp", 4) != 0)
        return;
    int r = gw_ingest_probe(router->ingest, stream, url);
    if (r == -ENOMEM)
        gw_log(GW_LOG_ERROR, "probe_failed", "stream=%u error=%d", stream, r);
}

// Nobody waits for what has no address any more.
static void end_viewers_of_nothing(struct gw_router *router, uint32_t stream)
{
    struct gw_snapshot *snapshot;
    const struct gw_camera *camera;
    const char *url = gw_route_url(router, stream, &snapshot, &camera);

    if (!*url)
        gw_server_end_stream(gw_shard_server(router->shard), stream,
                             camera ? "no_such_stream" : "no_such_camera",
                             camera ? gw_router_no_stream : gw_router_no_camera);
    gw_snapshot_unref(&snapshot);
}

// Says anew which routes are kept though nobody watches, and marks all for a look.
static void keep_all(struct gw_router *router)
{
    struct gw_snapshot *snapshot =
        gw_registry_snapshot(gw_engine_registry(router->engine));
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(snapshot, &n);
    struct gw_route *route;

    for (size_t i = 0; (route = gw_table_next(&router->routes, &i));)
        route->kept = GW_PRIORITIES;
    for (size_t i = 0; i < n; i++)
        if (gw_route_is_ours(router, gw_stream_of(cameras[i].num, 0)))
            (void)keep(router, &cameras[i]);
    for (size_t i = 0; (route = gw_table_next(&router->routes, &i));)
        route->stale = true;
    gw_snapshot_unref(&snapshot);
}

// Some of the streams whose routes are marked, which they are no longer then.
static size_t take_stale(struct gw_router *router, uint32_t streams[STALE_TURN])
{
    struct gw_route *route;
    size_t found = 0;

    for (size_t i = 0;
         found < STALE_TURN && (route = gw_table_next(&router->routes, &i));) {
        if (!route->stale)
            continue;
        route->stale = false;
        streams[found++] = route->stream;
    }
    return found;
}

static void look_again(struct gw_router *router, uint32_t stream)
{
    end_viewers_of_nothing(router, stream);
    struct gw_route *route = gw_route_find(router, stream);
    if (!route || !gw_route_is_ours(router, stream))
        return;
    gw_route_pull(router, route);
    route = gw_route_find(router, stream);
    if (route)
        gw_route_release(router, route);
}

// Cameras of this shard with their pull policy. Every route is looked at again
// afterwards, so a stream that lost its camera is let go, here and by its viewers.
// Pulling reports a status at once, and viewers go, which may end routes: no walk
// survives that, so they are taken some at a time. Nothing here needs memory.
void gw_router_on_registry(struct gw_router *router)
{
    uint32_t streams[STALE_TURN];
    size_t found;

    gw_push_door_recheck(router->push_door);
    gw_server_judge(gw_shard_server(router->shard), "no_such_camera",
                    gw_router_no_camera);
    keep_all(router);
    while ((found = take_stale(router, streams)))
        for (size_t i = 0; i < found; i++)
            look_again(router, streams[i]);
}
