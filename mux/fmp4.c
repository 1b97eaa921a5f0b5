#include "mux/fmp4.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    TRACK_ID = 1,

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
};

// Returns where the box starts, for box_end().
static size_t box(struct gw_writer *w, const char *type)
{
    size_t start = w->pos;
    gw_write_u32(w, 0); // its size comes with box_end()
    gw_write_bytes(w, type, 4);
    return start;
}

static size_t full_box(struct gw_writer *w, const char *type, uint8_t version,
                       uint32_t flags)
{
    size_t start = box(w, type);
    gw_write_u8(w, version);
    gw_write_u24(w, flags);
    return start;
}

static void box_end(struct gw_writer *w, size_t start)
{
    if (w->failed)
        return;
    struct gw_writer size = gw_writer_init(w->data + start, 4);
    gw_write_u32(&size, (uint32_t)(w->pos - start));
}

static void write_zeros(struct gw_writer *w, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gw_write_u8(w, 0);
}

// No turn, no scaling: section 8.2.2.
static void write_unity_matrix(struct gw_writer *w)
{
    static const uint32_t matrix[9] = { 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000 };
    for (size_t i = 0; i < 9; i++)
        gw_write_u32(w, matrix[i]);
}

bool gw_fmp4_carries(enum gw_codec codec)
{
    return codec == GW_CODEC_H264 || codec == GW_CODEC_H265;
}

static void write_ftyp(struct gw_writer *w, const struct gw_params *p)
{
    size_t ftyp = box(w, "ftyp");
    gw_write_bytes(w, "iso5", 4);
    gw_write_u32(w, 0x200); // minor version
    gw_write_bytes(w, "iso5iso6mp41", 12);
    gw_write_bytes(w, p->codec == GW_CODEC_H265 ? "hvc1" : "avc1", 4);
    box_end(w, ftyp);
}

static void write_mvhd(struct gw_writer *w)
{
    size_t mvhd = full_box(w, "mvhd", 0, 0);
    write_zeros(w, 8); // creation and modification time
    gw_write_u32(w, GW_FMP4_TIMESCALE);
    gw_write_u32(w, 0);       // duration: what the fragments say
    gw_write_u32(w, 0x10000); // rate 1
    gw_write_u16(w, 0x100);   // volume 1
    write_zeros(w, 10);
    write_unity_matrix(w);
    write_zeros(w, 24);
    gw_write_u32(w, TRACK_ID + 1); // next_track_ID
    box_end(w, mvhd);
}

static void write_tkhd(struct gw_writer *w, const struct gw_params *p)
{
    size_t tkhd = full_box(w, "tkhd", 0, 3); // enabled, in the movie
    write_zeros(w, 8);
    gw_write_u32(w, TRACK_ID);
    write_zeros(w, 4 + 4 + 8); // reserved, duration, reserved
    write_zeros(w, 8);         // layer, group, volume, reserved
    write_unity_matrix(w);
    gw_write_u32(w, (uint32_t)p->width << 16);
    gw_write_u32(w, (uint32_t)p->height << 16);
    box_end(w, tkhd);
}

static void write_media_head(struct gw_writer *w)
{
    size_t mdhd = full_box(w, "mdhd", 0, 0);
    write_zeros(w, 8);
    gw_write_u32(w, GW_FMP4_TIMESCALE);
    gw_write_u32(w, 0);
    gw_write_u16(w, 0x55c4); // language "und"
    gw_write_u16(w, 0);
    box_end(w, mdhd);

    size_t hdlr = full_box(w, "hdlr", 0, 0);
    gw_write_u32(w, 0);
    gw_write_bytes(w, "vide", 4);
    write_zeros(w, 12);
    gw_write_u8(w, 0); // an empty name
    box_end(w, hdlr);
}

// ISO/IEC 14496-15 sections 5.4.2.1 and 8.4.1.1: `hvc1` promises that all parameter
// sets are in the record.
static void write_sample_entry(struct gw_writer *w, const struct gw_params *p)
{
    bool hevc = p->codec == GW_CODEC_H265;
    size_t entry = box(w, hevc ? "hvc1" : "avc1");
    write_zeros(w, 6);
    gw_write_u16(w, 1); // data_reference_index
    write_zeros(w, 16);
    gw_write_u16(w, p->width);
    gw_write_u16(w, p->height);
    gw_write_u32(w, 0x480000); // 72 dpi
    gw_write_u32(w, 0x480000);
    gw_write_u32(w, 0);
    gw_write_u16(w, 1);  // frame_count
    write_zeros(w, 32);  // compressorname
    gw_write_u16(w, 24); // depth
    gw_write_u16(w, 0xffff);
    size_t record = box(w, hevc ? "hvcC" : "avcC");
    gw_write_bytes(w, p->record, p->record_len);
    box_end(w, record);
    box_end(w, entry);
}

