// How an access unit goes, by what its packets bring:
//
//            any payload         picture          marker or new timestamp
//   EMPTY ------------> OPEN ------------> OPEN, has_picture ----------> EMPTY, out
//     |                   |  gap, malformed, over a limit       same
//     +-------------------+--------> DAMAGED -----------------------> EMPTY, dropped

#include "ingest/access_unit.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/param_sets.h"

enum {
    FIRST_CAP = 2048,     // bytes of room of a new frame, when nothing is known better
    HINT_MAX = 64 * 1024, // bytes
    LARGE = HINT_MAX,     // bytes of a frame that is worth to be cut to its size
};

enum unit_state { EMPTY, OPEN, DAMAGED };

struct gw_access_unit {
    struct gw_access_unit_config config;
    const struct gw_payload_format *format;
    struct gw_buf *params;
    struct gw_frame *frame; // of the access unit that is OPEN; NULL while no bytes
    size_t cap_hint;        // bytes that the next frame between key frames will need
    uint64_t dropped;
    gw_tolerances tolerated;

    enum unit_state state;
    uint32_t timestamp; // of the access unit
    bool has_picture;
    bool key;
    bool decodable;    // params are complete, or the format has none
    bool suspect;      // a gap: the next picture may lack its beginning
    bool missed;       // a gap while EMPTY: one access unit at least is lost
    bool torn;         // a gap, and no part of a picture since
    bool early_marker; // on what has no picture yet
    _Alignas(max_align_t) uint8_t format_state[];
};

static_assert(sizeof(struct gw_access_unit) <= 256, "there are thousands of them");

struct gw_access_unit *gw_access_unit_create(const struct gw_payload_format *format,
                                             const struct gw_access_unit_config *config)
{
    struct gw_access_unit *u = calloc(1, sizeof(*u) + format->state_bytes);
    if (!u)
        return NULL;
    u->config = *config;
    u->format = format;
    u->cap_hint = FIRST_CAP;
    u->suspect = true;
    u->decodable = !format->params;
    return u;
}

void gw_access_unit_destroy(struct gw_access_unit *u)
{
    if (!u)
        return;
    gw_frame_unref(&u->frame);
    gw_buf_unref(&u->params);
    free(u);
}

uint64_t gw_access_unit_dropped(const struct gw_access_unit *u)
{
    return u->dropped;
}

bool gw_access_unit_is_decodable(const struct gw_access_unit *u)
{
    return u->decodable;
}

gw_tolerances gw_access_unit_tolerated(const struct gw_access_unit *u)
{
    return u->tolerated;
}

void gw_access_unit_tolerate(struct gw_access_unit *u, enum gw_tolerance t)
{
    u->tolerated |= gw_tolerance_bit(t);
}

void *gw_access_unit_state(struct gw_access_unit *u)
{
    return u->format_state;
}

const struct gw_payload_format *gw_access_unit_format(const struct gw_access_unit *u)
{
    return u->format;
}

struct gw_frame *gw_access_unit_frame(struct gw_access_unit *u)
{
    return u->frame;
}

// The access unit is given up; it is counted when it ends.
static void damage(struct gw_access_unit *u)
{
    u->state = DAMAGED;
    u->suspect = true;
    u->format->reset(u);
    gw_frame_unref(&u->frame);
}

static void reset(struct gw_access_unit *u)
{
    u->state = EMPTY;
    u->has_picture = false;
    u->key = false;
    u->early_marker = false;
    u->format->reset(u);
    gw_frame_unref(&u->frame);
}

static int make_room(struct gw_access_unit *u, size_t len)
{
    if (!u->frame) {
        u->frame = gw_frame_create(u->cap_hint > len ? u->cap_hint : len);
        return u->frame ? 0 : -ENOMEM;
    }

    size_t need = u->frame->len + len;
    if (need > GW_FRAME_MAX)
        return -EMSGSIZE;
    if (need <= u->frame->cap)
        return 0;

    size_t twice = u->frame->cap * 2;
    size_t cap = need > twice ? need : twice;
    return gw_frame_resize(&u->frame, cap < GW_FRAME_MAX ? cap : GW_FRAME_MAX);
}

