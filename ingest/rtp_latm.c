#include "ingest/rtp_latm.h"

#include "base/bit_reader.h"
#include "ingest/sdp.h"

#include <errno.h>
#include <string.h>

enum {
    DEFAULT_CLOCK_RATE = 90000, // RFC 6416 section 7.1
    MUX_MAX = 128,              // bytes of a StreamMuxConfig in a description
    LENGTH_GOES_ON = 255,       // of MuxSlotLengthBytes
    SYNC_BITS = 11,
    SYNC_EXTENSION = 0x2b7,
};

struct sink {
    void (*on_unit)(void *arg, struct gw_frame *unit, uint32_t timestamp);
    void *arg;
};

// ---- ISO/IEC 14496-3 section 1.7.3.2 ----

// LatmGetValue.
static uint32_t read_value(struct gw_bit_reader *r)
{
    unsigned bytes = gw_bit_read(r, 2) + 1;
    return gw_bit_read(r, 8 * bytes);
}

// Takes up to `bits` bits into bytes, the last one filled up with zeros. Returns how many
// there were.
static size_t copy_bits(struct gw_bit_reader *r, size_t bits,
                        uint8_t out[GW_AAC_CONFIG_MAX])
{
    memset(out, 0, GW_AAC_CONFIG_MAX);
    for (size_t i = 0; i < bits; i++) {
        bool bit = gw_bit_read_flag(r);
        if (r->failed)
            return i;
        out[i / 8] |= (uint8_t)(bit << (7 - i % 8));
    }
    return bits;
}

// An AudioSpecificConfig; in version 0 it has no length but its own end.
static int read_asc(struct gw_bit_reader *r, bool has_length, struct gw_latm_mux *m)
{
    uint32_t said = has_length ? read_value(r) : GW_AAC_CONFIG_MAX * 8;
    struct gw_bit_reader ahead = *r;

    if (said > GW_AAC_CONFIG_MAX * 8)
        return -EMSGSIZE;
    size_t bits = copy_bits(&ahead, said, m->asc);
    if (has_length && bits < said)
        return -EBADMSG;
    // What fills up the last byte is no bits of it.
    size_t whole = has_length ? (bits + 7) / 8 : bits / 8;
    int error = gw_aac_config_parse(m->asc, whole, &m->config);
    if (error)
        return error;
    if (!has_length)
        bits = m->config.bits;
    m->asc_len = (bits + 7) / 8;
    return bits && copy_bits(r, bits, m->asc) == bits ? 0 : -EBADMSG;
}

// How much other data there is does not matter: they are the element's last.
static void pass_over_other_length(struct gw_bit_reader *r, bool version_1)
{
    bool more = !version_1;

    if (version_1)
        (void)read_value(r);
    while (more && !r->failed) {
        more = gw_bit_read_flag(r);
        (void)gw_bit_read(r, 8);
    }
}

// GStreamer's rtpmp4apay describes nothing behind the AudioSpecificConfig, whose
// extension (section 1.6.6.1) then stands where a reserved length type would.
static bool ends_early(const struct gw_bit_reader *r)
{
    struct gw_bit_reader ahead = *r;
    return gw_bit_read(&ahead, SYNC_BITS) == SYNC_EXTENSION || ahead.failed;
}

// StreamMuxConfig. `described`: nothing else follows it.
static int read_mux(struct gw_bit_reader *r, bool described, struct gw_latm_mux *ret_mux)
{
    struct gw_latm_mux m = { 0 };

    bool version_1 = gw_bit_read_flag(r);
    if (version_1 && gw_bit_read_flag(r)) // audioMuxVersionA: reserved
        return -ENOTSUP;
    if (version_1)
        (void)read_value(r); // taraBufferFullness
    bool same_time = gw_bit_read_flag(r);
    m.units = gw_bit_read(r, 6) + 1;
    uint32_t more = gw_bit_read(r, 4) + gw_bit_read(r, 3); // programs, layers
    if (!r->failed && (!same_time || more))
        return -ENOTSUP;
    int error = read_asc(r, version_1, &m);
    if (error)
        return error;
    if (described && !version_1 && ends_early(r)) {
        *ret_mux = m;
        return 0;
    }
    if (gw_bit_read(r, 3)) // frameLengthType: the units' length is fixed
        return -ENOTSUP;
    (void)gw_bit_read(r, 8); // latmBufferFullness
    m.others = gw_bit_read_flag(r);
    if (m.others)
        pass_over_other_length(r, version_1);
    if (gw_bit_read_flag(r))
        (void)gw_bit_read(r, 8); // a check sum, of the configuration alone
    if (r->failed)
        return -EBADMSG;
    *ret_mux = m;
    return 0;
}

// PayloadLengthInfo. Stops over the limit.
static uint32_t read_length(struct gw_bit_reader *r)
{
    uint32_t len = 0;
    uint32_t byte;

    do {
        byte = gw_bit_read(r, 8);
        len += byte;
    } while (byte == LENGTH_GOES_ON && len <= GW_RTP_LATM_UNIT_MAX);
    return len;
}

static size_t bytes_left(const struct gw_bit_reader *r)
{
    return r->len - r->pos + r->left / 8;
}

