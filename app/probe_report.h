// What a test of one camera found (probe.h), and how it is told to people.
#ifndef GW_APP_PROBE_REPORT_H
#define GW_APP_PROBE_REPORT_H

#include "base/frame.h"
#include "base/source.h"
#include "base/stream_url.h"
#include "base/text.h"
#include "ingest/rtsp_peer.h"
#include "ingest/rtsp_transport.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum gw_probe_verdict {
    GW_PROBE_PICTURES,
    GW_PROBE_NO_KEY_FRAME, // packets came, but nothing that decoding can start with
    GW_PROBE_FAILED,       // see `cause`
    GW_PROBE_OTHER_SCHEME, // no camera by RTSP: not tested
    GW_PROBE_VERDICTS,
};

#define GW_PROBE_NEVER UINT64_MAX // of a delay: it did not come so far

struct gw_probe_report {
    char address[GW_STREAM_URL_MAX + 1]; // without user and password
    char sent_to[GW_STREAM_URL_MAX + 1]; // likewise, where it sent us last; "": nowhere
    enum gw_probe_verdict verdict;
    enum gw_cause cause;  // that ended it, also behind pictures; NONE: it went on
    uint16_t rtsp_status; // with CAUSE_STATUS, else 0
    struct gw_rtsp_peer peer;

    bool tls;
    enum gw_rtsp_lower lower;
    enum gw_codec video; // NONE until it was set up
    enum gw_codec audio; // NONE: it offers none that we carry
    uint16_t width;      // pixels; 0: not known
    uint16_t height;

    uint64_t signalling_us; // from the start until PLAY was answered, or NEVER
    uint64_t stream_us;     // from there to the video's first packet, or NEVER
    uint64_t key_us;        // from there to its first key frame, or NEVER

    uint64_t frames; // from the first key frame on
    uint64_t keys;
    uint64_t span_90k;         // of their presentation times
    uint64_t bytes;            // of all of them but the last
    uint64_t key_interval_90k; // the longest; 0: not known
    bool b_frames;
    uint64_t packets;
    uint64_t packets_lost;
    uint64_t frames_dropped;
};

// For scripts: "pictures", "no_key_frame".
const char *gw_probe_verdict_name(enum gw_probe_verdict verdict);

// "h264"; "none".
const char *gw_probe_codec_name(enum gw_codec codec);

// What came of it, and how to mend it.
struct gw_text gw_probe_verdict_text(const struct gw_probe_report *r);

// 0 when not known.
double gw_probe_frames_per_s(const struct gw_probe_report *r);
double gw_probe_bits_per_s(const struct gw_probe_report *r);

// Between none and 1.
double gw_probe_loss(const struct gw_probe_report *r);

// One fact a line, the verdict last.
void gw_probe_report_print(const struct gw_probe_report *r, enum gw_lang lang, FILE *out);

#endif
