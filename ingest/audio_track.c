#include "ingest/audio_track.h"

#include "ingest/audio_sync.h"
#include "ingest/rtp_aac.h"
#include "ingest/rtp_flow.h"
#include "ingest/rtp_latm.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    G711_RATE = 8000,  // Hz
    OPUS_RATE = 48000, // of its RTP timestamps, whatever was coded: RFC 7587 section 4.1
};

struct gw_audio_track {
    struct gw_audio_track_config config;
    struct gw_rtp_flow flow;
    struct gw_audio_sync sync;
    uint64_t frames;    // delivered
    uint64_t bytes;     // of them
    uint64_t broken;    // packets that the payload format cannot read
    uint64_t misplaced; // frames without a place beside the pictures
    uint64_t failed;    // frames for which there was no memory

    // Of this session.
    enum gw_codec codec; // NONE: nothing is taken
    uint32_t clock_rate; // Hz
    bool is_latm;
    struct gw_rtp_aac aac;
    struct gw_rtp_latm latm;
    struct gw_buf *params;
    bool heard;           // a frame was delivered
    uint64_t pictured_us; // when its first key frame arrived; 0: there was none
};

int gw_audio_track_create(const struct gw_audio_track_config *config,
                          struct gw_audio_track **ret_track)
{
    struct gw_audio_track *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->config = *config;
    gw_rtp_flow_init(&t->flow);
    *ret_track = t;
    return 0;
}

void gw_audio_track_destroy(struct gw_audio_track *t)
{
    if (!t)
        return;
    gw_rtp_aac_finish(&t->aac);
    gw_rtp_latm_finish(&t->latm);
    gw_buf_unref(&t->params);
    free(t);
}

// Parameters are compared by pointer: the same ones stay the same object.
static int set_params(struct gw_audio_track *t, const void *data, size_t len)
{
    if (t->params && gw_buf_len(t->params) == len &&
        !memcmp(gw_buf_data(t->params), data, len))
        return 0;
    struct gw_buf *params = gw_buf_copy(data, len);
    if (!params)
        return -ENOMEM;
    gw_buf_unref(&t->params);
    t->params = params;
    return 0;
}

static int start_aac(struct gw_audio_track *t, const struct gw_media_format *audio)
{
    uint64_t dropped = t->aac.dropped;

    gw_rtp_aac_finish(&t->aac);
    int r = gw_rtp_aac_init(&t->aac, audio);
    t->aac.dropped = dropped;
    if (r)
        return r;
    t->clock_rate = audio->clock_rate ? audio->clock_rate : t->aac.config.sample_rate;
    return set_params(t, t->aac.asc, t->aac.asc_len);
}

static int start_latm(struct gw_audio_track *t, const struct gw_media_format *audio)
{
    uint64_t dropped = t->latm.dropped;

    gw_rtp_latm_finish(&t->latm);
    int r = gw_rtp_latm_init(&t->latm, audio);
    t->latm.dropped = dropped;
    if (r)
        return r;
    t->clock_rate = t->latm.clock_rate;
    if (t->latm.mux.asc_len)
        return set_params(t, t->latm.mux.asc, t->latm.mux.asc_len);
    gw_buf_unref(&t->params); // they come in band
    return 0;
}

static int start_g711(struct gw_audio_track *t, const struct gw_media_format *audio)
{
    t->clock_rate = G711_RATE;
    gw_buf_unref(&t->params);
    bool usual = !audio->clock_rate || audio->clock_rate == G711_RATE;
    return usual && audio->channels <= 1 ? 0 : -ENOTSUP;
}

static int start_opus(struct gw_audio_track *t)
{
    // An OpusHead (RFC 7845 section 5.1): stereo, for decoders put one channel into
    // two; no samples to skip, for we begin in the midst.
    static const uint8_t head[] = { 'O', 'p', 'u',  's',  'H', 'e', 'a', 'd', 1, 2,
                                    0,   0,   0x80, 0xbb, 0,   0,   0,   0,   0 };

    t->clock_rate = OPUS_RATE;
    return set_params(t, head, sizeof(head));
}

static int start_codec(struct gw_audio_track *t, const struct gw_media_format *audio)
{
    switch (audio->codec) {
    case GW_CODEC_AAC: return audio->latm ? start_latm(t, audio) : start_aac(t, audio);
    case GW_CODEC_PCMA:
    case GW_CODEC_PCMU: return start_g711(t, audio);
    case GW_CODEC_OPUS: return start_opus(t);
    case GW_CODEC_NONE:
    case GW_CODEC_H264:
    case GW_CODEC_H265:
    case GW_CODEC_JPEG: break;
    }
    return -ENOTSUP;
}

static void note_gap(struct gw_audio_track *t)
{
    gw_rtp_aac_gap(&t->aac);
    gw_rtp_latm_gap(&t->latm);
}

