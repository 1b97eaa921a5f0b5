#include "ingest/rtp_jpeg.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "ingest/jpeg_header.h"

enum {
    TYPE_RESTART = 64, // 64 to 127 are 0 to 63 with restart markers
    TYPE_MAX = 1,      // of those that say all by themselves
    Q_COMPUTED_MAX = 99,
    Q_IN_BAND = 128,
    Q_EACH_FRAME = 255, // other tables of 128 and above may stay unsaid: they are kept
    UNIT_PX = 8,        // of the main header's sizes
    ONVIF_SOI = 0xffd8, // profile of a header extension: segments of a JPEG header
    EOI_1 = 0xff,
    EOI_2 = 0xd9,
};

struct state {
    uint32_t next;                  // offset in the scan of the fragment that follows
    uint8_t kept_q;                 // of the tables in `picture`, when in band; else 0
    struct gw_jpeg_picture picture; // of the fragment with the beginning

    // Of pictures whose packets do not say it: by the description, or by the latest
    // header extension. 0: not known.
    uint16_t width_px;
    uint16_t height_px;
    uint64_t unsized; // pictures refused because nothing said it
};

// RFC 2435 sections 3.1 and 3.1.7, 3.1.8.
struct head {
    uint32_t offset;
    uint8_t type;
    uint8_t q;
    uint8_t width_8;
    uint8_t height_8;
    uint16_t restart;
};

static int read_head(struct gw_reader *r, struct head *ret_head)
{
    struct head h = { 0 };

    (void)gw_read_u8(r); // type-specific: fields of interlaced video
    h.offset = gw_read_u24(r);
    h.type = gw_read_u8(r);
    h.q = gw_read_u8(r);
    h.width_8 = gw_read_u8(r);
    h.height_8 = gw_read_u8(r);
    if (h.type & TYPE_RESTART) {
        h.restart = gw_read_u16(r);
        (void)gw_read_u16(r); // first, last, count: fragments are taken in order
        h.type &= (uint8_t)~TYPE_RESTART;
    }
    if (r->failed)
        return -EBADMSG;
    if (h.type > TYPE_MAX)
        return -ENOTSUP;
    *ret_head = h;
    return 0;
}

static int read_tables(struct gw_reader *r, uint8_t q, struct state *s)
{
    (void)gw_read_u8(r); // must be zero
    uint8_t precision = gw_read_u8(r);
    uint16_t len = gw_read_u16(r);
    const uint8_t *tables = gw_read_bytes(r, len);

    if (!tables)
        return -EBADMSG;
    if (!len)
        return q != Q_EACH_FRAME && s->kept_q == q ? 0 : -EBADMSG;
    if (len > GW_JPEG_TABLE_BYTES_MAX)
        return -EBADMSG;
    s->picture.precision = precision;
    s->picture.table_len = len;
    memcpy(s->picture.tables, tables, len);
    s->kept_q = q;
    return 0;
}

// A size of 0 stands for more than 2040 pixels, told by other means. ONVIF's Streaming
// Specification ("JPEG over RTP") lays the frame header into the first packet's header
// extension: it counts more than what RFC 2435 says, and holds for the pictures behind it
// that say 0 again.
static int read_size(struct state *s, const struct gw_rtp_packet *p, const struct head *h)
{
    bool in_band =
        p->extension && p->extension_profile == ONVIF_SOI &&
        gw_jpeg_find_size(p->extension, p->extension_len, &s->width_px, &s->height_px);
    bool said = h->width_8 && h->height_8;

    if (!in_band && !said && !s->width_px) {
        s->unsized++;
        return -ENOTSUP;
    }
    bool other = in_band || !said;
    s->picture.width_px = other ? s->width_px : (uint16_t)(h->width_8 * UNIT_PX);
    s->picture.height_px = other ? s->height_px : (uint16_t)(h->height_8 * UNIT_PX);
    return 0;
}

static int begin_picture(struct gw_access_unit *u, const struct gw_rtp_packet *p,
                         struct gw_reader *r, const struct head *h)
{
    struct state *s = gw_access_unit_state(u);
    uint8_t header[GW_JPEG_HEADER_MAX];

    if (gw_access_unit_frame(u))
        return -EBADMSG; // a second beginning
    int error = read_size(s, p, h);
    if (error)
        return error;
    if (h->q >= Q_IN_BAND) {
        error = read_tables(r, h->q, s);
        if (error)
            return error;
    } else if (h->q && h->q <= Q_COMPUTED_MAX) {
        s->kept_q = 0;
        gw_jpeg_tables_by_quality(h->q, &s->picture);
    } else {
        return -EBADMSG; // reserved
    }
    s->picture.type = h->type;
    s->picture.restart = h->restart;
    size_t len = gw_jpeg_header_write(&s->picture, header);
    if (!len) {
        s->kept_q = 0;
        return -EBADMSG;
    }
    s->next = 0;
    error = gw_access_unit_append(u, header, len);
    return error ? error : gw_access_unit_picture(u, true, true);
}

static int take(struct gw_access_unit *u, const struct gw_rtp_packet *p)
{
    struct state *s = gw_access_unit_state(u);
    struct gw_reader r = gw_reader_init(p->payload, p->len);
    struct head h;

    int error = read_head(&r, &h);
    if (!error && !h.offset)
        error = begin_picture(u, p, &r, &h);
    if (error)
        return error;
    if (!gw_access_unit_frame(u) || h.offset != s->next)
        return -EBADMSG;
    size_t len = gw_reader_left(&r);
    s->next += (uint32_t)len;
    return gw_access_unit_append(u, gw_read_bytes(&r, len), len);
}

// The scan may come with or without its end marker.
static int end(struct gw_access_unit *u)
{
    static const uint8_t eoi[] = { EOI_1, EOI_2 };
    struct state *s = gw_access_unit_state(u);
    const struct gw_frame *f = gw_access_unit_frame(u);

    if (!s->next)
        return -EBADMSG; // no scan
    if (f->data[f->len - 2] == EOI_1 && f->data[f->len - 1] == EOI_2)
        return 0;
    return gw_access_unit_append(u, eoi, sizeof(eoi));
}

static void reset(struct gw_access_unit *u)
{
    struct state *s = gw_access_unit_state(u);
    s->next = 0;
}

const struct gw_payload_format gw_rtp_jpeg = {
    .codec = GW_CODEC_JPEG,
    .state_bytes = sizeof(struct state),
    .take = take,
    .end = end,
    .reset = reset,
};

void gw_rtp_jpeg_begin(struct gw_access_unit *u, uint16_t width_px, uint16_t height_px)
{
    struct state *s = gw_access_unit_state(u);

    assert(gw_access_unit_format(u) == &gw_rtp_jpeg);
    s->width_px = height_px ? width_px : 0;
    s->height_px = height_px;
}

uint64_t gw_rtp_jpeg_unsized(struct gw_access_unit *u)
{
    const struct state *s = gw_access_unit_state(u);

    return gw_access_unit_format(u) == &gw_rtp_jpeg ? s->unsized : 0;
}
