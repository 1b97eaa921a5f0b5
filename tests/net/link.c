#include "tests/net/link.h"

#include <stdlib.h>
#include <string.h>

enum {
    MILLION = 1000 * 1000,
    US_PER_MS = 1000,
    SEQ_AT = 2, // in an RTP header
};

// A packet on its way; the bytes lie behind it.
struct link_item {
    struct link_item *next;
    uint64_t due_us;
    uint32_t to_pass; // waiting: so many come before it
    bool queued;      // for the rate
    size_t len;
    uint8_t bytes[];
};

void link_init(struct link *l, uint64_t seed)
{
    *l = (struct link) { 0 };
    gw_rng_init(&l->rng, seed);
}

static void free_all(struct link_item *i)
{
    while (i) {
        struct link_item *next = i->next;
        free(i);
        i = next;
    }
}

void link_clear(struct link *l)
{
    free_all(l->first);
    free_all(l->waiting);
    l->first = NULL;
    l->waiting = NULL;
    l->items = 0;
    l->free_at_us = 0;
    l->counts.queued_bytes = 0;
}

static bool draw(struct link *l, uint32_t ppm)
{
    return ppm && gw_rng_below(&l->rng, MILLION) < ppm;
}

static struct link_item *create(struct link *l, const uint8_t *bytes, size_t len)
{
    struct link_item *i = l->items < LINK_PACKETS_MAX ? malloc(sizeof(*i) + len) : NULL;
    if (!i)
        return NULL;
    *i = (struct link_item) { .len = len };
    memcpy(i->bytes, bytes, len);
    l->items++;
    return i;
}

// Behind those that are due at the same moment.
static void insert(struct link_item **at, struct link_item *i)
{
    while (*at && (*at)->due_us <= i->due_us)
        at = &(*at)->next;
    i->next = *at;
    *at = i;
}

static void lose(struct link *l, const struct wire_packet *p)
{
    l->counts.lost++;
    l->counts.rtp_lost += p->kind == WIRE_RTP;
}

// When the rate lets it go; false: the queue is full.
static bool take_turn(struct link *l, size_t len, uint64_t now_us, uint64_t *ret_at_us)
{
    const struct link_fate *f = &l->fate;

    // What waits when the rate is lifted is not overtaken.
    uint64_t begin_us = l->free_at_us > now_us ? l->free_at_us : now_us;
    if (!f->rate_kbit) {
        *ret_at_us = begin_us;
        return true;
    }
    if (f->queue_bytes && l->counts.queued_bytes + len > f->queue_bytes)
        return false;
    l->free_at_us = begin_us + (uint64_t)len * 8 * US_PER_MS / f->rate_kbit;
    l->counts.queued_bytes += len;
    if (l->counts.queued_bytes > l->counts.queued_max)
        l->counts.queued_max = l->counts.queued_bytes;
    *ret_at_us = l->free_at_us;
    return true;
}

// Returns false when there is no room for it.
static bool send_on(struct link *l, const uint8_t *bytes, size_t len, uint64_t now_us)
{
    uint64_t at_us;
    struct link_item *i =
        take_turn(l, len, now_us, &at_us) ? create(l, bytes, len) : NULL;
    if (!i)
        return false;
    i->queued = l->fate.rate_kbit;
    i->due_us = at_us + (uint64_t)l->fate.delay_ms * US_PER_MS +
                gw_rng_below(&l->rng, (uint64_t)l->fate.jitter_ms * US_PER_MS + 1);
    insert(&l->first, i);
    return true;
}

static bool keep_back(struct link *l, const struct wire_packet *p, uint64_t now_us)
{
    struct link_item *i = create(l, p->bytes, p->len);
    if (!i)
        return false;
    i->to_pass = l->fate.behind;
    i->due_us = now_us + LINK_HOLD_US;
    insert(&l->waiting, i);
    return true;
}

// Those for whom enough has passed, or who waited long enough, go on.
static void release(struct link *l, uint64_t now_us, uint32_t passed)
{
    struct link_item **at = &l->waiting;

    while (*at) {
        struct link_item *i = *at;
        i->to_pass -= i->to_pass < passed ? i->to_pass : passed;
        if (i->to_pass && i->due_us > now_us) {
            at = &i->next;
            continue;
        }
        *at = i->next;
        i->due_us = now_us;
        insert(&l->first, i);
    }
}

// Others see a packet that has another source and a broken payload, and a number that
// would fit.
static void send_forged(struct link *l, const struct wire_packet *p, uint64_t now_us)
{
    uint8_t bytes[WIRE_PACKET_MAX];

    memcpy(bytes, p->bytes, p->len);
    struct wire_packet copy = wire_packet_read(bytes, p->len);
    copy.payload[SEQ_AT + 1]++;
    for (size_t i = copy.payload_len / 2; i < copy.payload_len; i++)
        copy.payload[i] ^= 0x55;
    wire_packet_set_source(&copy, l->forge);
    (void)send_on(l, copy.bytes, copy.len, now_us);
}

static bool is_to_hold(struct link *l)
{
    bool free = !l->run_left && !l->ran;

    if (free && draw(l, l->fate.hold_ppm))
        l->run_left = l->fate.run ? l->fate.run : 1;
    l->ran = l->run_left > 0;
    l->run_left -= l->ran;
    return l->ran;
}

static void take_rtp(struct link *l, struct wire_packet *p, uint64_t now_us)
{
    if (l->forge)
        send_forged(l, p, now_us);
    if (l->source)
        wire_packet_set_source(p, l->source);
    if (is_to_hold(l) && keep_back(l, p, now_us)) {
        l->counts.held++;
        return;
    }
    if (!send_on(l, p->bytes, p->len, now_us)) {
        lose(l, p);
        return;
    }
    release(l, now_us, 1);
    if (draw(l, l->fate.double_ppm) && keep_back(l, p, now_us)) {
        l->counts.doubled++;
        release(l, now_us, 0);
    }
}

void link_take(struct link *l, struct wire_packet *p, uint64_t now_us)
{
    l->counts.packets++;
    l->counts.rtp += p->kind == WIRE_RTP;
    l->counts.reports += wire_packet_is_sender_report(p);
    if (l->fate.cut || draw(l, l->fate.loss_ppm))
        lose(l, p);
    else if (p->kind == WIRE_RTP)
        take_rtp(l, p, now_us);
    else if (!send_on(l, p->bytes, p->len, now_us))
        lose(l, p);
}

uint64_t link_next_us(const struct link *l)
{
    uint64_t next_us = l->first ? l->first->due_us : UINT64_MAX;
    uint64_t waits_us = l->waiting ? l->waiting->due_us : UINT64_MAX;
    return next_us < waits_us ? next_us : waits_us;
}

size_t link_give(struct link *l, uint64_t now_us, uint8_t ret_bytes[WIRE_PACKET_MAX])
{
    release(l, now_us, 0);
    struct link_item *i = l->first;
    if (!i || i->due_us > now_us)
        return 0;
    size_t len = i->len;
    memcpy(ret_bytes, i->bytes, len);
    if (i->queued)
        l->counts.queued_bytes -= len;
    l->first = i->next;
    l->items--;
    free(i);
    return len;
}