int gw_audio_track_start(struct gw_audio_track *t, const struct gw_media_format *audio)
{
    note_gap(t);
    int r = start_codec(t, audio);
    t->is_latm = audio->latm;
    t->codec = r ? GW_CODEC_NONE : audio->codec;
    t->heard = false;
    t->pictured_us = 0;
    gw_rtp_flow_start(&t->flow, audio->payload_type, t->clock_rate);
    gw_audio_sync_restart(&t->sync);
    return r;
}

void gw_audio_track_stop(struct gw_audio_track *t)
{
    t->codec = GW_CODEC_NONE;
}

static uint64_t dropped(const struct gw_audio_track *t)
{
    return t->misplaced + t->failed + t->aac.dropped + t->latm.dropped;
}

static void on_unit(void *arg, struct gw_frame *frame, uint32_t timestamp)
{
    struct gw_audio_track *t = arg;

    frame->key = true;
    frame->seq = (uint32_t)(t->frames + dropped(t));
    gw_rtp_flow_stamp(&t->flow, timestamp, frame);
    if (!gw_audio_sync_place(&t->sync, frame)) {
        t->misplaced++;
        return;
    }
    frame->params = t->params ? gw_buf_ref(t->params) : NULL;
    t->heard = true;
    t->frames++;
    t->bytes += frame->len;
    t->config.on_frame(t->config.arg, frame);
}

// Like on_unit(), of a configuration that may have come in band.
static void on_latm_unit(void *arg, struct gw_frame *frame, uint32_t timestamp)
{
    struct gw_audio_track *t = arg;

    if (set_params(t, t->latm.mux.asc, t->latm.mux.asc_len))
        t->failed++;
    else
        on_unit(t, frame, timestamp);
}

// G.711 and Opus: the payload is the frame.
static int take_payload(struct gw_audio_track *t, const struct gw_rtp_packet *p)
{
    if (!p->len)
        return -EBADMSG;
    if (p->len > GW_AUDIO_TRACK_FRAME_MAX)
        return -EMSGSIZE;
    struct gw_frame *frame = gw_frame_create(p->len);
    if (!frame)
        return -ENOMEM;
    frame->codec = t->codec;
    frame->len = p->len;
    memcpy(frame->data, p->payload, p->len);
    on_unit(t, frame, p->timestamp);
    gw_frame_unref(&frame);
    return 0;
}

static int take(struct gw_audio_track *t, const struct gw_rtp_packet *p)
{
    if (t->codec != GW_CODEC_AAC)
        return take_payload(t, p);
    return t->is_latm ? gw_rtp_latm_packet(&t->latm, p, on_latm_unit, t)
                      : gw_rtp_aac_packet(&t->aac, p, on_unit, t);
}

void gw_audio_track_packet(struct gw_audio_track *t, const void *data, size_t len,
                           uint64_t now_us, uint64_t unix_us)
{
    struct gw_rtp_packet p;
    struct gw_rtp_step step;

    if (!gw_rtp_flow_take(&t->flow, data, len, t->codec, now_us, unix_us, &p, &step))
        return;
    if (step.new_sender)
        gw_audio_sync_restart(&t->sync);
    if (step.lost)
        note_gap(t);
    if (step.late)
        return;
    int r = take(t, &p);
    if (r == -ENOMEM)
        t->failed++;
    else if (r && r != -EPROTO)
        t->broken++;
}

void gw_audio_track_report(struct gw_audio_track *t,
                           const struct gw_rtcp_sender_report *report)
{
    gw_rtp_flow_report(&t->flow, report);
}

static void tell_key_frame(struct gw_audio_track *t, struct gw_frame *frame)
{
    if (!t->pictured_us)
        t->pictured_us = frame->arrived_us;
    bool silent =
        !t->heard && frame->arrived_us - t->pictured_us >= GW_AUDIO_TRACK_SILENT_US;
    bool unknown = t->codec == GW_CODEC_AAC && !t->params; // it comes in band
    if (!t->codec || silent || unknown)
        return;
    frame->audio_codec = (uint8_t)t->codec;
    frame->audio_params = t->params ? gw_buf_ref(t->params) : NULL;
}

void gw_audio_track_video(struct gw_audio_track *t, struct gw_frame *frame)
{
    gw_audio_sync_video(&t->sync, frame);
    if (frame->key)
        tell_key_frame(t, frame);
}

void gw_audio_track_stats(const struct gw_audio_track *t,
                          struct gw_audio_track_stats *ret_stats)
{
    const struct gw_rtp_flow_stats *flow = &t->flow.stats;

    *ret_stats = (struct gw_audio_track_stats) {
        .packets = flow->packets,
        .packets_ignored = flow->ignored,
        .packets_lost = flow->lost,
        .packets_late = flow->late,
        .packets_malformed = flow->malformed + t->broken,
        .frames = t->frames,
        .frames_dropped = dropped(t),
        .bytes = t->bytes,
    };
}
