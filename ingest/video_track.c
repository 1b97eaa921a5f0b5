#include "ingest/video_track.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "ingest/access_unit.h"
#include "ingest/nal_units.h"
#include "ingest/rtp_flow.h"
#include "ingest/rtp_h264.h"
#include "ingest/rtp_h265.h"
#include "ingest/rtp_jpeg.h"

struct gw_video_track {
    struct gw_video_track_config config;
    struct gw_access_unit *unit; // NULL until a session says its codec
    uint64_t dropped;            // by the units of codecs before
    struct gw_rtp_flow flow;
    uint64_t frames;  // delivered
    uint64_t bytes;   // of them
    uint64_t broken;  // packets that the payload format cannot read
    uint64_t skipped; // frames ahead of a key frame
    uint64_t unsized; // pictures without a size, by the units of codecs before

    // Of this session.
    uint64_t unsized_before; // pictures without a size until it began
    bool has_key;            // a key frame was delivered
    bool whole;              // a picture is, with the packet in hand
};

static_assert(sizeof(struct gw_video_track) <= GW_VIDEO_TRACK_IDLE_MAX / 2,
              "the other half is the depacketiser's");

// Access units that were here, or should have been, and were not delivered.
static uint64_t dropped(const struct gw_video_track *t)
{
    return t->dropped + t->skipped + (t->unit ? gw_access_unit_dropped(t->unit) : 0);
}

static uint64_t unsized(const struct gw_video_track *t)
{
    return t->unsized + (t->unit ? gw_rtp_jpeg_unsized(t->unit) : 0);
}

static void on_frame(void *arg, struct gw_frame *frame, uint32_t timestamp)
{
    struct gw_video_track *t = arg;

    t->whole = true;
    // References of what comes before a session's first key frame were sent to
    // somebody else.
    if (!t->has_key && !frame->key) {
        t->skipped++;
        return;
    }
    t->has_key = true;

    frame->seq = (uint32_t)(t->frames + dropped(t));
    gw_rtp_flow_stamp(&t->flow, timestamp, frame);
    t->frames++;
    t->bytes += frame->len;
    t->config.on_frame(t->config.arg, frame);
}

int gw_video_track_create(const struct gw_video_track_config *config,
                          struct gw_video_track **ret_track)
{
    struct gw_video_track *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->config = *config;
    gw_rtp_flow_init(&t->flow);
    *ret_track = t;
    return 0;
}

void gw_video_track_destroy(struct gw_video_track *t)
{
    if (!t)
        return;
    gw_access_unit_destroy(t->unit);
    free(t);
}

static int take_params(struct gw_video_track *t, const struct gw_buf *params)
{
    struct gw_reader r = gw_reader_init(gw_buf_data(params), gw_buf_len(params));

    while (gw_reader_left(&r)) {
        size_t len = gw_read_u32(&r);
        const uint8_t *nal = gw_read_bytes(&r, len);

        // What an SDP has wrong, the stream may have right: only our own
        // trouble is worth a word.
        int error = r.failed ? -EBADMSG : gw_nal_units_take_params(t->unit, nal, len);
        if (error == -ENOMEM)
            return error;
        if (error)
            gw_access_unit_tolerate(t->unit, GW_TOLERATED_BAD_PARAMS);
        if (r.failed)
            break;
    }
    if (!gw_access_unit_is_decodable(t->unit))
        gw_access_unit_tolerate(t->unit, GW_TOLERATED_BAD_PARAMS);
    return 0;
}

static const struct gw_payload_format *format_of(enum gw_codec codec)
{
    switch (codec) {
    case GW_CODEC_H264: return &gw_rtp_h264;
    case GW_CODEC_H265: return &gw_rtp_h265;
    case GW_CODEC_JPEG: return &gw_rtp_jpeg;
    case GW_CODEC_NONE:
    case GW_CODEC_AAC:
    case GW_CODEC_PCMA:
    case GW_CODEC_PCMU:
    case GW_CODEC_OPUS: break;
    }
    return NULL;
}

