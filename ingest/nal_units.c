// How NAL units come to lie in a frame:
//
//              begin_unit        append              end
//   length 0 ------------> [....] -------> [....|bytes] -------> [length|bytes]

#include "ingest/nal_units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "ingest/annex_b.h"

enum { LENGTH_BYTES = 4 };

static const struct gw_nal_syntax *syntax_of(const struct gw_access_unit *u)
{
    return gw_access_unit_format(u)->nal;
}

static bool is_slice(enum gw_nal_role role)
{
    return role == GW_NAL_SLICE || role == GW_NAL_KEY_SLICE;
}

static int note_slice(struct gw_access_unit *u, enum gw_nal_role role, const uint8_t *nal,
                      size_t len)
{
    return gw_access_unit_picture(u, syntax_of(u)->begins_picture(nal, len),
                                  role == GW_NAL_KEY_SLICE);
}

static int append_unit(struct gw_access_unit *u, const uint8_t *nal, size_t len)
{
    uint8_t length[LENGTH_BYTES];
    struct gw_writer w = gw_writer_init(length, sizeof(length));

    gw_write_u32(&w, (uint32_t)len);
    int r = gw_access_unit_append(u, length, sizeof(length));
    return r ? r : gw_access_unit_append(u, nal, len);
}

// Takes one NAL unit, known to hold no start code, that is not in the frame yet.
static int take_clean(struct gw_access_unit *u, const uint8_t *nal, size_t len)
{
    if (len < syntax_of(u)->header_bytes)
        return -EBADMSG;

    enum gw_nal_role role = syntax_of(u)->role(nal);
    int r = 0;
    switch (role) {
    case GW_NAL_MALFORMED: return -EBADMSG;
    case GW_NAL_PARAMS: return gw_access_unit_param_set(u, nal, len);
    case GW_NAL_NEEDLESS: return 0;
    case GW_NAL_SLICE:
    case GW_NAL_KEY_SLICE: r = note_slice(u, role, nal, len); break;
    case GW_NAL_OTHER: break;
    }
    return r ? r : append_unit(u, nal, len);
}

// Start codes cannot occur inside a NAL unit, but cameras (V380) leave them in.
// All bytes of slices are most of a stream, so these are searched only where a
// camera has shown the habit: it does at its first parameter sets.
static bool may_have_start_codes(struct gw_access_unit *u, const uint8_t *nal, size_t len)
{
    const struct gw_nal_units *units = gw_access_unit_state(u);

    return units->start_codes || len < syntax_of(u)->header_bytes ||
           !is_slice(syntax_of(u)->role(nal));
}

int gw_nal_units_take(struct gw_access_unit *u, const uint8_t *data, size_t len)
{
    struct gw_nal_units *units = gw_access_unit_state(u);

    if (!len)
        return 0;
    if (!may_have_start_codes(u, data, len))
        return take_clean(u, data, len);
    if (gw_annex_b_find(data, len, 0) < len) {
        units->start_codes = true;
        gw_access_unit_tolerate(u, GW_TOLERATED_START_CODES);
    }

    const uint8_t *nal;
    size_t nal_len;
    int r = 0;
    for (size_t pos = 0; !r && gw_annex_b_next(data, len, &pos, &nal, &nal_len);)
        r = take_clean(u, nal, nal_len);
    return r;
}

int gw_nal_units_take_aggregate(struct gw_access_unit *u, const uint8_t *data, size_t len)
{
    struct gw_reader r = gw_reader_init(data, len);

    while (gw_reader_left(&r)) {
        size_t nal_len = gw_read_u16(&r);
        const uint8_t *nal = gw_read_bytes(&r, nal_len);
        if (r.failed)
            return -EBADMSG;
        int error = gw_nal_units_take(u, nal, nal_len);
        if (error)
            return error;
    }
    return 0;
}

