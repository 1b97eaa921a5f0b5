// The media of an RTSP session: one video, and beside it at most one audio.
#ifndef GW_INGEST_MEDIA_H
#define GW_INGEST_MEDIA_H

#include "base/buf.h"
#include "base/frame.h"

#include <stdbool.h>
#include <stdint.h>

// A session has at most one medium of each kind, so a kind also names a medium.
enum gw_media_kind {
    GW_MEDIA_VIDEO,
    GW_MEDIA_AUDIO,
    GW_MEDIA_KINDS,
};

// What the SDP of a session says of a medium; what it means is its codec's
// affair.
struct gw_media_format {
    enum gw_media_kind kind;
    enum gw_codec codec;
    uint8_t payload_type; // 0..127; packets of any other are not its own
    uint32_t clock_rate;  // of RTP timestamps, Hz; 0 when there is no rtpmap
    uint32_t channels;    // of an audio, 1 when the rtpmap names none
    bool latm;            // AAC by RFC 6416, not by RFC 3640
    uint16_t width_px;    // of a video, where the description says it outside of the
    uint16_t height_px;   // fmtp (MJPEG above 2040 pixels); else 0, 0
    const char *fmtp;     // "packetization-mode=1;..."; "" when there is none

    // Parameter sets that the fmtp carries, decoded: for each a 32-bit big-endian
    // length and its bytes. NULL when there are none.
    struct gw_buf *params;
};

#endif
