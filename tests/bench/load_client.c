// Many viewers in one process. They read as fast as they can, check each picture's
// proof, and count what came within a time that the driver can see:
//
//   load_client PORT FORM CAMERAS PER-SOCKET VIEWERS WARM-S MEASURE-S [awake] [tls]
//
// FORM is rtp (the null relay), flv, mp4 or wall. Each camera is watched by VIEWERS
// sockets, each of which has PER-SOCKET neighbouring cameras. It prints "begin" and
// "end" around the time that counts, each with the counters as JSON.
//
// "awake": it asks for messages again and again instead of sleeping until one comes. On
// one machine it is the sender whom waking a sleeper costs time, and how often there is
// one to wake depends on how much faster the viewers are than the relay.
//
// "tls": over TLS, without a look at the certificate.
#include "base/clock.h"
#include "tests/bench/viewer_socket.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum {
    EVENTS = 256,
    AGE_STEP_US = 50,
    AGE_STEPS = 20000, // up to 1 s; older ones count as that old
};

struct viewer {
    struct viewer_socket socket;
    uint64_t *last_frame; // by camera of the socket; the farm's number, 0: none yet
};

struct tally {
    uint64_t messages;
    uint64_t bytes;
    uint64_t pictures;
    uint64_t lost;    // gaps in the farm's numbers
    uint64_t wrong;   // another camera, out of order, or not proved
    uint64_t garbled; // messages that are not of the form
    uint32_t ages[AGE_STEPS];
};

static struct tally tally;

static void on_picture(void *arg, const struct picture *p)
{
    struct viewer *v = arg;
    const struct viewer_target *t = &v->socket.target;

    tally.pictures++;
    if (!p->proved || p->proof.camera < t->first ||
        p->proof.camera >= t->first + t->count) {
        tally.wrong++;
        return;
    }
    uint64_t *last = &v->last_frame[p->proof.camera - t->first];
    if (*last && p->proof.frame <= *last)
        tally.wrong++;
    else if (*last)
        tally.lost += p->proof.frame - *last - 1;
    *last = p->proof.frame;

    uint64_t now_us = gw_clock_unix_us();
    uint64_t age_us = now_us > p->proof.sent_unix_us ? now_us - p->proof.sent_unix_us : 0;
    uint64_t step = age_us / AGE_STEP_US;
    tally.ages[step < AGE_STEPS ? step : AGE_STEPS - 1]++;
}

static void on_message(void *arg, const uint8_t *data, size_t len)
{
    struct viewer *v = arg;
    tally.messages++;
    tally.bytes += len;
    if (!picture_find(v->socket.target.form, data, len, on_picture, v))
        tally.garbled++;
}

// The age in ms that `share` of the pictures do not exceed.
static double age_ms(double share)
{
    uint64_t total = 0;
    uint64_t sum = 0;
    int step = 0;

    for (int i = 0; i < AGE_STEPS; i++)
        total += tally.ages[i];
    while (step < AGE_STEPS && (double)(sum += tally.ages[step]) < share * (double)total)
        step++;
    return (step + 1) * AGE_STEP_US / 1000.0;
}

static void report(const char *word)
{
    printf("%s {\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"pictures\":%" PRIu64
           ",\"lost\":%" PRIu64 ",\"wrong\":%" PRIu64 ",\"garbled\":%" PRIu64
           ",\"age_p50_ms\":%.2f,\"age_p99_ms\":%.2f}\n",
           word, tally.messages, tally.bytes, tally.pictures, tally.lost, tally.wrong,
           tally.garbled, age_ms(0.5), age_ms(0.99));
    (void)fflush(stdout);
}

static void serve(int epoll_fd, uint8_t *shared, double seconds, bool awake)
{
    struct epoll_event events[EVENTS];
    uint64_t end_us = gw_clock_now_us() + (uint64_t)(seconds * GW_SECOND);
    uint64_t now_us;

    while ((now_us = gw_clock_now_us()) < end_us) {
        int wait_ms = awake ? 0 : (int)((end_us - now_us) / 1000) + 1;
        int n = epoll_wait(epoll_fd, events, EVENTS, wait_ms);
        for (int i = 0; i < n; i++) {
            struct viewer *v = events[i].data.ptr;
            int r = viewer_socket_read(&v->socket, shared, on_message, v);
            if (r < 0) {
                fprintf(stderr, "a viewer lost its connection: %s\n", strerror(-r));
                exit(1);
            }
        }
    }
}

static int open_viewer(int epoll_fd, const struct viewer_target *target)
{
    struct viewer *v = calloc(1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    v->last_frame = calloc(target->count, sizeof(*v->last_frame));
    int r = v->last_frame ? viewer_socket_open(&v->socket, target) : -ENOMEM;
    struct epoll_event e = { .events = EPOLLIN, .data.ptr = v };
    if (!r && epoll_ctl(epoll_fd, EPOLL_CTL_ADD, v->socket.fd, &e) < 0)
        r = -errno;
    return r;
}

static bool read_form(const char *name, enum picture_form *ret_form)
{
    static const char *const names[] = {
        [PICTURE_RTP] = "rtp",
        [PICTURE_FLV] = "flv",
        [PICTURE_MP4] = "mp4",
        [PICTURE_WALL] = "wall",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcmp(name, names[i]) == 0) {
            *ret_form = (enum picture_form)i;
            return true;
        }
    return false;
}

// Takes the words behind the numbers.
static bool read_words(char **words, bool *ret_awake, struct viewer_target *ret_target)
{
    for (; *words; words++) {
        if (strcmp(*words, "awake") == 0)
            *ret_awake = true;
        else if (strcmp(*words, "tls") == 0)
            ret_target->tls = SSL_CTX_new(TLS_client_method());
        else
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct rlimit files = { 65536, 65536 };
    struct viewer_target t = { 0 };
    bool awake = false;

    if (argc < 8 || !read_form(argv[2], &t.form) || !read_words(argv + 8, &awake, &t))
        return 2;
    t.port = (uint16_t)atoi(argv[1]);
    uint32_t cameras = (uint32_t)atoi(argv[3]);
    t.count = (uint32_t)atoi(argv[4]);
    int viewers = atoi(argv[5]);
    (void)setrlimit(RLIMIT_NOFILE, &files);

    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    uint8_t *shared = malloc(VIEWER_RECEIVE_BYTES);
    int r = shared && t.count ? 0 : -ENOMEM;
    for (int i = 0; i < viewers && !r; i++)
        for (t.first = 1; t.first + t.count <= cameras + 1 && !r; t.first += t.count)
            r = open_viewer(epoll_fd, &t);
    if (r) {
        fprintf(stderr, "a viewer cannot connect: %s\n", strerror(-r));
        return 1;
    }
    serve(epoll_fd, shared, atof(argv[6]), awake);
    memset(tally.ages, 0, sizeof(tally.ages)); // of what was cached
    report("begin");
    serve(epoll_fd, shared, atof(argv[7]), awake);
    report("end");
    free(shared);
    return 0; // connections and viewers end with the process
}