static void end_unit(struct gw_video_track *t)
{
    t->dropped += gw_access_unit_dropped(t->unit) + 1; // what the gap is worth
    t->unsized = unsized(t);
    gw_access_unit_destroy(t->unit);
    t->unit = NULL;
}

// Has an access unit of that format ready. Returns 0, -ENOTSUP or -ENOMEM: there is
// none then.
static int begin_unit(struct gw_video_track *t, const struct gw_payload_format *format)
{
    if (t->unit) {
        gw_access_unit_gap(t->unit); // the end of the session before
        if (gw_access_unit_format(t->unit) == format)
            return 0;
        end_unit(t);
    }
    if (!format)
        return -ENOTSUP;
    t->unit = gw_access_unit_create(
        format, &(struct gw_access_unit_config) { .on_frame = on_frame, .arg = t });
    return t->unit ? 0 : -ENOMEM;
}

int gw_video_track_start(struct gw_video_track *t, const struct gw_media_format *video)
{
    int r = begin_unit(t, format_of(video->codec));
    gw_rtp_flow_start(&t->flow, video->payload_type, video->clock_rate);
    t->has_key = false;
    t->unsized_before = unsized(t);
    if (!r && video->codec == GW_CODEC_JPEG)
        gw_rtp_jpeg_begin(t->unit, video->width_px, video->height_px);

    bool has_params = !r && video->params && gw_access_unit_format(t->unit)->params;
    return has_params ? take_params(t, video->params) : r;
}

bool gw_video_track_packet(struct gw_video_track *t, const void *data, size_t len,
                           uint64_t now_us, uint64_t unix_us)
{
    struct gw_rtp_packet p;
    struct gw_rtp_step step;

    if (!gw_rtp_flow_take(&t->flow, data, len, t->unit, now_us, unix_us, &p, &step))
        return false;
    if (step.lost)
        gw_access_unit_gap(t->unit);
    if (step.late)
        return false;
    t->whole = false;
    int r = gw_access_unit_packet(t->unit, &p);
    t->broken += r && r != -ENOMEM && r != -EPROTO;
    return t->whole;
}

enum gw_cause gw_video_track_cause(const struct gw_video_track *t, enum gw_cause cause)
{
    bool nothing_but = !t->has_key && unsized(t) > t->unsized_before;
    return cause == GW_CAUSE_INCOMPLETE && nothing_but ? GW_CAUSE_UNSIZED : cause;
}

void gw_video_track_report(struct gw_video_track *t,
                           const struct gw_rtcp_sender_report *report)
{
    gw_rtp_flow_report(&t->flow, report);
}

gw_tolerances gw_video_track_tolerated(const struct gw_video_track *t)
{
    gw_tolerances set = t->unit ? gw_access_unit_tolerated(t->unit) : 0;

    gw_tolerance_note(&set, GW_TOLERATED_TIMES, t->flow.timeline.jumped);
    gw_tolerance_note(&set, GW_TOLERATED_OTHER_PAYLOAD, t->flow.stats.ignored > 0);
    gw_tolerance_note(&set, GW_TOLERATED_MALFORMED,
                      t->flow.stats.malformed + t->broken > 0);
    return set;
}

void gw_video_track_stats(const struct gw_video_track *t,
                          struct gw_video_track_stats *ret_stats)
{
    const struct gw_rtp_flow_stats *flow = &t->flow.stats;

    *ret_stats = (struct gw_video_track_stats) {
        .packets = flow->packets,
        .packets_ignored = flow->ignored,
        .packets_lost = flow->lost,
        .packets_late = flow->late,
        .packets_malformed = flow->malformed + t->broken,
        .frames = t->frames,
        .frames_dropped = dropped(t),
        .frames_unsized = unsized(t),
        .bytes = t->bytes,
    };
}
