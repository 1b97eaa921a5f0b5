// What concerns all viewers of a server at once.

#include "ws/connection.h"

#include "base/clock.h"
#include "ws/http.h"
#include "ws/live.h"
#include "ws/wall.h"

#include <string.h>

void gw_server_send_status(struct gw_server *s, const struct gw_source_status *status)
{
    uint64_t now_us = gw_clock_now_us();
    for (struct gw_wall *w = s->ws.walls; w; w = gw_wall_next(w))
        gw_wall_send_status(w, status, now_us);
}

static void send_to(struct gw_wall *w, struct gw_buf *text)
{
    struct gw_packet *message = gw_packet_create(gw_buf_len(text));
    if (!message)
        return;
    memcpy(gw_packet_payload(message), gw_buf_data(text), gw_buf_len(text));
    gw_wall_send_control(w, message);
    gw_packet_unref(&message);
}

void gw_server_broadcast(struct gw_server *s,
                         struct gw_buf *(*text_for)(void *arg,
                                                    const struct gw_guest *guest),
                         void *arg)
{
    for (struct gw_peer *p = s->peers; p; p = p->next) {
        struct gw_buf *text = p->wall ? text_for(arg, p->guest) : NULL;
        if (text)
            send_to(p->wall, text);
        gw_buf_unref(&text);
    }
}

void gw_server_end_stream(struct gw_server *s, uint32_t stream, const char *code,
                          struct gw_text why)
{
    for (struct gw_peer *p = s->peers; p; p = p->next) {
        if (p->live)
            gw_live_end_stream(p->live, stream, code, why);
        if (p->wall)
            gw_wall_end_stream(p->wall, stream, code, why);
    }
}

void gw_server_judge(struct gw_server *s, const char *code, struct gw_text why)
{
    for (struct gw_peer *p = s->peers; p; p = p->next) {
        if (p->guest && p->live)
            gw_live_judge(p->live, code, why);
        if (p->guest && p->wall)
            gw_wall_judge(p->wall, code, why);
    }
}

void gw_server_each_viewer(const struct gw_server *s, const struct gw_viewer_visitor *to)
{
    for (const struct gw_peer *p = s->peers; p; p = p->next) {
        gw_live_tell(p->live, to);
        gw_wall_tell(p->wall, to);
    }
}

void gw_server_stats(const struct gw_server *s, struct gw_server_stats *ret_stats)
{
    struct gw_server_stats stats = s->ws.stats;
    stats.connections = s->peer_count + gw_server_waiting(s);
    stats.handshakes = gw_server_waiting(s);
    stats.handshakes_failed += s->door ? gw_door_expired(s->door) : 0;
    for (const struct gw_peer *p = s->peers; p; p = p->next) {
        stats.handshakes += s->tls && !p->shaken;
        if (p->wall)
            stats.queued_bytes += gw_wall_queued(p->wall);
        else if (p->live)
            stats.queued_bytes += gw_live_queued(p->live);
        else if (p->request)
            stats.queued_bytes += gw_request_queued(p->request);
    }
    *ret_stats = stats;
}
