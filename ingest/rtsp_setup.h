// SETUP of a session's media, one after another: what each is asked for, what of an
// answer counts, and what becomes of one that is refused. An audio never costs the
// video; without the video there is nothing.
//
// No I/O, no clock: the dialogue (rtsp_client.h) sends and receives.
#ifndef GW_INGEST_RTSP_SETUP_H
#define GW_INGEST_RTSP_SETUP_H

#include "base/source.h"
#include "ingest/rtsp_answer.h"
#include "ingest/rtsp_media.h"
#include "ingest/rtsp_message.h"
#include "ingest/rtsp_transport.h"
#include "ingest/tolerance.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the owner of the sockets does for media that come by UDP.
struct gw_rtsp_udp {
    // Opens two ports that receive for a medium, an even one for RTP and the next
    // one for RTCP. Returns 0 or -errno: CAUSE_OUR_LIMIT.
    int (*open)(void *arg, enum gw_media_kind kind, uint16_t *ret_rtp_port);

    // What the camera said of its own ports. Borrowed.
    void (*peer)(void *arg, enum gw_media_kind kind,
                 const struct gw_rtsp_transport *transport);

    // Sends to the camera's RTP or RTCP port; what cannot be sent is dropped.
    void (*send)(void *arg, enum gw_media_kind kind, bool rtcp, const void *data,
                 size_t len);
};

// Embedded by value; the first part is the owner's to set, the rest read only.
struct gw_rtsp_setup {
    enum gw_rtsp_lower lower;      // that is asked for
    bool may_switch;               // to the other one, where that is refused (461)
    const struct gw_rtsp_udp *udp; // NULL: TCP alone
    void *arg;                     // of `udp`
    struct gw_rtsp_media *media;   // where those that are set up are added

    struct gw_rtsp_description description; // to be set up
    size_t medium;                          // of it, whose turn it is
    bool switched;                          // `lower` is the other one by now
    uint16_t port;                          // UDP: ours, of this medium; 0: none yet
    char *session;                          // the latest id; owned. NULL: none
    uint32_t timeout_s;                     // of the session
    gw_tolerances tolerated;
};

// All zero is allowed.
void gw_rtsp_setup_finish(struct gw_rtsp_setup *s);

// Writes the Transport header that asks for the medium. Returns 0, or -errno when there
// are no ports for it.
int gw_rtsp_setup_write(struct gw_rtsp_setup *s, char ret_header[GW_RTSP_TRANSPORT_MAX]);

// Takes over what the medium's SETUP was answered with. Returns 0, or why it is of no
// use.
enum gw_cause gw_rtsp_setup_take(struct gw_rtsp_setup *s,
                                 const struct gw_rtsp_message *answer);

// The medium was refused. Returns whether it is to be asked for once more, by the other
// transport.
bool gw_rtsp_setup_again(struct gw_rtsp_setup *s, unsigned status);

// May the session go on without the medium whose turn it is?
bool gw_rtsp_setup_is_optional(const struct gw_rtsp_setup *s);

// The medium is done with, set up or not. Returns whether another one is to be asked
// for.
bool gw_rtsp_setup_next(struct gw_rtsp_setup *s);

// Lists what was set up, the video first. Returns how many.
size_t gw_rtsp_setup_formats(const struct gw_rtsp_setup *s,
                             struct gw_media_format ret_formats[GW_MEDIA_KINDS]);

#endif
