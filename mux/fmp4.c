#include "mux/fmp4.h"

#include "mux/mp4_box.h"
#include "mux/mp4_entry.h"

#include <errno.h>

enum {
    VIDEO_TRACK = 1,
    AUDIO_TRACK = 2,

    // ISO/IEC 14496-12 sections 8.8.7 and 8.8.8.
    TFHD_DEFAULT_BASE_IS_MOOF = 0x020000,
    TRUN_DATA_OFFSET = 0x001,
    TRUN_DURATION = 0x100,
    TRUN_SIZE = 0x200,
    TRUN_FLAGS = 0x400,
    TRUN_COMPOSITION_OFFSET = 0x800,

    // Section 8.8.3.1.
    SAMPLE_IS_SYNC = 0x02000000,    // depends on no other
    SAMPLE_IS_NO_SYNC = 0x01010000, // depends on others, is no sync sample

    FULL_VOLUME = 0x100, // 8 bits behind the point
};

bool gw_fmp4_carries(enum gw_codec codec)
{
    return gw_mp4_has_entry(codec);
}

static uint32_t track_of(enum gw_codec codec)
{
    return gw_codec_is_audio(codec) ? AUDIO_TRACK : VIDEO_TRACK;
}

// No turn, no scaling: section 8.2.2.
static void write_unity_matrix(struct gw_writer *w)
{
    static const uint32_t matrix[9] = { 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000 };
    for (size_t i = 0; i < 9; i++)
        gw_write_u32(w, matrix[i]);
}

static void write_ftyp(struct gw_writer *w, const struct gw_params *video)
{
    size_t ftyp = gw_mp4_box(w, "ftyp");
    gw_write_bytes(w, "iso5", 4);
    gw_write_u32(w, 0x200); // minor version
    gw_write_bytes(w, "iso5iso6mp41", 12);
    gw_write_bytes(w, video->codec == GW_CODEC_H265 ? "hvc1" : "avc1", 4);
    gw_mp4_box_end(w, ftyp);
}

static void write_mvhd(struct gw_writer *w, uint32_t next_track)
{
    size_t mvhd = gw_mp4_full_box(w, "mvhd", 0, 0);
    gw_mp4_zeros(w, 8); // creation and modification time
    gw_write_u32(w, GW_FMP4_TIMESCALE);
    gw_write_u32(w, 0);       // duration: what the fragments say
    gw_write_u32(w, 0x10000); // rate 1
    gw_write_u16(w, FULL_VOLUME);
    gw_mp4_zeros(w, 10);
    write_unity_matrix(w);
    gw_mp4_zeros(w, 24);
    gw_write_u32(w, next_track);
    gw_mp4_box_end(w, mvhd);
}

// `p` is of the one or the other; an audio has no width and height.
static void write_tkhd(struct gw_writer *w, const struct gw_params *p)
{
    size_t tkhd = gw_mp4_full_box(w, "tkhd", 0, 3); // enabled, in the movie
    gw_mp4_zeros(w, 8);
    gw_write_u32(w, track_of(p->codec));
    gw_mp4_zeros(w, 4 + 4 + 8); // reserved, duration, reserved
    gw_mp4_zeros(w, 4);         // layer, group
    gw_write_u16(w, gw_codec_is_audio(p->codec) ? FULL_VOLUME : 0);
    gw_write_u16(w, 0);
    write_unity_matrix(w);
    gw_write_u32(w, (uint32_t)p->width << 16);
    gw_write_u32(w, (uint32_t)p->height << 16);
    gw_mp4_box_end(w, tkhd);
}

static void write_media_head(struct gw_writer *w, bool audio)
{
    size_t mdhd = gw_mp4_full_box(w, "mdhd", 0, 0);
    gw_mp4_zeros(w, 8);
    gw_write_u32(w, GW_FMP4_TIMESCALE);
    gw_write_u32(w, 0);
    gw_write_u16(w, 0x55c4); // language "und"
    gw_write_u16(w, 0);
    gw_mp4_box_end(w, mdhd);

    size_t hdlr = gw_mp4_full_box(w, "hdlr", 0, 0);
    gw_write_u32(w, 0);
    gw_write_bytes(w, audio ? "soun" : "vide", 4);
    gw_mp4_zeros(w, 12);
    gw_write_u8(w, 0); // an empty name
    gw_mp4_box_end(w, hdlr);
}

static void write_sample_table(struct gw_writer *w, const struct gw_params *p)
{
    size_t stbl = gw_mp4_box(w, "stbl");
    size_t stsd = gw_mp4_full_box(w, "stsd", 0, 0);
    gw_write_u32(w, 1);
    gw_mp4_write_entry(w, p);
    gw_mp4_box_end(w, stsd);

    // Empty: all samples are in fragments.
    static const char *const tables[] = { "stts", "stsc", "stco" };
    for (size_t i = 0; i < 3; i++) {
        size_t table = gw_mp4_full_box(w, tables[i], 0, 0);
        gw_write_u32(w, 0);
        gw_mp4_box_end(w, table);
    }
    size_t stsz = gw_mp4_full_box(w, "stsz", 0, 0);
    gw_mp4_zeros(w, 8);
    gw_mp4_box_end(w, stsz);
    gw_mp4_box_end(w, stbl);
}

