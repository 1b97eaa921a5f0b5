// A source is a stream that is wanted, or that somebody sends; a caller is a
// connection, which has a source from its RECORD on:
//
//   caller ---- on_setup ----> source <---- want
//     |  on_over                 |
//     +--------------------------+--- neither ---> forgotten at the next tick
//
// Forgetting waits for the tick, so that a caller of ours may unwant from any
// callback and nothing is freed under somebody's feet.

#include "ingest/push.h"

#include "base/clock.h"
#include "base/log.h"
#include "ingest/push_link.h"
#include "ingest/push_source.h"

#include <assert.h>
#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TICK_MS = 100 };

struct gw_push_caller {
    struct gw_push *push;
    struct gw_push_caller *next;
    struct gw_push_caller *prev;
    struct gw_push_link *link;
    struct gw_push_source *source; // NULL before RECORD
    uint32_t stream;               // that it announced
    char *path;                    // likewise
    char *key;                     // that it has shown; wiped
};

struct gw_push {
    struct gw_push_config config;
    struct gw_push_sources sources;
    struct gw_push_caller *callers;
    struct gw_push_links links;
    uint64_t refused; // connections that sent no picture
    uv_timer_t timer;
    bool timer_open;
    bool destroyed;
};

static void on_timer(uv_timer_t *timer);

static void schedule(struct gw_push *push)
{
    if (push->timer_open && !uv_is_active((uv_handle_t *)&push->timer))
        (void)uv_timer_start(&push->timer, on_timer, TICK_MS, 0);
}

int gw_push_want(struct gw_push *push, uint32_t stream, bool wanted)
{
    struct gw_push_source *s = wanted ? gw_push_sources_need(&push->sources, stream)
                                      : gw_push_sources_get(&push->sources, stream);
    if (!s)
        return wanted ? -ENOMEM : 0;
    s->wanted = wanted;
    if (s->status.state == GW_SOURCE_IDLE)
        gw_push_source_set(s, GW_SOURCE_RETRYING, GW_CAUSE_NOT_PUSHED);
    schedule(push);
    return 0;
}

// ---- callers ----

static void forget_path(struct gw_push_caller *c)
{
    if (c->key)
        explicit_bzero(c->key, strlen(c->key));
    free(c->key);
    free(c->path);
    c->key = NULL;
    c->path = NULL;
}

static void free_caller(struct gw_push_caller *c)
{
    forget_path(c);
    if (c->prev)
        c->prev->next = c->next;
    else
        c->push->callers = c->next;
    if (c->next)
        c->next->prev = c->prev;
    free(c);
}

// Its stream has no sender any more.
static void leave_source(struct gw_push_caller *c, enum gw_cause cause)
{
    struct gw_push_source *s = c->source;
    if (!s) {
        c->push->refused++;
        return;
    }
    c->source = NULL;
    s->caller = NULL;
    cause = gw_video_track_cause(s->tracks.video, cause);
    gw_push_source_set(s, GW_SOURCE_RETRYING, cause ? cause : GW_CAUSE_NOT_PUSHED);
    schedule(c->push);
}

static void end_caller(struct gw_push_caller *c, enum gw_cause cause)
{
    leave_source(c, cause);
    free_caller(c);
}

static enum gw_rtsp_source on_source(void *arg, struct gw_rtsp_text path,
                                     const char **ret_key)
{
    struct gw_push_caller *c = arg;
    const struct gw_push_config *config = &c->push->config;
    enum gw_rtsp_source source =
        config->on_source(config->source_arg, path, &c->stream, ret_key);

    forget_path(c);
    if (source != GW_RTSP_SOURCE_HERE)
        return source;
    assert(*ret_key); // NULL lets everybody in: for workers' sockets alone
    c->path = gw_rtsp_text_copy(path);
    c->key = strdup(*ret_key);
    return c->path && c->key ? source : GW_RTSP_SOURCE_UNKNOWN;
}

static bool may_stay(const struct gw_push_caller *c)
{
    const struct gw_push_config *config = &c->push->config;
    const struct gw_rtsp_text path = { c->path, strlen(c->path) };
    uint32_t stream;
    const char *key;

    return config->on_source(config->source_arg, path, &stream, &key) ==
               GW_RTSP_SOURCE_HERE &&
           stream == c->stream && strcmp(key, c->key) == 0;
}

void gw_push_recheck(struct gw_push *push)
{
    for (struct gw_push_caller *c = push->callers, *next; c; c = next) {
        next = c->next;
        if (!c->source || may_stay(c))
            continue;
        gw_push_link_close(c->link);
        end_caller(c, GW_CAUSE_NOT_PUSHED);
    }
}

