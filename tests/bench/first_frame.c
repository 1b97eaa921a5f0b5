// How long until a viewer has its first picture: one connection after another, each
// timed from connect() to the last byte of its first picture.
//
//   first_frame PORT FORM CAMERAS PROBES SPREAD-MS
//
// FORM is rtp (the null relay; its first picture is the next one, rarely playable),
// flv or wall (a key frame). Probe N asks for camera 1 + N mod CAMERAS. Between two
// probes it waits up to SPREAD-MS, so that they do not march in step with the
// camera. Prints JSON: the percentiles in ms.
#include "base/clock.h"
#include "base/rng.h"
#include "tests/bench/viewer_socket.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

static void on_picture(void *arg, const struct picture *p)
{
    *(bool *)arg = true;
    (void)p;
}

struct probe {
    enum picture_form form;
    bool seen;
};

static void on_message(void *arg, const uint8_t *data, size_t len)
{
    struct probe *p = arg;
    (void)picture_find(p->form, data, len, on_picture, &p->seen);
}

// Returns the time in µs; 0 when no picture came.
static uint64_t probe(const struct viewer_target *target, uint8_t *shared)
{
    struct probe p = { .form = target->form };
    struct viewer_socket s;
    uint64_t start_us = gw_clock_now_us();

    if (viewer_socket_open(&s, target) < 0)
        return 0;
    while (!p.seen) {
        struct pollfd fd = { .fd = s.fd, .events = POLLIN };
        if (poll(&fd, 1, PATIENCE_MS) <= 0 ||
            viewer_socket_read(&s, shared, on_message, &p) < 0)
            break;
    }
    uint64_t took_us = gw_clock_now_us() - start_us;
    viewer_socket_close(&s);
    return p.seen ? took_us : 0;
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    const char *form = argv[2];
    struct viewer_target target = {
        .port = (uint16_t)atoi(argv[1]),
        .form = strcmp(form, "rtp") == 0   ? PICTURE_RTP
                : strcmp(form, "flv") == 0 ? PICTURE_FLV
                                           : PICTURE_WALL,
        .count = 1,
    };
    uint32_t cameras = (uint32_t)atoi(argv[3]);
    size_t probes = (size_t)atoi(argv[4]);
    uint64_t spread_us = (uint64_t)atoi(argv[5]) * GW_MS;
    uint64_t *took_us = calloc(probes, sizeof(*took_us));
    uint8_t *shared = malloc(VIEWER_RECEIVE_BYTES);
    struct gw_rng rng;

    if (!took_us || !shared || !cameras || !probes)
        return 1;
    gw_rng_init(&rng, 1);
    for (size_t i = 0; i < probes; i++) {
        target.first = 1 + (uint32_t)(i % cameras);
        took_us[i] = probe(&target, shared);
        if (took_us[i] == 0) {
            fprintf(stderr, "no picture of camera %u\n", target.first);
            return 1;
        }
        if (spread_us)
            (void)usleep((useconds_t)gw_rng_below(&rng, spread_us));
    }
    qsort(took_us, probes, sizeof(*took_us), by_size);
    printf("{\"p50_ms\":%.2f,\"p95_ms\":%.2f}\n", (double)took_us[probes / 2] / GW_MS,
           (double)took_us[probes * 95 / 100] / GW_MS);
    free(took_us);
    free(shared);
    return 0;
}
