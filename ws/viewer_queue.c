// One list in order of arrival for all media, and through the same entries one
// list a lane: so the oldest of all leaves first, and a lane can be emptied
// without a walk over the others. What a lane holds back for credit is the rear part
// of its own list and not yet in the common one.

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
    bool held; // in its lane only
};

void gw_viewer_queue_init(struct gw_viewer_queue *q,
                          const struct gw_viewer_limits *limits)
{
    *q = (struct gw_viewer_queue) { .limits = *limits };
}

static struct gw_viewer_entry *head(const struct gw_viewer_queue *q)
{
    return q->control_first ? q->control_first : q->media_first;
}

static void append(struct gw_viewer_entry **first, struct gw_viewer_entry **last,
                   struct gw_viewer_entry *e)
{
    e->prev = *last;
    e->next = NULL;
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

// Puts a lane's entry into the common line, for which a frame takes credit.
static void let_go(struct gw_viewer_queue *q, struct gw_viewer_entry *e)
{
    e->held = false;
    if (e->lane->on_credit && !e->packet->config)
        e->lane->credit--;
    append(&q->media_first, &q->media_last, e);
}

static bool may_go(const struct gw_viewer_lane *lane, const struct gw_packet *packet)
{
    return !lane->held && (packet->config || !lane->on_credit || lane->credit > 0);
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
    append_to_lane(lane, e);
    count(q, e);
    if (may_go(lane, packet)) {
        let_go(q, e);
    } else {
        e->held = true;
        if (!lane->held)
            lane->held = e;
    }
    return 0;
}

static void count_drop(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                       enum gw_drop_reason reason)
{
    if (lane->untold == 0)
        lane->reason = reason;
    q->dropped++;
    lane->dropped++;
    lane->untold++;
    lane->waits_for_key = true;
}

// Gives up all media that waits in the lane; config stays.
static void drop_media(struct gw_viewer_queue *q, struct gw_viewer_lane *lane)
{
    enum gw_drop_reason reason = lane->held ? GW_DROP_CREDIT : GW_DROP_SLOW;
    struct gw_viewer_entry *e = lane->first;
    lane->first = NULL;
    lane->last = NULL;
    lane->held = NULL;

    while (e) {
        struct gw_viewer_entry *next = e->lane_next;
        e->lane_next = NULL;
        if (e->packet->config) {
            append_to_lane(lane, e);
            if (e->held)
                let_go(q, e);
        } else {
            if (!e->held)
                unlink_media(q, e);
            uncount(q, e);
            destroy_entry(e);
            count_drop(q, lane, reason);
        }
        e = next;
    }
}

// Whether the first media from `e` on has waited longer than `age_us`.
static bool is_older(const struct gw_viewer_entry *e, uint64_t age_us, uint64_t now_us)
{
    while (e && e->packet->config)
        e = e->lane_next;
    return e && now_us > e->pushed_us && now_us - e->pushed_us > age_us;
}

static bool has_room(const struct gw_viewer_queue *q, const struct gw_viewer_lane *lane,
                     const struct gw_packet *packet)
{
    return packet->len <= q->limits.lane_bytes - lane->media_bytes;
}

static bool is_over(const struct gw_viewer_queue *q, const struct gw_viewer_lane *lane,
                    const struct gw_packet *packet, uint64_t now_us)
{
    return !has_room(q, lane, packet) ||
           is_older(lane->first, q->limits.lane_age_us, now_us) ||
           is_older(lane->held, q->limits.held_age_us, now_us);
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
        count_drop(q, lane, lane->reason);
        return 0;
    }
    // A drop in progress ends here, unless this one alone is too much.
    if (!has_room(q, lane, packet) || enqueue(q, lane, packet, now_us) < 0) {
        drop_media(q, lane);
        count_drop(q, lane, GW_DROP_SLOW);
        return 0;
    }
    lane->waits_for_key = false;
    return 0;
}

bool gw_viewer_queue_bypass(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                            const struct gw_packet *packet)
{
    if (head(q) || lane->waits_for_key || !may_go(lane, packet))
        return false;
    if (lane->on_credit && !packet->config)
        lane->credit--;
    return true;
}

void gw_viewer_queue_grant(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                           uint32_t frames)
{
    uint32_t room = GW_CREDIT_MAX - lane->credit;
    lane->on_credit = true;
    lane->credit += frames < room ? frames : room;
    while (lane->held && (lane->held->packet->config || lane->credit > 0)) {
        struct gw_viewer_entry *e = lane->held;
        lane->held = e->lane_next;
        let_go(q, e);
    }
}

uint64_t gw_viewer_lane_age_us(const struct gw_viewer_lane *lane, uint64_t now_us)
{
    const struct gw_viewer_entry *e = lane->first;
    return e && now_us > e->pushed_us ? now_us - e->pushed_us : 0;
}

uint64_t gw_viewer_lane_take_untold(struct gw_viewer_lane *lane)
{
    if (lane->waits_for_key)
        return 0;
    uint64_t untold = lane->untold;
    lane->untold = 0;
    return untold;
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
        if (!e->held)
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
