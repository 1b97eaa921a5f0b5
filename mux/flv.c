#include "mux/flv.h"

#include <errno.h>
#include <string.h>

enum {
    TAG_AUDIO = 8,
    TAG_VIDEO = 9,
    TAG_SCRIPT = 18,
    TAG_HEAD = 11,   // bytes
    COMPOSITION = 3, // bytes
    HAS_VIDEO = 1,   // TypeFlags of the header
    HAS_AUDIO = 4,
    CODEC_AVC = 7,
    FRAME_KEY = 1 << 4,
    FRAME_INTER = 2 << 4,
    IS_EX_HEADER = 0x80,
    HEVC_FOURCC = 0x68766331, // "hvc1"

    // Both of AVC and of enhanced video.
    SEQUENCE_HEADER = 0,
    CODED_FRAME = 1,
    AMF_NUMBER = 0,
    AMF_STRING = 2,
    AMF_ARRAY = 8,
    AMF_END = 9,

    // The first byte of an audio tag, section E.4.2.1. Of AAC the rest of it is fixed;
    // G.711 is 8 kHz, one channel.
    SOUND_AAC = 0xaf,
    SOUND_PCMA = 0x72,
    SOUND_PCMU = 0x82,

    SIZE_MAX_24 = 0xffffff,
    COMPOSITION_MIN = -0x800000, // 24 bits, signed
    COMPOSITION_MAX = 0x7fffff,
    TICKS_PER_MS = 90,
};

static void write_tag_head(struct gw_writer *w, uint8_t type, size_t data_len,
                           uint32_t time_ms)
{
    gw_write_u8(w, type);
    gw_write_u24(w, (uint32_t)data_len);
    gw_write_u24(w, time_ms & 0xffffff);
    gw_write_u8(w, (uint8_t)(time_ms >> 24)); // TimestampExtended
    gw_write_u24(w, 0);                       // StreamID
}

static void write_tag_tail(struct gw_writer *w, size_t data_len)
{
    gw_write_u32(w, (uint32_t)(TAG_HEAD + data_len)); // PreviousTagSize
}

bool gw_flv_carries(enum gw_codec codec)
{
    return codec == GW_CODEC_H264 || codec == GW_CODEC_H265 || codec == GW_CODEC_AAC ||
           codec == GW_CODEC_PCMA || codec == GW_CODEC_PCMU;
}

static void write_audio_head(struct gw_writer *w, enum gw_codec codec,
                             uint8_t packet_type)
{
    if (codec == GW_CODEC_AAC) {
        gw_write_u8(w, SOUND_AAC);
        gw_write_u8(w, packet_type);
    } else {
        gw_write_u8(w, codec == GW_CODEC_PCMA ? SOUND_PCMA : SOUND_PCMU);
    }
}

// Bytes between a tag's head and its payload.
static size_t media_head_bytes(enum gw_codec codec, uint8_t packet_type)
{
    if (gw_codec_is_audio(codec))
        return codec == GW_CODEC_AAC ? 2 : 1;
    if (codec == GW_CODEC_H265) // flags, FourCC; a sequence header has no time
        return 1 + 4 + (packet_type == CODED_FRAME ? COMPOSITION : 0);
    return 1 + 1 + COMPOSITION; // frame and codec, packet type
}

static void write_video_head(struct gw_writer *w, enum gw_codec codec, bool key,
                             uint8_t packet_type, int32_t composition_ms)
{
    uint8_t frame = key ? FRAME_KEY : FRAME_INTER;

    if (codec == GW_CODEC_H265) {
        gw_write_u8(w, IS_EX_HEADER | frame | packet_type);
        gw_write_u32(w, HEVC_FOURCC);
        if (packet_type == SEQUENCE_HEADER)
            return;
    } else {
        gw_write_u8(w, frame | CODEC_AVC);
        gw_write_u8(w, packet_type);
    }
    gw_write_u24(w, (uint32_t)composition_ms & 0xffffff);
}

