// One direction of a wire, and all that can befall a packet on its way: loss, delay,
// jitter, being overtaken, doubling, a bandwidth with a bounded queue, a cut. What
// befalls which packet is drawn from a seed. No I/O, no clock; one thread.
#ifndef GW_TESTS_NET_LINK_H
#define GW_TESTS_NET_LINK_H

#include "base/rng.h"
#include "tests/net/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LINK_PACKETS_MAX = 16 * 1024,   // on their way; more are lost
    LINK_HOLD_US = 2 * 1000 * 1000, // an overtaken packet waits no longer for those
};

// Set at any time; all zero is a perfect wire.
struct link_fate {
    bool cut;          // nothing arrives, and nobody is told
    uint32_t loss_ppm; // of all packets
    uint32_t delay_ms;
    uint32_t jitter_ms;   // on top, evenly drawn: packets overtake each other
    uint32_t rate_kbit;   // 0: without limit
    uint32_t queue_bytes; // of what waits for the rate; more is lost. 0: without bound

    // RTP alone: this share of packets is overtaken by the next `behind` of RTP, or
    // comes a second time behind so many.
    uint32_t hold_ppm;
    uint32_t run; // so many in a row, and never the next one; 0 is taken as 1
    uint32_t double_ppm;
    uint32_t behind;
};

struct link_counts {
    uint64_t packets; // that came to it
    uint64_t lost;    // of them
    uint64_t rtp;     // likewise, of RTP alone
    uint64_t rtp_lost;
    uint64_t reports; // sender reports, by UDP
    uint64_t held;
    uint64_t doubled;
    uint64_t queued_bytes; // wait for the rate
    uint64_t queued_max;   // at most so far
};

struct link_item;

// Embedded by value. `fate` and `source`, `forge` are the caller's to set, `counts` to
// read; the rest is private.
struct link {
    struct link_fate fate;
    uint32_t source; // network byte order: RTP comes from there instead; 0: as it is
    uint32_t
        forge; // likewise: a broken copy of each RTP packet comes from there; 0: none
    struct link_counts counts;
    struct gw_rng rng;
    uint64_t free_at_us;       // the rate lets the next one go
    struct link_item *first;   // by when they are due
    struct link_item *waiting; // held, or doubles, for others to pass
    size_t items;              // of both
    uint32_t run_left;         // that are held next
    bool ran;                  // the one before was held
};

void link_init(struct link *l, uint64_t seed);

// Forgets what is on its way.
void link_clear(struct link *l);

// Takes a packet, borrowed for the call and changed.
void link_take(struct link *l, struct wire_packet *p, uint64_t now_us);

// When the next one arrives; UINT64_MAX: none is on its way.
uint64_t link_next_us(const struct link *l);

// One that has arrived, or 0.
size_t link_give(struct link *l, uint64_t now_us, uint8_t ret_bytes[WIRE_PACKET_MAX]);

#endif
