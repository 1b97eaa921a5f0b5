// The public functions of a viewer: each one goes on to the wall's socket or the
// live connection that the viewer belongs to.

#include "ws/viewer.h"

#include "base/clock.h"
#include "ws/live.h"
#include "ws/wall.h"

#include <assert.h>

void gw_viewer_accept(struct gw_viewer *v, uint32_t stream, void *user,
                      const struct gw_source_status *status)
{
    assert(!v->accepted);
    v->accepted = true;
    v->stream = stream;
    v->user = user;
    if (v->wall)
        gw_wall_accepted(v->wall, v, status, gw_clock_now_us());
    else
        gw_live_accepted(v->live);
}

void gw_viewer_refuse(struct gw_viewer *v, const char *code, struct gw_text why)
{
    assert(!v->accepted);
    if (v->wall)
        gw_wall_refused(v->wall, v, code, why);
    else
        gw_live_refused(v->live, code, why);
}

void gw_viewer_cannot_carry(struct gw_viewer *v, enum gw_codec codec, struct gw_text why)
{
    assert(v->accepted);
    if (v->wall)
        gw_wall_cannot_carry(v->wall, v, codec, why);
    else
        gw_live_cannot_carry(v->live, why);
}

struct gw_guest *gw_viewer_guest(const struct gw_viewer *v)
{
    return v->wall ? gw_wall_guest(v->wall) : gw_live_guest(v->live);
}

const char *gw_viewer_address(const struct gw_viewer *v)
{
    return v->wall ? gw_wall_address(v->wall) : gw_live_address(v->live);
}

void *gw_viewer_user(const struct gw_viewer *v)
{
    return v->user;
}

void gw_viewer_send(struct gw_viewer *v, struct gw_packet *packet)
{
    assert(v->accepted);
    if (v->wall)
        gw_wall_send(v->wall, v, packet, gw_clock_now_us());
    else
        gw_live_send(v->live, packet, gw_clock_now_us());
}

void gw_viewer_hot(const struct gw_viewer *v, struct gw_hot *hot)
{
    if (v->wall) {
        gw_hot_add(hot, v, sizeof(*v));
        gw_wall_hot(v->wall, hot);
    } else {
        gw_live_hot(v->live, hot); // the viewer lies in it
    }
}

void gw_viewer_tell(const struct gw_viewer *v, const struct gw_viewer_visitor *to)
{
    if (!v->accepted)
        return;
    const struct gw_viewer_figures figures = {
        .stream = v->stream,
        .wall = v->wall != NULL,
        .queued_bytes = v->lane.media_bytes + v->lane.config_bytes,
        .age_us = gw_viewer_lane_age_us(&v->lane, gw_clock_now_us()),
        .dropped = v->lane.dropped,
    };
    to->on_viewer(to->arg, &figures);
}
