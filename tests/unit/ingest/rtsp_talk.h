// An RTSP client under test and a scripted camera: what the client says is checked line
// by line, and the camera's answers reach it in pieces of `chunk` bytes.
#ifndef GW_TESTS_RTSP_TALK_H
#define GW_TESTS_RTSP_TALK_H

#include "base/clock.h"
#include "ingest/rtsp_client.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL "rtsp://10.0.0.1/x"
#define VIDEO                                                                            \
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"                                 \
    "a=fmtp:96 sprop-parameter-sets=Z0IA,aM4=\r\na=control:trackID=1\r\n"
#define AUDIO "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\na=control:a\r\n"
#define DIGEST "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n"

#define TIMEOUT_US (5 * GW_SECOND)
#define STALL_US (10 * GW_SECOND)

struct talk {
    struct gw_stream_url *url;
    struct gw_rtsp_client *c;
    size_t chunk;
    uint64_t now_us;
    char request[8192]; // last one the client sent
    unsigned cseq;      // of it
    unsigned setups;
    enum gw_cause refusal;                         // of what was set up
    size_t media;                                  // that were set up
    struct gw_media_format format[GW_MEDIA_KINDS]; // its texts are gone
    size_t params_len;
    unsigned audio_packets;
    unsigned reports[GW_MEDIA_KINDS];
    unsigned opened; // ports
    bool no_ports;
    struct gw_rtsp_transport peer[GW_MEDIA_KINDS];
    unsigned sent[GW_MEDIA_KINDS][2]; // datagrams to RTP and RTCP ports
    unsigned packets;                 // of the video
    bool broken;                      // no picture of them is whole
    size_t bytes;
};

struct wishes {
    bool audio;
    enum gw_rtsp_lower lower;
    bool may_switch;
};

// Begins a session at `url`; end() it.
void begin_with(const char *url, struct wishes wishes, struct talk *t);
void begin(const char *url, bool audio, struct talk *t);
void begin_at(const char *url, struct talk *t);
void end(struct talk *t);

// The client sends a request that begins like this, and nothing else.
void says(struct talk *t, const char *line);
void says_nothing(struct talk *t);

// The client sends just this.
void says_exactly(struct talk *t, const char *text);

// The latest request holds this.
void said(struct talk *t, const char *part);

// Bytes of the camera, in pieces of `chunk`.
void feed(struct talk *t, const void *data, size_t len);

// Answers the latest request.
void answer_with(struct talk *t, const char *status, const char *headers,
                 const char *body);
void answer(struct talk *t, const char *status, const char *headers);

// An RTP packet of a channel.
void packet(struct talk *t, uint8_t channel);

// An RTCP packet of a channel.
void rtcp(struct talk *t, uint8_t channel, const char *data, size_t len);

// What became of the session.
void is_in(struct talk *t, enum gw_rtsp_client_state state);
void failed_with(struct talk *t, enum gw_cause cause, unsigned status);

// Whole steps of a session, each up to where the next request is awaited.
void describe(struct talk *t, const char *headers, const char *sdp);
void play(struct talk *t, const char *session, const char *transport);
void play_default(struct talk *t);

// Time passes, and the client looks at it.
void advance(struct talk *t, uint64_t us);

// A video and an audio: the latter's SETUP is answered so.
void set_up_audio(struct talk *t, const char *status, const char *headers);

// A video by UDP, up to SETUP and up to PLAYING.
void set_up_udp(struct talk *t, bool audio);
void play_udp(struct talk *t);

// An RTP packet of the video, by UDP.
void datagram(struct talk *t, uint16_t seq);

#endif
