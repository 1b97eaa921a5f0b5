// gridwall-source: one source that libavformat opens, in a process of its own. The
// engine starts it (ingest/worker.h) and tells it the address on standard input; it
// sends the pictures over a socket that it inherits, and ends with a status that tells
// the cause (ingest/worker/ending.h). What a hostile stream does to libavformat ends
// here.

#include "base/clock.h"
#include "base/confine.h"
#include "ingest/worker/ending.h"
#include "ingest/worker/failure.h"
#include "ingest/worker/input.h"
#include "ingest/worker/order.h"
#include "ingest/worker/output.h"
#include "ingest/worker/pace.h"
#include "ingest/worker/words.h"

#include <errno.h>
#include <libavutil/error.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Returns 0 or a negative errno.
static int read_order(char text[GW_WORKER_ORDER_MAX], struct gw_worker_order *ret_order)
{
    size_t len = 0;
    ssize_t n;

    do {
        n = read(STDIN_FILENO, text + len, GW_WORKER_ORDER_MAX - 1 - len);
        if (n < 0 && errno != EINTR)
            return -errno;
        len += n > 0 ? (size_t)n : 0;
    } while (n != 0);
    text[len] = '\0';
    return gw_worker_order_read(text, ret_order);
}

static void wait_until(uint64_t due_us)
{
    const struct timespec due = {
        .tv_sec = (time_t)(due_us / GW_SECOND),
        .tv_nsec = (long)(due_us % GW_SECOND) * 1000,
    };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        ;
}

// Returns 0 or a negative errno.
static int pass_on(struct gw_pace *pace, struct gw_output *out, AVPacket *packet)
{
    uint64_t now_us = gw_clock_now_us();
    uint64_t due_us;

    if (packet->stream_index == GW_INPUT_VIDEO)
        due_us = gw_pace_next(pace, &packet->dts, &packet->pts, now_us);
    else if (!gw_pace_beside(pace, &packet->dts, &packet->pts, now_us, &due_us))
        return 0;
    if (due_us > now_us)
        wait_until(due_us);
    return gw_output_write(out, packet);
}

// Passes packets on until there are no more. Returns why.
static enum gw_cause relay(struct gw_input *in, struct gw_output *out, AVPacket *packet,
                           int *ret_error)
{
    struct gw_pace pace;
    bool restarted;
    int r;

    gw_pace_init(&pace, gw_input_is_recorded(in));
    while (!(r = gw_input_read(in, packet, &restarted))) {
        if (restarted)
            gw_pace_restart(&pace);
        int sent = pass_on(&pace, out, packet);
        av_packet_unref(packet);
        if (sent)
            return sent == -EPIPE ? GW_CAUSE_CLOSED : GW_CAUSE_UNREADABLE;
    }
    *ret_error = r;
    return r == AVERROR_EXIT ? GW_CAUSE_STALLED : gw_failure_cause(r);
}

static enum gw_cause show(struct gw_input *in, int *ret_error)
{
    struct gw_output *out = NULL;
    AVPacket *packet = av_packet_alloc();
    int r = packet ? gw_output_open(GW_WORKER_SOCKET, gw_input_video(in),
                                    gw_input_audio(in), &out)
                   : -ENOMEM;

    enum gw_cause cause = GW_CAUSE_OUR_LIMIT;
    if (!r)
        cause = relay(in, out, packet, ret_error);
    else if (r == -EPROTO)
        cause = GW_CAUSE_CODEC; // the engine cannot carry it
    else if (r == -EBADMSG)
        cause = GW_CAUSE_UNREADABLE;
    gw_output_close(out);
    av_packet_free(&packet);
    return cause;
}

static enum gw_cause obey(const struct gw_worker_order *order)
{
    struct gw_stream_url *url;
    struct gw_input *in;
    int error = 0;

    if (gw_stream_url_parse(order->url, &url))
        return GW_CAUSE_BAD_URL;
    enum gw_cause cause = gw_input_open(order, url, &in, &error);
    if (!cause) {
        cause = show(in, &error);
        gw_input_close(in);
    }
    gw_words_end(cause, error, url);
    gw_stream_url_destroy(url);
    return cause;
}

enum {
    MEMORY_BYTES = 512 * 1024 * 1024, // the library alone maps 200 MB
    FILES = 64,                       // descriptors: a playlist's connections are few
};

int main(void)
{
    static const struct gw_confines confines = {
        .last_fd = GW_WORKER_SOCKET,
        .memory_bytes = MEMORY_BYTES,
        .files = FILES,
    };
    static char text[GW_WORKER_ORDER_MAX];
    struct gw_worker_order order;

    int r = gw_confine(&confines);
    if (!r)
        r = read_order(text, &order);
    if (r) {
        fprintf(stderr, "%s\n", strerror(-r));
        return gw_worker_exit_status(GW_CAUSE_WORKER);
    }
    gw_words_begin();
    return gw_worker_exit_status(obey(&order));
}
