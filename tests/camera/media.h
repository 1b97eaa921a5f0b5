// The RTP of a scripted camera: small H.264 pictures and packets of any content,
// in a form that goes onto an RTSP connection as it is. No I/O.
#ifndef GW_TESTS_CAMERA_MEDIA_H
#define GW_TESTS_CAMERA_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAMERA_PAYLOAD_MAX = 1400, // bytes of one RTP payload
    CAMERA_PICTURE_MAX = 4096, // bytes of all packets of a picture
};

// What the next packet is stamped with. Scripts set any of it at any time.
struct camera_media {
    uint32_t channel; // of RFC 2326 section 10.12
    uint32_t pt;
    uint32_t ssrc;
    uint32_t seq;
    uint32_t time;
    uint32_t step;   // of `time` between two pictures
    uint32_t fu;     // bytes of a slice in one FU-A; 0: slices go whole
    uint32_t params; // ahead of a key picture come SPS and PPS
    uint32_t number; // of the next picture: each has other bytes
};

void camera_media_init(struct camera_media *m);

// Sets the field of that name. False when there is none.
bool camera_media_set(struct camera_media *m, const char *name, uint32_t value);

// Writes "$", channel, length, RTP header and payload; seq goes on by one. Returns
// the bytes written: 16 more than `len`.
size_t camera_media_packet(struct camera_media *m, bool marker, const void *payload,
                           size_t len, uint8_t *buf);

// Writes a picture of 320x180: a key picture, or one that refers to it. `time` goes
// on by one step afterwards. Returns the bytes written, at most CAMERA_PICTURE_MAX.
size_t camera_media_picture(struct camera_media *m, bool key,
                            uint8_t buf[CAMERA_PICTURE_MAX]);

#endif
