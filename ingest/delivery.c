#include "ingest/delivery.h"

#include "base/clock.h"
#include "base/source.h"

enum {
    JITTER_SHARE = 16, // RFC 3550 section 6.4.1: how much of a new value counts

    // A gap like this is a camera that paused or a clock that jumped, not jitter.
    JITTER_MAX_US = 5 * 1000 * 1000,
};

void gw_delivery_begin(struct gw_delivery *d, uint64_t now_us)
{
    d->begun_us = now_us;
    d->key_at_us = 0;
    d->frame_at_us = 0;
    d->window_at_us = 0;
    d->figures.lag_us = 0;
    d->figures.signalling_us = 0;
    d->figures.first_packet_us = 0;
    d->figures.key_frame_us = 0;
}

void gw_delivery_on_playing(struct gw_delivery *d, uint64_t now_us)
{
    d->figures.signalling_us = now_us - d->begun_us;
}

void gw_delivery_on_packet(struct gw_delivery *d, uint64_t now_us)
{
    if (!d->figures.first_packet_us)
        d->figures.first_packet_us = now_us - d->begun_us;
}

static void measure_jitter(struct gw_delivery *d, int64_t pts_90k, uint64_t now_us)
{
    int64_t came_us = (int64_t)(now_us - d->frame_at_us);
    int64_t meant_us = (pts_90k - d->frame_pts_90k) * 100 / 9;
    int64_t off_us = came_us > meant_us ? came_us - meant_us : meant_us - came_us;

    if (d->frame_at_us && off_us < JITTER_MAX_US) {
        int64_t jitter_us = (int64_t)d->figures.jitter_us;
        d->figures.jitter_us =
            (uint64_t)(jitter_us + (off_us - jitter_us) / JITTER_SHARE);
    }
    d->frame_at_us = now_us;
    d->frame_pts_90k = pts_90k;
}

static void measure_lag(struct gw_delivery *d, int64_t pts_90k, uint64_t now_us)
{
    int64_t way_us = (int64_t)now_us - pts_90k * 100 / 9;
    bool first = !d->window_at_us;
    bool over =
        now_us - d->window_at_us >= (uint64_t)GW_DELIVERY_LAG_WINDOW_S * GW_SECOND;

    if (first || over) {
        d->before_us = first ? way_us : d->quickest_us;
        d->quickest_us = way_us;
        d->window_at_us = now_us;
    } else if (way_us < d->quickest_us) {
        d->quickest_us = way_us;
    }
    int64_t least_us = d->quickest_us < d->before_us ? d->quickest_us : d->before_us;
    d->figures.lag_us = (uint64_t)(way_us - least_us);
}

static bool is_to_be_told(struct gw_delivery *d, uint64_t interval_us)
{
    uint64_t told_us = d->told_us;
    uint64_t off_us =
        interval_us > told_us ? interval_us - told_us : told_us - interval_us;
    if (interval_us < GW_SOURCE_LONG_GOP_US && told_us < GW_SOURCE_LONG_GOP_US)
        return false;
    if (off_us < GW_SECOND)
        return false;
    d->told_us = interval_us;
    return true;
}

static bool on_key(struct gw_delivery *d, uint64_t now_us)
{
    uint64_t since_us = d->key_at_us;

    d->key_at_us = now_us;
    if (!since_us) {
        d->figures.connections++;
        d->figures.key_frame_us = now_us - d->begun_us;
        return false;
    }
    d->figures.key_interval_us = now_us - since_us;
    return is_to_be_told(d, d->figures.key_interval_us);
}

bool gw_delivery_on_frame(struct gw_delivery *d, bool key, int64_t pts_90k,
                          uint64_t now_us)
{
    measure_jitter(d, pts_90k, now_us);
    measure_lag(d, pts_90k, now_us);
    return key && on_key(d, now_us);
}
