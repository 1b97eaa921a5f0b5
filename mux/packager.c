#include "mux/packager.h"

#include "base/bytes.h"
#include "mux/flv.h"
#include "mux/fmp4.h"
#include "mux/wall_frame.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

// What surrounds the payload of one form, in bytes.
struct frame_room {
    size_t head;
    size_t tail;
};

static struct frame_room room_of(enum gw_form form, enum gw_codec codec)
{
    switch (form) {
    case GW_FORM_WALL_AVCC: return (struct frame_room) { GW_WALL_HEADER_BYTES, 0 };
    case GW_FORM_WALL_MP4:
        return (struct frame_room) { GW_WALL_HEADER_BYTES + GW_FMP4_FRAGMENT_HEAD_BYTES,
                                     0 };
    case GW_FORM_FLV:
        return (struct frame_room) { gw_flv_frame_head_bytes(codec),
                                     GW_FLV_FRAME_TAIL_BYTES };
    case GW_FORM_MP4: return (struct frame_room) { GW_FMP4_FRAGMENT_HEAD_BYTES, 0 };
    case GW_FORMS: break;
    }
    abort(); // -Wswitch-enum: every form is above
}

bool gw_form_carries(enum gw_form form, enum gw_codec codec)
{
    switch (form) {
    case GW_FORM_WALL_AVCC: return codec != GW_CODEC_NONE;
    case GW_FORM_WALL_MP4:
    case GW_FORM_MP4: return gw_fmp4_carries(codec);
    case GW_FORM_FLV: return gw_flv_carries(codec);
    case GW_FORMS: break;
    }
    abort(); // -Wswitch-enum: every form is above
}

bool gw_form_joins_config(enum gw_form form)
{
    return form == GW_FORM_WALL_MP4 || form == GW_FORM_MP4;
}

static enum gw_wall_form wall_form(enum gw_form form)
{
    return form == GW_FORM_WALL_MP4 ? GW_WALL_FORM_MP4 : GW_WALL_FORM_AVCC;
}

static void write_wall_header(struct gw_writer *w, const struct gw_wall_frame *h)
{
    uint8_t header[GW_WALL_HEADER_BYTES];
    gw_wall_frame_write(h, header);
    gw_write_bytes(w, header, sizeof(header));
}

static void write_config(struct gw_writer *w, enum gw_form form,
                         const struct gw_package_config *c)
{
    switch (form) {
    case GW_FORM_WALL_AVCC:
        gw_write_bytes(w, c->params->record, c->params->record_len);
        return;
    case GW_FORM_WALL_MP4:
    case GW_FORM_MP4: gw_fmp4_write_init(w, c->params, c->audio); return;
    case GW_FORM_FLV:
        if (c->first)
            gw_flv_write_header(w, c->params, c->with_audio);
        gw_flv_write_sequence_header(w, c->params, c->dts_90k);
        return;
    case GW_FORMS: break;
    }
    abort(); // -Wswitch-enum: every form is above
}

int gw_package_config(enum gw_form form, const struct gw_package_config *config,
                      struct gw_packet **ret_packet)
{
    enum { CONFIG_MAX = GW_WALL_HEADER_BYTES + GW_FMP4_INIT_MAX };
    static_assert(CONFIG_MAX >= GW_FLV_HEADER_MAX + GW_FLV_SEQUENCE_HEADER_MAX,
                  "the room is for every form");

    size_t records = config->params->record_len;
    if (config->audio)
        records += config->audio->record_len;
    struct gw_packet *p = gw_packet_create(CONFIG_MAX + records);
    if (!p)
        return -ENOMEM;
    struct gw_writer w = gw_writer_init(gw_packet_payload(p), p->len);

    bool wall = form == GW_FORM_WALL_AVCC || form == GW_FORM_WALL_MP4;
    if (wall)
        w.pos = GW_WALL_HEADER_BYTES; // it holds the length of what follows
    write_config(&w, form, config);
    assert(!w.failed);
    p->len = w.pos;
    p->stream = config->stream;
    p->config = true;

    if (wall)
        gw_wall_frame_write(
            &(struct gw_wall_frame) {
                .kind = GW_WALL_CONFIG,
                .codec = config->params->codec,
                .form = wall_form(form),
                .stream = config->stream,
                .payload_bytes = (uint32_t)(p->len - GW_WALL_HEADER_BYTES),
            },
            gw_packet_payload(p));
    *ret_packet = p;
    return 0;
}

static int write_unit_head(struct gw_writer *w, enum gw_form form, uint32_t stream,
                           const struct gw_unit *unit)
{
    if (form == GW_FORM_FLV)
        return gw_flv_write_frame_head(w, unit);

    if (form != GW_FORM_MP4)
        write_wall_header(w,
                          &(struct gw_wall_frame) {
                              .kind = GW_WALL_MEDIA,
                              .key = unit->frame->key,
                              .gap = unit->gap,
                              .codec = unit->frame->codec,
                              .form = wall_form(form),
                              .stream = stream,
                              .seq = unit->frame->seq,
                              .arrived_unix_us = unit->frame->arrived_unix_us,
                              .pts_90k = (uint32_t)unit->frame->pts_90k,
                              .payload_bytes = (uint32_t)(w->cap - GW_WALL_HEADER_BYTES),
                          });
    return form == GW_FORM_WALL_AVCC ? 0 : gw_fmp4_write_fragment_head(w, unit);
}

int gw_package_unit(enum gw_form form, uint32_t stream, const struct gw_unit *unit,
                    struct gw_packet **ret_packet)
{
    const struct gw_frame *frame = unit->frame;
    if (!gw_form_carries(form, frame->codec))
        return -ENOTSUP;
    if (frame->len > GW_FRAME_MAX)
        return -EMSGSIZE;

    struct frame_room room = room_of(form, frame->codec);
    struct gw_packet *p = gw_packet_create(room.head + frame->len + room.tail);
    if (!p)
        return -ENOMEM;
    struct gw_writer w = gw_writer_init(gw_packet_payload(p), p->len);
    int r = write_unit_head(&w, form, stream, unit);
    if (r < 0)
        goto fail;
    gw_write_bytes(&w, frame->data, frame->len);
    if (form == GW_FORM_FLV)
        gw_flv_write_frame_tail(&w, unit);
    assert(!w.failed && w.pos == p->len);

    p->stream = stream;
    p->key = frame->key && !gw_codec_is_audio(frame->codec);
    p->arrived_us = frame->arrived_us;
    *ret_packet = p;
    return 0;

fail:
    gw_packet_unref(&p);
    return r;
}
