// One medium's way in, behind the transport: RTP is counted and, where UDP brought
// it, put in order; RTCP is read; receiver reports are written. No I/O, no clock.
#ifndef GW_INGEST_INLET_H
#define GW_INGEST_INLET_H

#include "ingest/reception.h"
#include "ingest/reorder.h"
#include "ingest/rtcp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gw_inlet_config {
    uint32_t clock_rate; // Hz; 0 is taken as 90000
    bool datagrams;      // it comes by UDP: in any order

    // An RTP packet, in order. Borrowed for the call.
    void (*on_packet)(void *arg, const void *data, size_t len);

    // The sender's report. Borrowed for the call.
    void (*on_report)(void *arg, const struct gw_rtcp_sender_report *report);
    void *arg; // neither may call the inlet
};

struct gw_inlet_stats {
    uint64_t packets;   // of RTP that came
    uint64_t rtcp;      // compound packets that came
    uint64_t malformed; // of both: dropped
    uint64_t byes;      // the sender said that it leaves
    struct gw_reorder_stats order;
};

// Embedded by value; the fields are private, but for stats without its order.
struct gw_inlet {
    struct gw_inlet_config config;
    struct gw_reception reception;
    struct gw_reorder *reorder; // NULL: it comes in order
    struct gw_inlet_stats stats;
    bool left; // BYE: and nothing came since
};

// Returns 0 or -ENOMEM. `config` is copied.
int gw_inlet_init(struct gw_inlet *r, const struct gw_inlet_config *config);

// All zero is allowed.
void gw_inlet_finish(struct gw_inlet *r);

// Returns 0, or -EBADMSG: no RTP packet, it was dropped and counted.
int gw_inlet_rtp(struct gw_inlet *r, const void *data, size_t len, uint64_t now_us);

void gw_inlet_rtcp(struct gw_inlet *r, const void *data, size_t len, uint64_t now_us);

// Packets that waited long enough go on.
void gw_inlet_tick(struct gw_inlet *r, uint64_t now_us);

// When gw_inlet_tick() has something to do; UINT64_MAX: never.
uint64_t gw_inlet_deadline_us(const struct gw_inlet *r);

// Writes what to tell the sender into `buf`; see gw_rtcp_write_report(). Before
// its first packet it says only that we are here.
size_t gw_inlet_report(struct gw_inlet *r, uint32_t ssrc, const char *cname,
                       uint64_t now_us, uint8_t buf[GW_RTCP_REPORT_MAX]);

void gw_inlet_stats(const struct gw_inlet *r, struct gw_inlet_stats *ret_stats);

#endif