static int begin_unit(struct gw_access_unit *u, const uint8_t *header)
{
    static const uint8_t length[LENGTH_BYTES];
    struct gw_nal_units *units = gw_access_unit_state(u);
    const struct gw_frame *frame = gw_access_unit_frame(u);
    size_t at = frame ? frame->len : 0;

    int r = gw_access_unit_append(u, length, sizeof(length));
    if (!r)
        r = gw_access_unit_append(u, header, syntax_of(u)->header_bytes);
    if (r)
        return r;
    units->unit_at = at;
    units->in_unit = true;
    return 0;
}

// The type is the first fragment's: Tiandy cameras change it midway.
static bool is_of_another_unit(struct gw_access_unit *u, const uint8_t *header)
{
    const struct gw_nal_units *units = gw_access_unit_state(u);
    const struct gw_frame *frame = gw_access_unit_frame(u);

    return memcmp(frame->data + units->unit_at + LENGTH_BYTES, header,
                  syntax_of(u)->header_bytes) != 0;
}

int gw_nal_units_take_fragment(struct gw_access_unit *u, uint8_t flags,
                               const uint8_t *header, const uint8_t *data, size_t len)
{
    const struct gw_nal_units *units = gw_access_unit_state(u);
    int r = 0;

    if (flags & GW_NAL_FU_START) {
        r = gw_nal_units_end(u); // the end of the one before was not marked
        if (!r)
            r = begin_unit(u, header);
    } else if (!units->in_unit) {
        // An empty fragment outside of a unit takes nothing away from anything.
        if (len)
            return -EBADMSG;
        gw_access_unit_tolerate(u, GW_TOLERATED_FRAGMENTS);
        return 0;
    } else if (!len || is_of_another_unit(u, header)) {
        gw_access_unit_tolerate(u, GW_TOLERATED_FRAGMENTS);
    }

    if (!r)
        r = gw_access_unit_append(u, data, len);
    if (!r && flags & GW_NAL_FU_END)
        r = gw_nal_units_end(u);
    return r;
}

// Takes a unit that was put together in the frame out again, and then as any other.
static int retake_unit(struct gw_access_unit *u)
{
    const struct gw_nal_units *units = gw_access_unit_state(u);
    struct gw_frame *frame = gw_access_unit_frame(u);
    size_t at = units->unit_at + LENGTH_BYTES;
    size_t len = frame->len - at;

    uint8_t *copy = malloc(len);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, frame->data + at, len);
    frame->len = units->unit_at;

    int r = gw_nal_units_take(u, copy, len);
    free(copy);
    return r;
}

int gw_nal_units_end(struct gw_access_unit *u)
{
    struct gw_nal_units *units = gw_access_unit_state(u);

    if (!units->in_unit)
        return 0;
    units->in_unit = false;

    struct gw_frame *frame = gw_access_unit_frame(u);
    const uint8_t *nal = frame->data + units->unit_at + LENGTH_BYTES;
    size_t len = frame->len - units->unit_at - LENGTH_BYTES;
    if (may_have_start_codes(u, nal, len))
        return retake_unit(u);

    struct gw_writer w = gw_writer_init(frame->data + units->unit_at, LENGTH_BYTES);
    gw_write_u32(&w, (uint32_t)len);
    return note_slice(u, syntax_of(u)->role(nal), nal, len);
}

void gw_nal_units_reset(struct gw_access_unit *u)
{
    struct gw_nal_units *units = gw_access_unit_state(u);

    units->in_unit = false;
}

int gw_nal_units_take_params(struct gw_access_unit *u, const uint8_t *data, size_t len)
{
    const uint8_t *nal;
    size_t nal_len;
    int first = 0;

    if (gw_annex_b_find(data, len, 0) < len)
        gw_access_unit_tolerate(u, GW_TOLERATED_START_CODES);
    for (size_t pos = 0; gw_annex_b_next(data, len, &pos, &nal, &nal_len);) {
        if (nal_len < syntax_of(u)->header_bytes ||
            syntax_of(u)->role(nal) != GW_NAL_PARAMS)
            continue;
        int r = gw_access_unit_param_set(u, nal, nal_len);
        first = first ? first : r;
    }
    return first;
}
