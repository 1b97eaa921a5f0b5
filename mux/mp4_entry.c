#include "mux/mp4_entry.h"

#include "base/aac_config.h"
#include "mux/mp4_box.h"
#include "mux/opus.h"

#include <assert.h>

enum {
    // ISO/IEC 14496-1 sections 7.2.2.1 and 7.2.6.6.
    TAG_ES = 3,
    TAG_DECODER_CONFIG = 4,
    TAG_DECODER_SPECIFIC = 5,
    TAG_SL_CONFIG = 6,
    DESCRIPTOR_HEAD = 2, // tag, length: lengths are under 128
    DECODER_CONFIG = 13, // bytes ahead of what is specific
    OBJECT_AAC = 0x40,
    AUDIO_STREAM = 0x05 << 2 | 1, // streamType, upStream, reserved
    SL_MP4 = 2,

    SAMPLE_BITS = 16,
    OPUS_RATE = 48000, // Hz
    RATE_MAX = 65535,  // 16 bits before the point; over it the field says 0
};

static_assert(3 + DESCRIPTOR_HEAD + DECODER_CONFIG + DESCRIPTOR_HEAD + GW_AAC_CONFIG_MAX +
                      DESCRIPTOR_HEAD + 1 <
                  128,
              "a descriptor's length has one byte");

bool gw_mp4_has_entry(enum gw_codec codec)
{
    return codec == GW_CODEC_H264 || codec == GW_CODEC_H265 || codec == GW_CODEC_AAC ||
           codec == GW_CODEC_OPUS;
}

// What all sample entries begin with: ISO/IEC 14496-12 section 8.5.2.2.
static size_t entry(struct gw_writer *w, const char *type)
{
    size_t start = gw_mp4_box(w, type);
    gw_mp4_zeros(w, 6);
    gw_write_u16(w, 1); // data_reference_index
    return start;
}

// ISO/IEC 14496-15 sections 5.4.2.1 and 8.4.1.1: `hvc1` promises that all parameter
// sets are in the record.
static void write_video(struct gw_writer *w, const struct gw_params *p)
{
    bool hevc = p->codec == GW_CODEC_H265;
    size_t start = entry(w, hevc ? "hvc1" : "avc1");
    gw_mp4_zeros(w, 16);
    gw_write_u16(w, p->width);
    gw_write_u16(w, p->height);
    gw_write_u32(w, 0x480000); // 72 dpi
    gw_write_u32(w, 0x480000);
    gw_write_u32(w, 0);
    gw_write_u16(w, 1);  // frame_count
    gw_mp4_zeros(w, 32); // compressorname
    gw_write_u16(w, 24); // depth
    gw_write_u16(w, 0xffff);
    size_t record = gw_mp4_box(w, hevc ? "hvcC" : "avcC");
    gw_write_bytes(w, p->record, p->record_len);
    gw_mp4_box_end(w, record);
    gw_mp4_box_end(w, start);
}

// ISO/IEC 14496-12 section 12.2.3.
static size_t audio_entry(struct gw_writer *w, const char *type, uint16_t channels,
                          uint32_t rate)
{
    size_t start = entry(w, type);
    gw_mp4_zeros(w, 8);
    gw_write_u16(w, channels);
    gw_write_u16(w, SAMPLE_BITS);
    gw_write_u32(w, 0);
    gw_write_u32(w, rate <= RATE_MAX ? rate << 16 : 0);
    return start;
}

static void descriptor(struct gw_writer *w, uint8_t tag, size_t len)
{
    gw_write_u8(w, tag);
    gw_write_u8(w, (uint8_t)len);
}

static void write_esds(struct gw_writer *w, const struct gw_params *p)
{
    size_t specific = DESCRIPTOR_HEAD + p->record_len;
    size_t decoder = DESCRIPTOR_HEAD + DECODER_CONFIG + specific;
    size_t esds = gw_mp4_full_box(w, "esds", 0, 0);

    descriptor(w, TAG_ES, 3 + decoder + DESCRIPTOR_HEAD + 1);
    gw_mp4_zeros(w, 3); // ES_ID, no flags

    descriptor(w, TAG_DECODER_CONFIG, decoder - DESCRIPTOR_HEAD);
    gw_write_u8(w, OBJECT_AAC);
    gw_write_u8(w, AUDIO_STREAM);
    gw_mp4_zeros(w, 3 + 4 + 4); // buffer size and bit rates: not known

    descriptor(w, TAG_DECODER_SPECIFIC, p->record_len);
    gw_write_bytes(w, p->record, p->record_len);

    descriptor(w, TAG_SL_CONFIG, 1);
    gw_write_u8(w, SL_MP4);
    gw_mp4_box_end(w, esds);
}

static void write_aac(struct gw_writer *w, const struct gw_params *p)
{
    struct gw_aac_config config = { .channels = 0 };
    int r = gw_aac_config_parse(p->record, p->record_len, &config);
    assert(!r); // gw_params_parse() read it
    (void)r;

    size_t start = audio_entry(w, "mp4a", config.channels, config.sample_rate);
    write_esds(w, p);
    gw_mp4_box_end(w, start);
}

static void write_opus(struct gw_writer *w, const struct gw_params *p)
{
    struct gw_opus_head head = { .channels = 0 };
    int r = gw_opus_head_parse(p->record, p->record_len, &head);
    assert(!r); // gw_params_parse() read it
    (void)r;

    size_t start = audio_entry(w, "Opus", head.channels, OPUS_RATE);
    size_t box = gw_mp4_box(w, "dOps");
    gw_write_u8(w, 0); // version
    gw_write_u8(w, head.channels);
    gw_write_u16(w, head.pre_skip);
    gw_write_u32(w, head.input_rate);
    gw_write_u16(w, (uint16_t)head.gain);
    gw_write_u8(w, 0); // mapping family
    gw_mp4_box_end(w, box);
    gw_mp4_box_end(w, start);
}

void gw_mp4_write_entry(struct gw_writer *w, const struct gw_params *p)
{
    if (p->codec == GW_CODEC_AAC)
        write_aac(w, p);
    else if (p->codec == GW_CODEC_OPUS)
        write_opus(w, p);
    else
        write_video(w, p);
}
