#include "app/push_door.h"

#include "base/log.h"
#include "base/stream_url.h"
#include "ws/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct gw_push_door {
    struct gw_push_door_config config;
    struct gw_push *push;

    // The key of the source that was asked for last.
    struct gw_stream_url *asked;
};

bool gw_push_door_is_push(const char *url)
{
    return strncasecmp(url, "push://", 7) == 0;
}

// The camera and the stream of a path. Returns 0, or -ENOENT.
static int find_camera(const struct gw_snapshot *snapshot, struct gw_rtsp_text path,
                       const struct gw_camera **ret_camera, bool *ret_sub)
{
    static const char prefix[] = "/push/", suffix[] = "/sub";
    enum { PREFIX = sizeof(prefix) - 1, SUFFIX = sizeof(suffix) - 1 };
    char id[GW_CAMERA_ID_MAX + 1];

    if (path.len <= PREFIX || memcmp(path.s, prefix, PREFIX) != 0)
        return -ENOENT;
    path.s += PREFIX;
    path.len -= PREFIX;
    bool sub =
        path.len > SUFFIX && memcmp(path.s + path.len - SUFFIX, suffix, SUFFIX) == 0;
    size_t len = sub ? path.len - SUFFIX : path.len;
    if (len > GW_CAMERA_ID_MAX)
        return -ENOENT;
    memcpy(id, path.s, len);
    id[len] = '\0';
    const struct gw_camera *camera = gw_snapshot_camera(snapshot, id);
    if (!camera)
        return -ENOENT;
    *ret_camera = camera;
    *ret_sub = sub;
    return 0;
}

static void forget_key(struct gw_push_door *door)
{
    gw_stream_url_destroy(door->asked);
    door->asked = NULL;
}

static enum gw_rtsp_source on_source(void *arg, struct gw_rtsp_text path,
                                     uint32_t *ret_stream, const char **ret_key)
{
    struct gw_push_door *door = arg;
    struct gw_shard *shard = door->config.shard;
    struct gw_engine *engine = gw_shard_engine(shard);
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    const struct gw_camera *camera;
    enum gw_rtsp_source source = GW_RTSP_SOURCE_UNKNOWN;
    bool sub;

    forget_key(door);
    if (!find_camera(snapshot, path, &camera, &sub) &&
        !gw_stream_url_parse(sub ? camera->url_sub : camera->url_main, &door->asked) &&
        door->asked->scheme == GW_SCHEME_PUSH) {
        *ret_stream = gw_stream_of(camera->num, sub);
        *ret_key = door->asked->password ? door->asked->password : "";
        source = gw_engine_owner(engine, *ret_stream) == shard ? GW_RTSP_SOURCE_HERE
                                                               : GW_RTSP_SOURCE_ELSEWHERE;
    }
    gw_snapshot_unref(&snapshot);
    return source;
}

static void on_elsewhere(void *arg, uint32_t stream, int fd, const void *request,
                         size_t len)
{
    struct gw_push_door *door = arg;
    struct gw_engine *engine = gw_shard_engine(door->config.shard);
    struct gw_message m = {
        .type = GW_MESSAGE_PUSH,
        .push = { .fd = fd, .request = gw_buf_copy(request, len) },
    };

    if (m.push.request && gw_shard_post(gw_engine_owner(engine, stream), &m) == 0)
        return;
    gw_log(GW_LOG_ERROR, "push_lost", "stream=%u", stream);
    gw_buf_unref(&m.push.request);
    (void)close(fd);
}

int gw_push_door_create(const struct gw_push_door_config *config,
                        struct gw_push_door **ret_door)
{
    const struct gw_settings *settings =
        gw_engine_settings(gw_shard_engine(config->shard));
    struct gw_push_door *door = calloc(1, sizeof(*door));
    if (!door)
        return -ENOMEM;
    door->config = *config;
    const struct gw_push_config push = {
        .timeout_us = settings->connect_timeout_us,
        .stall_us = settings->stall_us,
        .audio = settings->audio,
        .on_source = on_source,
        .on_elsewhere = on_elsewhere,
        .on_frame = config->on_frame,
        .on_status = config->on_status,
        .source_arg = door,
        .arg = config->arg,
    };
    int r = gw_push_create(gw_shard_loop(config->shard), &push, &door->push);
    if (r) {
        free(door);
        return r;
    }
    *ret_door = door;
    return 0;
}

void gw_push_door_destroy(struct gw_push_door *door)
{
    if (!door)
        return;
    gw_push_destroy(door->push);
    forget_key(door);
    free(door);
}

void gw_push_door_open(struct gw_push_door *door, const struct gw_message *m)
{
    const struct gw_buf *request = m->push.request;
    gw_push_adopt(door->push, m->push.fd, request ? gw_buf_data(request) : NULL,
                  request ? gw_buf_len(request) : 0);
}

int gw_push_door_want(struct gw_push_door *door, uint32_t stream, bool wanted)
{
    return gw_push_want(door->push, stream, wanted);
}

void gw_push_door_recheck(struct gw_push_door *door)
{
    gw_push_recheck(door->push);
}

void gw_push_door_stats(const struct gw_push_door *door, struct gw_push_stats *ret_stats)
{
    gw_push_stats(door->push, ret_stats);
}
