#include "ingest/reorder.h"

#include "ingest/rtp_stray.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MASK = GW_REORDER_WINDOW - 1 };

static_assert((GW_REORDER_WINDOW & MASK) == 0, "slots are found by the low bits");

// A packet that waits; the bytes lie behind it.
struct held {
    size_t len;
    uint64_t arrived_us;
    uint8_t data[];
};

struct gw_reorder {
    void (*on_packet)(void *arg, const void *data, size_t len);
    void *arg;

    bool begun;
    uint32_t ssrc;
    uint16_t next;    // the number that goes on next
    uint16_t highest; // the number of the foremost packet so far
    struct gw_rtp_stray stray;
    uint64_t since_us; // waiting > 0: when the oldest gap was seen

    struct held *slots[GW_REORDER_WINDOW]; // by the low bits of seq
    size_t waiting;
    size_t bytes;
    struct gw_reorder_stats stats;
};

struct gw_reorder *
gw_reorder_create(void (*on_packet)(void *arg, const void *data, size_t len), void *arg)
{
    struct gw_reorder *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->on_packet = on_packet;
    r->arg = arg;
    return r;
}

void gw_reorder_destroy(struct gw_reorder *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < GW_REORDER_WINDOW; i++)
        free(r->slots[i]);
    free(r);
}

// When the first packet came that waits.
static uint64_t oldest_us(const struct gw_reorder *r)
{
    uint64_t oldest = UINT64_MAX;

    for (size_t i = 0; i < GW_REORDER_WINDOW; i++) {
        if (r->slots[i] && r->slots[i]->arrived_us < oldest)
            oldest = r->slots[i]->arrived_us;
    }
    return oldest;
}

// Passes the run on that begins at `next`, if there is one.
static void pass_run(struct gw_reorder *r)
{
    struct held *h;

    while (r->waiting && (h = r->slots[r->next & MASK])) {
        r->slots[r->next & MASK] = NULL;
        r->waiting--;
        r->bytes -= h->len;
        r->next++;
        r->on_packet(r->arg, h->data, h->len);
        free(h);
    }
    r->since_us = r->waiting ? oldest_us(r) : 0;
}

// Gives the oldest gap up.
static void pass_gap(struct gw_reorder *r)
{
    while (!r->slots[r->next & MASK]) {
        r->next++;
        r->stats.lost++;
    }
    pass_run(r);
}

static void begin(struct gw_reorder *r, uint32_t ssrc, uint16_t seq)
{
    while (r->waiting)
        pass_gap(r);
    r->stats.lost += r->begun && r->ssrc == ssrc;
    r->begun = true;
    r->ssrc = ssrc;
    r->next = seq;
    r->highest = seq;
}

static void hold(struct gw_reorder *r, uint16_t seq, const void *data, size_t len,
                 uint64_t now_us)
{
    if (r->slots[seq & MASK]) {
        r->stats.duplicates++;
        return;
    }
    struct held *h = malloc(sizeof(*h) + len);
    if (!h) {
        r->stats.no_memory++;
        return;
    }
    *h = (struct held) { .len = len, .arrived_us = now_us };
    memcpy(h->data, data, len);
    if (!r->waiting)
        r->since_us = now_us;
    r->slots[seq & MASK] = h;
    r->waiting++;
    r->bytes += len;
}

// Makes room for a packet so far ahead that it would fall on a slot of the gap's:
// that gap is too old.
static void reach(struct gw_reorder *r, uint16_t seq)
{
    while (r->waiting && (uint16_t)(seq - r->next) >= GW_REORDER_WINDOW)
        pass_gap(r);
    if ((uint16_t)(seq - r->next) >= GW_REORDER_WINDOW) {
        r->stats.lost += (uint16_t)(seq - r->next);
        r->next = seq;
    }
}

void gw_reorder_packet(struct gw_reorder *r, uint32_t ssrc, uint16_t seq,
                       const void *data, size_t len, uint64_t now_us)
{
    if (!r->begun || ssrc != r->ssrc) {
        begin(r, ssrc, seq);
    } else if (gw_rtp_stray_take(&r->stray, r->next, seq) ||
               gw_rtp_is_behind(r->next, seq)) {
        r->stats.late++;
        gw_reorder_tick(r, now_us); // what waits has its time all the same
        return;
    } else if (gw_rtp_is_far(r->next, seq)) {
        begin(r, ssrc, seq);
    }
    reach(r, seq);
    if ((int16_t)(seq - r->highest) >= 0)
        r->highest = seq;
    else if (!r->slots[seq & MASK])
        r->stats.reordered++;

    if (seq == r->next) {
        r->next++;
        r->on_packet(r->arg, data, len);
        pass_run(r);
    } else {
        hold(r, seq, data, len, now_us);
        while (r->bytes > GW_REORDER_BYTES_MAX)
            pass_gap(r);
    }
    gw_reorder_tick(r, now_us);
}

void gw_reorder_tick(struct gw_reorder *r, uint64_t now_us)
{
    while (r->waiting && now_us >= r->since_us + GW_REORDER_HOLD_US)
        pass_gap(r);
}

uint64_t gw_reorder_deadline_us(const struct gw_reorder *r)
{
    return r->waiting ? r->since_us + GW_REORDER_HOLD_US : UINT64_MAX;
}

size_t gw_reorder_waiting(const struct gw_reorder *r)
{
    return r->waiting;
}

void gw_reorder_stats(const struct gw_reorder *r, struct gw_reorder_stats *ret_stats)
{
    *ret_stats = r->stats;
}
