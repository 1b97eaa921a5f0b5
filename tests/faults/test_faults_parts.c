// The way of a picture through the parts that decide, without sockets: RTSP client,
// track, hub in all forms, viewer queue. Once for each allocation, which then fails:
//   test_faults_parts COUNT SPREAD      (as in test_faults_ingest.c)
//
// Property, each time: nothing crashes; a call that failed says -ENOMEM, and a client
// that failed that it was our limit; every viewer gets a key frame again; and in the
// end all memory was given back.

#include "base/stream_url.h"
#include "ingest/rtsp_client.h"
#include "ingest/video_track.h"
#include "mux/hub.h"
#include "tests/camera/media.h"
#include "tests/faults/alloc.h"
#include "ws/viewer_queue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STREAM = 3,
    PIECE = 100,         // bytes that arrive together
    GOP = 10,            // pictures
    PICTURES_MAX = 5000, // of one run: by then it is over
    FRAME_US = 40 * 1000,
};

struct viewer {
    struct world *world;
    struct gw_subscription *sub; // NULL: to be made (again)
    struct gw_viewer_lane lane;
    bool broken; // it lost a config packet: the peer would be closed
    bool back;   // it got a key frame since the failure
};

struct world {
    uint64_t now_us;
    struct gw_stream_url *url;
    struct gw_rtsp_client *client; // NULL: to be made (again)
    struct gw_video_track *track;
    struct gw_hub *hub;
    struct gw_viewer_queue queue;
    struct viewer viewers[GW_FORMS];
    struct camera_media media;
    bool good; // nothing was otherwise than it should be
};

static void demand(struct world *w, bool ok, const char *what)
{
    if (!ok)
        fprintf(stderr, "not so: %s\n", what);
    w->good = w->good && ok;
}

// Whether a call went well; the only error it may have is the one that was made.
static bool went_well(struct world *w, int r)
{
    demand(w, r == 0 || (r == -ENOMEM && alloc_fired()), "0 or -ENOMEM");
    return r == 0;
}

static void on_frame(void *arg, struct gw_frame *frame)
{
    struct world *w = arg;
    gw_hub_publish(w->hub, STREAM, frame);
}

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct world *w = arg;
    demand(w, count == 1, "one medium");
    return went_well(w, gw_video_track_start(w->track, media)) ? GW_CAUSE_NONE
                                                               : GW_CAUSE_OUR_LIMIT;
}

static bool on_rtp(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct world *w = arg;
    (void)kind;
    return gw_video_track_packet(w->track, data, len, w->now_us, w->now_us);
}

static void on_packet(void *arg, struct gw_packet *packet)
{
    struct viewer *v = arg;
    struct world *w = v->world;

    if (!went_well(w, gw_viewer_queue_push(&w->queue, &v->lane, packet, w->now_us)))
        v->broken = true;
    if (alloc_fired() && packet->key && !packet->config && !v->lane.waits_for_key)
        v->back = true;
}

// Makes what is not there. What lacks memory now is made the next time.
static void make_client(struct world *w)
{
    struct gw_rtsp_client_config config = {
        .url = w->url,
        .answer_timeout_us = 1000 * FRAME_US,
        .stall_us = 1000 * FRAME_US,
        .on_setup = on_setup,
        .on_packet = on_rtp,
        .arg = w,
    };

    if (w->url || went_well(w, gw_stream_url_parse("rtsp://u:p@c/x", &w->url))) {
        config.url = w->url;
        (void)went_well(w, gw_rtsp_client_create(&config, w->now_us, &w->client));
    }
}

static void make(struct world *w)
{
    struct gw_video_track_config track = { .on_frame = on_frame, .arg = w };
    struct gw_hub_config hub = { .gop_max_bytes = 1024 * 1024 };

    if (!w->hub)
        w->hub = gw_hub_create(&hub);
    if (!w->track)
        (void)went_well(w, gw_video_track_create(&track, &w->track));
    for (unsigned i = 0; i < GW_FORMS && w->hub; i++) {
        struct viewer *v = &w->viewers[i];
        if (v->sub)
            continue;
        v->world = w;
        struct gw_packet_taker taker = {
            .form = (enum gw_form)i,
            .on_packet = on_packet,
            .arg = v,
        };
        (void)went_well(w, gw_hub_subscribe_packets(w->hub, STREAM, &taker, &v->sub));
    }
    if (!w->client && w->hub && w->track)
        make_client(w);
}

static void end_viewer(struct world *w, struct viewer *v)
{
    gw_hub_unsubscribe(w->hub, &v->sub);
    gw_viewer_queue_remove_lane(&w->queue, &v->lane);
    v->lane = (struct gw_viewer_lane) { 0 };
    v->broken = false;
}

