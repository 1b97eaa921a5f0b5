// Properties: whatever a source says, however TCP cuts it, the receiver ends in the
// same state; answers that nobody reads stay under their limit; packets come only
// after RECORD, and RECORD only with the key; what is over is over for good.
//
// The first input byte picks the cut, its highest bit whether a key is needed;
// bytes of 0xfe let a second pass.

#include "ingest/rtsp_receiver.h"

#include "pieces.h"

#include <stdlib.h>
#include <string.h>

struct outcome {
    enum gw_rtsp_receiver_state state;
    enum gw_cause cause;
    bool locked; // a key is needed that nobody can know
    size_t media;
    size_t bytes; // of packets
    size_t waiting;
    size_t handover;
};

static enum gw_rtsp_source on_source(void *arg, struct gw_rtsp_text path,
                                     const char **ret_key)
{
    const struct outcome *o = arg;
    if (!path.len || path.s[0] != '/' || memchr(path.s, '?', path.len))
        abort();
    if (path.len == 2 && path.s[1] == 'e')
        return GW_RTSP_SOURCE_ELSEWHERE;
    if (path.len == 2 && path.s[1] == 'u')
        return GW_RTSP_SOURCE_UNKNOWN;
    *ret_key = o->locked ? "e1b0c44298fc1c149afbf4c8996fb924" : NULL;
    return GW_RTSP_SOURCE_HERE;
}

static int on_setup(void *arg, const struct gw_media_format *media, size_t count)
{
    struct outcome *o = arg;
    if (o->locked || o->media || count < 1 || count > GW_MEDIA_KINDS ||
        media[0].kind != GW_MEDIA_VIDEO)
        abort();
    o->media = count;
    return 0;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct outcome *o = arg;
    (void)data;
    (void)kind;
    if (!o->media)
        abort();
    o->bytes += len + 1;
    return o->bytes % 3;
}

static void on_report(void *arg, enum gw_media_kind kind,
                      const struct gw_rtcp_sender_report *report)
{
    (void)on_packet(arg, kind, report, sizeof(*report));
}

static bool is_over(enum gw_rtsp_receiver_state state)
{
    return state == GW_RTSP_RECEIVER_CLOSED || state == GW_RTSP_RECEIVER_FAILED ||
           state == GW_RTSP_RECEIVER_ELSEWHERE;
}

static void look(struct gw_rtsp_receiver *r, struct outcome *o)
{
    enum gw_rtsp_receiver_state before = o->state;

    o->state = gw_rtsp_receiver_state(r);
    o->cause = gw_rtsp_receiver_cause(r);
    (void)gw_rtsp_receiver_output(r, &o->waiting);
    (void)gw_rtsp_receiver_handover(r, &o->handover);
    if (o->waiting > GW_RTSP_RECEIVER_OUTPUT_MAX)
        abort();
    if (is_over(before) && o->state != before)
        abort();
    if ((o->state == GW_RTSP_RECEIVER_FAILED) != (o->cause != GW_CAUSE_NONE))
        abort();
    if ((o->state == GW_RTSP_RECEIVER_ELSEWHERE) != (o->handover > 0))
        abort();
}

struct talk {
    struct gw_rtsp_receiver *r;
    struct outcome *o;
};

static void receive(void *arg, const void *data, size_t len, uint64_t now_us)
{
    struct talk *t = arg;
    gw_rtsp_receiver_receive(t->r, data, len, now_us);
    look(t->r, t->o);
}

static void tick(void *arg, uint64_t now_us)
{
    struct talk *t = arg;
    gw_rtsp_receiver_tick(t->r, now_us);
    look(t->r, t->o);
}

static struct outcome run(const uint8_t *data, size_t size, size_t chunk, bool locked)
{
    struct outcome o = { .locked = locked };
    struct talk t = { .o = &o };
    const struct piece_taker taker = { .receive = receive, .tick = tick, .arg = &t };
    struct gw_rtsp_receiver_config config = {
        .timeout_us = 5 * GW_SECOND,
        .stall_us = 10 * GW_SECOND,
        .audio = true,
        .on_source = on_source,
        .on_setup = on_setup,
        .on_packet = on_packet,
        .on_report = on_report,
        .arg = &o,
    };

    if (gw_rtsp_receiver_create(&config, 0, &t.r))
        abort();
    (void)take_pieces(&taker, data, size, chunk);
    gw_rtsp_receiver_disconnected(t.r);
    look(t.r, &o);
    if (!is_over(o.state))
        abort();
    gw_rtsp_receiver_destroy(t.r);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    bool locked = data[0] & 0x80;
    size_t chunk = (size_t)(data[0] & 0x7f) + 1;

    struct outcome whole = run(data + 1, size - 1, SIZE_MAX, locked);
    struct outcome cut = run(data + 1, size - 1, chunk, locked);
    if (whole.state != cut.state || whole.cause != cut.cause ||
        whole.media != cut.media || whole.bytes != cut.bytes ||
        whole.handover != cut.handover)
        abort();
    return 0;
}
