#include "tests/farm/conn.h"

#include "base/clock.h"
#include "tests/farm/output.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    // Further behind than this, frames are skipped: the process slept or the
    // machine is too small for the farm.
    LATE_MAX_US = GW_SECOND,
    REPORT_EVERY_US = 5 * GW_SECOND, // RFC 3550 section 6.2: the usual minimum
    GARBAGE_BYTES = 64,
    // Cameras have little memory: a client that does not read is noticed within
    // seconds, not when the kernel has grown the buffer to megabytes.
    SEND_BUFFER_BYTES = 256 * 1024,
};

struct farm_conn {
    struct farm_server *server; // borrowed
    struct farm_conn *next;
    struct farm_conn **link; // what points to this one
    uv_poll_t poll;
    uv_timer_t timer; // next frame, or the end of patience
    unsigned open_handles;
    int fd;

    struct farm_rtsp rtsp;
    struct farm_pacer pacer; // while `playing`
    struct farm_output output;
    bool playing;
    bool noted;  // the journal has it
    bool to_key; // a frame was left out: nothing is sent before a key frame
    bool slept;  // the last frame was left out because the farm came too late
    uint64_t accepted_us;
    uint64_t heard_us;
    uint64_t report_due_us;

    size_t skip; // bytes of an interleaved packet that are still to come
    size_t in_len;
    char in[FARM_REQUEST_MAX];
};

static void on_closed(uv_handle_t *handle)
{
    struct farm_conn *c = handle->data;

    if (--c->open_handles > 0)
        return;
    (void)close(c->fd);
    farm_output_finish(&c->output);
    free(c);
}

// A line "accept MICROSECONDS CAMERA", camera 0 where none was named.
static void note_accept(struct farm_conn *c)
{
    if (c->server->journal && !c->noted)
        (void)fprintf(c->server->journal, "accept %" PRIu64 " %u\n", c->accepted_us,
                      c->rtsp.asked);
    c->noted = true;
}

void farm_conn_close(struct farm_conn *c)
{
    note_accept(c);
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    c->server->stats.connections--;
    c->server->stats.sessions -= c->playing;
    c->playing = false;
    uv_close((uv_handle_t *)&c->poll, on_closed);
    uv_close((uv_handle_t *)&c->timer, on_closed);
}

uint32_t farm_conn_camera(const struct farm_conn *c)
{
    return c->playing ? c->pacer.camera : 0;
}

struct farm_conn *farm_conn_next(const struct farm_conn *c)
{
    return c->next;
}

static void on_poll(uv_poll_t *handle, int status, int events);

// Asks to be told when there is room only while something waits for it.
static int watch(struct farm_conn *c)
{
    int events = UV_READABLE | (farm_output_waits(&c->output) ? UV_WRITABLE : 0);
    return uv_poll_start(&c->poll, events, on_poll);
}

static int send_bytes(struct farm_conn *c, struct iovec *iov, size_t count)
{
    bool waited = farm_output_waits(&c->output);
    int r = farm_output_send(&c->output, iov, count);
    if (!r && farm_output_waits(&c->output) != waited)
        r = watch(c);
    return r;
}

static int send_garbage(struct farm_conn *c)
{
    uint64_t words[GARBAGE_BYTES / sizeof(uint64_t)];
    struct iovec iov = { words, sizeof(words) };

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        words[i] = gw_rng_next(&c->server->rng);
    return send_bytes(c, &iov, 1);
}

static int send_report(struct farm_conn *c, uint64_t now_us)
{
    uint8_t report[FARM_REPORT_BYTES];
    struct iovec iov = { report, sizeof(report) };

    c->report_due_us = now_us + REPORT_EVERY_US;
    farm_pacer_report(&c->pacer, now_us, gw_clock_unix_us(), report);
    return send_bytes(c, &iov, 1);
}

static int send_frame(struct farm_conn *c, uint32_t drop_ppm)
{
    struct farm_server *s = c->server;

    farm_pacer_build(&c->pacer, gw_clock_unix_us(), drop_ppm, &s->rng, s->batch);
    s->stats.frames++;
    s->stats.bytes += s->batch->bytes;
    c->to_key = false;
    return send_bytes(c, s->batch->iov, s->batch->count);
}

static int frame_due(struct farm_conn *c, uint64_t now_us, uint64_t due_us)
{
    const struct farm_camera_faults *faults =
        farm_faults_of(&c->server->site.faults, c->pacer.camera);
    bool late = now_us - due_us > LATE_MAX_US;
    int r = 0;

    if (faults->stall) {
        c->server->stats.stalled++;
        c->to_key = true;
        farm_pacer_skip(&c->pacer);
        return 0;
    }
    if (late || farm_output_waits(&c->output) ||
        (c->to_key && !farm_pacer_at_key(&c->pacer))) {
        c->slept = late || (c->slept && c->to_key);
        *(c->slept ? &c->server->stats.slept : &c->server->stats.dropped) += 1;
        c->to_key = true;
        farm_pacer_skip(&c->pacer);
        return 0;
    }
    if (faults->garbage)
        r = send_garbage(c);
    if (!r && now_us >= c->report_due_us)
        r = send_report(c, now_us);
    return r ? r : send_frame(c, faults->drop_ppm);
}

static int send_due_frames(struct farm_conn *c, uint64_t now_us)
{
    uint64_t due_us;
    int r = 0;

    while (!r && (due_us = farm_pacer_due_us(&c->pacer)) <= now_us)
        r = frame_due(c, now_us, due_us);
    return r;
}

