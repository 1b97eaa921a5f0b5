// Transport headers of SETUP answers (RFC 2326 section 12.39). No I/O, no
// allocation.
#ifndef GW_INGEST_RTSP_TRANSPORT_H
#define GW_INGEST_RTSP_TRANSPORT_H

#include "ingest/rtsp_message.h"

#include <stdbool.h>
#include <stdint.h>

struct gw_rtsp_transport {
    bool interleaved;     // it names channels of the RTSP connection
    uint8_t rtp_channel;  // of these; else 0
    uint8_t rtcp_channel; // likewise; else 1
};

// Reads the first transport of a header. Parameters may come in any order (quirk
// 16), with blanks around them; what is unknown or broken is passed over, so that
// anything can be read. A single channel means the one behind it for RTCP.
struct gw_rtsp_transport gw_rtsp_transport_parse(struct gw_rtsp_text header);

#endif
