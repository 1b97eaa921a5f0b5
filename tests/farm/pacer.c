#include "tests/farm/pacer.h"

#include "base/bytes.h"
#include "base/clock.h"

#include <assert.h>

enum { RTP_VERSION = 0x80, MARKER = 0x80, SENDER_REPORT = 200 };

// Seconds from 1900 (NTP) to 1970 (Unix).
static const uint64_t ntp_offset = 2208988800u;

static int64_t to_90k(uint64_t us)
{
    return (int64_t)(us * 9 / 100);
}

// Where on the timeline this camera's stream was when the farm began: cameras
// with the same clip show different moments, and their frames are not due at once.
static uint64_t phase_us(const struct farm_pacer_config *config)
{
    struct gw_rng hash;

    gw_rng_init(&hash, (uint64_t)config->camera * FARM_PROFILES + config->profile);
    return gw_rng_below(&hash, (uint64_t)config->clip->duration_90k * 100 / 9);
}

void farm_pacer_start(struct farm_pacer *p, const struct farm_pacer_config *config,
                      uint64_t now_us, struct gw_rng *rng)
{
    int64_t live_90k = to_90k(now_us - config->epoch_us + phase_us(config));
    uint64_t frame = farm_clip_position_at(config->clip, live_90k);
    int64_t wait_90k = farm_clip_time_90k(config->clip, frame) - live_90k;
    uint64_t position =
        config->start_anywhere ? frame : farm_clip_key_before(config->clip, frame);

    *p = (struct farm_pacer) {
        .clip = config->clip,
        .camera = config->camera,
        .profile = config->profile,
        .channel = config->channel,
        .ssrc = (uint32_t)gw_rng_next(rng),
        .seq = (uint16_t)gw_rng_next(rng),
        .ts_base = (uint32_t)gw_rng_next(rng),
        .frame = frame,
        .position = position,
        .start_90k = farm_clip_time_90k(config->clip, position),
        .start_us = now_us + (uint64_t)wait_90k * 100 / 9,
    };
}

uint64_t farm_pacer_due_us(const struct farm_pacer *p)
{
    int64_t since = farm_clip_time_90k(p->clip, p->position) - p->start_90k;
    return p->start_us + (uint64_t)since * 100 / 9;
}

bool farm_pacer_at_key(const struct farm_pacer *p)
{
    return farm_clip_frame(p->clip, p->position)->key;
}

// RTP timestamps are presentation times: RFC 6184 section 5.1.
static uint32_t rtp_timestamp(const struct farm_pacer *p)
{
    const struct farm_frame *f = farm_clip_frame(p->clip, p->position);
    int64_t pts = farm_clip_time_90k(p->clip, p->position) + f->pts_90k - f->dts_90k;
    return p->ts_base + (uint32_t)(pts - p->start_90k);
}

static void add_packet(struct farm_pacer *p, struct farm_batch *b, const void *payload,
                       size_t len, bool last)
{
    uint8_t *header = b->headers[b->count / 2];
    struct gw_writer w = gw_writer_init(header, FARM_HEADER_BYTES);

    gw_write_u8(&w, '$');
    gw_write_u8(&w, p->channel);
    gw_write_u16(&w, (uint16_t)(FARM_HEADER_BYTES - 4 + len));
    gw_write_u8(&w, RTP_VERSION);
    gw_write_u8(&w, (uint8_t)((last ? MARKER : 0) | FARM_PAYLOAD_TYPE));
    gw_write_u16(&w, p->seq);
    gw_write_u32(&w, rtp_timestamp(p));
    gw_write_u32(&w, p->ssrc);
    assert(!w.failed);

    b->iov[b->count++] = (struct iovec) { header, FARM_HEADER_BYTES };
    b->iov[b->count++] = (struct iovec) { (void *)(uintptr_t)payload, len };
    b->bytes += FARM_HEADER_BYTES + len;
    p->sent_packets++;
    p->sent_octets += (uint32_t)len;
}

static bool lost(struct gw_rng *rng, uint32_t drop_ppm)
{
    return drop_ppm && gw_rng_below(rng, FARM_PPM) < drop_ppm;
}

static void add_or_drop(struct farm_pacer *p, struct farm_batch *b, const void *payload,
                        size_t len, bool last, bool drop)
{
    if (!drop)
        add_packet(p, b, payload, len, last);
    p->seq++;
}

void farm_pacer_build(struct farm_pacer *p, uint64_t now_unix_us, uint32_t drop_ppm,
                      struct gw_rng *rng, struct farm_batch *b)
{
    const struct farm_frame *f = farm_clip_frame(p->clip, p->position);
    const struct farm_store *store = &p->clip->store;
    struct farm_proof proof = { p->camera, (uint8_t)p->profile, p->frame, now_unix_us };

    farm_proof_write(&proof, b->proof);
    b->count = 0;
    b->bytes = 0;
    for (size_t i = 0; i < f->count; i++) {
        struct farm_payload payload = store->payloads[f->first + i];
        if (i == f->proof_at)
            add_or_drop(p, b, b->proof, FARM_PROOF_NAL_BYTES, false, lost(rng, drop_ppm));
        add_or_drop(p, b, store->bytes + payload.offset, payload.len, i + 1 == f->count,
                    lost(rng, drop_ppm));
    }
    farm_pacer_skip(p);
}

void farm_pacer_skip(struct farm_pacer *p)
{
    p->frame++;
    p->position++;
}

void farm_pacer_report(const struct farm_pacer *p, uint64_t now_us, uint64_t now_unix_us,
                       uint8_t report[FARM_REPORT_BYTES])
{
    struct gw_writer w = gw_writer_init(report, FARM_REPORT_BYTES);
    uint64_t seconds = now_unix_us / GW_SECOND + ntp_offset;
    uint64_t fraction = (now_unix_us % GW_SECOND << 32) / GW_SECOND;
    int64_t elapsed_us = (int64_t)(now_us - p->start_us); // start may lie ahead

    gw_write_u8(&w, '$');
    gw_write_u8(&w, (uint8_t)(p->channel + 1));
    gw_write_u16(&w, FARM_REPORT_BYTES - 4);
    gw_write_u8(&w, RTP_VERSION);
    gw_write_u8(&w, SENDER_REPORT);
    gw_write_u16(&w, (FARM_REPORT_BYTES - 4) / 4 - 1);
    gw_write_u32(&w, p->ssrc);
    gw_write_u32(&w, (uint32_t)seconds);
    gw_write_u32(&w, (uint32_t)fraction);
    gw_write_u32(&w, p->ts_base + (uint32_t)(elapsed_us * 9 / 100));
    gw_write_u32(&w, p->sent_packets);
    gw_write_u32(&w, p->sent_octets);
    assert(!w.failed);
}
