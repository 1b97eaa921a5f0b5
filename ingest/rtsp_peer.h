// What an RTSP camera's own words show of it, for people who test it. No I/O, no clock.
#ifndef GW_INGEST_RTSP_PEER_H
#define GW_INGEST_RTSP_PEER_H

#include "ingest/rtsp_message.h"
#include "ingest/tolerance.h"

#include <stdbool.h>
#include <stddef.h>

enum { GW_RTSP_SERVER_MAX = 64 }; // bytes of a Server header, NUL included; longer is cut

// Embedded by value; all zero at first.
struct gw_rtsp_peer {
    char server[GW_RTSP_SERVER_MAX]; // printable ASCII; "" while it did not say
    const char *auth;                // static: "Digest MD5"; NULL: it asked for none
    gw_tolerances tolerated;
    bool no_get_parameter; // it said what it takes, and GET_PARAMETER was not in it
};

// Looks at an answer; `head` holds the `len` bytes that it was parsed from.
void gw_rtsp_peer_answer(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer,
                         const void *head, size_t len);

// Looks at the answer to OPTIONS, to SETUP or to PLAY, or at the head of a description,
// besides.
void gw_rtsp_peer_options(struct gw_rtsp_peer *peer,
                          const struct gw_rtsp_message *answer);
void gw_rtsp_peer_description(struct gw_rtsp_peer *peer,
                              const struct gw_rtsp_message *answer);
void gw_rtsp_peer_setup(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer);
void gw_rtsp_peer_play(struct gw_rtsp_peer *peer, const struct gw_rtsp_message *answer);

#endif