static void on_timer(uv_timer_t *timer);

// Sleeps until the next frame, or until the client has been silent for too long.
static int arm(struct farm_conn *c, uint64_t now_us)
{
    uint64_t at_us = c->heard_us + (uint64_t)c->server->site.timeout_s * GW_SECOND;

    if (c->playing && farm_pacer_due_us(&c->pacer) < at_us)
        at_us = farm_pacer_due_us(&c->pacer);
    uint64_t wait_ms = at_us > now_us ? (at_us - now_us + GW_MS - 1) / GW_MS : 0;
    return uv_timer_start(&c->timer, on_timer, wait_ms, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct farm_conn *c = timer->data;
    uint64_t now_us = gw_clock_now_us();
    int r = 0;

    if (now_us - c->heard_us > (uint64_t)c->server->site.timeout_s * GW_SECOND)
        r = -ETIMEDOUT;
    if (!r && c->playing)
        r = send_due_frames(c, now_us);
    if (!r)
        r = arm(c, now_us);
    if (r)
        farm_conn_close(c);
}

static void start_playing(struct farm_conn *c, uint64_t now_us)
{
    const struct farm_server *s = c->server;
    const struct farm_pacer_config config = {
        .clip = farm_site_clip(&s->site, c->rtsp.camera, c->rtsp.profile),
        .camera = c->rtsp.camera,
        .profile = c->rtsp.profile,
        .channel = c->rtsp.channel,
        .epoch_us = s->epoch_us,
        .start_anywhere = s->start_anywhere,
    };

    farm_pacer_start(&c->pacer, &config, now_us, &c->server->rng);
    c->playing = true;
    c->to_key = false;
    c->report_due_us = now_us;
    c->server->stats.sessions++;
    if (s->journal)
        (void)fprintf(s->journal, "play %" PRIu64 " %u\n", now_us, c->rtsp.camera);
}

static int handle(struct farm_conn *c, const struct farm_request *req, uint64_t now_us)
{
    struct farm_reply reply;

    farm_rtsp_handle(&c->rtsp, req, &reply);
    if (c->rtsp.asked)
        note_accept(c);
    bool play = c->rtsp.state == FARM_PLAYING;
    if (play && !c->playing) {
        start_playing(c, now_us);
    } else if (!play && c->playing) {
        c->playing = false;
        c->server->stats.sessions--;
    }
    return send_bytes(c, &(struct iovec) { reply.text, reply.len }, 1);
}

// Discards the first `n` bytes of the input, of which some may be still to come.
static void consume(struct farm_conn *c, size_t n)
{
    size_t here = n < c->in_len ? n : c->in_len;

    memmove(c->in, c->in + here, c->in_len - here);
    c->in_len -= here;
    c->skip = n - here;
}

static int handle_input(struct farm_conn *c, uint64_t now_us)
{
    struct farm_request req;
    size_t used;

    consume(c, c->skip);
    while (c->skip == 0) {
        int r = farm_request_parse(c->in, c->in_len, &req, &used);
        if (r == -EAGAIN)
            return 0;
        if (r && r != -ENOMSG)
            return r;
        consume(c, used);
        if (r == 0)
            r = handle(c, &req, now_us);
        if (r && r != -ENOMSG)
            return r;
    }
    return 0;
}

static int on_readable(struct farm_conn *c)
{
    ssize_t n = recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (n == 0)
        return -ECONNRESET;

    uint64_t now_us = gw_clock_now_us();
    c->heard_us = now_us;
    c->in_len += (size_t)n;
    int r = handle_input(c, now_us);
    return r ? r : arm(c, now_us);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
    struct farm_conn *c = handle->data;
    int r = status;

    if (!r && (events & UV_WRITABLE)) {
        r = farm_output_flush(&c->output);
        if (!r && !farm_output_waits(&c->output))
            r = watch(c);
    }
    if (!r && (events & UV_READABLE))
        r = on_readable(c);
    if (r)
        farm_conn_close(c);
}

static void enlist(struct farm_conn *c)
{
    struct farm_server *s = c->server;

    c->next = s->conns;
    c->link = &s->conns;
    if (c->next)
        c->next->link = &c->next;
    s->conns = c;
    s->stats.connections++;
}

int farm_conn_open(struct farm_server *s, int fd)
{
    int on = 1;
    int buffer_bytes = SEND_BUFFER_BYTES;

    struct farm_conn *c = calloc(1, sizeof(*c));
    int r = c ? 0 : -ENOMEM;
    if (!r)
        r = uv_poll_init(s->loop, &c->poll, fd);
    if (r) {
        free(c);
        (void)close(fd);
        return r;
    }
    (void)uv_timer_init(s->loop, &c->timer); // cannot fail
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof(buffer_bytes));
    c->server = s;
    c->fd = fd;
    c->output.fd = fd;
    c->poll.data = c;
    c->timer.data = c;
    c->open_handles = 2;
    c->accepted_us = gw_clock_now_us();
    c->heard_us = c->accepted_us;
    farm_rtsp_init(&c->rtsp, &s->site, gw_rng_next(&s->rng));
    enlist(c);

    r = watch(c);
    if (!r)
        r = arm(c, c->heard_us);
    if (r)
        farm_conn_close(c);
    return r;
}
