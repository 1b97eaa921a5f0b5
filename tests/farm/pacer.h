// One session's way through its clip: which frame is due when, and the RTP
// packets of it (RFC 3550). No I/O, no clock.
//
// All sessions of one camera's stream live on one timeline: frame N is due at
//   epoch + phase(camera, profile) + time of position N
// A session that begins with a key frame shows the nearest one before the live
// position in its place; frame numbers are the timeline's all the same.
#ifndef GW_TESTS_FARM_PACER_H
#define GW_TESTS_FARM_PACER_H

#include "base/rng.h"
#include "tests/farm/clip.h"
#include "tests/farm/proof.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

enum {
    FARM_HEADER_BYTES = 4 + 12,                     // '$' channel length, RTP header
    FARM_PACKETS_MAX = FARM_FRAME_PAYLOADS_MAX + 1, // with the proof
    FARM_REPORT_BYTES = 4 + 28, // '$' channel length, RTCP sender report
    FARM_PAYLOAD_TYPE = 96,
    FARM_PPM = 1000 * 1000, // a probability of 1
};

struct farm_pacer {
    const struct farm_clip *clip; // borrowed
    uint32_t camera;
    enum farm_profile profile;
    uint8_t channel; // interleaved, of RTP; RTCP's is the next
    uint32_t ssrc;
    uint16_t seq;          // of the next packet
    uint32_t ts_base;      // RTP timestamp of start_us
    uint64_t frame;        // number of the next frame
    uint64_t position;     // of the next frame in the clip
    int64_t start_90k;     // clip time of the first frame
    uint64_t start_us;     // when the first frame was due, gw_clock_now_us()
    uint32_t sent_packets; // for sender reports, as are the octets
    uint32_t sent_octets;
};

// The bytes of one frame on their way to a socket, shared by all sessions: it is
// filled and sent within one call.
struct farm_batch {
    struct iovec iov[2 * FARM_PACKETS_MAX]; // header, payload, header, payload ...
    size_t count;
    size_t bytes;
    uint8_t headers[FARM_PACKETS_MAX][FARM_HEADER_BYTES];
    uint8_t proof[FARM_PROOF_NAL_BYTES];
};

struct farm_pacer_config {
    const struct farm_clip *clip;
    uint32_t camera;
    enum farm_profile profile;
    uint8_t channel;
    uint64_t epoch_us;   // start of the farm's timeline
    bool start_anywhere; // else with a key frame
};

// Takes SSRC, sequence number and timestamp from `rng`.
void farm_pacer_start(struct farm_pacer *p, const struct farm_pacer_config *config,
                      uint64_t now_us, struct gw_rng *rng);

// When the next frame is due, gw_clock_now_us().
uint64_t farm_pacer_due_us(const struct farm_pacer *p);

bool farm_pacer_at_key(const struct farm_pacer *p);

// Fills `batch` with the next frame and goes on to the one after it. Each packet
// is left out with `drop_ppm` in a million; its sequence number is used up.
void farm_pacer_build(struct farm_pacer *p, uint64_t now_unix_us, uint32_t drop_ppm,
                      struct gw_rng *rng, struct farm_batch *batch);

// Goes on to the next frame without sending this one.
void farm_pacer_skip(struct farm_pacer *p);

// Writes a sender report (RFC 3550 section 6.4.1) for this moment.
void farm_pacer_report(const struct farm_pacer *p, uint64_t now_us, uint64_t now_unix_us,
                       uint8_t report[FARM_REPORT_BYTES]);

#endif
