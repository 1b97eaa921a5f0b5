// Property: whatever comes and goes, each viewer gets a config packet, then a key
// frame, then every frame in decode order without repeats; a jump of seq is marked
// as a gap, and nothing else is. Who wants no cached frames gets none. One input byte is
// one operation.
#include "mux/hub.h"
#include "mux/wall_frame.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VIEWERS = 4, SETS = 2, OPERATIONS_MAX = 4096, GOP_FRAMES = 6 };

struct viewer {
    struct world *world;
    struct gw_subscription *sub;
    bool configured;
    bool started;
    uint32_t from_seq; // none before it
    uint32_t last_seq;
};

struct world {
    struct gw_hub *hub;
    struct gw_buf *sets[SETS];
    unsigned set; // in force
    uint32_t seq;
    int64_t pts_90k;
    uint8_t within; // what the next callback does: see toggle()
    struct viewer viewers[VIEWERS];
};

#define SPS                                                                              \
    "\x67\x42\xc0\x1e\xd9\x00\xa0\x2f\xf9\x70\x11\x00\x00\x03\x00\x01\x00\x00\x03\x00"   \
    "\x32\x0f\x16\x2e\x48"

static void require(bool claim)
{
    if (!claim)
        abort();
}

static void toggle(struct world *w, unsigned who);

static void on_packet(void *arg, struct gw_packet *packet)
{
    struct viewer *v = arg;
    struct gw_wall_frame h;

    require(v->sub); // nothing comes after the end
    require(gw_wall_frame_read(gw_packet_payload(packet), packet->len, &h) == 0);
    if (h.kind == GW_WALL_CONFIG) {
        v->configured = true;
    } else {
        require(v->configured);
        require(v->started || h.key);
        require(h.seq >= v->from_seq);
        if (v->started)
            require(h.gap == (h.seq != v->last_seq + 1));
        v->started = true;
        v->last_seq = h.seq;
    }

    uint8_t within = v->world->within;
    v->world->within = 0; // once
    if (within)
        toggle(v->world, within);
}

// Subscribes viewer `who`, or unsubscribes it when it is. Four and up: from the next
// key frame on.
static void toggle(struct world *w, unsigned who)
{
    struct viewer *v = &w->viewers[who % VIEWERS];
    if (v->sub) {
        gw_hub_unsubscribe(w->hub, &v->sub);
        return;
    }
    *v = (struct viewer) { .world = w, .from_seq = who >= VIEWERS ? w->seq + 1 : 0 };
    const struct gw_packet_taker taker = {
        .form = GW_FORM_WALL_MP4,
        .from_us = v->from_seq,
        .on_packet = on_packet,
        .arg = v,
    };
    require(gw_hub_subscribe_packets(w->hub, 1, &taker, &v->sub) == 0);
}

static void publish(struct world *w, bool key, bool gap)
{
    struct gw_frame *frame = gw_frame_create(4);
    require(frame);
    memset(frame->data, 0, 4);
    frame->len = 4;
    frame->codec = GW_CODEC_H264;
    frame->key = key;
    w->seq += gap ? 2 : 1;
    frame->seq = w->seq;
    frame->arrived_us = w->seq;
    frame->pts_90k = w->pts_90k += 3600;
    frame->params = gw_buf_ref(w->sets[w->set]);
    gw_hub_publish(w->hub, 1, frame);
    gw_frame_unref(&frame);
}

static void operate(struct world *w, uint8_t op)
{
    switch (op & 7) {
    case 0: publish(w, true, op & 8); break;
    case 1:
    case 2: publish(w, false, op & 8); break;
    case 3: toggle(w, op >> 3); break;
    case 4: gw_hub_forget_gop(w->hub, 1); break;
    case 5: w->set = !w->set; break;
    default: w->within = op >> 3; break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char a[] = "\0\0\0\x19" SPS "\0\0\0\x05\x68\xcb\x83\xcb\x20";
    static const char b[] = "\0\0\0\x19" SPS "\0\0\0\x04\x68\xcb\x83\xcb";
    struct gw_hub_config config = {
        .gop_max_bytes = GOP_FRAMES * (sizeof(struct gw_frame) + 4),
    };
    struct world w = {
        .hub = gw_hub_create(&config),
        .sets = { gw_buf_copy(a, sizeof(a) - 1), gw_buf_copy(b, sizeof(b) - 1) },
    };
    struct gw_hub_stats stats;

    require(w.hub && w.sets[0] && w.sets[1]);
    for (size_t i = 0; i < size && i < OPERATIONS_MAX; i++)
        operate(&w, data[i]);

    for (unsigned i = 0; i < VIEWERS; i++)
        gw_hub_unsubscribe(w.hub, &w.viewers[i].sub);
    gw_hub_forget_gop(w.hub, 1);
    gw_hub_stats(w.hub, &stats);
    require(stats.streams == 0 && stats.subscriptions == 0 && stats.gop_bytes == 0);
    gw_hub_destroy(w.hub);
    for (unsigned i = 0; i < SETS; i++)
        gw_buf_unref(&w.sets[i]);
    return 0;
}
