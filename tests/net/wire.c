// A wire between two networks, for tests of what networks do to streams:
//
//   engine's namespace [TUN] <--- in ---- this program ---- in <--- [TUN] camera's
//   namespace
//                            ---- out --->              ---- out ->
//
// Kernels need nothing but namespaces and TUN for it (netem is not everywhere), and what
// befalls which packet comes from a seed and is counted.
//
//   wire SEED
//
// The first two lines on standard output are "near PATH" and "far PATH", for nsenter
// --net=PATH. Orders come on standard input, a line each, and are answered by a line:
// "ok", what they ask for, or "error: ...". It ends with its standard input.
//
//   in|out|both FATE N   see link.h: cut, loss, delay, jitter, rate, queue, hold, run,
//                        double, behind; shares are of a million
//   source ADDRESS       RTP of the camera comes from there; 0.0.0.0: as it is
//   forge ADDRESS        a broken copy of it comes from there; 0.0.0.0: none
//   on TEXT reset|cut    when a TCP packet says TEXT, once: reset that connection, or
//                        cut both directions
//   reset                the connection of the next TCP packet
//   address near|far A   that end's address in place of the one it had
//   renew                the camera's end is a new machine, as after a power cut: "far
//                        PATH"
//   stats                JSON

#include "base/clock.h"
#include "tests/net/end.h"
#include "tests/net/link.h"
#include "tests/net/packet.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    ORDER_MAX = 256, // bytes of a line
    TEXT_MAX = 64,   // bytes of what a packet may say
    PRIORITY = 1,    // the lowest real-time one: ahead of what is tested
};

static const char near_address[] = "10.77.0.1";
static const char far_address[] = "10.77.0.2";

enum action { NOTHING, RESET, CUT };

struct wire {
    struct end near; // the engine's
    struct end far;  // the camera's
    struct link in;
    struct link out;
    enum action on_text;
    char text[TEXT_MAX];
    bool reset_next;
    uint64_t triggered; // what `on` waited for has happened so often
    uint64_t resets;
    uint64_t reports;   // of the receiver, about its losses
    int32_t told_lost;  // by the latest one
    uint32_t told_most; // of 256, the worst of them

    char order[ORDER_MAX];
    size_t order_len;
    bool over;
};

static void cut(struct wire *w)
{
    w->in.fate.cut = true;
    w->out.fate.cut = true;
}

static void look_for_text(struct wire *w, const struct wire_packet *p)
{
    if (!w->on_text || p->kind != WIRE_TCP || !wire_packet_says(p, w->text))
        return;
    w->reset_next |= w->on_text == RESET;
    if (w->on_text == CUT)
        cut(w);
    w->on_text = NOTHING;
    w->triggered++;
}

// Both ends get a reset, in place of the packet.
static bool reset(struct wire *w, const struct wire_packet *p, const struct end *from,
                  const struct end *to)
{
    uint8_t bytes[WIRE_RESET_BYTES];

    if (!w->reset_next || !wire_packet_reset(p, true, bytes))
        return false;
    end_write(to, bytes, sizeof(bytes));
    (void)wire_packet_reset(p, false, bytes);
    end_write(from, bytes, sizeof(bytes));
    w->reset_next = false;
    w->resets++;
    return true;
}

static void look_for_report(struct wire *w, const struct wire_packet *p)
{
    uint8_t fraction;

    if (!wire_packet_report(p, &w->told_lost, &fraction))
        return;
    w->reports++;
    if (fraction > w->told_most)
        w->told_most = fraction;
}

static void take_all(struct wire *w, const struct end *from, const struct end *to,
                     struct link *l)
{
    uint8_t bytes[WIRE_PACKET_MAX];
    size_t len;

    while ((len = end_read(from, bytes))) {
        struct wire_packet p = wire_packet_read(bytes, len);
        look_for_text(w, &p);
        if (l == &w->out && !l->fate.cut)
            look_for_report(w, &p);
        if (!reset(w, &p, from, to))
            link_take(l, &p, gw_clock_now_us());
    }
}

static void give_all(struct link *l, const struct end *to)
{
    uint8_t bytes[WIRE_PACKET_MAX];
    size_t len;

    while ((len = link_give(l, gw_clock_now_us(), bytes)))
        end_write(to, bytes, len);
}

// ---- orders ----

static bool set_fate(struct link_fate *f, const char *name, uint32_t value)
{
    const struct {
        const char *name;
        uint32_t *field;
    } fields[] = {
        { "loss", &f->loss_ppm },     { "delay", &f->delay_ms },
        { "jitter", &f->jitter_ms },  { "rate", &f->rate_kbit },
        { "queue", &f->queue_bytes }, { "hold", &f->hold_ppm },
        { "double", &f->double_ppm }, { "behind", &f->behind },
        { "run", &f->run },
    };

    if (strcmp(name, "cut") == 0) {
        f->cut = value;
        return true;
    }
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (strcmp(name, fields[i].name) == 0) {
            *fields[i].field = value;
            return true;
        }
    }
    return false;
}

static bool order_fate(struct wire *w, const char *which, const char *name,
                       const char *value)
{
    uint32_t n = (uint32_t)strtoul(value, NULL, 10);
    bool in = strcmp(which, "in") == 0;
    bool out = strcmp(which, "out") == 0;
    bool both = strcmp(which, "both") == 0;

    if (!in && !out && !both)
        return false;
    return (out || set_fate(&w->in.fate, name, n)) &&
           (in || set_fate(&w->out.fate, name, n));
}

