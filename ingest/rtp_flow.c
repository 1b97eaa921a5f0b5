#include "ingest/rtp_flow.h"

void gw_rtp_flow_init(struct gw_rtp_flow *f)
{
    gw_timeline_init(&f->timeline);
}

void gw_rtp_flow_start(struct gw_rtp_flow *f, uint8_t payload_type, uint32_t clock_rate)
{
    f->payload_type = payload_type;
    f->clock_rate = clock_rate;
    gw_rtp_sequence_init(&f->sequence);
    gw_timeline_restart(&f->timeline, clock_rate);
    gw_wallclock_init(&f->wallclock, clock_rate);
}

bool gw_rtp_flow_take(struct gw_rtp_flow *f, const void *data, size_t len, bool wanted,
                      uint64_t now_us, uint64_t unix_us, struct gw_rtp_packet *ret_packet,
                      struct gw_rtp_step *ret_step)
{
    struct gw_rtp_packet p;

    if (gw_rtp_parse(data, len, &p)) {
        f->stats.malformed++;
        return false;
    }
    if (!wanted || p.payload_type != f->payload_type) {
        f->stats.ignored++;
        gw_rtp_sequence_pass_over(&f->sequence, &p);
        return false;
    }
    f->stats.packets++;
    f->now_us = now_us;
    f->unix_us = unix_us;

    struct gw_rtp_step step = gw_rtp_sequence_take(&f->sequence, &p);
    if (step.new_sender)
        gw_timeline_restart(&f->timeline, f->clock_rate);
    f->stats.lost += step.lost;
    f->stats.late += step.late;
    *ret_packet = p;
    *ret_step = step;
    return true;
}

void gw_rtp_flow_report(struct gw_rtp_flow *f, const struct gw_rtcp_sender_report *report)
{
    gw_wallclock_report(&f->wallclock, report);
}

void gw_rtp_flow_stamp(struct gw_rtp_flow *f, uint32_t timestamp, struct gw_frame *frame)
{
    frame->pts_90k = gw_timeline_next(&f->timeline, timestamp, f->now_us);
    frame->arrived_us = f->now_us;
    frame->arrived_unix_us = f->unix_us;
    frame->taken_unix_us =
        gw_wallclock_at(&f->wallclock, f->sequence.ssrc, timestamp, f->unix_us);
}
