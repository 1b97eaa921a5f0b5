#include "ingest/reception.h"

#include "base/clock.h"

enum {
    LOST_MAX = 0x7fffff, // 24 bits signed
    DEFAULT_CLOCK_RATE = 90000,
};

void gw_reception_init(struct gw_reception *r, uint32_t clock_rate)
{
    *r = (struct gw_reception) { .clock_rate =
                                     clock_rate ? clock_rate : DEFAULT_CLOCK_RATE };
}

static uint32_t ticks(const struct gw_reception *r, uint64_t us)
{
    // Apart, so that no clock rate overflows; only differences count.
    uint64_t whole = us / GW_SECOND * r->clock_rate;
    return (uint32_t)(whole + us % GW_SECOND * r->clock_rate / GW_SECOND);
}

static void begin(struct gw_reception *r, const struct gw_rtp_packet *p, uint64_t now_us)
{
    gw_reception_init(r, r->clock_rate);
    r->begun = true;
    r->ssrc = p->ssrc;
    r->highest = p->seq;
    r->base = p->seq;
    r->told_highest = p->seq - 1u;
    r->transit = ticks(r, now_us) - p->timestamp;
}

static void take_jitter(struct gw_reception *r, uint32_t timestamp, uint64_t now_us)
{
    uint32_t transit = ticks(r, now_us) - timestamp;
    int32_t change = (int32_t)(transit - r->transit);
    uint32_t size = change < 0 ? 0u - (uint32_t)change : (uint32_t)change;

    r->transit = transit;
    // A jump of the sender's clock is no jitter.
    if (size < r->clock_rate)
        r->jitter_16 += size - ((r->jitter_16 + 8) >> 4);
}

void gw_reception_packet(struct gw_reception *r, const struct gw_rtp_packet *p,
                         uint64_t now_us)
{
    uint16_t next = (uint16_t)(r->highest + 1);
    bool other = !r->begun || r->ssrc != p->ssrc;

    if (!other && gw_rtp_stray_take(&r->stray, next, p->seq))
        return;
    if (other || gw_rtp_is_far(next, p->seq))
        begin(r, p, now_us);
    else
        take_jitter(r, p->timestamp, now_us);
    if (other || !gw_rtp_is_behind(next, p->seq)) {
        r->cycles += p->seq < r->highest ? UINT16_MAX + 1u : 0;
        r->highest = p->seq;
    }
    r->received++;
}

void gw_reception_report(struct gw_reception *r,
                         const struct gw_rtcp_sender_report *report, uint64_t now_us)
{
    if (!r->begun || report->ssrc != r->ssrc)
        return;
    r->report_ntp = report->ntp;
    r->report_at_us = now_us;
}

static uint8_t fraction(uint32_t expected, uint32_t received)
{
    if (expected <= received) // doubled ones make up for more than were lost
        return 0;
    uint64_t of_256 = (uint64_t)(expected - received) * 256 / expected;
    return of_256 < UINT8_MAX ? (uint8_t)of_256 : UINT8_MAX;
}

static int32_t clamp_lost(int64_t lost)
{
    if (lost > LOST_MAX)
        return LOST_MAX;
    return lost < -LOST_MAX - 1 ? -LOST_MAX - 1 : (int32_t)lost;
}

// 1/65536 s.
static uint32_t since(uint64_t us)
{
    uint64_t units = us * 65536 / GW_SECOND;
    return units < UINT32_MAX ? (uint32_t)units : UINT32_MAX;
}

bool gw_reception_block(struct gw_reception *r, uint64_t now_us,
                        struct gw_rtcp_block *ret_block)
{
    if (!r->begun)
        return false;

    uint32_t highest = r->cycles + r->highest;
    *ret_block = (struct gw_rtcp_block) {
        .ssrc = r->ssrc,
        .fraction = fraction(highest - r->told_highest, r->received - r->told),
        .lost = clamp_lost((int64_t)(highest - r->base + 1u) - r->received),
        .highest = highest,
        .jitter = r->jitter_16 >> 4,
        .last_sr = (uint32_t)(r->report_ntp >> 16),
        .since_sr = r->report_ntp ? since(now_us - r->report_at_us) : 0,
    };
    r->told = r->received;
    r->told_highest = highest;
    return true;
}
