// Pictures of Motion JPEG from RTP payloads (RFC 2435: types 0 and 1, with or without
// restart markers). What leaves is a whole JPEG file (ITU-T T.81), every one a key
// frame: the headers that RTP leaves out are put in front again.
#ifndef GW_INGEST_RTP_JPEG_H
#define GW_INGEST_RTP_JPEG_H

#include "ingest/access_unit.h"

extern const struct gw_payload_format gw_rtp_jpeg;

#endif
