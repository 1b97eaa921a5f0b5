#include "ingest/rtsp_liveness.h"

#include "base/clock.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void gw_rtsp_liveness_begin(struct gw_rtsp_liveness *l, uint32_t timeout_s,
                            uint64_t stall_us, uint64_t now_us)
{
    // Half of it, so that one lost answer does no harm: quirk 9.
    uint64_t half_us = (uint64_t)timeout_s * GW_SECOND / 2;

    l->stall_us = stall_us;
    l->keepalive_us = min_u64(half_us, (uint64_t)GW_RTSP_KEEPALIVE_MAX_S * GW_SECOND);
    l->keepalive_at_us = now_us + l->keepalive_us;
    l->played_us = now_us;
    l->left_us = 0;
}

// Media count as alive, answered or not: quirk 8.
static uint64_t alive_until_us(const struct gw_rtsp_liveness *l,
                               const struct gw_rtsp_media *media)
{
    uint64_t media_us = media->video_at_us;

    if (!media_us && gw_rtsp_media_by_udp(media))
        return l->played_us + (uint64_t)GW_RTSP_UDP_SILENCE_MS * GW_MS;
    return (media_us > l->played_us ? media_us : l->played_us) + l->stall_us;
}

static bool is_incomplete(const struct gw_rtsp_liveness *l,
                          const struct gw_rtsp_media *media)
{
    return media->unfinished_us &&
           media->video_at_us - media->unfinished_us >= l->stall_us;
}

// A BYE is taken back by packets that go on coming.
static uint64_t leaves_at_us(const struct gw_rtsp_liveness *l)
{
    return l->left_us ? l->left_us + (uint64_t)GW_RTSP_BYE_MS * GW_MS : UINT64_MAX;
}

enum gw_cause gw_rtsp_liveness_check(struct gw_rtsp_liveness *l,
                                     const struct gw_rtsp_media *media, uint64_t now_us,
                                     bool *ret_ping)
{
    bool silent = gw_rtsp_media_by_udp(media) && !media->video_at_us;

    if (!gw_rtsp_media_left(media))
        l->left_us = 0;
    else if (!l->left_us)
        l->left_us = now_us;

    if (now_us >= alive_until_us(l, media))
        return silent ? GW_CAUSE_UDP_SILENT : GW_CAUSE_STALLED;
    if (is_incomplete(l, media))
        return GW_CAUSE_INCOMPLETE;
    if (now_us >= leaves_at_us(l))
        return GW_CAUSE_CLOSED;
    *ret_ping = now_us >= l->keepalive_at_us;
    if (*ret_ping)
        l->keepalive_at_us = now_us + l->keepalive_us;
    return GW_CAUSE_NONE;
}

uint64_t gw_rtsp_liveness_deadline_us(const struct gw_rtsp_liveness *l,
                                      const struct gw_rtsp_media *media)
{
    if ((gw_rtsp_media_left(media) && !l->left_us) || is_incomplete(l, media))
        return 0;
    return min_u64(alive_until_us(l, media),
                   min_u64(l->keepalive_at_us, leaves_at_us(l)));
}
