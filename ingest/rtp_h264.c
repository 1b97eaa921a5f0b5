// How NAL units come to lie in a frame:
//
//              begin_unit        append              end_unit
//   length 0 ------------> [....] -------> [....|bytes] -------> [length|bytes]
//
// and how an access unit goes, by what its packets bring:
//
//            any unit            slice            marker or new timestamp
//   EMPTY ------------> OPEN ------------> OPEN, has_slice ------------> EMPTY, out
//     |                   |  gap, malformed, over a limit       same
//     +-------------------+--------> DAMAGED -----------------------> EMPTY, dropped

#include "ingest/rtp_h264.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ingest/h264_nal.h"
#include "ingest/h264_params.h"

enum {
    STAP_A = 24,
    FU_A = 28,
    FU_START = 0x80,
    FU_END = 0x40,
    FU_HEAD = 2,       // bytes: indicator and header
    FU_B = 29,         // the last of the payload structures that are defined
    HEADER_NRI = 0xe0, // forbidden_zero_bit and nal_ref_idc of a NAL unit's header
    TYPE = 0x1f,

    LENGTH_BYTES = 4,
    FIRST_CAP = 2048,     // bytes of room of a new frame, when nothing is known better
    HINT_MAX = 64 * 1024, // bytes
    SLACK_PERCENT = 10,   // of a frame's bytes that may stay unused when it leaves
};

enum unit_state { EMPTY, OPEN, DAMAGED };

struct gw_rtp_h264 {
    struct gw_rtp_h264_config config;
    struct gw_buf *params;
    struct gw_frame *frame; // of the access unit that is OPEN; NULL while no bytes
    size_t cap_hint;        // bytes that the last frame between key frames needed
    uint64_t dropped;

    enum unit_state state;
    uint32_t timestamp; // of the access unit
    bool has_slice;
    bool idr;
    bool in_unit;     // a NAL unit is being put together, at unit_at
    bool decodable;   // params are complete
    bool suspect;     // a gap: the next picture may lack its beginning
    bool missed;      // a gap while EMPTY: one access unit at least is lost
    bool start_codes; // this camera puts several NAL units into one
    size_t unit_at;   // of the length field, in frame->data
};

static_assert(sizeof(struct gw_rtp_h264) <= 512, "there are thousands of them");

struct gw_rtp_h264 *gw_rtp_h264_create(const struct gw_rtp_h264_config *config)
{
    struct gw_rtp_h264 *d = calloc(1, sizeof(*d));
    if (!d)
        return NULL;
    d->config = *config;
    d->cap_hint = FIRST_CAP;
    d->suspect = true;
    return d;
}

void gw_rtp_h264_destroy(struct gw_rtp_h264 *d)
{
    if (!d)
        return;
    gw_frame_unref(&d->frame);
    gw_buf_unref(&d->params);
    free(d);
}

uint64_t gw_rtp_h264_dropped(const struct gw_rtp_h264 *d)
{
    return d->dropped;
}

// The access unit is given up; it is counted when it ends.
static void damage(struct gw_rtp_h264 *d)
{
    d->state = DAMAGED;
    d->suspect = true;
    d->in_unit = false;
    gw_frame_unref(&d->frame);
}

static void reset(struct gw_rtp_h264 *d)
{
    d->state = EMPTY;
    d->has_slice = false;
    d->idr = false;
    d->in_unit = false;
    gw_frame_unref(&d->frame);
}

static int make_room(struct gw_rtp_h264 *d, size_t len)
{
    if (!d->frame) {
        d->frame = gw_frame_create(d->cap_hint > len ? d->cap_hint : len);
        return d->frame ? 0 : -ENOMEM;
    }

    size_t need = d->frame->len + len;
    if (need > GW_FRAME_MAX)
        return -EMSGSIZE;
    if (need <= d->frame->cap)
        return 0;

    size_t twice = d->frame->cap * 2;
    size_t cap = need > twice ? need : twice;
    return gw_frame_resize(&d->frame, cap < GW_FRAME_MAX ? cap : GW_FRAME_MAX);
}

static int append(struct gw_rtp_h264 *d, const void *data, size_t len)
{
    int r = make_room(d, len);
    if (r)
        return r;
    if (len)
        memcpy(d->frame->data + d->frame->len, data, len);
    d->frame->len += len;
    return 0;
}

