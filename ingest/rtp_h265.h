// Access units of H.265 from RTP payloads (RFC 7798: single NAL unit, AP, FU;
// without DONL, which only streams with sprop-max-don-diff have).
#ifndef GW_INGEST_RTP_H265_H
#define GW_INGEST_RTP_H265_H

#include "ingest/access_unit.h"

extern const struct gw_payload_format gw_rtp_h265;

#endif
