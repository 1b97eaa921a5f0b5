// Transport headers of SETUP (RFC 2326 section 12.39): reads those of answers,
// writes those of requests. No I/O, no allocation.
#ifndef GW_INGEST_RTSP_TRANSPORT_H
#define GW_INGEST_RTSP_TRANSPORT_H

#include "ingest/rtsp_message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_RTSP_TRANSPORT_MAX = 80, // bytes of a header that we write
};

enum gw_rtsp_lower { GW_RTSP_TCP, GW_RTSP_UDP };

// What a camera answers.
struct gw_rtsp_transport {
    bool interleaved;     // it names channels of the RTSP connection
    uint8_t rtp_channel;  // of these; else 0
    uint8_t rtcp_channel; // likewise; else 1

    // Whence its datagrams come; 0 where it does not say.
    uint16_t rtp_port;
    uint16_t rtcp_port;
    struct gw_rtsp_text source; // host, when it is another one; borrowed; or empty
};

// Reads the first transport of a header. Parameters may come in any order (quirk
// 16), with blanks around them; what is unknown or broken is passed over, so that
// anything can be read. A single channel or port means the one behind it for RTCP.
struct gw_rtsp_transport gw_rtsp_transport_parse(struct gw_rtsp_text header);

// Writes the header line that asks for one: over the RTSP connection on channels
// `number` and the next, or by UDP to ports `number` and the next, which is below
// 65535.
void gw_rtsp_transport_write(enum gw_rtsp_lower lower, uint16_t number,
                             char buf[GW_RTSP_TRANSPORT_MAX]);

#endif