static void write_sample_table(struct gw_writer *w, const struct gw_params *p)
{
    size_t stbl = box(w, "stbl");
    size_t stsd = full_box(w, "stsd", 0, 0);
    gw_write_u32(w, 1);
    write_sample_entry(w, p);
    box_end(w, stsd);

    // Empty: all samples are in fragments.
    static const char *const tables[] = { "stts", "stsc", "stco" };
    for (size_t i = 0; i < 3; i++) {
        size_t table = full_box(w, tables[i], 0, 0);
        gw_write_u32(w, 0);
        box_end(w, table);
    }
    size_t stsz = full_box(w, "stsz", 0, 0);
    write_zeros(w, 8);
    box_end(w, stsz);
    box_end(w, stbl);
}

static void write_media_info(struct gw_writer *w, const struct gw_params *p)
{
    size_t minf = box(w, "minf");
    size_t vmhd = full_box(w, "vmhd", 0, 1);
    write_zeros(w, 8);
    box_end(w, vmhd);

    size_t dinf = box(w, "dinf");
    size_t dref = full_box(w, "dref", 0, 0);
    gw_write_u32(w, 1);
    box_end(w, full_box(w, "url ", 0, 1)); // in this file
    box_end(w, dref);
    box_end(w, dinf);

    write_sample_table(w, p);
    box_end(w, minf);
}

static void write_trak(struct gw_writer *w, const struct gw_params *p)
{
    size_t trak = box(w, "trak");
    write_tkhd(w, p);
    size_t mdia = box(w, "mdia");
    write_media_head(w);
    write_media_info(w, p);
    box_end(w, mdia);
    box_end(w, trak);
}

static void write_mvex(struct gw_writer *w)
{
    size_t mvex = box(w, "mvex");
    size_t trex = full_box(w, "trex", 0, 0);
    gw_write_u32(w, TRACK_ID);
    gw_write_u32(w, 1); // default_sample_description_index
    write_zeros(w, 12); // each trun says the rest
    box_end(w, trex);
    box_end(w, mvex);
}

void gw_fmp4_write_init(struct gw_writer *w, const struct gw_params *p)
{
    write_ftyp(w, p);
    size_t moov = box(w, "moov");
    write_mvhd(w);
    write_trak(w, p);
    write_mvex(w);
    box_end(w, moov);
}

static void write_traf(struct gw_writer *w, const struct gw_unit *unit, int32_t offset)
{
    size_t traf = box(w, "traf");
    size_t tfhd = full_box(w, "tfhd", 0, TFHD_DEFAULT_BASE_IS_MOOF);
    gw_write_u32(w, TRACK_ID);
    box_end(w, tfhd);

    size_t tfdt = full_box(w, "tfdt", 1, 0);
    gw_write_u64(w, (uint64_t)unit->dts_90k);
    box_end(w, tfdt);

    // Version 1: the composition offset is signed.
    size_t trun = full_box(w, "trun", 1,
                           TRUN_DATA_OFFSET | TRUN_DURATION | TRUN_SIZE | TRUN_FLAGS |
                               TRUN_COMPOSITION_OFFSET);
    gw_write_u32(w, 1); // samples
    gw_write_u32(w, GW_FMP4_FRAGMENT_HEAD_BYTES);
    gw_write_u32(w, unit->duration_90k);
    gw_write_u32(w, (uint32_t)unit->frame->len);
    gw_write_u32(w, unit->frame->key ? SAMPLE_IS_SYNC : SAMPLE_IS_NO_SYNC);
    gw_write_u32(w, (uint32_t)offset);
    box_end(w, trun);
    box_end(w, traf);
}

int gw_fmp4_write_fragment_head(struct gw_writer *w, const struct gw_unit *unit)
{
    int64_t offset = unit->frame->pts_90k - unit->dts_90k;
    if (unit->dts_90k < 0 || offset < INT32_MIN || offset > INT32_MAX)
        return -EMSGSIZE;

    size_t moof = box(w, "moof");
    size_t mfhd = full_box(w, "mfhd", 0, 0);
    gw_write_u32(w, unit->frame->seq + 1); // counts from 1
    box_end(w, mfhd);
    write_traf(w, unit, (int32_t)offset);
    box_end(w, moof);

    gw_write_u32(w, (uint32_t)(8 + unit->frame->len));
    gw_write_bytes(w, "mdat", 4);
    return 0;
}
