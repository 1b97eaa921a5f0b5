// A camera's side of the RTSP conversation (RFC 2326): requests in, replies out.
// No I/O, no clock.
#ifndef GW_TESTS_FARM_RTSP_H
#define GW_TESTS_FARM_RTSP_H

#include "tests/farm/auth.h"
#include "tests/farm/clip.h"
#include "tests/farm/faults.h"
#include "tests/farm/proof.h"
#include "tests/farm/request.h"

#include <stddef.h>
#include <stdint.h>

enum { FARM_REPLY_MAX = 8 * 1024 }; // bytes

// What all conversations of a farm share. Borrowed by them.
struct farm_site {
    uint32_t cameras;
    // Camera N shows clips[profile][(N - 1) % clip_count[profile]].
    struct farm_clip **clips[FARM_PROFILES];
    size_t clip_count[FARM_PROFILES];
    struct farm_auth auth;
    struct farm_faults faults;
    unsigned timeout_s; // of a silent client
};

enum farm_rtsp_state { FARM_INIT, FARM_READY, FARM_PLAYING };

struct farm_rtsp {
    enum farm_rtsp_state state;
    const struct farm_site *site; // borrowed
    char nonce[FARM_NONCE_MAX];
    char session[FARM_NONCE_MAX];
    uint32_t asked;  // the camera of the first request that named one, else 0
    uint32_t camera; // READY and PLAYING
    enum farm_profile profile;
    uint8_t channel; // of RTP
};

struct farm_reply {
    char text[FARM_REPLY_MAX];
    size_t len; // bytes of text
};

// `entropy` makes session and nonce.
void farm_rtsp_init(struct farm_rtsp *rtsp, const struct farm_site *site,
                    uint64_t entropy);

// Carries out a request: `rtsp->state` is what it leads to.
void farm_rtsp_handle(struct farm_rtsp *rtsp, const struct farm_request *req,
                      struct farm_reply *ret_reply);

const struct farm_clip *farm_site_clip(const struct farm_site *site, uint32_t camera,
                                       enum farm_profile profile);

#endif
