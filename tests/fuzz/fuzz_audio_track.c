// A hostile camera's sound: any packets, over any number of sessions, at any time.
//
// Property: what the track delivers is well formed. The codec is the session's, units
// are within their bounds and hold no more bytes than came; times never stand or go
// back; sequence numbers grow, and by what was counted as dropped.
//
// Input: records of a head and a payload. The head is one byte of what happens
// (HAPPENS below), one of time that passes, one of payload length.
#include "ingest/audio_track.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    RECORD_HEAD = 3,
    RTP_HEAD = 12,

    // What happens, by bits of a record's first byte.
    RAW = 0x01, // the payload is a whole packet, not one we put a header on
    MARKER = 0x02,
    NEXT_TIME = 0x04, // the timestamp goes on
    LOSS = 0x08,      // packets are missing ahead of this one
    SESSION = 0x10,   // a new session begins; the second byte picks its codec
    JUMP = 0x20,      // the camera's clock jumps
    SENDER = 0x40,    // another SSRC
    PICTURE = 0x80,   // a picture was delivered
};

struct camera {
    struct gw_audio_track *t;
    enum gw_codec codec; // of the session
    uint64_t now_us;
    uint16_t seq;
    uint32_t timestamp;
    uint8_t ssrc;
    uint64_t bytes_in;

    // What was seen of the frames.
    bool any;
    bool has_picture;
    int64_t last_90k;
    uint32_t last_seq;
    uint64_t frames;
    uint64_t bytes_out;
};

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void on_frame(void *arg, struct gw_frame *f)
{
    struct camera *c = arg;

    demand(f->codec == c->codec && f->key && c->has_picture);
    demand(f->len > 0 && f->len == f->cap && f->len <= GW_AUDIO_TRACK_FRAME_MAX);
    demand(f->arrived_us == c->now_us && f->arrived_unix_us == c->now_us + 1);
    bool has_params = f->codec == GW_CODEC_AAC || f->codec == GW_CODEC_OPUS;
    demand(has_params == (f->params != NULL));
    demand(f->pts_90k >= 0);
    demand(!c->any || (f->pts_90k > c->last_90k && f->seq > c->last_seq));
    c->any = true;
    c->last_90k = f->pts_90k;
    c->last_seq = f->seq;
    c->frames++;
    c->bytes_out += f->len;
    demand(c->bytes_out <= c->bytes_in);
}

static void start(struct camera *c, uint8_t pick)
{
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
    struct gw_media_format format = formats[pick % 4];

    format.payload_type = 96;
    demand(gw_audio_track_start(c->t, &format) == 0);
    c->codec = format.codec;
}

static void picture(struct camera *c)
{
    struct gw_frame f = { .pts_90k = (int64_t)(c->now_us * 9 / 100),
                          .arrived_us = c->now_us };
    c->has_picture = true;
    gw_audio_track_video(c->t, &f);
}

static void send_packet(struct camera *c, uint8_t happens, const uint8_t *data,
                        size_t len)
{
    uint8_t packet[RTP_HEAD + UINT8_MAX] = {
        0x80,
        (uint8_t)((happens & MARKER ? 0x80 : 0) | 96),
        (uint8_t)(c->seq >> 8),
        (uint8_t)c->seq,
        (uint8_t)(c->timestamp >> 24),
        (uint8_t)(c->timestamp >> 16),
        (uint8_t)(c->timestamp >> 8),
        (uint8_t)c->timestamp,
        [11] = c->ssrc,
    };
    memcpy(packet + RTP_HEAD, data, len);
    c->seq++;
    gw_audio_track_packet(c->t, packet, RTP_HEAD + len, c->now_us, c->now_us + 1);
}

static void play(struct camera *c, const uint8_t *data, size_t size)
{
    while (size >= RECORD_HEAD) {
        uint8_t happens = data[0];
        c->now_us += data[1] * 1000ULL;
        size_t len = data[2] < size - RECORD_HEAD ? data[2] : size - RECORD_HEAD;
        const uint8_t *payload = data + RECORD_HEAD;

        if (happens & SESSION)
            start(c, data[1]);
        if (happens & PICTURE)
            picture(c);
        c->timestamp += happens & NEXT_TIME ? 1024 : 0;
        c->timestamp += happens & JUMP ? 0x31234567 : 0;
        c->seq = (uint16_t)(c->seq + (happens & LOSS ? 2 : 0));
        c->ssrc = (uint8_t)(c->ssrc + (happens & SENDER ? 1 : 0));
        c->bytes_in += len;
        if (happens & RAW)
            gw_audio_track_packet(c->t, payload, len, c->now_us, c->now_us + 1);
        else
            send_packet(c, happens, payload, len);
        data += RECORD_HEAD + len;
        size -= RECORD_HEAD + len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct camera c = { .now_us = 1000000 };
    struct gw_audio_track_config config = { .on_frame = on_frame, .arg = &c };
    struct gw_audio_track_stats stats;

    if (gw_audio_track_create(&config, &c.t))
        return 0;
    start(&c, 0);
    play(&c, data, size);

    gw_audio_track_stats(c.t, &stats);
    demand(stats.frames == c.frames && stats.bytes == c.bytes_out);
    demand(!c.any || c.last_seq < stats.frames + stats.frames_dropped);
    gw_audio_track_destroy(c.t);
    return 0;
}
