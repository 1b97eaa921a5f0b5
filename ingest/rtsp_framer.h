// Splits the TCP byte stream of an RTSP connection into units: interleaved
// RTP/RTCP packets (RFC 2326 section 10.12) and RTSP messages.
//
// It makes no copies: units point into the bytes that were fed. Only a unit that
// TCP cut in two is completed in a buffer of the framer's own, which is gone as
// soon as that unit is used up: between units a framer holds no memory.
//
// It owns no socket and reads no clock. One connection has one framer; a framer
// belongs to one thread.
#ifndef GW_INGEST_RTSP_FRAMER_H
#define GW_INGEST_RTSP_FRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // A camera that exceeds these is broken or hostile: -EMSGSIZE.
    GW_RTSP_HEAD_MAX = 8 * 1024,  // bytes, start line to blank line
    GW_RTSP_BODY_MAX = 64 * 1024, // bytes, an SDP is usually under 2 KiB

    // Bytes between two units that belong to neither; above it -EBADMSG.
    GW_RTSP_GARBAGE_MAX = 64 * 1024,
};

enum gw_rtsp_unit_type {
    GW_RTSP_PACKET,  // '$' channel length data
    GW_RTSP_MESSAGE, // request or response, head and body
};

struct gw_rtsp_unit {
    enum gw_rtsp_unit_type type;
    uint8_t channel;     // PACKET only
    const uint8_t *data; // borrowed until the next call on this framer
    size_t len;          // bytes of data
    size_t head_len;     // MESSAGE only: where the body starts in data
};

enum gw_rtsp_framer_state {
    GW_RTSP_FRAMER_START,
    GW_RTSP_FRAMER_PACKET,
    GW_RTSP_FRAMER_HEAD,
    GW_RTSP_FRAMER_BODY,
    GW_RTSP_FRAMER_GARBAGE,
    GW_RTSP_FRAMER_FAILED,
};

// Read `garbage`; the rest is the framer's own.
struct gw_rtsp_framer {
    uint64_t garbage; // bytes skipped so far to find a unit again

    enum gw_rtsp_framer_state state;
    int error; // what FAILED reports

    const uint8_t *in; // fed and not used up; borrowed
    size_t in_len;

    uint8_t *tail;     // beginning of a unit that TCP cut; NULL while there is none
    uint32_t tail_len; // bytes in it
    uint32_t tail_cap;
    bool tail_spent; // its unit was handed out: free it on the next call

    bool spoke;           // a unit was found: the peer does speak RTSP
    uint8_t line;         // HEAD: where in a line end the scan is
    uint32_t scanned;     // HEAD: bytes known to hold no blank line
    uint32_t head_len;    // BODY
    uint32_t body_len;    // BODY
    uint32_t garbage_run; // GARBAGE: bytes since the last unit
};

void gw_rtsp_framer_init(struct gw_rtsp_framer *f);
void gw_rtsp_framer_finish(struct gw_rtsp_framer *f);

// Lends `len` bytes from the peer until _next() has said -EAGAIN or failed: call
// it until then, and only then feed again.
void gw_rtsp_framer_feed(struct gw_rtsp_framer *f, const void *data, size_t len);

// Finds the next unit in what was fed.
//   0          *ret_unit is set
//   -EAGAIN    feed more; what was lent is used up
//   -EBADMSG   not RTSP, or too much garbage: close the connection
//   -EMSGSIZE  over a limit above; likewise
//   -ENOMEM    likewise
// After an error the framer stays failed. *ret_unit is touched on success only.
//
// Garbage between two units is skipped up to the next interleaved RTP packet or
// RTSP response, and counted. In front of the first unit it is an error.
int gw_rtsp_framer_next(struct gw_rtsp_framer *f, struct gw_rtsp_unit *ret_unit);

#endif
