// When a camera took a picture, by its own clock: RTP timestamps to the time of
// day, by way of its sender reports (RFC 3550 section 6.4.1). No I/O, no clock.
//
// Cameras' clocks are wrong by hours, and step (quirk 31: Dahua steps with a
// report). So a time is given only while reports agree with each other and the
// result with the clock here; else it is not known, which is 0. A step is believed
// when a second report confirms it.
#ifndef GW_INGEST_WALLCLOCK_H
#define GW_INGEST_WALLCLOCK_H

#include "ingest/rtcp.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    // Reports that agree differ by less: jitter of the camera, drift of its clock.
    GW_WALLCLOCK_AGREE_US = 250 * 1000,

    // A picture is at most this old when it is here, and at most this young: a
    // camera whose clock is further off does not tell when it was taken.
    GW_WALLCLOCK_PAST_MAX_US = 30 * 1000 * 1000,
    GW_WALLCLOCK_FUTURE_MAX_US = 500 * 1000,
};

struct gw_wallclock_anchor {
    bool set;
    uint32_t timestamp; // of RTP
    uint64_t unix_us;   // of the same moment, by the camera
};

// Embedded by value; the fields are private.
struct gw_wallclock {
    uint32_t clock_rate; // Hz
    bool has_ssrc;
    uint32_t ssrc;
    struct gw_wallclock_anchor now;   // the latest report that is believed
    struct gw_wallclock_anchor rival; // one that disagrees, and waits for a second
};

// A new session: nothing is known. `clock_rate` in Hz; 0 is taken as 90000.
void gw_wallclock_init(struct gw_wallclock *w, uint32_t clock_rate);

// Takes a sender report. Another sender begins anew.
void gw_wallclock_report(struct gw_wallclock *w,
                         const struct gw_rtcp_sender_report *report);

// Returns when the picture with that timestamp was taken, in microseconds since
// 1970, never behind `arrived_unix_us`; or 0: not known.
uint64_t gw_wallclock_at(const struct gw_wallclock *w, uint32_t ssrc, uint32_t timestamp,
                         uint64_t arrived_unix_us);

#endif
