// One list in order of arrival for all media, and through the same entries one
// list a lane: so the oldest of all leaves first, and a lane can be emptied
// without a walk over the others.

#include "ws/viewer_queue.h"

#include <errno.h>
#include <stdlib.h>

struct gw_viewer_entry {
    struct gw_viewer_entry *prev; // in the queue
    struct gw_viewer_entry *next;
    struct gw_viewer_entry *lane_next;
    struct gw_viewer_lane *lane; // NULL: control
    struct gw_packet *packet;
    uint64_t pushed_us;
    bool after_gap;
};

void gw_viewer_queue_init(struct gw_viewer_queue *q,
                          const struct gw_viewer_limits *limits)
{
    *q = (struct gw_viewer_queue) { .limits = *limits };
}

static void append(struct gw_viewer_entry **first, struct gw_viewer_entry **last,
                   struct gw_viewer_entry *e)
{
    e->prev = *last;
    if (*last)
        (*last)->next = e;
    else
        *first = e;
    *last = e;
}

static void unlink_media(struct gw_viewer_queue *q, struct gw_viewer_entry *e)
{
    if (e->prev)
        e->prev->next = e->next;
    else
        q->media_first = e->next;
    if (e->next)
        e->next->prev = e->prev;
    else
        q->media_last = e->prev;
}

// The entry's bytes leave the books.
static void uncount(struct gw_viewer_queue *q, const struct gw_viewer_entry *e)
{
    size_t len = e->packet->len;
    q->bytes -= len;
    if (!e->lane)
        q->control_bytes -= len;
    else if (e->packet->config)
        e->lane->config_bytes -= len;
    else
        e->lane->media_bytes -= len;
}

static void count(struct gw_viewer_queue *q, const struct gw_viewer_entry *e)
{
    size_t len = e->packet->len;
    q->bytes += len;
    if (!e->lane)
        q->control_bytes += len;
    else if (e->packet->config)
        e->lane->config_bytes += len;
    else
        e->lane->media_bytes += len;
}

static void destroy_entry(struct gw_viewer_entry *e)
{
    gw_packet_unref(&e->packet);
    free(e);
}

static struct gw_viewer_entry *create_entry(struct gw_viewer_lane *lane,
                                            struct gw_packet *packet, uint64_t now_us)
{
    struct gw_viewer_entry *e = calloc(1, sizeof(*e));
    if (!e)
        return NULL;
    e->lane = lane;
    e->packet = gw_packet_ref(packet);
    e->pushed_us = now_us;
    return e;
}

int gw_viewer_queue_push_control(struct gw_viewer_queue *q, struct gw_packet *packet)
{
    if (packet->len > GW_VIEWER_CONTROL_MAX - q->control_bytes)
        return -ENOBUFS;
    struct gw_viewer_entry *e = create_entry(NULL, packet, 0);
    if (!e)
        return -ENOMEM;
    append(&q->control_first, &q->control_last, e);
    count(q, e);
    return 0;
}

static void append_to_lane(struct gw_viewer_lane *lane, struct gw_viewer_entry *e)
{
    if (lane->last)
        lane->last->lane_next = e;
    else
        lane->first = e;
    lane->last = e;
}

static int enqueue(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                   struct gw_packet *packet, uint64_t now_us)
{
    struct gw_viewer_entry *e = create_entry(lane, packet, now_us);
    if (!e)
        return -ENOMEM;
    e->after_gap = lane->waits_for_key && !packet->config;
    append(&q->media_first, &q->media_last, e);
    append_to_lane(lane, e);
    count(q, e);
    return 0;
}

static void count_drop(struct gw_viewer_queue *q, struct gw_viewer_lane *lane)
{
    q->dropped++;
    lane->untold++;
    lane->waits_for_key = true;
}

// Gives up all media that waits in the lane; config stays.
static void drop_media(struct gw_viewer_queue *q, struct gw_viewer_lane *lane)
{
    struct gw_viewer_entry *e = lane->first;
    lane->first = NULL;
    lane->last = NULL;

    while (e) {
        struct gw_viewer_entry *next = e->lane_next;
        e->lane_next = NULL;
        if (e->packet->config) {
            append_to_lane(lane, e);
        } else {
            unlink_media(q, e);
            uncount(q, e);
            destroy_entry(e);
            count_drop(q, lane);
        }
        e = next;
    }
}

