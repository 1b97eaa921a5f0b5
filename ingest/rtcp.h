// RTCP (RFC 3550 section 6): reads what a camera sends, writes receiver reports.
// No state, no I/O, no clock, no allocation.
#ifndef GW_INGEST_RTCP_H
#define GW_INGEST_RTCP_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTCP_CNAME_MAX = 32,   // bytes of our name
    GW_RTCP_REPORT_MAX = 128, // bytes of a report that we send
};

enum gw_rtcp_type { GW_RTCP_SENDER_REPORT, GW_RTCP_BYE };

// Section 6.4.1, as far as it says when something was taken.
struct gw_rtcp_sender_report {
    uint32_t ssrc;
    uint64_t ntp;       // 32.32 fixed point seconds since 1900; 0: it has no clock
    uint32_t timestamp; // of RTP, of the same moment
};

struct gw_rtcp_item {
    enum gw_rtcp_type type;
    struct gw_rtcp_sender_report report; // SENDER_REPORT
    const uint8_t *sources;              // BYE: who leaves, 4 bytes each; borrowed
    size_t count;                        // of them, 0..31
};

// A compound packet that is being read. It borrows the bytes.
struct gw_rtcp_reader {
    struct gw_reader bytes;
};

struct gw_rtcp_reader gw_rtcp_reader_init(const void *data, size_t len);

// Finds the next sender report or BYE; other types are passed over.
//   0         *ret_item is set
//   -ENOENT   there is none any more
//   -EBADMSG  a length in it does not fit, or another version: drop the rest
int gw_rtcp_next(struct gw_rtcp_reader *r, struct gw_rtcp_item *ret_item);

// Does this BYE say that `ssrc` leaves?
bool gw_rtcp_bye_names(const struct gw_rtcp_item *bye, uint32_t ssrc);

// A report block: section 6.4.1.
struct gw_rtcp_block {
    uint32_t ssrc;     // whose packets it tells of
    uint8_t fraction;  // lost since the last report, of 256
    int32_t lost;      // of all, 24 bits signed
    uint32_t highest;  // sequence number, with its cycles above
    uint32_t jitter;   // in ticks of its clock
    uint32_t last_sr;  // middle 32 bits of its last sender report's NTP time; or 0
    uint32_t since_sr; // 1/65536 s since that came; or 0
};

// Writes a receiver report and the CNAME that must go with it (section 6.1) into
// `buf`. Without a block it says only that we are here. Returns its bytes.
size_t gw_rtcp_write_report(uint32_t ssrc, const struct gw_rtcp_block *block,
                            const char *cname, uint8_t buf[GW_RTCP_REPORT_MAX]);

#endif