int gw_access_unit_append(struct gw_access_unit *u, const void *data, size_t len)
{
    int r = make_room(u, len);
    if (r)
        return r;
    if (len)
        memcpy(u->frame->data + u->frame->len, data, len);
    u->frame->len += len;
    return 0;
}

int gw_access_unit_picture(struct gw_access_unit *u, bool begins, bool key)
{
    // Within an access unit a loss shows as a gap. Between two of them it does
    // not tell whether the lost packet was the beginning of this picture.
    if (u->suspect && !u->has_picture && !begins)
        return -EBADMSG;
    u->suspect = false;
    u->torn = false;
    u->has_picture = true;
    u->key = u->key || key;
    return 0;
}

int gw_access_unit_param_set(struct gw_access_unit *u, const uint8_t *nal, size_t len)
{
    int r = gw_param_sets_take(u->format->params, &u->params, nal, len);
    u->decodable = gw_param_sets_complete(u->format->params, u->params);
    return r;
}

// Grown by doubling, a large one may be half empty, and another shard may be slow to
// take it.
static void trim(struct gw_frame **pf)
{
    if ((*pf)->len > LARGE && (*pf)->cap > (*pf)->len)
        (void)gw_frame_resize(pf, (*pf)->len); // else it stays roomy
}

// Room for the next frame, after one of `len` bytes: as much as the larger ones of late
// needed, so that hardly any has to grow. It is held for a moment; what is kept of it,
// the GOP cache copies.
static size_t next_hint(size_t before, size_t len)
{
    size_t enough = len + len / 8;
    size_t less = before - before / 16;
    size_t cap = enough > less ? enough : less;
    return cap < HINT_MAX ? cap : HINT_MAX;
}

static void deliver(struct gw_access_unit *u)
{
    if (!u->key)
        u->cap_hint = next_hint(u->cap_hint, u->frame->len);
    trim(&u->frame);
    u->frame->codec = u->format->codec;
    u->frame->key = u->key && u->decodable;
    if (u->decodable && u->params)
        u->frame->params = gw_buf_ref(u->params);
    u->config.on_frame(u->config.arg, u->frame, u->timestamp);
}

static void end_access_unit(struct gw_access_unit *u)
{
    if (u->state == DAMAGED || u->missed)
        u->dropped++;
    u->missed = false;
    if (u->state == OPEN)
        deliver(u);
    reset(u);
}

// The marker bit, or the next timestamp: ends what may end.
static int on_boundary(struct gw_access_unit *u)
{
    int r = u->state == OPEN ? u->format->end(u) : 0;
    if (r)
        damage(u);
    if (u->state == DAMAGED || u->has_picture)
        end_access_unit(u);
    return r;
}

void gw_access_unit_gap(struct gw_access_unit *u)
{
    u->torn = true;
    if (u->state == EMPTY) {
        u->missed = true;
        u->suspect = true;
    } else {
        damage(u);
    }
}

static int take(struct gw_access_unit *u, const struct gw_rtp_packet *p)
{
    int r = u->format->take(u, p);

    // What looks wrong behind a loss is the network's fault, not the camera's.
    if (r == -EBADMSG && u->torn)
        r = -EPROTO;
    if (r) {
        u->torn = false;
        damage(u);
    }
    return r;
}

int gw_access_unit_packet(struct gw_access_unit *u, const struct gw_rtp_packet *p)
{
    int r = 0;

    if (u->state != EMPTY && p->timestamp != u->timestamp) {
        gw_tolerance_note(&u->tolerated, GW_TOLERATED_NO_MARKER,
                          u->state == OPEN && u->has_picture && !u->early_marker);
        r = on_boundary(u);
    }
    u->timestamp = p->timestamp;

    if (p->len) {
        if (u->state == EMPTY)
            u->state = OPEN;
        int error = u->state == OPEN ? take(u, p) : 0;
        r = r ? r : error;
    }
    if (p->marker) {
        int error = on_boundary(u);
        r = r ? r : error;
        u->early_marker = u->state == OPEN;
        gw_tolerance_note(&u->tolerated, GW_TOLERATED_MARKER, u->early_marker);
    }
    return r;
}
