// What leaves on a wall socket: media in one message with what waits beside it, control
// before it.

#include "ws/wall_state.h"

#include "ws/control.h"

#include <stddef.h>
#include <string.h>

enum {
    BATCH_BYTES = 64 * 1024, // a message of this size gains nothing by waiting
    FLAGS_OFFSET = 2,        // of a media frame, docs/wire.md
    FLAG_GAP = 1 << 1,
};

// A copy of a media frame whose header says that frames before it are missing
// for this viewer; the frame itself is shared with others. Without memory for it
// the frame goes unmarked: the `dropped` message has told the page anyway.
static void mark_gap(struct gw_packet **pp)
{
    struct gw_packet *shared = *pp;
    if (shared->len <= FLAGS_OFFSET)
        return;
    struct gw_packet *own = gw_packet_create(shared->len);
    if (!own)
        return;
    own->key = shared->key;
    memcpy(gw_packet_payload(own), gw_packet_payload(shared), shared->len);
    gw_packet_payload(own)[FLAGS_OFFSET] |= FLAG_GAP;
    gw_packet_unref(pp);
    *pp = own;
}

static void write_media(struct gw_wall *w, uint8_t *data, size_t len)
{
    w->ws->stats.messages_out++;
    w->ws->stats.bytes_out += len;
    gw_peer_write(w->peer, GW_PEER_BINARY, data, len);
}

static void write_text(struct gw_wall *w, struct gw_packet *message)
{
    gw_peer_write(w->peer, GW_PEER_TEXT, gw_packet_payload(message), message->len);
    gw_packet_unref(&message);
}

static bool next_fits(const struct gw_wall *w, size_t used)
{
    const struct gw_packet *next = gw_viewer_queue_peek(&w->queue);
    return next && !gw_viewer_queue_has_control(&w->queue) &&
           next->len <= GW_WS_PIECE_MAX - used;
}

// Writes one message with the frame that was popped and as many of the next ones
// as fit: a send a message costs more than the copy.
static void write_frames(struct gw_wall *w, struct gw_packet *packet)
{
    if (packet->len > GW_WS_PIECE_MAX || !next_fits(w, packet->len)) {
        write_media(w, gw_packet_payload(packet), packet->len);
        gw_packet_unref(&packet);
        return;
    }

    uint8_t *out = w->ws->scratch + GW_PACKET_HEADROOM;
    size_t used = 0;
    for (;;) {
        memcpy(out + used, gw_packet_payload(packet), packet->len);
        used += packet->len;
        gw_packet_unref(&packet);

        struct gw_viewer_item item;
        if (!next_fits(w, used) || !gw_viewer_queue_pop(&w->queue, &item))
            break;
        if (item.after_gap)
            mark_gap(&item.packet);
        packet = item.packet;
    }
    write_media(w, out, used);
}

void gw_wall_writable(struct gw_wall *w)
{
    struct gw_viewer_item item;
    gw_batch_timer_leave(w->ws->batch, &w->place);
    while (gw_peer_can_write(w->peer) && gw_viewer_queue_pop(&w->queue, &item)) {
        if (item.after_gap)
            mark_gap(&item.packet);
        if (item.control) {
            write_text(w, item.packet);
        } else {
            write_frames(w, item.packet);
        }
    }
    if (gw_viewer_queue_peek(&w->queue))
        gw_peer_want_write(w->peer);
}

void gw_wall_due(struct gw_batch_place *place)
{
    gw_wall_writable((struct gw_wall *)((char *)place - offsetof(struct gw_wall, place)));
}

// Control goes at once and leaves the media that waits where it is.
static void write_control(struct gw_wall *w)
{
    struct gw_viewer_item item;
    while (gw_viewer_queue_has_control(&w->queue) && gw_peer_can_write(w->peer) &&
           gw_viewer_queue_pop(&w->queue, &item))
        write_text(w, item.packet);
    if (gw_viewer_queue_has_control(&w->queue))
        gw_peer_want_write(w->peer);
}

// A queue over its last bound belongs to a page that reads nothing.
static void give_up(struct gw_wall *w)
{
    gw_peer_close(w->peer, GW_WALL_CLOSE_TRY_LATER, "too much waits for this page");
}

void gw_wall_send_control(struct gw_wall *w, struct gw_packet *message)
{
    if (gw_viewer_queue_push_control(&w->queue, message) < 0)
        give_up(w);
    else
        write_control(w);
}

void gw_wall_send_text(struct gw_wall *w, const char *text, size_t len)
{
    struct gw_packet *message = gw_packet_create(len);
    if (!message) {
        give_up(w);
        return;
    }
    memcpy(gw_packet_payload(message), text, len);
    gw_wall_send_control(w, message);
    gw_packet_unref(&message);
}

void gw_wall_send_error(struct gw_wall *w, const uint32_t *ref, const char *code,
                        struct gw_text why)
{
    char out[GW_CONTROL_OUT_MAX];
    gw_wall_send_text(w, out, gw_control_error(out, ref, code, why));
}

static void tell_dropped(struct gw_wall *w, struct gw_viewer *v)
{
    uint64_t frames = gw_viewer_lane_take_untold(&v->lane);
    if (frames) {
        char out[GW_CONTROL_OUT_MAX];
        gw_wall_send_text(w, out,
                          gw_control_dropped(out, v->stream, frames, v->lane.reason));
    }
}

// Whether a packet and all that waits leave now: nobody waits for a key frame, nor on
// a tile in focus or alone.
static bool is_due(const struct gw_wall *w, const struct gw_viewer *v,
                   const struct gw_packet *packet)
{
    return packet->key || v->urgent || w->viewer_count == 1 ||
           w->queue.bytes >= BATCH_BYTES;
}

void gw_wall_send(struct gw_wall *w, struct gw_viewer *v, struct gw_packet *packet,
                  uint64_t now_us)
{
    if (is_due(w, v, packet) && gw_peer_can_write(w->peer) &&
        gw_viewer_queue_bypass(&w->queue, &v->lane, packet)) {
        write_media(w, gw_packet_payload(packet), packet->len);
        return;
    }

    uint64_t dropped = w->queue.dropped;
    if (gw_viewer_queue_push(&w->queue, &v->lane, packet, now_us) < 0)
        give_up(w);
    w->ws->stats.packets_dropped += w->queue.dropped - dropped;
    tell_dropped(w, v);
    if (is_due(w, v, packet))
        gw_wall_writable(w);
    else if (gw_viewer_queue_peek(&w->queue))
        gw_batch_timer_wait(w->ws->batch, &w->place, now_us);
}

void gw_wall_hot(const struct gw_wall *w, struct gw_hot *hot)
{
    gw_hot_add(hot, w, sizeof(*w));
    gw_peer_hot(w->peer, hot);
}
