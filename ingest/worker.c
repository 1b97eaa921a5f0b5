#include "ingest/worker.h"

#include "base/clock.h"
#include "ingest/worker/ending.h"
#include "ingest/worker/order.h"
#include "ingest/worker_process.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct gw_worker {
    struct gw_workers *group;
    struct gw_list link_in_group;
    struct gw_worker_config config;
    struct gw_push_link *link;        // NULL once it hung up
    enum gw_cause refusal;            // ours, of what it announced
    bool described;                   // a probe has its answer
    bool told;                        // on_failed was called, or is not wanted
    bool killed;                      // by us
    struct gw_worker_process process; // its socket is the link's
    uint64_t kill_at_us;              // ENDING; else UINT64_MAX
    uv_poll_t end;                    // of its process
};

// ---- the group ----

int gw_workers_init(struct gw_workers *g, uv_loop_t *loop)
{
    *g = (struct gw_workers) { .loop = loop };
    gw_list_init(&g->all, NULL);
    return gw_push_links_init(&g->links, loop);
}

void gw_workers_finish(struct gw_workers *g)
{
    assert(!g->stats.running);
    gw_push_links_finish(&g->links);
}

bool gw_workers_are_gone(const struct gw_workers *g)
{
    return !g->stats.running && !g->links.count;
}

static void tell_when_empty(void *arg)
{
    struct gw_workers *g = arg;
    if (gw_workers_are_gone(g) && g->on_empty)
        g->on_empty(g->arg);
}

static void enter_group(struct gw_worker *w)
{
    struct gw_workers *g = w->group;
    gw_list_init(&w->link_in_group, w);
    gw_list_append(&g->all, &w->link_in_group);
    g->stats.running++;
    g->links.on_empty = tell_when_empty;
    g->links.arg = g;
}

static void leave_group(struct gw_worker *w)
{
    gw_list_remove(&w->link_in_group);
    w->group->stats.running--;
}

// Returns whether there may be one more.
static bool take_place(struct gw_worker_budget *budget)
{
    // Relaxed: a count, and nothing hangs on it.
    if (atomic_fetch_add_explicit(&budget->running, 1, memory_order_relaxed) <
        budget->max)
        return true;
    atomic_fetch_sub_explicit(&budget->running, 1, memory_order_relaxed);
    return false;
}

static void free_place(struct gw_worker_budget *budget)
{
    atomic_fetch_sub_explicit(&budget->running, 1, memory_order_relaxed);
}

// ---- its end ----

static void tell(struct gw_worker *w, enum gw_cause cause, const char *said)
{
    if (w->told)
        return;
    w->told = true;
    w->config.on_failed(w->config.arg, cause, said);
}

static void kill_worker(struct gw_worker *w)
{
    w->killed = true;
    w->kill_at_us = UINT64_MAX;
    (void)kill(w->process.child.pid,
               SIGKILL); // not reaped yet: the number is still its own
}

static void on_end_closed(uv_handle_t *handle)
{
    struct gw_worker *w = handle->data;
    struct gw_workers *g = w->group;

    (void)close(w->process.child.pid_fd);
    (void)close(w->process.said_fd);
    leave_group(w);
    free_place(g->budget);
    free(w);
    tell_when_empty(g);
}

// What lies in its standard error, up to the bound; the pipe holds no more than 64 KB.
static void read_said(const struct gw_worker *w, char said[GW_WORKER_SAID_MAX])
{
    ssize_t n = read(w->process.said_fd, said, GW_WORKER_SAID_MAX - 1);
    said[n > 0 ? n : 0] = '\0';
    said[strcspn(said, "\n")] = '\0';
}

static void explain(struct gw_worker *w, const siginfo_t *info)
{
    bool exited = info->si_code == CLD_EXITED;
    enum gw_cause cause = gw_worker_ending(exited, info->si_status);
    char said[GW_WORKER_SAID_MAX];
    char line[sizeof(said) + 32] = "";

    read_said(w, said);
    if (!exited)
        snprintf(line, sizeof(line), "signal %d ", info->si_status);
    strcat(line, said);
    if (cause == GW_CAUSE_WORKER && !w->killed)
        w->group->stats.crashed++;
    tell(w, cause, line);
}

static void on_end(uv_poll_t *end, int status, int events)
{
    struct gw_worker *w = end->data;
    siginfo_t info = { 0 };
    (void)status;
    (void)events;

    // ECHILD: somebody set SIGCHLD to be ignored, and the kernel reaped it.
    if (waitid(P_PIDFD, (id_t)w->process.child.pid_fd, &info, WEXITED | WNOHANG) < 0)
        info = (siginfo_t) { .si_code = CLD_EXITED, .si_pid = w->process.child.pid };
    if (!info.si_pid)
        return;
    if (w->link)
        gw_push_link_close(w->link);
    w->link = NULL;
    w->kill_at_us = UINT64_MAX; // its number may be another's now
    explain(w, &info);
    uv_close((uv_handle_t *)end, on_end_closed);
}

// ---- what it pushes ----

