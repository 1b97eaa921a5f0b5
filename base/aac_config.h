// Reads an AudioSpecificConfig (ISO/IEC 14496-3 section 1.6.2.1): what a decoder of AAC
// must know ahead of the first access unit. No state, no allocation.
#ifndef GW_BASE_AAC_CONFIG_H
#define GW_BASE_AAC_CONFIG_H

#include <stddef.h>
#include <stdint.h>

enum {
    GW_AAC_CONFIG_MAX = 64, // bytes; usual are 2 to 7
};

struct gw_aac_config {
    uint8_t object_type; // of table 1.17, as a codec string names it: 2 is AAC-LC, 5 SBR
    uint8_t channels;    // 1 to 8
    uint16_t frame_samples; // of an access unit: 1024 or 960, at sample_rate
    uint32_t sample_rate;   // Hz; with SBR that of the core, half of what is heard
    uint16_t bits; // of its own syntax, up to GASpecificConfig's end; 0: it ends earlier
};

// Returns 0; -EBADMSG (cut short, a reserved sample rate), -EMSGSIZE (over
// GW_AAC_CONFIG_MAX) or -ENOTSUP (no general audio coding, or channels by a program
// config element). *ret_config is touched on success only.
int gw_aac_config_parse(const void *data, size_t len, struct gw_aac_config *ret_config);

#endif
