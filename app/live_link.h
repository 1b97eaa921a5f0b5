// A link by which whoever has it may watch one stream for a while, without signing in:
// what it says, signed with a key of the engine's (HMAC-SHA-256, RFC 2104). Nothing is
// kept of it. No I/O, reads no clock, any thread.
//
//   /live/CAMERA.mp4?link=UNTIL.ACCOUNT.GENERATION.BOUND.SIGNATURE
//
// The first three are hexadecimal; BOUND is "o" where it is for pages of one origin, "a"
// for any. Camera and stream are those of the address, the origin is the request's: they
// are signed, and are not told again.
#ifndef GW_APP_LIVE_LINK_H
#define GW_APP_LIVE_LINK_H

#include "map/secret.h"
#include "ws/server.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_LIVE_LINK_S_MAX = 24 * 3600, // that a link may be good for
    GW_LIVE_LINK_TEXT = 128,        // bytes of a link's text, NUL included
};

struct gw_live_link {
    const char *camera;
    enum gw_profile profile;
    uint64_t until_ms;   // Unix time
    uint32_t account;    // whose rights it has
    uint64_t generation; // of the account: with other rights it is another one
    const char *origin;  // "https://host"; "": any
};

// Writes the text of a link. Returns 0 or -ENOMEM.
int gw_live_link_write(const struct gw_live_link *link,
                       const uint8_t key[GW_SECRET_BYTES],
                       char ret_text[GW_LIVE_LINK_TEXT]);

// Reads what a text says of time, account and generation into `link`; `origin` is the one
// that the request came with, and is cleared where the link is for any. Nothing of it is
// to be believed before gw_live_link_check(). Returns 0 or -EBADMSG.
int gw_live_link_read(const char *text, struct gw_live_link *link,
                      char ret_signature[GW_SECRET_TEXT]);

// Whether the signature is that of all of the link, by this key. In a time that tells
// nothing of it.
bool gw_live_link_check(const struct gw_live_link *link, const char *signature,
                        const uint8_t key[GW_SECRET_BYTES]);

// Finds the text of a link in a request's query ("link=..."). False: there is none.
// One that is too long is cut, and good for nothing.
bool gw_live_link_find(const char *query, char ret_text[GW_LIVE_LINK_TEXT]);

#endif