static int take_unit(struct gw_bit_reader *r, uint32_t timestamp, struct sink sink)
{
    uint32_t len = read_length(r);

    if (r->failed || len > bytes_left(r))
        return len > GW_RTP_LATM_UNIT_MAX ? -EMSGSIZE : -EBADMSG;
    if (len > GW_RTP_LATM_UNIT_MAX)
        return -EMSGSIZE;
    if (!len)
        return 0; // nothing of this time
    struct gw_frame *unit = gw_frame_create(len);
    if (!unit)
        return -ENOMEM;
    unit->codec = GW_CODEC_AAC;
    for (; unit->len < len; unit->len++)
        unit->data[unit->len] = (uint8_t)gw_bit_read(r, 8); // not on byte bounds in band
    sink.on_unit(sink.arg, unit, timestamp);
    gw_frame_unref(&unit);
    return 0;
}

static uint32_t unit_ticks(const struct gw_rtp_latm *l)
{
    const struct gw_aac_config *c = &l->mux.config;
    return (uint32_t)((uint64_t)c->frame_samples * l->clock_rate / c->sample_rate);
}

// audioMuxElement. One that lost its beginning shows in lengths that do not add up.
static int take_element(struct gw_rtp_latm *l, const uint8_t *data, size_t len,
                        uint32_t timestamp, struct sink sink)
{
    struct gw_bit_reader r = gw_bit_reader_init_plain(data, len);
    int error = 0;

    if (l->in_band && !gw_bit_read_flag(&r)) // useSameStreamMux
        error = read_mux(&r, false, &l->mux);
    if (!error && !l->mux.asc_len) {
        l->dropped++;
        return -EPROTO;
    }
    for (unsigned i = 0; i < l->mux.units && !error; i++)
        error = take_unit(&r, timestamp + i * unit_ticks(l), sink);
    if (error)
        return error;
    return bytes_left(&r) && !l->mux.others ? -EBADMSG : 0;
}

// ---- packets ----

static int read_description(struct gw_rtp_latm *l, struct gw_rtsp_text config)
{
    uint8_t mux[MUX_MAX];
    ssize_t len = gw_sdp_bytes(config, mux, sizeof(mux));

    if (len < 0)
        return (int)len;
    struct gw_bit_reader r = gw_bit_reader_init_plain(mux, (size_t)len);
    return read_mux(&r, true, &l->mux);
}

int gw_rtp_latm_init(struct gw_rtp_latm *l, const struct gw_media_format *audio)
{
    struct gw_rtsp_text fmtp = { audio->fmtp, strlen(audio->fmtp) };
    struct gw_rtsp_text config = gw_sdp_parameter(fmtp, "config");
    uint32_t present;

    // The standard's default is 1; who sends a config and leaves it out means 0.
    if (gw_rtsp_text_number(gw_sdp_parameter(fmtp, "cpresent"), &present))
        present = !config.len;
    *l = (struct gw_rtp_latm) {
        .in_band = present,
        .clock_rate = audio->clock_rate ? audio->clock_rate : DEFAULT_CLOCK_RATE,
    };
    return present ? 0 : read_description(l, config);
}

static void drop_part(struct gw_rtp_latm *l)
{
    l->dropped += l->part != NULL;
    gw_frame_unref(&l->part);
}

// Nothing in an element's packets says where it begins.
void gw_rtp_latm_gap(struct gw_rtp_latm *l)
{
    drop_part(l);
    l->torn = l->splits;
}

void gw_rtp_latm_finish(struct gw_rtp_latm *l)
{
    gw_frame_unref(&l->part);
}

static int add_part(struct gw_rtp_latm *l, const struct gw_rtp_packet *p)
{
    if (!l->part)
        l->part = gw_frame_create(GW_RTP_LATM_ELEMENT_MAX);
    if (!l->part)
        return -ENOMEM;
    if (p->len > l->part->cap - l->part->len)
        return -EMSGSIZE;
    memcpy(l->part->data + l->part->len, p->payload, p->len);
    l->part->len += p->len;
    l->part_timestamp = p->timestamp;
    return 0;
}

static int take_part(struct gw_rtp_latm *l, const struct gw_rtp_packet *p,
                     struct sink sink)
{
    l->splits = true;
    int error = add_part(l, p);
    if (error) {
        drop_part(l);
        l->torn = !p->marker;
        return error;
    }
    if (!p->marker)
        return 0;
    error = take_element(l, l->part->data, l->part->len, p->timestamp, sink);
    gw_frame_unref(&l->part);
    return error;
}

int gw_rtp_latm_packet(struct gw_rtp_latm *l, const struct gw_rtp_packet *p,
                       void (*on_unit)(void *arg, struct gw_frame *unit,
                                       uint32_t timestamp),
                       void *arg)
{
    struct sink sink = { on_unit, arg };

    if (!p->len)
        return -EBADMSG;
    if (l->part && l->part_timestamp != p->timestamp)
        drop_part(l); // its end did not come
    if (l->torn) {
        l->dropped += p->marker;
        l->torn = !p->marker;
        return 0;
    }
    if (l->part || !p->marker)
        return take_part(l, p, sink);
    return take_element(l, p->payload, p->len, p->timestamp, sink);
}