// Closes what is of no use any more, as its owner would.
static void unmake(struct world *w)
{
    for (unsigned i = 0; i < GW_FORMS; i++) {
        if (w->viewers[i].broken)
            end_viewer(w, &w->viewers[i]);
    }
    if (!w->client || gw_rtsp_client_state(w->client) != GW_RTSP_FAILED)
        return;
    demand(w, gw_rtsp_client_cause(w->client) == GW_CAUSE_OUR_LIMIT, "our limit");
    gw_rtsp_client_destroy(w->client);
    w->client = NULL;
}

static void feed(struct world *w, const void *data, size_t len)
{
    for (size_t at = 0; at < len; at += PIECE) {
        size_t n = len - at < PIECE ? len - at : PIECE;
        gw_rtsp_client_receive(w->client, (const char *)data + at, n, w->now_us);
    }
}

static void answer(struct world *w, const char *request)
{
    static const char sdp[] =
        "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        "a=fmtp:96 sprop-parameter-sets=Z0LADdoFBm7gHhEI1A==,aM48gA==\r\na=control:t\r\n";
    bool described = strncmp(request, "DESCRIBE", 8) == 0;
    bool known = strstr(request, "\r\nAuthorization: ") != NULL;
    const char *body = described && known ? sdp : "";
    const char *cseq = strstr(request, "\r\nCSeq: ");
    char text[1024];

    int len =
        snprintf(text, sizeof(text),
                 "RTSP/1.0 %s\r\nCSeq: %d\r\nSession: ab\r\n%sContent-Length: "
                 "%zu\r\n\r\n%s",
                 described && !known ? "401 No" : "200 OK", atoi(cseq + 8),
                 "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n",
                 strlen(body), body);
    feed(w, text, (size_t)len);
}

// The camera hears what the client says.
static void talk(struct world *w)
{
    for (;;) {
        char request[GW_RTSP_OUTPUT_MAX + 1];
        size_t len;
        const void *out = gw_rtsp_client_output(w->client, &len);
        if (!len)
            return;
        memcpy(request, out, len);
        request[len] = '\0';
        gw_rtsp_client_sent(w->client, len);
        if (gw_rtsp_client_state(w->client) != GW_RTSP_FAILED)
            answer(w, request);
    }
}

static void take_from_queue(struct world *w)
{
    struct gw_viewer_item item;
    while (gw_viewer_queue_pop(&w->queue, &item))
        gw_packet_unref(&item.packet);
}

static bool all_back(const struct world *w)
{
    for (unsigned i = 0; i < GW_FORMS; i++) {
        if (!w->viewers[i].back)
            return false;
    }
    return alloc_fired();
}

static void finish(struct world *w)
{
    if (w->client)
        gw_rtsp_client_close(w->client, w->now_us);
    for (unsigned i = 0; i < GW_FORMS; i++)
        end_viewer(w, &w->viewers[i]);
    gw_viewer_queue_finish(&w->queue);
    gw_rtsp_client_destroy(w->client);
    gw_video_track_destroy(w->track);
    gw_hub_destroy(w->hub);
    gw_stream_url_destroy(w->url);
}

static bool fail_one(uint64_t nth)
{
    struct world w = { .now_us = 1, .good = true };
    struct gw_viewer_limits limits = {
        .lane_bytes = 1024 * 1024,
        .lane_age_us = 100 * FRAME_US,
        .held_age_us = 100 * FRAME_US,
    };
    int64_t held = alloc_held();
    unsigned pictures = 0;

    gw_viewer_queue_init(&w.queue, &limits);
    camera_media_init(&w.media);
    alloc_arm(nth);
    for (; w.good && !all_back(&w) && pictures < PICTURES_MAX; pictures++) {
        uint8_t picture[CAMERA_PICTURE_MAX];
        w.now_us += FRAME_US;
        w.media.fu = pictures / GOP % 2 ? 4 : 0;
        make(&w);
        if (w.client) {
            talk(&w);
            size_t len = camera_media_picture(&w.media, pictures % GOP == 0, picture);
            feed(&w, picture, len);
        }
        unmake(&w);
        if (pictures % 3 == 0)
            take_from_queue(&w);
    }
    demand(&w, pictures < PICTURES_MAX, "all are back");
    finish(&w);
    (void)alloc_disarm();
    demand(&w, alloc_held() == held, "all was given back");
    if (!w.good)
        fprintf(stderr, "%" PRIu64 ": %u pictures\n", nth, pictures);
    return w.good;
}

int main(int argc, char **argv)
{
    unsigned failures = 0;
    unsigned tried = 0;

    alloc_begin();
    if (argc != 3) {
        fprintf(stderr, "usage: %s COUNT SPREAD\n", argv[0]);
        return 2;
    }
    uint64_t count = strtoull(argv[1], NULL, 10);
    uint64_t spread = strtoull(argv[2], NULL, 10);
    for (uint64_t nth = 0; nth < count && failures < 10;
         nth += 1 + (spread ? nth / spread : 0)) {
        failures += !fail_one(nth);
        tried++;
    }
    printf("%u runs, %u not as they should\n", tried, failures);
    return !tried || failures;
}