// The newest sender of a stream is the one that counts: a device that lost its line
// comes back before we notice that the old connection is dead.
static int on_setup(void *arg, const struct gw_media_format *media, size_t count)
{
    struct gw_push_caller *c = arg;
    struct gw_push_source *s = gw_push_sources_need(&c->push->sources, c->stream);

    if (!s)
        return -ENOMEM;
    if (s->caller) {
        gw_push_link_close(s->caller->link);
        s->caller->source = NULL;
        free_caller(s->caller);
    }
    s->caller = c;
    c->source = s;
    // Without memory for them, the parameter sets come in band.
    (void)gw_tracks_start(&s->tracks, media, count);
    gw_push_source_set(s, GW_SOURCE_WAITING, GW_CAUSE_NONE);
    return 0;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct gw_push_caller *c = arg;
    const struct gw_push_links *g = &c->push->links;
    return gw_tracks_packet(&c->source->tracks, kind, data, len, g->now_us, g->unix_us);
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    struct gw_push_caller *c = arg;
    gw_tracks_report(&c->source->tracks, kind, report);
}

static void on_over(void *arg, enum gw_cause cause)
{
    struct gw_push_caller *c = arg;
    if (!c->source)
        gw_log(GW_LOG_WARN, "push_refused", "stream=%u cause=%s", c->stream,
               gw_cause_name(cause));
    end_caller(c, cause);
}

static void on_elsewhere(void *arg, int fd, const void *request, size_t len)
{
    struct gw_push_caller *c = arg;
    const struct gw_push_config *config = &c->push->config;
    uint32_t stream = c->stream;

    free_caller(c);
    config->on_elsewhere(config->source_arg, stream, fd, request, len);
}

static struct gw_push_caller *create_caller(struct gw_push *push)
{
    struct gw_push_caller *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->push = push;
    c->next = push->callers;
    if (push->callers)
        push->callers->prev = c;
    push->callers = c;
    return c;
}

void gw_push_adopt(struct gw_push *push, int fd, const void *request, size_t len)
{
    struct gw_push_caller *c = create_caller(push);
    struct gw_push_link_config config = {
        .receiver = {
            .timeout_us = push->config.timeout_us,
            .stall_us = push->config.stall_us,
            .on_source = on_source,
            .on_setup = on_setup,
            .audio = push->config.audio,
            .on_packet = on_packet,
            .on_report = on_report,
            .arg = c,
        },
        .on_over = on_over,
        .on_elsewhere = on_elsewhere,
    };
    if (!c || RAND_bytes((unsigned char *)config.receiver.random,
                         sizeof(config.receiver.random)) != 1) {
        (void)close(fd);
        if (c)
            end_caller(c, GW_CAUSE_OUR_LIMIT);
        return;
    }
    int r = gw_push_link_open(&push->links, fd, &config, &c->link);
    if (r) {
        gw_log(GW_LOG_WARN, "push_refused", "error=%d links=%u", r, push->links.count);
        end_caller(c, GW_CAUSE_OUR_LIMIT);
        return;
    }
    schedule(push);
    if (len)
        gw_push_link_feed(c->link, request, len);
}

// ---- life ----

static void on_timer(uv_timer_t *timer)
{
    struct gw_push *push = timer->data;

    gw_push_links_tick(&push->links, gw_clock_now_us());
    gw_push_sources_sweep(&push->sources);
    if (push->links.count)
        schedule(push);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct gw_push *push = handle->data;
    gw_push_links_finish(&push->links);
    free(push);
}

static void end_when_empty(void *arg)
{
    struct gw_push *push = arg;
    if (push->destroyed && push->timer_open && !push->links.count) {
        push->timer_open = false;
        uv_close((uv_handle_t *)&push->timer, on_timer_closed);
    }
}

int gw_push_create(uv_loop_t *loop, const struct gw_push_config *config,
                   struct gw_push **ret_push)
{
    struct gw_push *push = calloc(1, sizeof(*push));
    if (!push)
        return -ENOMEM;
    push->config = *config;
    push->sources = (struct gw_push_sources) {
        .on_frame = config->on_frame,
        .on_status = config->on_status,
        .arg = config->arg,
    };
    gw_table_init(&push->sources.by_stream);
    int r = gw_push_links_init(&push->links, loop);
    if (!r)
        r = uv_timer_init(loop, &push->timer);
    if (r) {
        gw_push_destroy(push); // takes a half-built one
        return r;
    }
    push->links.on_empty = end_when_empty;
    push->links.arg = push;
    push->timer.data = push;
    push->timer_open = true;
    *ret_push = push;
    return 0;
}

void gw_push_destroy(struct gw_push *push)
{
    if (!push)
        return;
    push->destroyed = true;
    while (push->callers) {
        gw_push_link_close(push->callers->link);
        free_caller(push->callers);
    }
    gw_push_sources_finish(&push->sources);
    if (!push->timer_open) {
        gw_push_links_finish(&push->links);
        free(push);
        return;
    }
    end_when_empty(push); // else the last link does
}

void gw_push_stats(const struct gw_push *push, struct gw_push_stats *ret_stats)
{
    struct gw_push_stats stats = push->sources.gone;
    stats.bytes = push->links.bytes;
    stats.packets_malformed += gw_push_links_malformed(&push->links);
    stats.refused = push->refused;
    stats.links = push->links.count;
    for (const struct gw_push_caller *c = push->callers; c; c = c->next)
        stats.sources += c->source != NULL;
    gw_push_sources_add_stats(&push->sources, &stats);
    *ret_stats = stats;
}