static void print_link(const char *name, const struct link_counts *c)
{
    const struct {
        const char *name;
        uint64_t value;
    } figures[] = {
        { "packets", c->packets }, { "lost", c->lost },
        { "rtp", c->rtp },         { "rtp_lost", c->rtp_lost },
        { "reports", c->reports }, { "held", c->held },
        { "doubled", c->doubled }, { "queued_max", c->queued_max },
    };

    printf("\"%s\":{", name);
    for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
        printf("%s\"%s\":%" PRIu64, i ? "," : "", figures[i].name, figures[i].value);
    printf("}");
}

static void print_stats(const struct wire *w)
{
    printf("{");
    print_link("in", &w->in.counts);
    printf(",");
    print_link("out", &w->out.counts);
    printf(",\"triggered\":%" PRIu64 ",\"resets\":%" PRIu64 ",\"reports\":%" PRIu64
           ",\"told_lost\":%d,\"told_most\":%u}\n",
           w->triggered, w->resets, w->reports, w->told_lost, w->told_most);
}

static void print_space(const char *name, const struct end *e)
{
    printf("%s /proc/%d/fd/%d\n", name, getpid(), e->space);
}

static int open_end(struct end *e, const char *address)
{
    const char *what;
    int r = end_open(e, address, &what);
    if (r)
        fprintf(stderr, "wire: cannot make %s: %s\n", what, strerror(-r));
    return r;
}

static bool order_renew(struct wire *w)
{
    end_close(&w->far);
    link_clear(&w->in);
    link_clear(&w->out);
    if (open_end(&w->far, far_address))
        return false;
    print_space("far", &w->far);
    return true;
}

static bool order_reset(struct wire *w)
{
    w->reset_next = true;
    return true;
}

static bool order_on(struct wire *w, const char *text, const char *action)
{
    if (strlen(text) >= TEXT_MAX)
        return false;
    strcpy(w->text, text);
    w->on_text = strcmp(action, "cut") == 0 ? CUT : RESET;
    return true;
}

// Returns whether it was understood; `answered` when a line was printed.
static bool obey(struct wire *w, char *line, bool *answered)
{
    char *rest = line;
    const char *word[4] = { "", "", "", "" };

    for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++) {
        const char *next = strsep(&rest, " ");
        word[i] = next ? next : "";
    }
    *answered = true;
    if (strcmp(word[0], "stats") == 0) {
        print_stats(w);
        return true;
    }
    if (strcmp(word[0], "renew") == 0)
        return order_renew(w);

    *answered = false;
    if (strcmp(word[0], "reset") == 0)
        return order_reset(w);
    if (strcmp(word[0], "on") == 0)
        return order_on(w, word[1], word[2]);
    if (strcmp(word[0], "source") == 0)
        return inet_pton(AF_INET, word[1], &w->in.source) == 1;
    if (strcmp(word[0], "forge") == 0)
        return inet_pton(AF_INET, word[1], &w->in.forge) == 1;
    if (strcmp(word[0], "address") == 0)
        return !end_set_address(strcmp(word[1], "near") ? &w->far : &w->near, word[2]);
    return order_fate(w, word[0], word[1], word[2]);
}

static void take_orders(struct wire *w)
{
    char *end;
    ssize_t n = read(STDIN_FILENO, w->order + w->order_len, ORDER_MAX - w->order_len);

    w->over = n <= 0;
    w->order_len += n > 0 ? (size_t)n : 0;
    while ((end = memchr(w->order, '\n', w->order_len))) {
        size_t used = (size_t)(end + 1 - w->order);
        bool answered;
        *end = '\0';
        if (!obey(w, w->order, &answered))
            puts("error: not understood, or not possible");
        else if (!answered)
            puts("ok");
        w->order_len -= used;
        memmove(w->order, w->order + used, w->order_len);
    }
}

static void wait_for_something(struct wire *w, bool *ret_order)
{
    struct pollfd fds[] = {
        { .fd = STDIN_FILENO, .events = POLLIN },
        { .fd = w->near.device, .events = POLLIN },
        { .fd = w->far.device, .events = POLLIN },
    };
    uint64_t in_us = link_next_us(&w->in);
    uint64_t out_us = link_next_us(&w->out);
    uint64_t next_us = in_us < out_us ? in_us : out_us;
    uint64_t now_us = gw_clock_now_us();
    uint64_t wait_us = next_us > now_us ? next_us - now_us : 0;
    struct timespec wait = {
        .tv_sec = (time_t)(wait_us / GW_SECOND),
        .tv_nsec = (long)(wait_us % GW_SECOND) * 1000,
    };

    (void)ppoll(fds, 3, next_us == UINT64_MAX ? NULL : &wait, NULL);
    *ret_order = fds[0].revents;
}

static void carry(struct wire *w)
{
    bool order;

    while (!w->over) {
        wait_for_something(w, &order);
        take_all(w, &w->far, &w->near, &w->in);
        take_all(w, &w->near, &w->far, &w->out);
        give_all(&w->in, &w->near);
        give_all(&w->out, &w->far);
        if (order)
            take_orders(w);
    }
}

int main(int argc, char **argv)
{
    static struct wire w = { .near = { -1, -1 }, .far = { -1, -1 } };
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    struct sched_param real_time = { .sched_priority = PRIORITY };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setvbuf(stdout, NULL, _IOLBF, 0);
    link_init(&w.in, seed);
    link_init(&w.out, seed + 1);
    bool good = !open_end(&w.near, near_address) && !open_end(&w.far, far_address);
    if (good) {
        // Where that is not allowed its delays are less exact, and that is all.
        (void)sched_setscheduler(0, SCHED_RR, &real_time);
        print_space("near", &w.near);
        print_space("far", &w.far);
        carry(&w);
    }
    link_clear(&w.in);
    link_clear(&w.out);
    end_close(&w.near);
    end_close(&w.far);
    return good ? 0 : 1;
}
