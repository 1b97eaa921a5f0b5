// Properties, for any packets at any times: what waited goes on strictly forward (only
// the packet in hand may begin anew further back); what waits is within its bounds and
// never older than the hold; and every packet is accounted for.
//
// Input: 4 bytes a packet: how far from the one before (signed, 16 bits), time
// since then in ms, flags: 1 another sender from here on, 2 a tick before it, 4 big.

#include "ingest/reorder.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 4, BIG = 8 * 1024, SMALL = 8 };

struct world {
    struct gw_reorder *r;
    uint64_t now_us;
    uint64_t passed;
    uint32_t feeding; // id of the packet in hand
    bool any;
    uint16_t last_seq;
    unsigned run;      // senders, and beginnings anew, so far
    unsigned last_run; // of the packet passed on last
};

struct packet {
    uint32_t id;
    uint16_t seq;
    uint16_t run;
};

static void on_packet(void *arg, const void *data, size_t len)
{
    struct world *w = arg;
    struct packet p;

    if (len != BIG && len != SMALL)
        abort();
    memcpy(&p, data, sizeof(p));
    int16_t step = (int16_t)(p.seq - w->last_seq);
    if (w->any && p.run == w->last_run && step <= 0 && p.id != w->feeding)
        abort();
    w->any = true;
    w->last_seq = p.seq;
    w->last_run = p.run;
    w->passed++;
}

static void check(const struct world *w, uint64_t fed)
{
    struct gw_reorder_stats s;
    size_t waiting = gw_reorder_waiting(w->r);

    gw_reorder_stats(w->r, &s);
    if (waiting >= GW_REORDER_WINDOW || s.no_memory)
        abort();
    if (fed != w->passed + waiting + s.late + s.duplicates)
        abort();
    if ((waiting == 0) != (gw_reorder_deadline_us(w->r) == UINT64_MAX))
        abort();
    if (waiting && gw_reorder_deadline_us(w->r) <= w->now_us)
        abort();
}

static void feed(struct world *w, uint32_t id, uint16_t seq, bool big)
{
    size_t len = big ? BIG : SMALL;
    uint8_t *copy = calloc(1, len);
    struct packet p = { .id = id, .seq = seq, .run = (uint16_t)w->run };

    if (!copy)
        abort();
    memcpy(copy, &p, sizeof(p));
    w->feeding = id;
    gw_reorder_packet(w->r, w->run, seq, copy, len, w->now_us);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world w = { .now_us = 1 };
    uint16_t seq = 65500;
    uint32_t id = 0;

    w.r = gw_reorder_create(on_packet, &w);
    if (!w.r)
        abort();
    for (; size >= STEP; data += STEP, size -= STEP) {
        seq = (uint16_t)(seq + (data[0] << 8 | data[1]));
        w.now_us += (uint64_t)data[2] * 1000;
        w.run += data[3] & 1;
        if (data[3] & 2)
            gw_reorder_tick(w.r, w.now_us);
        feed(&w, id++, seq, data[3] & 4);
        check(&w, id);
    }
    w.now_us += GW_REORDER_HOLD_US;
    gw_reorder_tick(w.r, w.now_us);
    if (gw_reorder_waiting(w.r))
        abort();
    check(&w, id);
    gw_reorder_destroy(w.r);
    return 0;
}