static void write_media_info(struct gw_writer *w, const struct gw_params *p)
{
    bool audio = gw_codec_is_audio(p->codec);
    size_t minf = gw_mp4_box(w, "minf");
    size_t head;

    if (audio) {
        head = gw_mp4_full_box(w, "smhd", 0, 0);
        gw_mp4_zeros(w, 4); // balance
    } else {
        head = gw_mp4_full_box(w, "vmhd", 0, 1);
        gw_mp4_zeros(w, 8); // graphics mode and its colour
    }
    gw_mp4_box_end(w, head);

    size_t dinf = gw_mp4_box(w, "dinf");
    size_t dref = gw_mp4_full_box(w, "dref", 0, 0);
    gw_write_u32(w, 1);
    gw_mp4_box_end(w, gw_mp4_full_box(w, "url ", 0, 1)); // in this file
    gw_mp4_box_end(w, dref);
    gw_mp4_box_end(w, dinf);

    write_sample_table(w, p);
    gw_mp4_box_end(w, minf);
}

static void write_trak(struct gw_writer *w, const struct gw_params *p)
{
    size_t trak = gw_mp4_box(w, "trak");
    write_tkhd(w, p);
    size_t mdia = gw_mp4_box(w, "mdia");
    write_media_head(w, gw_codec_is_audio(p->codec));
    write_media_info(w, p);
    gw_mp4_box_end(w, mdia);
    gw_mp4_box_end(w, trak);
}

static void write_trex(struct gw_writer *w, uint32_t track)
{
    size_t trex = gw_mp4_full_box(w, "trex", 0, 0);
    gw_write_u32(w, track);
    gw_write_u32(w, 1);  // default_sample_description_index
    gw_mp4_zeros(w, 12); // each trun says the rest
    gw_mp4_box_end(w, trex);
}

void gw_fmp4_write_init(struct gw_writer *w, const struct gw_params *video,
                        const struct gw_params *audio)
{
    write_ftyp(w, video);
    size_t moov = gw_mp4_box(w, "moov");
    write_mvhd(w, audio ? AUDIO_TRACK + 1 : VIDEO_TRACK + 1);
    write_trak(w, video);
    if (audio)
        write_trak(w, audio);
    size_t mvex = gw_mp4_box(w, "mvex");
    write_trex(w, VIDEO_TRACK);
    if (audio)
        write_trex(w, AUDIO_TRACK);
    gw_mp4_box_end(w, mvex);
    gw_mp4_box_end(w, moov);
}

static void write_traf(struct gw_writer *w, const struct gw_unit *unit, int32_t offset)
{
    size_t traf = gw_mp4_box(w, "traf");
    size_t tfhd = gw_mp4_full_box(w, "tfhd", 0, TFHD_DEFAULT_BASE_IS_MOOF);
    gw_write_u32(w, track_of(unit->frame->codec));
    gw_mp4_box_end(w, tfhd);

    size_t tfdt = gw_mp4_full_box(w, "tfdt", 1, 0);
    gw_write_u64(w, (uint64_t)unit->dts_90k);
    gw_mp4_box_end(w, tfdt);

    // Version 1: the composition offset is signed.
    size_t trun = gw_mp4_full_box(w, "trun", 1,
                                  TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE |
                                      TRUN_FLAGS | TRUN_COMPOSITION_OFFSET);
    gw_write_u32(w, 1); // samples
    gw_write_u32(w, GW_FMP4_FRAGMENT_HEAD_BYTES);
    gw_write_u32(w, unit->duration_90k);
    gw_write_u32(w, (uint32_t)unit->frame->len);
    gw_write_u32(w, unit->frame->key ? SAMPLE_IS_SYNC : SAMPLE_IS_NO_SYNC);
    gw_write_u32(w, (uint32_t)offset);
    gw_mp4_box_end(w, trun);
    gw_mp4_box_end(w, traf);
}

int gw_fmp4_write_fragment_head(struct gw_writer *w, const struct gw_unit *unit)
{
    int64_t offset = unit->frame->pts_90k - unit->dts_90k;
    if (unit->dts_90k < 0 || offset < INT32_MIN || offset > INT32_MAX)
        return -EMSGSIZE;

    size_t moof = gw_mp4_box(w, "moof");
    size_t mfhd = gw_mp4_full_box(w, "mfhd", 0, 0);
    gw_write_u32(w, unit->ordinal + 1); // counts from 1
    gw_mp4_box_end(w, mfhd);
    write_traf(w, unit, (int32_t)offset);
    gw_mp4_box_end(w, moof);

    gw_write_u32(w, (uint32_t)(8 + unit->frame->len));
    gw_write_bytes(w, "mdat", 4);
    return 0;
}
