#include "tests/sim/plants.h"

#include "base/clock.h"
#include "ingest/admission.h"
#include "ingest/fleet.h"
#include "ingest/video_track.h"
#include "mux/hub.h"
#include "ws/viewer_queue.h"

#include <string.h>

enum plant {
    NONE,
    PACE_IGNORED,
    ATTEMPTS_UNBOUNDED,
    BACKOFF_SKIPPED,
    PRIORITY_TURNED,
    RETURN_UNNOTICED,
    TURN_LOST,
    QUEUE_UNBOUNDED,
    DROP_UNCOUNTED,
    FRAME_SWALLOWED,
    WRONG_CAMERA,
    ORDER_TURNED,
    UNSUBSCRIBE_FORGOTTEN,
    PLANTS,
};

static const char *const names[PLANTS] = {
    [NONE] = "none",
    [PACE_IGNORED] = "pace-ignored",
    [ATTEMPTS_UNBOUNDED] = "attempts-unbounded",
    [BACKOFF_SKIPPED] = "backoff-skipped",
    [PRIORITY_TURNED] = "priority-turned",
    [RETURN_UNNOTICED] = "return-unnoticed",
    [TURN_LOST] = "turn-lost",
    [QUEUE_UNBOUNDED] = "queue-unbounded",
    [DROP_UNCOUNTED] = "drop-uncounted",
    [FRAME_SWALLOWED] = "frame-swallowed",
    [WRONG_CAMERA] = "wrong-camera",
    [ORDER_TURNED] = "order-turned",
    [UNSUBSCRIBE_FORGOTTEN] = "unsubscribe-forgotten",
};

static enum plant plant;
static unsigned calls; // of the planted function

// Now and then, so that the run gets somewhere first.
static bool strikes(enum plant which, unsigned every)
{
    return plant == which && ++calls % every == 0;
}

bool plants_choose(const char *name)
{
    for (int i = 0; i < PLANTS; i++) {
        if (!strcmp(names[i], name)) {
            plant = (enum plant)i;
            return plant != NONE;
        }
    }
    return false;
}

void plants_list(FILE *out)
{
    for (int i = NONE + 1; i < PLANTS; i++)
        fprintf(out, "  %s\n", names[i]);
}

int __real_gw_admission_create(const struct gw_admission_config *config,
                               struct gw_admission **ret_admission);
int __wrap_gw_admission_create(const struct gw_admission_config *config,
                               struct gw_admission **ret_admission);
int __wrap_gw_admission_create(const struct gw_admission_config *config,
                               struct gw_admission **ret_admission)
{
    struct gw_admission_config other = *config;

    if (plant == PACE_IGNORED)
        other.attempts_per_s *= 2;
    for (int i = 0; plant == ATTEMPTS_UNBOUNDED && i < GW_GROUP_LEVELS; i++)
        other.attempts_max[i] *= 4;
    return __real_gw_admission_create(&other, ret_admission);
}

int __real_gw_fleet_create(const struct gw_fleet_config *config,
                           struct gw_fleet **ret_fleet);
int __wrap_gw_fleet_create(const struct gw_fleet_config *config,
                           struct gw_fleet **ret_fleet);
int __wrap_gw_fleet_create(const struct gw_fleet_config *config,
                           struct gw_fleet **ret_fleet)
{
    struct gw_fleet_config other = *config;

    if (plant == BACKOFF_SKIPPED)
        other.backoff_min_us /= 2;
    return __real_gw_fleet_create(&other, ret_fleet);
}

void __real_gw_ticket_ask(struct gw_ticket *t, enum gw_priority priority,
                          uint64_t now_us);
void __wrap_gw_ticket_ask(struct gw_ticket *t, enum gw_priority priority,
                          uint64_t now_us);
void __wrap_gw_ticket_ask(struct gw_ticket *t, enum gw_priority priority, uint64_t now_us)
{
    if (plant == PRIORITY_TURNED && priority != GW_PRIORITY_PROBE)
        priority = (enum gw_priority)(GW_PRIORITY_ALWAYS - priority);
    if (!strikes(TURN_LOST, 1000))
        __real_gw_ticket_ask(t, priority, now_us);
}

void *__real_gw_admission_take_recalled(struct gw_admission_client *client);
void *__wrap_gw_admission_take_recalled(struct gw_admission_client *client);
void *__wrap_gw_admission_take_recalled(struct gw_admission_client *client)
{
    void *owner;
    while ((owner = __real_gw_admission_take_recalled(client)) &&
           plant == RETURN_UNNOTICED)
        ;
    return owner;
}

void __real_gw_viewer_queue_init(struct gw_viewer_queue *q,
                                 const struct gw_viewer_limits *limits);
void __wrap_gw_viewer_queue_init(struct gw_viewer_queue *q,
                                 const struct gw_viewer_limits *limits);
void __wrap_gw_viewer_queue_init(struct gw_viewer_queue *q,
                                 const struct gw_viewer_limits *limits)
{
    struct gw_viewer_limits other = *limits;

    if (plant == QUEUE_UNBOUNDED) {
        other.lane_bytes *= 1000;
        other.lane_age_us *= 1000;
    }
    __real_gw_viewer_queue_init(q, &other);
}

int __real_gw_viewer_queue_push(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                                struct gw_packet *packet, uint64_t now_us);
int __wrap_gw_viewer_queue_push(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                                struct gw_packet *packet, uint64_t now_us);
int __wrap_gw_viewer_queue_push(struct gw_viewer_queue *q, struct gw_viewer_lane *lane,
                                struct gw_packet *packet, uint64_t now_us)
{
    if (!packet->config && strikes(DROP_UNCOUNTED, 500))
        return 0;
    return __real_gw_viewer_queue_push(q, lane, packet, now_us);
}

void __real_gw_hub_publish(struct gw_hub *hub, uint32_t stream, struct gw_frame *frame);
void __wrap_gw_hub_publish(struct gw_hub *hub, uint32_t stream, struct gw_frame *frame);
void __wrap_gw_hub_publish(struct gw_hub *hub, uint32_t stream, struct gw_frame *frame)
{
    static struct gw_frame *kept; // the one before, of whichever stream

    if (strikes(WRONG_CAMERA, 500) && stream >= 2)
        stream -= 2; // of the same shard
    if (plant == ORDER_TURNED) {
        gw_frame_unref(&kept);
        kept = gw_frame_ref(frame);
    }
    __real_gw_hub_publish(hub, stream, frame);
    if (strikes(ORDER_TURNED, 500))
        __real_gw_hub_publish(hub, stream, kept);
}

void __real_gw_hub_unsubscribe(struct gw_hub *hub, struct gw_subscription **ps);
void __wrap_gw_hub_unsubscribe(struct gw_hub *hub, struct gw_subscription **ps);
void __wrap_gw_hub_unsubscribe(struct gw_hub *hub, struct gw_subscription **ps)
{
    if (!strikes(UNSUBSCRIBE_FORGOTTEN, 50))
        __real_gw_hub_unsubscribe(hub, ps);
}

bool __real_gw_video_track_packet(struct gw_video_track *t, const void *data, size_t len,
                                  uint64_t now_us, uint64_t unix_us);
bool __wrap_gw_video_track_packet(struct gw_video_track *t, const void *data, size_t len,
                                  uint64_t now_us, uint64_t unix_us);
bool __wrap_gw_video_track_packet(struct gw_video_track *t, const void *data, size_t len,
                                  uint64_t now_us, uint64_t unix_us)
{
    return !strikes(FRAME_SWALLOWED, 500) &&
           __real_gw_video_track_packet(t, data, len, now_us, unix_us);
}
