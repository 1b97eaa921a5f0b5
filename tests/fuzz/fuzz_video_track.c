// A hostile camera: any packets, over any number of sessions, at any time.
//
// Property: what the track delivers is well formed. A JPEG file is whole; AVCC lengths
// add up; its room is bounded; no parameter sets and no empty units; every frame has a
// slice, and the codec of its session; sequence numbers grow, and by what was counted as
// dropped; a session begins with a key frame; times stay near the ones before.
//
// Input: see rtp_sender.h.
#include "ingest/video_track.h"

#include "rtp_sender.h"

#include <stdint.h>

// A session's codec, by its second byte.
enum {
    H265 = 0x80,
    JPEG = 0x40,  // unless H265
    LARGE = 0x01, // the description says a size
};

// A frame beyond that is cut to its size; a smaller one has room of twice that at most,
// for it grew by doubling.
enum { LARGE_BYTES = 64 * 1024 };

struct camera {
    struct gw_video_track *t;
    enum gw_codec codec; // of the session
    struct rtp_sender sender;

    // What was seen of the frames.
    bool any;
    bool fresh; // a session began and brought no frame yet
    uint32_t last_seq;
    uint64_t frames;
    int64_t greatest_90k;
    uint64_t greatest_us;
};

static uint32_t length_at(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

enum role { NONE, SEI, SLICE, KEY_SLICE };

static enum role h264_role(uint8_t header)
{
    unsigned type = header & 0x1f;

    demand(type > 0 && type < 24 && (type < 7 || type > 9));
    if (type > 5)
        return SEI;
    return type == 5 ? KEY_SLICE : SLICE;
}

static enum role h265_role(uint8_t header)
{
    unsigned type = header >> 1 & 0x3f;

    demand(type <= 9 || (type >= 16 && type <= 21) || type == 39 || type == 40);
    if (type >= 39)
        return SEI;
    return type >= 16 ? KEY_SLICE : SLICE;
}

static void check_units(const struct gw_frame *f)
{
    bool has_slice = false;
    bool has_key = false;

    for (size_t at = 0; at < f->len;) {
        demand(f->len - at > 4);
        uint32_t len = length_at(f->data + at);
        at += 4;
        demand(len > 0 && len <= f->len - at);
        enum role role =
            f->codec == GW_CODEC_H264 ? h264_role(f->data[at]) : h265_role(f->data[at]);
        has_slice = has_slice || role >= SLICE;
        has_key = has_key || role == KEY_SLICE;
        at += len;
    }
    demand(has_slice);
    demand(f->key == has_key || !f->params);
    demand(!f->key || f->params);
}

// From SOI to EOI, and the scan begins where the segments end.
static void check_jpeg(const struct gw_frame *f)
{
    size_t at = 2;

    demand(f->key && !f->params && f->len > 500);
    demand(f->data[0] == 0xff && f->data[1] == 0xd8);
    demand(f->data[f->len - 2] == 0xff && f->data[f->len - 1] == 0xd9);
    for (bool scan = false; !scan;) {
        demand(f->len - at > 4 && f->data[at] == 0xff);
        scan = f->data[at + 1] == 0xda;
        at += 2 + (size_t)(f->data[at + 2] << 8 | f->data[at + 3]);
        demand(at < f->len);
    }
}

static void check_time(struct camera *c, const struct gw_frame *f)
{
    int64_t passed = (int64_t)((c->sender.now_us - c->greatest_us) * 9 / 100);

    demand(c->any || f->pts_90k == 0);
    demand(f->pts_90k >= c->greatest_90k - 90000);
    demand(!c->any || f->pts_90k <= c->greatest_90k + passed + 2 * 90000);
    if (!c->any || f->pts_90k > c->greatest_90k) {
        c->greatest_90k = f->pts_90k;
        c->greatest_us = c->sender.now_us;
    }
}

static void on_frame(void *arg, struct gw_frame *f)
{
    struct camera *c = arg;

    demand(f->codec == c->codec);
    demand(f->len > 0 && f->len <= f->cap && f->len <= GW_FRAME_MAX);
    demand(f->len > LARGE_BYTES ? f->cap == f->len : f->cap <= 2 * LARGE_BYTES);
    demand(f->arrived_us == c->sender.now_us &&
           f->arrived_unix_us == c->sender.now_us + 1);
    if (f->codec == GW_CODEC_JPEG)
        check_jpeg(f);
    else
        check_units(f);
    check_time(c, f);

    demand(!c->fresh || f->key);
    demand(!c->any || f->seq > c->last_seq);
    c->fresh = false;
    c->any = true;
    c->last_seq = f->seq;
    c->frames++;
}

static void start(struct camera *c, enum gw_codec codec, bool large)
{
    struct gw_media_format format = { .codec = codec,
                                      .clock_rate = 90000,
                                      .payload_type = SENDER_TYPE };

    if (large) { // described as such
        format.width_px = 4000;
        format.height_px = 3000;
    }

    demand(gw_video_track_start(c->t, &format) == 0);
    c->codec = codec;
    c->fresh = true;
}

static enum gw_codec codec_of(uint8_t bits)
{
    if (bits & H265)
        return GW_CODEC_H265;
    return bits & JPEG ? GW_CODEC_JPEG : GW_CODEC_H264;
}

static void on_session(void *arg, uint8_t pick)
{
    start(arg, codec_of(pick), pick & LARGE);
}

static void on_packet(void *arg, const void *data, size_t len)
{
    struct camera *c = arg;
    gw_video_track_packet(c->t, data, len, c->sender.now_us, c->sender.now_us + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct camera c = { .sender = { .ticks = 3600,
                                    .special_others = true,
                                    .session = on_session,
                                    .packet = on_packet,
                                    .arg = &c,
                                    .now_us = 1000000 } };
    struct gw_video_track_config config = { .on_frame = on_frame, .arg = &c };
    struct gw_video_track_stats stats;

    if (gw_video_track_create(&config, &c.t))
        return 0;
    start(&c, GW_CODEC_H264, false);
    send_records(&c.sender, data, size);

    gw_video_track_stats(c.t, &stats);
    demand(stats.frames == c.frames && stats.frames_unsized <= stats.frames_dropped);
    demand(!c.any || c.last_seq < stats.frames + stats.frames_dropped);
    gw_video_track_destroy(c.t);
    return 0;
}
