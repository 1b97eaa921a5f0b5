// Live pictures at an address of their own: /live/{id}.flv, /live/{id}.mp4 (main
// stream), /live/{id}/sub.flv and /live/{id}/sub.mp4, by HTTP GET as one endless
// body, and by WebSocket with one binary message a packet.
//
// Pages of those origins that the server allows may read the GET answers
// (Access-Control-Allow-Origin). One thread.
#ifndef GW_WS_LIVE_H
#define GW_WS_LIVE_H

#include "ws/peer.h"
#include "ws/viewer.h"
#include "ws/ws.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Reads the percent-decoded path of a request: camera, profile and form, FLV or MP4.
// Returns 0, or -EBADMSG when it is none of the four above.
int gw_live_parse(const char *path, struct gw_wish *ret_wish);

// Reads `join` out of a request's query; other parameters are not looked at. Without
// it the pictures begin with what is cached. Returns 0, or -EBADMSG when it is neither
// "gop" nor "key".
int gw_live_parse_join(const char *query, enum gw_join *ret_join);

// Reads `audio` likewise: `1`, or `0` as without it. Returns 0 or -EBADMSG.
int gw_live_parse_audio(const char *query, bool *ret_audio);

// Asks the hooks for the camera. The answer to the peer goes out with the next
// `writable`: media, or why there is none. `origin` is that of the page that asks, "" for
// none. Returns NULL when out of memory.
struct gw_live *gw_live_create(struct gw_ws *ws, struct gw_peer *peer,
                               const struct gw_wish *wish, const char *origin,
                               bool websocket);

// on_close comes if the viewer had been accepted. NULL is allowed.
void gw_live_destroy(struct gw_live *l);

void gw_live_writable(struct gw_live *l);
size_t gw_live_queued(const struct gw_live *l);

// Tells of its viewer: gw_server_each_viewer(). NULL is allowed.
void gw_live_tell(const struct gw_live *l, const struct gw_viewer_visitor *to);

// For viewer.c: the answers of on_open, and media.
void gw_live_accepted(struct gw_live *l);
void gw_live_refused(struct gw_live *l, const char *code, struct gw_text why);

// As gw_viewer_cannot_carry().
void gw_live_cannot_carry(struct gw_live *l, struct gw_text why);

// As gw_server_end_stream().
void gw_live_end_stream(struct gw_live *l, uint32_t stream, const char *code,
                        struct gw_text why);
// As gw_server_judge().
void gw_live_judge(struct gw_live *l, const char *code, struct gw_text why);
struct gw_guest *gw_live_guest(const struct gw_live *l);
const char *gw_live_address(const struct gw_live *l);
void gw_live_send(struct gw_live *l, struct gw_packet *packet, uint64_t now_us);
void gw_live_hot(const struct gw_live *l, struct gw_hot *hot);

#endif
