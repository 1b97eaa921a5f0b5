// What a frame costs in the hub: nanoseconds and allocations per frame, form by
// form, for a sub stream's frame of 5,000 bytes (1 Mbit/s at 25 a second) and for
// one subscriber and ten. Beside it a bare copy of the same bytes into a block of
// its own: nothing that copies a frame can be faster.
#include "base/clock.h"
#include "mux/hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAME_BYTES = 5000,
    FRAMES = 200000,
    GOP = 50,
    SUBSCRIBERS_MAX = 10,
};

static const uint8_t sets[] = {
    0x00, 0x00, 0x00, 0x19, 0x67, 0x42, 0xc0, 0x1e, 0xd9, 0x00, 0xa0, 0x2f, 0xf9,
    0x70, 0x11, 0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x32, 0x0f,
    0x16, 0x2e, 0x48, 0x00, 0x00, 0x00, 0x05, 0x68, 0xcb, 0x83, 0xcb, 0x20,
};

// The linker sends the engine's allocations here (--wrap).
void *__real_malloc(size_t len);
void *__real_realloc(void *p, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_realloc(void *p, size_t len);

static uint64_t allocations;

void *__wrap_malloc(size_t len)
{
    allocations++;
    return __real_malloc(len);
}

void *__wrap_realloc(void *p, size_t len)
{
    allocations++;
    return __real_realloc(p, len);
}

static uint64_t taken; // bytes the subscribers saw, so that nothing is optimised out

static void on_packet(void *arg, struct gw_packet *packet)
{
    (void)arg;
    taken += packet->len;
}

static struct gw_frame *make_frame(struct gw_buf *params, uint32_t seq)
{
    struct gw_frame *frame = gw_frame_create(FRAME_BYTES);
    if (!frame)
        abort();
    memset(frame->data, 0x5a, FRAME_BYTES);
    frame->len = FRAME_BYTES;
    frame->codec = GW_CODEC_H264;
    frame->key = seq % GOP == 0;
    frame->seq = seq;
    frame->pts_90k = seq * INT64_C(3600);
    frame->params = gw_buf_ref(params);
    return frame;
}

// Runs FRAMES through a hub; the frames are made beforehand, a GOP at a time, and
// only publishing is timed.
static double measure(enum gw_form form, int subscribers, double *ret_allocations)
{
    struct gw_hub *hub =
        gw_hub_create(&(struct gw_hub_config) { .gop_max_bytes = 4 * 1024 * 1024 });
    struct gw_buf *params = gw_buf_copy(sets, sizeof(sets));
    uint64_t spent_us = 0;
    uint64_t spent_allocations = 0;

    if (!hub || !params)
        abort();
    for (int i = 0; i < subscribers; i++) {
        struct gw_subscription *sub;
        const struct gw_packet_taker taker = { .form = form, .on_packet = on_packet };
        if (gw_hub_subscribe_packets(hub, 1, &taker, &sub) < 0)
            abort();
    }
    for (uint32_t seq = 0; seq < FRAMES; seq += GOP) {
        struct gw_frame *frames[GOP];
        for (uint32_t i = 0; i < GOP; i++)
            frames[i] = make_frame(params, seq + i);
        uint64_t before = allocations;
        uint64_t start_us = gw_clock_now_us();
        for (uint32_t i = 0; i < GOP; i++)
            gw_hub_publish(hub, 1, frames[i]);
        spent_us += gw_clock_now_us() - start_us;
        spent_allocations += allocations - before;
        for (uint32_t i = 0; i < GOP; i++)
            gw_frame_unref(&frames[i]);
    }
    *ret_allocations = (double)spent_allocations / FRAMES;
    gw_hub_destroy(hub);
    gw_buf_unref(&params);
    return (double)spent_us * 1000 / FRAMES;
}

static double measure_copy(void)
{
    static uint8_t source[FRAME_BYTES];
    uint64_t start_us = gw_clock_now_us();
    for (int i = 0; i < FRAMES; i++) {
        struct gw_packet *p = gw_packet_create(FRAME_BYTES);
        if (!p)
            abort();
        memcpy(gw_packet_payload(p), source, FRAME_BYTES);
        taken += gw_packet_payload(p)[i % FRAME_BYTES];
        gw_packet_unref(&p);
    }
    return (double)(gw_clock_now_us() - start_us) * 1000 / FRAMES;
}

int main(void)
{
    static const char *const names[GW_FORMS] = { "wall avcc", "wall mp4", "flv", "mp4" };
    static const int viewers[] = { 1, SUBSCRIBERS_MAX };

    printf("%-10s %12s %10s %14s\n", "form", "subscribers", "ns/frame", "allocs/frame");
    printf("%-10s %12s %10.0f %14.2f\n", "bare copy", "-", measure_copy(), 1.0);
    for (int form = 0; form < GW_FORMS; form++) {
        for (size_t i = 0; i < sizeof(viewers) / sizeof(viewers[0]); i++) {
            double per_frame;
            double ns = measure((enum gw_form)form, viewers[i], &per_frame);
            printf("%-10s %12d %10.0f %14.2f\n", names[form], viewers[i], ns, per_frame);
        }
    }
    return taken == 0;
}
