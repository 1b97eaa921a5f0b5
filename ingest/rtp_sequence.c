#include "ingest/rtp_sequence.h"

#include "ingest/rtp_stray.h"

// Here packets come in order: by TCP, or put so. One that is neither behind nor ahead is
// of a sender that counts anew.

void gw_rtp_sequence_init(struct gw_rtp_sequence *s)
{
    *s = (struct gw_rtp_sequence) { 0 };
}

static void begin(struct gw_rtp_sequence *s, const struct gw_rtp_packet *p)
{
    *s = (struct gw_rtp_sequence) {
        .has_sender = true,
        .ssrc = p->ssrc,
        .next_seq = p->seq,
    };
}

// Two in a row are no stragglers: the sender counts anew.
static bool is_straggler(struct gw_rtp_sequence *s, uint16_t seq)
{
    bool anew = s->has_late && seq == (uint16_t)(s->late_seq + 1);
    s->late_seq = seq;
    s->has_late = !anew;
    return !anew;
}

struct gw_rtp_step gw_rtp_sequence_take(struct gw_rtp_sequence *s,
                                        const struct gw_rtp_packet *p)
{
    struct gw_rtp_step step = { 0 };

    if (!s->has_sender || p->ssrc != s->ssrc) {
        // Another sender is as a loss of unknown size.
        step.new_sender = s->has_sender;
        step.lost = s->has_sender;
        begin(s, p);
    }

    uint16_t ahead = (uint16_t)(p->seq - s->next_seq);
    if (gw_rtp_is_behind(s->next_seq, p->seq) && is_straggler(s, p->seq))
        return (struct gw_rtp_step) { .late = true };
    if (ahead)
        step.lost = ahead <= GW_RTP_DROPOUT_MAX ? ahead : 1;
    s->next_seq = (uint16_t)(p->seq + 1);
    return step;
}

void gw_rtp_sequence_pass_over(struct gw_rtp_sequence *s, const struct gw_rtp_packet *p)
{
    if (s->has_sender && p->ssrc == s->ssrc && p->seq == s->next_seq)
        s->next_seq++;
}
