// Access units of H.264 from RTP payloads (RFC 6184, packetization modes 0 and 1:
// single NAL unit, STAP-A, FU-A).
#ifndef GW_INGEST_RTP_H264_H
#define GW_INGEST_RTP_H264_H

#include "ingest/access_unit.h"

extern const struct gw_payload_format gw_rtp_h264;

#endif
