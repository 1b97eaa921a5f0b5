// A hostile camera's sound: any packets, over any number of sessions, at any time.
//
// Property: what the track delivers is well formed. The codec is the session's, units
// are within their bounds and hold no more bytes than came; times never stand or go
// back; sequence numbers grow, and by what was counted as dropped.
//
// Input: see rtp_sender.h.
#include "ingest/audio_track.h"

#include "rtp_sender.h"

#include <stdint.h>

// A session of LATM, by its second byte; else one of the others.
enum { LATM = 0x80 };

struct camera {
    struct gw_audio_track *t;
    enum gw_codec codec; // of the session
    struct rtp_sender sender;

    // What was seen of the frames.
    bool any;
    bool has_picture;
    int64_t last_90k;
    uint32_t last_seq;
    uint64_t frames;
    uint64_t bytes_out;
};

static void on_frame(void *arg, struct gw_frame *f)
{
    struct camera *c = arg;

    demand(f->codec == c->codec && f->key && c->has_picture);
    demand(f->len > 0 && f->len == f->cap && f->len <= GW_AUDIO_TRACK_FRAME_MAX);
    demand(f->arrived_us == c->sender.now_us &&
           f->arrived_unix_us == c->sender.now_us + 1);
    bool has_params = f->codec == GW_CODEC_AAC || f->codec == GW_CODEC_OPUS;
    demand(has_params == (f->params != NULL));
    demand(f->pts_90k >= 0);
    demand(!c->any || (f->pts_90k > c->last_90k && f->seq > c->last_seq));
    c->any = true;
    c->last_90k = f->pts_90k;
    c->last_seq = f->seq;
    c->frames++;
    c->bytes_out += f->len;
    demand(c->bytes_out <= c->sender.bytes_in);
}

static void start(void *arg, uint8_t pick)
{
    struct camera *c = arg;
    static const struct gw_media_format formats[] = {
        { .codec = GW_CODEC_AAC,
          .clock_rate = 16000,
          .fmtp = "sizeLength=13;indexLength=3;indexDeltaLength=3;config=1408" },
        { .codec = GW_CODEC_AAC,
          .clock_rate = 48000,
          .fmtp = "sizeLength=6;CTSDeltaLength=5;DTSDeltaLength=9;"
                  "randomAccessIndication=1;streamStateIndication=2;"
                  "auxiliaryDataSizeLength=7;config=1190" },
        { .codec = GW_CODEC_PCMA, .channels = 1, .fmtp = "" },
        { .codec = GW_CODEC_OPUS, .clock_rate = 48000, .fmtp = "" },
    };
    static const struct gw_media_format latm[] = {
        { .codec = GW_CODEC_AAC,
          .latm = true,
          .clock_rate = 44100,
          .fmtp = "cpresent=0;config=400024203fc0" },
        { .codec = GW_CODEC_AAC, // three units, other data behind them
          .latm = true,
          .fmtp = "cpresent=0;config=8ff8400192b09880ff8100" },
        { .codec = GW_CODEC_AAC, .latm = true, .fmtp = "cpresent=1" },
    };
    struct gw_media_format format = pick & LATM ? latm[pick % 3] : formats[pick % 4];

    format.payload_type = SENDER_TYPE;
    demand(gw_audio_track_start(c->t, &format) == 0);
    c->codec = format.codec;
}

// A picture was delivered.
static void picture(void *arg)
{
    struct camera *c = arg;
    struct gw_frame f = { .pts_90k = (int64_t)(c->sender.now_us * 9 / 100),
                          .arrived_us = c->sender.now_us };
    c->has_picture = true;
    gw_audio_track_video(c->t, &f);
}

static void on_packet(void *arg, const void *data, size_t len)
{
    struct camera *c = arg;
    gw_audio_track_packet(c->t, data, len, c->sender.now_us, c->sender.now_us + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct camera c = { .sender = { .ticks = 1024,
                                    .session = start,
                                    .special = picture,
                                    .packet = on_packet,
                                    .arg = &c,
                                    .now_us = 1000000 } };
    struct gw_audio_track_config config = { .on_frame = on_frame, .arg = &c };
    struct gw_audio_track_stats stats;

    if (gw_audio_track_create(&config, &c.t))
        return 0;
    start(&c, 0);
    send_records(&c.sender, data, size);

    gw_audio_track_stats(c.t, &stats);
    demand(stats.frames == c.frames && stats.bytes == c.bytes_out);
    demand(!c.any || c.last_seq < stats.frames + stats.frames_dropped);
    gw_audio_track_destroy(c.t);
    return 0;
}
