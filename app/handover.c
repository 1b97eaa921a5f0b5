#include "app/handover.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

struct gw_handover {
    struct gw_handover_config config;
    struct gw_subscription *subscription;
    bool until_key; // a frame was dropped: what refers to it is of no use
};

static void on_frame(void *arg, struct gw_frame *frame)
{
    struct gw_handover *handover = arg;

    bool audio = gw_codec_is_audio(frame->codec); // nothing refers to it
    if (handover->until_key && (audio || !frame->key)) {
        ++*handover->config.dropped;
        return;
    }
    struct gw_message m = {
        .type = GW_MESSAGE_FRAME,
        .stream = handover->config.stream,
        .epoch = handover->config.epoch,
        .frame = gw_frame_ref(frame),
    };
    bool lost = gw_shard_post(handover->config.to, &m) < 0;
    handover->until_key = lost && !audio;
    if (lost) {
        gw_frame_unref(&m.frame);
        ++*handover->config.dropped;
    }
}

int gw_handover_create(const struct gw_handover_config *config,
                       struct gw_handover **ret_handover)
{
    struct gw_handover *handover = calloc(1, sizeof(*handover));
    if (!handover)
        return -ENOMEM;
    handover->config = *config;

    int r = gw_hub_subscribe_frames(config->hub, config->stream, on_frame, handover,
                                    &handover->subscription);
    if (r < 0) {
        free(handover);
        return r;
    }
    *ret_handover = handover;
    return 0;
}

void gw_handover_status(struct gw_handover *handover,
                        const struct gw_source_status *status)
{
    struct gw_message m = {
        .type = GW_MESSAGE_STATUS,
        .stream = handover->config.stream,
        .epoch = handover->config.epoch,
        .status = *status,
    };
    int r = gw_shard_post(handover->config.to, &m);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "status_lost", "stream=%u error=%d", status->stream, r);
}

void gw_handover_refuse(struct gw_handover *handover)
{
    gw_shard_refuse(handover->config.to, handover->config.stream, handover->config.epoch);
}

uint32_t gw_handover_epoch(const struct gw_handover *handover)
{
    return handover->config.epoch;
}

void gw_handover_destroy(struct gw_handover *handover)
{
    if (!handover)
        return;
    gw_hub_unsubscribe(handover->config.hub, &handover->subscription);
    free(handover);
}

void gw_handover_abandon(struct gw_handover *handover)
{
    free(handover);
}
