// Pictures of Motion JPEG from RTP payloads (RFC 2435: types 0 and 1, with or without
// restart markers). What leaves is a whole JPEG file (ITU-T T.81), every one a key
// frame: the headers that RTP leaves out are put in front again.
//
// RFC 2435 section 3.1.5 cannot say more than 2040 pixels. Larger pictures say 0, and
// their size stands in the session's description, or in a header extension (ONVIF).
// Of that extension the size alone is read.
#ifndef GW_INGEST_RTP_JPEG_H
#define GW_INGEST_RTP_JPEG_H

#include "ingest/access_unit.h"

extern const struct gw_payload_format gw_rtp_jpeg;

// A session begins whose description says that size; 0, 0: it says none. `u` is of this
// format.
void gw_rtp_jpeg_begin(struct gw_access_unit *u, uint16_t width_px, uint16_t height_px);

// Pictures refused so far because nothing said their size; 0 of another format.
uint64_t gw_rtp_jpeg_unsized(struct gw_access_unit *u);

#endif
