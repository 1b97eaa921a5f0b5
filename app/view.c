#include "app/view.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

struct view {
    struct gw_hub *hub;
    struct gw_viewer *viewer;
    struct gw_subscription *subscription;       // NULL until subscribed
    const struct gw_source_status *subscribing; // NULL but while it is being subscribed
    bool closed;                                // meanwhile
    struct gw_audit_watch watch;
    bool wall; // it can be told something beside its pictures
};

// Not before it is certain that pictures will come: who was accepted cannot be refused.
static void on_subscribed(void *arg)
{
    struct view *view = arg;
    const struct gw_source_status *status = view->subscribing;
    gw_viewer_accept(view->viewer, status->stream, view, status);
}

static void on_packet(void *arg, struct gw_packet *packet)
{
    struct view *view = arg;
    if (!view->closed)
        gw_viewer_send(view->viewer, packet);
}

static void on_refused(void *arg, enum gw_codec codec)
{
    static const struct gw_text mjpeg = {
        "MJPEG goes neither into FLV nor into MP4. Set the camera to H.264, or watch it "
        "over /ws/v1 in form avcc.",
        "MJPEG 不能封装为 FLV 或 MP4，请将摄像机设为 H.264，或通过 /ws/v1 的 avcc "
        "形式观看。",
    };
    static const struct gw_text sound = {
        "This form has no place for the camera's sound; the pictures come without. MP4 "
        "carries AAC and Opus, FLV AAC and G.711, /ws/v1 in form avcc everything.",
        "该形式不能承载摄像机的声音，仅有画面。MP4 支持 AAC 和 Opus，FLV 支持 AAC 和 "
        "G.711，/ws/v1 的 avcc 形式支持全部。",
    };
    struct view *view = arg;
    bool audio = gw_codec_is_audio(codec);

    if (view->closed)
        return;
    if (!audio || view->wall)
        gw_viewer_cannot_carry(view->viewer, codec, audio ? sound : mjpeg);
    else // a live address ends with such a word, and its pictures shall go on
        gw_log(GW_LOG_INFO, "audio_not_carried", "codec=%d", (int)codec);
}

static void view_destroy(struct view *view)
{
    gw_hub_unsubscribe(view->hub, &view->subscription);
    gw_audit_watch_end(&view->watch);
    free(view);
}

int gw_view_open(struct gw_hub *hub, struct gw_audit *audit, struct gw_viewer *viewer,
                 const struct gw_wish *wish, const struct gw_source_status *status)
{
    struct view *view = calloc(1, sizeof(*view));
    if (!view)
        return -ENOMEM;
    view->hub = hub;
    view->viewer = viewer;
    view->wall = wish->form == GW_FORM_WALL_AVCC || wish->form == GW_FORM_WALL_MP4;

    struct gw_packet_taker taker = {
        .form = wish->form,
        .audio = wish->audio,
        .from_us = wish->join == GW_JOIN_KEY ? gw_clock_now_us() : 0,
        .on_subscribed = on_subscribed,
        .on_packet = on_packet,
        .on_refused = on_refused,
        .arg = view,
    };
    gw_hot_add(&taker.hot, view, sizeof(*view));
    gw_viewer_hot(viewer, &taker.hot);
    gw_audit_watch_begin(&view->watch, audit, viewer, wish);
    // What is cached is sent within the call, and a viewer may go meanwhile.
    view->subscribing = status;
    int r = gw_hub_subscribe_packets(hub, status->stream, &taker, &view->subscription);
    view->subscribing = NULL;
    if (r < 0 || view->closed)
        view_destroy(view);
    return r;
}

void gw_view_want_audio(struct gw_viewer *viewer, bool audio)
{
    struct view *view = gw_viewer_user(viewer);
    if (view->subscription)
        gw_hub_want_audio(view->subscription, audio);
}

void gw_view_close(struct gw_viewer *viewer)
{
    struct view *view = gw_viewer_user(viewer);
    if (view->subscribing)
        view->closed = true;
    else
        view_destroy(view);
}