static enum gw_rtsp_source on_source(void *arg, struct gw_rtsp_text path,
                                     const char **ret_key)
{
    (void)arg;
    (void)path;
    *ret_key = NULL; // who has this socket is ours
    return GW_RTSP_SOURCE_HERE;
}

static int on_setup(void *arg, const struct gw_media_format *media, size_t count)
{
    struct gw_worker *w = arg;

    w->described = w->config.on_described != NULL;
    if (w->described)
        return -ECANCELED; // it ends the link: nothing more is asked
    w->refusal = w->config.on_setup(w->config.arg, media, count);
    return w->refusal ? -ENOTSUP : 0;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    struct gw_worker *w = arg;
    return w->config.on_packet(w->config.arg, kind, data, len);
}

// The link is over. Who hung up is about to end, and its status tells why; who was
// silent or talks nonsense is not waited for.
static void on_link_over(void *arg, enum gw_cause cause)
{
    struct gw_worker *w = arg;

    w->link = NULL;
    if (!cause) {
        w->kill_at_us = gw_clock_now_us() + GW_WORKER_END_US;
        return;
    }
    if (cause == GW_CAUSE_TIMEOUT || cause == GW_CAUSE_STALLED)
        w->group->stats.hung++;
    kill_worker(w);
    if (!w->described) {
        tell(w, w->refusal ? w->refusal : cause, "");
    } else if (!w->told) {
        w->told = true;
        w->config.on_described(w->config.arg);
    }
}

static int open_link(struct gw_worker *w, int fd)
{
    const struct gw_push_link_config config = {
        .receiver = {
            // A worker says itself what was too slow. We are there for one that hangs.
            .timeout_us = w->config.timeout_us + (uint64_t)2 * GW_WORKER_ANALYSE_US,
            .stall_us = w->config.stall_us + GW_WORKER_END_US,
            .audio = w->config.audio,
            .on_source = on_source,
            .on_setup = on_setup,
            .on_packet = on_packet,
            .arg = w,
        },
        .on_over = on_link_over,
    };
    return gw_push_link_open(&w->group->links, fd, &config, &w->link);
}

// ---- its beginning ----

static int watch(struct gw_worker *w)
{
    int r = uv_poll_init(w->group->loop, &w->end, w->process.child.pid_fd);
    if (r)
        return r;
    w->end.data = w;
    (void)uv_poll_start(&w->end, UV_READABLE, on_end); // fails on a closed handle only
    return 0;
}

static int start_process(struct gw_worker *w, const char *url)
{
    const struct gw_worker_order order = {
        .timeout_us = w->config.timeout_us,
        .stall_us = w->config.stall_us,
        .audio = w->config.audio,
        .files_dir = w->group->files_dir,
        .url = url,
    };
    char text[GW_WORKER_ORDER_MAX];

    int len = gw_worker_order_write(&order, text);
    int r = len < 0 ? len
                    : gw_worker_process_start(w->group->program, text, (size_t)len,
                                              &w->process);
    explicit_bzero(text, sizeof(text));
    return r;
}

static int start(struct gw_worker *w, const char *url)
{
    int r = start_process(w, url);
    if (r)
        return r;
    r = watch(w);
    if (r) {
        gw_worker_process_abandon(&w->process);
        return r;
    }
    // From here on its end is waited for, also if it comes from us.
    enter_group(w);
    w->group->stats.started++;
    r = open_link(w, w->process.socket_fd);
    if (r) {
        kill_worker(w);
        w->told = true;
    }
    return r;
}

int gw_worker_open(struct gw_workers *g, const char *url,
                   const struct gw_worker_config *config, struct gw_worker **ret_worker)
{
    if (!g->budget || !take_place(g->budget)) {
        g->stats.refused++;
        return -ENOBUFS;
    }
    struct gw_worker *w = calloc(1, sizeof(*w));
    if (!w) {
        free_place(g->budget);
        return -ENOMEM;
    }
    w->group = g;
    w->config = *config;
    w->kill_at_us = UINT64_MAX;

    int r = start(w, url);
    if (!r) {
        *ret_worker = w;
        return 0;
    }
    g->stats.refused++;
    if (w->told)
        return r; // it runs, and frees itself when it has ended
    free_place(g->budget);
    free(w);
    return r;
}

void gw_worker_close(struct gw_worker *w)
{
    w->told = true;
    if (w->link)
        gw_push_link_close(w->link);
    w->link = NULL;
    w->kill_at_us = gw_clock_now_us() + GW_WORKER_END_US;
    w->killed = true;
    (void)kill(w->process.child.pid, SIGTERM);
}

// Workers leave the list in libuv's close callbacks only: this walk is left alone.
void gw_workers_tick(struct gw_workers *g, uint64_t now_us)
{
    gw_push_links_tick(&g->links, now_us);
    for (struct gw_list *l = g->all.next; l != &g->all; l = l->next) {
        struct gw_worker *w = l->owner;
        if (now_us < w->kill_at_us)
            continue;
        g->stats.hung += !w->told;
        kill_worker(w);
        tell(w, GW_CAUSE_CLOSED, "");
    }
}