static int begin_unit(struct gw_rtp_h264 *d, uint8_t header)
{
    static const uint8_t length[LENGTH_BYTES];
    size_t at = d->frame ? d->frame->len : 0;

    int r = append(d, length, sizeof(length));
    if (!r)
        r = append(d, &header, 1);
    if (r)
        return r;
    d->unit_at = at;
    d->in_unit = true;
    return 0;
}

static int note_slice(struct gw_rtp_h264 *d, const uint8_t *nal, size_t len)
{
    unsigned type = gw_h264_type(nal[0]);

    // Within an access unit a loss shows as a gap. Between two of them it does
    // not tell whether the lost packet was the beginning of this picture.
    if (d->suspect && !d->has_slice && !gw_h264_begins_picture(nal, len))
        return -EBADMSG;
    d->suspect = false;
    d->has_slice = true;
    d->idr = d->idr || type == GW_H264_IDR;
    return 0;
}

static int take_params(struct gw_rtp_h264 *d, const uint8_t *nal, size_t len)
{
    int r = gw_h264_params_take(&d->params, nal, len);
    d->decodable = gw_h264_params_complete(d->params);
    return r;
}

// Takes one NAL unit, known to hold no start code, that is not in the frame yet.
static int take_clean_nal(struct gw_rtp_h264 *d, const uint8_t *nal, size_t len)
{
    unsigned type = gw_h264_type(nal[0]);

    if (type == 0 || type > GW_H264_TYPE_MAX)
        return -EBADMSG;
    if (type == GW_H264_SPS || type == GW_H264_PPS)
        return take_params(d, nal, len);
    if (type == GW_H264_AUD || type == GW_H264_FILLER)
        return 0; // AVCC has its own bounds, and padding serves nobody

    int r = gw_h264_is_slice(type) ? note_slice(d, nal, len) : 0;
    if (r)
        return r;

    uint8_t length[LENGTH_BYTES];
    struct gw_writer w = gw_writer_init(length, sizeof(length));
    gw_write_u32(&w, (uint32_t)len);
    r = append(d, length, sizeof(length));
    return r ? r : append(d, nal, len);
}

// Start codes cannot occur inside a NAL unit, but cameras (V380) leave them in.
// All bytes of slices are most of a stream, so these are searched only where a
// camera has shown the habit: it does at its first parameter sets.
static bool may_have_start_codes(const struct gw_rtp_h264 *d, uint8_t header)
{
    return d->start_codes || !gw_h264_is_slice(gw_h264_type(header));
}

static int take_nal(struct gw_rtp_h264 *d, const uint8_t *data, size_t len)
{
    if (!len)
        return 0;
    if (!may_have_start_codes(d, data[0]))
        return take_clean_nal(d, data, len);
    if (gw_h264_find_start_code(data, len, 0) < len)
        d->start_codes = true;

    const uint8_t *nal;
    size_t nal_len;
    int r = 0;
    for (size_t pos = 0; !r && gw_h264_next_nal(data, len, &pos, &nal, &nal_len);)
        r = take_clean_nal(d, nal, nal_len);
    return r;
}

// Takes a unit that was put together in the frame out again, and then as any other.
static int retake_unit(struct gw_rtp_h264 *d)
{
    size_t at = d->unit_at + LENGTH_BYTES;
    size_t len = d->frame->len - at;

    uint8_t *copy = malloc(len);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, d->frame->data + at, len);
    d->frame->len = d->unit_at;

    int r = take_nal(d, copy, len);
    free(copy);
    return r;
}

// Ends the unit that fragments have built, if there is one.
static int end_unit(struct gw_rtp_h264 *d)
{
    if (!d->in_unit)
        return 0;
    d->in_unit = false;

    const uint8_t *nal = d->frame->data + d->unit_at + LENGTH_BYTES;
    size_t len = d->frame->len - d->unit_at - LENGTH_BYTES;
    if (may_have_start_codes(d, nal[0]))
        return retake_unit(d);

    struct gw_writer w = gw_writer_init(d->frame->data + d->unit_at, LENGTH_BYTES);
    gw_write_u32(&w, (uint32_t)len);
    return note_slice(d, nal, len);
}

static int take_aggregate(struct gw_rtp_h264 *d, const uint8_t *data, size_t len)
{
    struct gw_reader r = gw_reader_init(data, len);

    while (gw_reader_left(&r)) {
        size_t nal_len = gw_read_u16(&r);
        const uint8_t *nal = gw_read_bytes(&r, nal_len);
        if (r.failed)
            return -EBADMSG;
        int error = take_nal(d, nal, nal_len);
        if (error)
            return error;
    }
    return 0;
}