static bool is_over(const struct gw_viewer_queue *q, const struct gw_viewer_lane *lane,
                    const struct gw_packet *packet, uint64_t now_us)
{
    if (packet->len > q->limits.lane_bytes - lane->media_bytes)
        return true;
    const struct gw_viewer_entry *oldest = lane->first;
    while (oldest && oldest->packet->config)
        oldest = oldest->lane_next;
    return oldest && now_us > oldest->pushed_us &&
           now_us - oldest->pushed_us > q->limits.lane_age_us;
}

static int push_config(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                       struct gw_packet *packet, uint64_t now_us)
{
    if (packet->len > GW_VIEWER_CONFIG_MAX - lane->config_bytes)
        return -ENOBUFS;
    return enqueue(q, lane, packet, now_us);
}

int gw_viewer_queue_push(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                         struct gw_packet *packet, uint64_t now_us)
{
    if (packet->config)
        return push_config(q, lane, packet, now_us);

    if (is_over(q, lane, packet, now_us))
        drop_media(q, lane);
    if (lane->waits_for_key && !packet->key) {
        count_drop(q, lane);
        return 0;
    }
    // A drop in progress ends here, unless this one alone is too much.
    if (packet->len > q->limits.lane_bytes - lane->media_bytes ||
        enqueue(q, lane, packet, now_us) < 0) {
        drop_media(q, lane);
        count_drop(q, lane);
        return 0;
    }
    lane->waits_for_key = false;
    return 0;
}

uint64_t gw_viewer_lane_take_untold(struct gw_viewer_lane *lane)
{
    if (lane->waits_for_key)
        return 0;
    uint64_t untold = lane->untold;
    lane->untold = 0;
    return untold;
}

static struct gw_viewer_entry *head(const struct gw_viewer_queue *q)
{
    return q->control_first ? q->control_first : q->media_first;
}

const struct gw_packet *gw_viewer_queue_peek(const struct gw_viewer_queue *q)
{
    const struct gw_viewer_entry *e = head(q);
    return e ? e->packet : NULL;
}

bool gw_viewer_queue_has_control(const struct gw_viewer_queue *q)
{
    return q->control_first != NULL;
}

static void unlink_control_head(struct gw_viewer_queue *q)
{
    q->control_first = q->control_first->next;
    if (q->control_first)
        q->control_first->prev = NULL;
    else
        q->control_last = NULL;
}

// The oldest entry of all media is also the oldest of its lane.
static void unlink_media_head(struct gw_viewer_queue *q)
{
    struct gw_viewer_entry *e = q->media_first;
    e->lane->first = e->lane_next;
    if (!e->lane->first)
        e->lane->last = NULL;
    unlink_media(q, e);
}

bool gw_viewer_queue_pop(struct gw_viewer_queue *q, struct gw_viewer_item *ret_item)
{
    struct gw_viewer_entry *e = head(q);
    if (!e)
        return false;

    if (e->lane)
        unlink_media_head(q);
    else
        unlink_control_head(q);
    uncount(q, e);

    *ret_item = (struct gw_viewer_item) {
        .packet = e->packet,
        .control = !e->lane,
        .after_gap = e->after_gap,
    };
    free(e);
    return true;
}

void gw_viewer_queue_remove_lane(struct gw_viewer_queue *q, struct gw_viewer_lane *lane)
{
    struct gw_viewer_entry *e = lane->first;
    while (e) {
        struct gw_viewer_entry *next = e->lane_next;
        unlink_media(q, e);
        uncount(q, e);
        destroy_entry(e);
        e = next;
    }
    *lane = (struct gw_viewer_lane) { 0 };
}

void gw_viewer_queue_finish(struct gw_viewer_queue *q)
{
    struct gw_viewer_item item;
    while (gw_viewer_queue_pop(q, &item))
        gw_packet_unref(&item.packet);
}
