#include "ingest/rtp_aac.h"

#include "base/bit_reader.h"
#include "ingest/sdp.h"

#include <errno.h>
#include <string.h>

enum { LENGTH_BYTES = 2 }; // AU-headers-length, section 3.2.1

// The AU headers of one packet.
struct headers {
    size_t count;
    uint16_t size[GW_RTP_AAC_UNITS_MAX];
};

static unsigned bits_of(struct gw_rtsp_text fmtp, const char *name)
{
    uint32_t bits;
    return gw_rtsp_text_number(gw_sdp_parameter(fmtp, name), &bits) ? 0 : bits;
}

static struct gw_rtp_aac_layout layout_of(struct gw_rtsp_text fmtp)
{
    return (struct gw_rtp_aac_layout) {
        .size = bits_of(fmtp, "sizeLength"),
        .index = bits_of(fmtp, "indexLength"),
        .delta = bits_of(fmtp, "indexDeltaLength"),
        .cts = bits_of(fmtp, "CTSDeltaLength"),
        .dts = bits_of(fmtp, "DTSDeltaLength"),
        .random_access = bits_of(fmtp, "randomAccessIndication"),
        .state = bits_of(fmtp, "streamStateIndication"),
        .auxiliary = bits_of(fmtp, "auxiliaryDataSizeLength"),
    };
}

static bool is_spoken(const struct gw_rtp_aac_layout *l)
{
    return l->size >= 1 && l->size <= 16 && l->index <= 32 && l->delta <= 32 &&
           l->cts <= 32 && l->dts <= 32 && l->random_access <= 1 && l->state <= 32 &&
           l->auxiliary <= 32;
}

static int read_config(struct gw_rtp_aac *a, struct gw_rtsp_text hex)
{
    ssize_t len = gw_sdp_bytes(hex, a->asc, sizeof(a->asc));

    if (len < 0)
        return (int)len;
    a->asc_len = (size_t)len;
    return gw_aac_config_parse(a->asc, a->asc_len, &a->config);
}

int gw_rtp_aac_init(struct gw_rtp_aac *a, const struct gw_media_format *audio)
{
    struct gw_rtsp_text fmtp = { audio->fmtp, strlen(audio->fmtp) };

    *a = (struct gw_rtp_aac) { .layout = layout_of(fmtp) };
    if (!is_spoken(&a->layout))
        return -ENOTSUP;
    int r = read_config(a, gw_sdp_parameter(fmtp, "config"));
    if (r)
        return r;
    uint64_t clock_rate = audio->clock_rate ? audio->clock_rate : a->config.sample_rate;
    a->unit_ticks =
        (uint32_t)(a->config.frame_samples * clock_rate / a->config.sample_rate);
    return 0;
}

void gw_rtp_aac_gap(struct gw_rtp_aac *a)
{
    a->dropped += a->part != NULL;
    gw_frame_unref(&a->part);
}

void gw_rtp_aac_finish(struct gw_rtp_aac *a)
{
    gw_frame_unref(&a->part);
}

static void skip_bits(struct gw_bit_reader *r, size_t bits)
{
    for (; bits && !r->failed; bits--)
        (void)gw_bit_read_flag(r);
}

// Section 3.2.1.1. Sets *ret_size; returns whether it is a unit in its turn.
static bool read_header(struct gw_bit_reader *r, const struct gw_rtp_aac_layout *l,
                        bool first, uint16_t *ret_size)
{
    uint16_t size = (uint16_t)gw_bit_read(r, l->size);
    uint32_t index = gw_bit_read(r, first ? l->index : l->delta);

    // Never set in the first header.
    if (l->cts && gw_bit_read_flag(r))
        skip_bits(r, l->cts);
    if (l->dts && gw_bit_read_flag(r))
        skip_bits(r, l->dts);
    skip_bits(r, l->random_access + l->state);
    *ret_size = size;
    return size && (first || !index); // anything else is interleaved
}

