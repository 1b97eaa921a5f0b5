#include "ingest/inlet.h"

#include <errno.h>

int gw_inlet_init(struct gw_inlet *r, const struct gw_inlet_config *config)
{
    struct gw_reorder *reorder = NULL;

    if (config->datagrams) {
        reorder = gw_reorder_create(config->on_packet, config->arg);
        if (!reorder)
            return -ENOMEM;
    }
    *r = (struct gw_inlet) { .config = *config, .reorder = reorder };
    gw_reception_init(&r->reception, config->clock_rate);
    return 0;
}

void gw_inlet_finish(struct gw_inlet *r)
{
    gw_reorder_destroy(r->reorder);
    r->reorder = NULL;
}

int gw_inlet_rtp(struct gw_inlet *r, const void *data, size_t len, uint64_t now_us)
{
    struct gw_rtp_packet p;
    int bad = gw_rtp_parse(data, len, &p);

    r->stats.packets++;
    if (bad) {
        r->stats.malformed++;
        return bad;
    }
    r->left = false;
    gw_reception_packet(&r->reception, &p, now_us);
    if (r->reorder)
        gw_reorder_packet(r->reorder, p.ssrc, p.seq, data, len, now_us);
    else
        r->config.on_packet(r->config.arg, data, len);
    return 0;
}

static void on_item(struct gw_inlet *r, const struct gw_rtcp_item *item, uint64_t now_us)
{
    switch (item->type) {
    case GW_RTCP_SENDER_REPORT:
        gw_reception_report(&r->reception, &item->report, now_us);
        r->config.on_report(r->config.arg, &item->report);
        break;
    case GW_RTCP_BYE:
        if (!r->reception.begun || !gw_rtcp_bye_names(item, r->reception.ssrc))
            break;
        r->left = true;
        r->stats.byes++;
        break;
    }
}

void gw_inlet_rtcp(struct gw_inlet *r, const void *data, size_t len, uint64_t now_us)
{
    struct gw_rtcp_reader reader = gw_rtcp_reader_init(data, len);
    struct gw_rtcp_item item;
    int end;

    r->stats.rtcp++;
    while (!(end = gw_rtcp_next(&reader, &item)))
        on_item(r, &item, now_us);
    r->stats.malformed += end == -EBADMSG;
}

void gw_inlet_tick(struct gw_inlet *r, uint64_t now_us)
{
    if (r->reorder)
        gw_reorder_tick(r->reorder, now_us);
}

uint64_t gw_inlet_deadline_us(const struct gw_inlet *r)
{
    return r->reorder ? gw_reorder_deadline_us(r->reorder) : UINT64_MAX;
}

size_t gw_inlet_report(struct gw_inlet *r, uint32_t ssrc, const char *cname,
                       uint64_t now_us, uint8_t buf[GW_RTCP_REPORT_MAX])
{
    struct gw_rtcp_block block;
    bool any = gw_reception_block(&r->reception, now_us, &block);
    return gw_rtcp_write_report(ssrc, any ? &block : NULL, cname, buf);
}

void gw_inlet_stats(const struct gw_inlet *r, struct gw_inlet_stats *ret_stats)
{
    *ret_stats = r->stats;
    if (r->reorder)
        gw_reorder_stats(r->reorder, &ret_stats->order);
}
