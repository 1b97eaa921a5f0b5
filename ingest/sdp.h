// Session descriptions (RFC 8866) as far as pulling a camera needs them.
//
// Tolerant: lines that are missing, unknown or broken are passed over, and a
// medium that cannot be read is left out. No copies: a description borrows the
// text it was read from.
#ifndef GW_INGEST_SDP_H
#define GW_INGEST_SDP_H

#include "base/buf.h"
#include "base/frame.h"
#include "ingest/rtsp_message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    GW_SDP_MEDIA_MAX = 16,        // media; further ones are left out
    GW_SDP_PARAMS_MAX = 4 * 1024, // bytes of parameter sets; more are not taken
};

struct gw_sdp_media {
    struct gw_rtsp_text type; // "video"
    uint8_t payload_type;     // the first one of the medium
    uint32_t clock_rate;      // Hz, 0 when there is no rtpmap
    uint32_t channels;        // of an audio, 1 when the rtpmap names none
    uint16_t width_px;        // 0, 0 where it is not said, or out of bounds
    uint16_t height_px;
    struct gw_rtsp_text codec;   // "H264", empty when there is no rtpmap
    struct gw_rtsp_text fmtp;    // "packetization-mode=1;..."
    struct gw_rtsp_text control; // empty when there is none
};

struct gw_sdp {
    bool few_lines;              // one of v, o, s and t is missing: they are mandatory
    bool broken;                 // a medium was left out that cannot be read
    struct gw_rtsp_text control; // of the session; empty when there is none
    size_t count;                // of media
    struct gw_sdp_media media[GW_SDP_MEDIA_MAX];
};

// Anything can be read; what is no description has no media.
void gw_sdp_parse(const void *text, size_t len, struct gw_sdp *ret_sdp);

// What the medium is coded with, or GW_CODEC_NONE when we cannot carry it.
enum gw_codec gw_sdp_codec(const struct gw_sdp_media *media);

// The value of a parameter of an fmtp ("mode=AAC-hbr;sizeLength=13"), names in any
// case; empty when it is not there. Borrowed from `fmtp`.
struct gw_rtsp_text gw_sdp_parameter(struct gw_rtsp_text fmtp, const char *name);

// Decodes a parameter that is bytes in hexadecimal digits. Returns how many bytes, or
// -EBADMSG: no such digits, or more than `cap` bytes.
ssize_t gw_sdp_bytes(struct gw_rtsp_text hex, uint8_t *out, size_t cap);

// Decodes sprop-parameter-sets (RFC 6184 section 8.1), sprop-vps, -sps and -pps (RFC
// 7798 section 7.1) to length-prefixed NAL units, as `struct gw_media_format` has them.
// Sets that are no base64 are left out. Returns a buffer that the caller owns, or NULL
// when there are none or memory is out: cameras send them in band too.
struct gw_buf *gw_sdp_params(const struct gw_sdp_media *media);

#endif
