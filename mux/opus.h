// What must be known of Opus to put it into a container: its head (RFC 7845 section
// 5.1) and how long a packet lasts (RFC 6716 section 3.1). No state, no allocation.
#ifndef GW_MUX_OPUS_H
#define GW_MUX_OPUS_H

#include <stddef.h>
#include <stdint.h>

struct gw_opus_head {
    uint8_t channels;    // 1 or 2
    uint16_t pre_skip;   // samples at 48 kHz that a decoder leaves out at the beginning
    uint32_t input_rate; // Hz, of what was coded; for information
    int16_t gain;        // dB, 8 bits behind the point
};

// Returns 0; -EBADMSG (no OpusHead, or cut short) or -ENOTSUP (a version or a channel
// mapping that we do not know). *ret_head is touched on success only.
int gw_opus_head_parse(const void *data, size_t len, struct gw_opus_head *ret_head);

// How long a packet lasts, in 90 kHz ticks: at most 120 ms. 0: it is malformed.
uint32_t gw_opus_duration_90k(const void *data, size_t len);

#endif