static int read_headers(const struct gw_rtp_aac_layout *l, const uint8_t *data,
                        size_t bits, struct headers *ret_headers)
{
    struct gw_bit_reader r = gw_bit_reader_init_plain(data, (bits + 7) / 8);

    ret_headers->count = 0;
    while (r.pos * 8 - r.left < bits) {
        if (ret_headers->count == GW_RTP_AAC_UNITS_MAX)
            return -EMSGSIZE;
        uint16_t *size = &ret_headers->size[ret_headers->count];
        if (!read_header(&r, l, !ret_headers->count, size) || r.failed)
            return -EBADMSG;
        if (*size > GW_RTP_AAC_UNIT_MAX)
            return -EMSGSIZE;
        ret_headers->count++;
    }
    return ret_headers->count && r.pos * 8 - r.left == bits ? 0 : -EBADMSG;
}

// Section 3.2.2. Returns the bytes of the auxiliary section, or -EBADMSG.
static int64_t auxiliary_bytes(const struct gw_rtp_aac_layout *l, const uint8_t *data,
                               size_t len)
{
    struct gw_bit_reader r = gw_bit_reader_init_plain(data, len);

    if (!l->auxiliary)
        return 0;
    uint64_t bits = (uint64_t)l->auxiliary + gw_bit_read(&r, l->auxiliary);
    return r.failed || (bits + 7) / 8 > len ? -EBADMSG : (int64_t)((bits + 7) / 8);
}

static struct gw_frame *begin_unit(size_t size)
{
    struct gw_frame *unit = gw_frame_create(size);
    if (unit)
        unit->codec = GW_CODEC_AAC;
    return unit;
}

static void append(struct gw_frame *unit, const uint8_t *data, size_t len)
{
    memcpy(unit->data + unit->len, data, len);
    unit->len += len;
}

struct sink {
    void (*on_unit)(void *arg, struct gw_frame *unit, uint32_t timestamp);
    void *arg;
};

static int take_part(struct gw_rtp_aac *a, const struct gw_rtp_packet *p, size_t size,
                     const uint8_t *data, size_t len, struct sink sink)
{
    // Each part repeats the size of the whole.
    bool continues = a->part && a->part_timestamp == p->timestamp && a->part->cap == size;
    if (!continues) {
        gw_rtp_aac_gap(a);
        a->part = begin_unit(size);
        a->part_timestamp = p->timestamp;
    }
    if (!a->part)
        return -ENOMEM;
    if (len > size - a->part->len) {
        gw_rtp_aac_gap(a);
        return -EBADMSG;
    }
    append(a->part, data, len);
    if (a->part->len == size) {
        sink.on_unit(sink.arg, a->part, p->timestamp);
        gw_frame_unref(&a->part);
    } else if (p->marker) {
        gw_rtp_aac_gap(a); // the end, and it is not whole
        return -EBADMSG;
    }
    return 0;
}

static int take_units(struct gw_rtp_aac *a, const struct gw_rtp_packet *p,
                      const struct headers *h, const uint8_t *data, struct sink sink)
{
    gw_rtp_aac_gap(a);
    for (size_t i = 0; i < h->count; i++) {
        struct gw_frame *unit = begin_unit(h->size[i]);
        if (!unit)
            return -ENOMEM;
        append(unit, data, h->size[i]);
        data += h->size[i];
        sink.on_unit(sink.arg, unit, p->timestamp + (uint32_t)i * a->unit_ticks);
        gw_frame_unref(&unit);
    }
    return 0;
}

int gw_rtp_aac_packet(struct gw_rtp_aac *a, const struct gw_rtp_packet *p,
                      void (*on_unit)(void *arg, struct gw_frame *unit,
                                      uint32_t timestamp),
                      void *arg)
{
    struct sink sink = { on_unit, arg };
    struct headers h;

    if (p->len < LENGTH_BYTES)
        return -EBADMSG;
    size_t bits = (size_t)p->payload[0] << 8 | p->payload[1];
    size_t head = LENGTH_BYTES + (bits + 7) / 8;
    if (head > p->len)
        return -EBADMSG;
    int r = read_headers(&a->layout, p->payload + LENGTH_BYTES, bits, &h);
    if (r)
        return r;
    int64_t auxiliary = auxiliary_bytes(&a->layout, p->payload + head, p->len - head);
    if (auxiliary < 0)
        return -EBADMSG;
    head += (size_t)auxiliary;

    const uint8_t *data = p->payload + head;
    size_t left = p->len - head;
    size_t total = 0;
    for (size_t i = 0; i < h.count; i++)
        total += h.size[i];
    if (h.count == 1 && left < total)
        return take_part(a, p, total, data, left, sink);
    return total > left ? -EBADMSG : take_units(a, p, &h, data, sink);
}
