#include "base/aac_config.h"

#include "base/bit_reader.h"

#include <errno.h>

enum {
    TYPE_ESCAPE = 31,
    TYPE_LTP = 4, // the last of the plain ones: Main, LC, SSR, LTP
    TYPE_SBR = 5,
    TYPE_PS = 29,
    RATE_ESCAPE = 15,
    RATE_MIN = 7350,
    RATE_MAX = 96000,
};

static uint8_t read_object_type(struct gw_bit_reader *r)
{
    uint32_t type = gw_bit_read(r, 5);
    return (uint8_t)(type == TYPE_ESCAPE ? 32 + gw_bit_read(r, 6) : type);
}

// Table 1.18. 0: reserved, or out of bounds.
static uint32_t read_rate(struct gw_bit_reader *r)
{
    static const uint32_t rates[] = { 96000, 88200, 64000, 48000, 44100, 32000, 24000,
                                      22050, 16000, 12000, 11025, 8000,  7350 };
    uint32_t index = gw_bit_read(r, 4);

    if (index < sizeof(rates) / sizeof(*rates))
        return rates[index];
    uint32_t rate = index == RATE_ESCAPE ? gw_bit_read(r, 24) : 0;
    return rate >= RATE_MIN && rate <= RATE_MAX ? rate : 0;
}

// The rest of a GASpecificConfig (section 4.4.1) behind its first flag. Returns the bits
// read so far, or 0: cameras cut it short, and a decoder needs none of it.
static uint16_t read_rest(struct gw_bit_reader *r)
{
    if (gw_bit_read_flag(r)) // dependsOnCoreCoder
        (void)gw_bit_read(r, 14);
    if (gw_bit_read_flag(r)) // extensionFlag
        (void)gw_bit_read_flag(r);
    return r->failed ? 0 : (uint16_t)(r->pos * 8 - r->left);
}

int gw_aac_config_parse(const void *data, size_t len, struct gw_aac_config *ret_config)
{
    static const uint8_t channels_of[16] = { 0, 1, 2, 3, 4, 5, 6, 8 }; // table 1.19
    struct gw_bit_reader r = gw_bit_reader_init_plain(data, len);

    if (len > GW_AAC_CONFIG_MAX)
        return -EMSGSIZE;
    uint8_t named = read_object_type(&r);
    uint8_t core = named;
    uint32_t rate = read_rate(&r);
    uint8_t channels = channels_of[gw_bit_read(&r, 4)];
    if (named == TYPE_SBR || named == TYPE_PS) {
        (void)read_rate(&r); // of what is heard
        core = read_object_type(&r);
    }
    bool is_short = gw_bit_read_flag(&r); // frameLengthFlag, section 4.4.1
    if (r.failed)
        return -EBADMSG;
    if (core < 1 || core > TYPE_LTP || !channels)
        return -ENOTSUP;
    if (!rate)
        return -EBADMSG;
    *ret_config = (struct gw_aac_config) {
        .object_type = named,
        .channels = channels,
        .bits = read_rest(&r),
        .frame_samples = is_short ? 960 : 1024,
        .sample_rate = rate,
    };
    return 0;
}
