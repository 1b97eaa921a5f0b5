#include "ingest/wallclock.h"

#include "base/clock.h"

enum { DEFAULT_CLOCK_RATE = 90000 };

static const uint64_t NTP_UNIX_S = 2208988800u; // from 1900 to 1970

void gw_wallclock_init(struct gw_wallclock *w, uint32_t clock_rate)
{
    *w = (struct gw_wallclock) { .clock_rate =
                                     clock_rate ? clock_rate : DEFAULT_CLOCK_RATE };
}

// Microseconds since 1970; 0 when it is before. The 32 bits of seconds begin anew
// in 2036: a time before 1970 is one behind that.
static uint64_t unix_us(uint64_t ntp)
{
    uint64_t seconds = ntp >> 32;

    if (!ntp)
        return 0;
    if (seconds < NTP_UNIX_S)
        seconds += (uint64_t)UINT32_MAX + 1;
    return (seconds - NTP_UNIX_S) * GW_SECOND + (((ntp & UINT32_MAX) * GW_SECOND) >> 32);
}

// The camera's time of `timestamp`, forward or back from the anchor. Negative
// before 1970.
static int64_t project(const struct gw_wallclock *w, const struct gw_wallclock_anchor *a,
                       uint32_t timestamp)
{
    int64_t ticks = (int32_t)(timestamp - a->timestamp);
    return (int64_t)a->unix_us + ticks * GW_SECOND / w->clock_rate;
}

static bool agrees(const struct gw_wallclock *w, const struct gw_wallclock_anchor *before,
                   const struct gw_wallclock_anchor *after)
{
    int64_t off = project(w, before, after->timestamp) - (int64_t)after->unix_us;
    return before->set && off > -GW_WALLCLOCK_AGREE_US && off < GW_WALLCLOCK_AGREE_US;
}

void gw_wallclock_report(struct gw_wallclock *w,
                         const struct gw_rtcp_sender_report *report)
{
    struct gw_wallclock_anchor told = {
        .set = true,
        .timestamp = report->timestamp,
        .unix_us = unix_us(report->ntp),
    };

    if (!told.unix_us)
        return;
    if (!w->has_ssrc || w->ssrc != report->ssrc) {
        gw_wallclock_init(w, w->clock_rate);
        w->has_ssrc = true;
        w->ssrc = report->ssrc;
        w->now = told;
    } else if (agrees(w, &w->now, &told) || agrees(w, &w->rival, &told)) {
        w->now = told;
        w->rival.set = false;
    } else {
        w->rival = told;
    }
}

uint64_t gw_wallclock_at(const struct gw_wallclock *w, uint32_t ssrc, uint32_t timestamp,
                         uint64_t arrived_unix_us)
{
    // While a rival waits, one of the two is wrong.
    if (!w->now.set || w->rival.set || ssrc != w->ssrc)
        return 0;

    int64_t taken = project(w, &w->now, timestamp);
    int64_t age = (int64_t)arrived_unix_us - taken;
    if (taken <= 0 || age > GW_WALLCLOCK_PAST_MAX_US || age < -GW_WALLCLOCK_FUTURE_MAX_US)
        return 0;
    return age < 0 ? arrived_unix_us : (uint64_t)taken;
}