static int take_fragment(struct gw_rtp_h264 *d, const uint8_t *data, size_t len)
{
    if (len < FU_HEAD)
        return -EBADMSG;

    uint8_t fu = data[1];
    int r = 0;
    if (fu & FU_START) {
        r = end_unit(d); // the end of the one before was not marked
        if (!r)
            r = begin_unit(d, (uint8_t)((data[0] & HEADER_NRI) | (fu & TYPE)));
    } else if (!d->in_unit) {
        // An empty fragment outside of a unit takes nothing away from anything.
        return len == FU_HEAD ? 0 : -EBADMSG;
    }

    // The type is the first fragment's: Tiandy cameras change it midway.
    if (!r)
        r = append(d, data + FU_HEAD, len - FU_HEAD);
    if (!r && fu & FU_END)
        r = end_unit(d);
    return r;
}

static int take_payload(struct gw_rtp_h264 *d, const uint8_t *data, size_t len)
{
    unsigned type = gw_h264_type(data[0]);
    if (type == FU_A)
        return take_fragment(d, data, len);

    int r = end_unit(d);
    if (r)
        return r;
    if (type == STAP_A)
        return take_aggregate(d, data + 1, len - 1);
    if (type <= GW_H264_TYPE_MAX)
        return take_nal(d, data, len);
    return type <= FU_B ? -ENOTSUP : -EBADMSG;
}

// At most SLACK_PERCENT of what a cached frame holds may be unused room.
static void trim(struct gw_frame **pf)
{
    if ((*pf)->cap - (*pf)->len > (*pf)->len / 100 * SLACK_PERCENT)
        (void)gw_frame_resize(pf, (*pf)->len); // else it stays roomy
}

// Room for the next frame: most are about as large as the one before.
static size_t hint(size_t len)
{
    size_t cap = len + len / 16; // less than trim() would take back
    return cap < HINT_MAX ? cap : HINT_MAX;
}

static void deliver(struct gw_rtp_h264 *d)
{
    if (!d->idr)
        d->cap_hint = hint(d->frame->len);
    trim(&d->frame);
    d->frame->codec = GW_CODEC_H264;
    d->frame->key = d->idr && d->decodable;
    if (d->decodable)
        d->frame->params = gw_buf_ref(d->params);
    d->config.on_frame(d->config.arg, d->frame, d->timestamp);
}

static void end_access_unit(struct gw_rtp_h264 *d)
{
    if (d->state == DAMAGED || d->missed)
        d->dropped++;
    d->missed = false;
    if (d->state == OPEN)
        deliver(d);
    reset(d);
}

// The marker bit, or the next timestamp: ends what may end.
static int on_boundary(struct gw_rtp_h264 *d)
{
    int r = end_unit(d);
    if (r)
        damage(d);
    if (d->state == DAMAGED || d->has_slice)
        end_access_unit(d);
    return r;
}

void gw_rtp_h264_gap(struct gw_rtp_h264 *d)
{
    if (d->state == EMPTY) {
        d->missed = true;
        d->suspect = true;
    } else {
        damage(d);
    }
}

int gw_rtp_h264_take_params(struct gw_rtp_h264 *d, const uint8_t *data, size_t len)
{
    const uint8_t *nal;
    size_t nal_len;
    int first = 0;

    for (size_t pos = 0; gw_h264_next_nal(data, len, &pos, &nal, &nal_len);) {
        unsigned type = gw_h264_type(nal[0]);
        if (type != GW_H264_SPS && type != GW_H264_PPS)
            continue;
        int r = take_params(d, nal, nal_len);
        first = first ? first : r;
    }
    return first;
}

int gw_rtp_h264_packet(struct gw_rtp_h264 *d, const struct gw_rtp_packet *p)
{
    int r = 0;

    if (d->state != EMPTY && p->timestamp != d->timestamp)
        r = on_boundary(d);
    d->timestamp = p->timestamp;

    if (p->len) {
        if (d->state == EMPTY)
            d->state = OPEN;
        int error = d->state == OPEN ? take_payload(d, p->payload, p->len) : 0;
        if (error)
            damage(d);
        r = r ? r : error;
    }
    if (p->marker) {
        int error = on_boundary(d);
        r = r ? r : error;
    }
    return r;
}