static void write_name(struct gw_writer *w, const char *name)
{
    gw_write_u16(w, (uint16_t)strlen(name));
    gw_write_bytes(w, name, strlen(name));
}

static void write_number(struct gw_writer *w, const char *name, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    write_name(w, name);
    gw_write_u8(w, AMF_NUMBER);
    gw_write_u64(w, bits);
}

// Section E.5, in AMF0.
static void write_metadata(struct gw_writer *w, const struct gw_params *p)
{
    gw_write_u8(w, AMF_STRING);
    write_name(w, "onMetaData");
    gw_write_u8(w, AMF_ARRAY);
    gw_write_u32(w, 3);
    write_number(w, "width", p->width);
    write_number(w, "height", p->height);
    write_number(w, "videocodecid", p->codec == GW_CODEC_H265 ? HEVC_FOURCC : CODEC_AVC);
    write_name(w, "");
    gw_write_u8(w, AMF_END);
}

void gw_flv_write_header(struct gw_writer *w, const struct gw_params *p, bool with_audio)
{
    gw_write_bytes(w, "FLV", 3);
    gw_write_u8(w, 1); // version
    gw_write_u8(w, HAS_VIDEO | (with_audio ? HAS_AUDIO : 0));
    gw_write_u32(w, 9); // bytes of this header
    gw_write_u32(w, 0); // PreviousTagSize0

    uint8_t data[GW_FLV_HEADER_MAX];
    struct gw_writer script = gw_writer_init(data, sizeof(data));
    write_metadata(&script, p);
    write_tag_head(w, TAG_SCRIPT, script.pos, 0);
    gw_write_bytes(w, data, script.pos);
    write_tag_tail(w, script.pos);
}

void gw_flv_write_sequence_header(struct gw_writer *w, const struct gw_params *p,
                                  int64_t dts_90k)
{
    size_t len = media_head_bytes(p->codec, SEQUENCE_HEADER) + p->record_len;
    bool audio = gw_codec_is_audio(p->codec);
    uint32_t time_ms = (uint32_t)(dts_90k / TICKS_PER_MS);

    write_tag_head(w, audio ? TAG_AUDIO : TAG_VIDEO, len, time_ms);
    if (audio)
        write_audio_head(w, p->codec, SEQUENCE_HEADER);
    else
        write_video_head(w, p->codec, true, SEQUENCE_HEADER, 0);
    gw_write_bytes(w, p->record, p->record_len);
    write_tag_tail(w, len);
}

static size_t tag_bytes(const struct gw_frame *frame)
{
    return media_head_bytes(frame->codec, CODED_FRAME) + frame->len;
}

size_t gw_flv_frame_head_bytes(enum gw_codec codec)
{
    return TAG_HEAD + media_head_bytes(codec, CODED_FRAME);
}

int gw_flv_write_frame_head(struct gw_writer *w, const struct gw_unit *unit)
{
    const struct gw_frame *frame = unit->frame;
    size_t len = tag_bytes(frame);
    int64_t dts_ms = unit->dts_90k / TICKS_PER_MS;
    int64_t composition_ms = frame->pts_90k / TICKS_PER_MS - dts_ms;
    if (len > SIZE_MAX_24 || composition_ms < COMPOSITION_MIN ||
        composition_ms > COMPOSITION_MAX)
        return -EMSGSIZE;

    if (gw_codec_is_audio(frame->codec)) {
        write_tag_head(w, TAG_AUDIO, len, (uint32_t)dts_ms);
        write_audio_head(w, frame->codec, CODED_FRAME);
        return 0;
    }
    write_tag_head(w, TAG_VIDEO, len, (uint32_t)dts_ms);
    write_video_head(w, frame->codec, frame->key, CODED_FRAME, (int32_t)composition_ms);
    return 0;
}

void gw_flv_write_frame_tail(struct gw_writer *w, const struct gw_unit *unit)
{
    write_tag_tail(w, tag_bytes(unit->frame));
}
