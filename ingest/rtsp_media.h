// The media of one RTSP session, apart from the dialogue that sets them up
// (rtsp_client.h): which channel or port is whose, what arrives there, whether they
// live, and the receiver reports that go back. No I/O, no clock.
#ifndef GW_INGEST_RTSP_MEDIA_H
#define GW_INGEST_RTSP_MEDIA_H

#include "base/rng.h"
#include "ingest/inlet.h"
#include "ingest/media.h"
#include "ingest/rtsp_transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    // Between two receiver reports by UDP, half to one and a half times as long, so
    // that thousands of cameras are not told at once: RFC 3550 section 6.3.1.
    GW_RTSP_REPORT_MS = 5000,

    GW_RTSP_CNAME_CHARS = 16, // of our name in reports

    GW_RTSP_FRAMED_REPORT_MAX = 4 + GW_RTCP_REPORT_MAX, // bytes, channel in front
};

struct gw_rtsp_media_config {
    // As in rtsp_client.h.
    bool (*on_packet)(void *arg, enum gw_media_kind kind, const void *data, size_t len);
    void (*on_report)(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report);
    void (*send)(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                 size_t len);
    void *arg; // none may call the media
};

struct gw_rtsp_media;

struct gw_rtsp_medium_in {
    struct gw_rtsp_media *media;
    enum gw_media_kind kind;
    bool set_up;
    bool sure; // of its channels: a packet came, or the camera named other than ours
    enum gw_rtsp_lower lower;
    uint8_t payload_type;
    uint8_t rtp_channel;
    uint8_t rtcp_channel;
    struct gw_inlet inlet;
};

// Embedded by value, and not moved once a medium was added; the fields are private.
struct gw_rtsp_media {
    struct gw_rtsp_media_config config;
    struct gw_rtsp_medium_in media[GW_MEDIA_KINDS];
    bool open;              // gw_rtsp_media_begin() was called
    bool guessed;           // a medium came on a channel that nobody named
    uint64_t video_at_us;   // latest packet of the video; 0: none
    uint64_t unfinished_us; // the first one behind the last whole picture; 0: none
    uint64_t report_at_us;
    uint64_t reports; // sent
    uint32_t ssrc;    // ours
    char cname[GW_RTSP_CNAME_CHARS + 1];
    struct gw_rng rng;
};

void gw_rtsp_media_init(struct gw_rtsp_media *m,
                        const struct gw_rtsp_media_config *config, uint64_t seed);

// All zero is allowed.
void gw_rtsp_media_finish(struct gw_rtsp_media *m);

// A medium was set up: by UDP, or over the channels that `transport` names, which are
// `sure` when the camera chose them itself. Returns 0, -EBADMSG when its channel is
// another medium's, or -ENOMEM; then it was not added.
int gw_rtsp_media_add(struct gw_rtsp_media *m, const struct gw_media_format *format,
                      enum gw_rtsp_lower lower, const struct gw_rtsp_transport *transport,
                      bool sure);

bool gw_rtsp_media_has(const struct gw_rtsp_media *m, enum gw_media_kind kind);

// Is any of them UDP's?
bool gw_rtsp_media_by_udp(const struct gw_rtsp_media *m);

// All are set up: packets count from now on. By UDP, opens the way through
// firewalls between us and the camera: a packet to each of its ports.
void gw_rtsp_media_begin(struct gw_rtsp_media *m, uint64_t now_us);

// A packet of a channel. Returns false when that is nobody's.
bool gw_rtsp_media_interleaved(struct gw_rtsp_media *m, uint8_t channel, const void *data,
                               size_t len, uint64_t now_us);

// A datagram that came to the RTP or the RTCP port of a medium.
void gw_rtsp_media_datagram(struct gw_rtsp_media *m, enum gw_media_kind kind, bool rtcp,
                            const void *data, size_t len, uint64_t now_us);

// Packets that waited long enough go on; reports that are due are sent by UDP.
void gw_rtsp_media_tick(struct gw_rtsp_media *m, uint64_t now_us);
uint64_t gw_rtsp_media_deadline_us(const struct gw_rtsp_media *m); // for the tick

// Writes the report of an interleaved medium with its channel in front, as it goes
// over the RTSP connection. Returns its bytes; 0 when there is no such medium.
size_t gw_rtsp_media_write_report(struct gw_rtsp_media *m, enum gw_media_kind kind,
                                  uint64_t now_us,
                                  uint8_t buf[GW_RTSP_FRAMED_REPORT_MAX]);

// The video's sender said BYE, and nothing came since.
bool gw_rtsp_media_left(const struct gw_rtsp_media *m);

// Of all media together.
void gw_rtsp_media_stats(const struct gw_rtsp_media *m, struct gw_inlet_stats *ret_stats);

#endif
