// Whoever waits for a worker waits for its process descriptor: it becomes readable when
// the process has ended, without signals and whatever else the program forks.
// posix_spawn() and not fork(), which would copy the page tables of all cached pictures.

#include "ingest/worker.h"

#include "base/clock.h"
#include "ingest/worker/ending.h"
#include "ingest/worker/order.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; // POSIX has it in no header

struct gw_worker {
    struct gw_workers *group;
    struct gw_list link_in_group;
    struct gw_worker_config config;
    struct gw_push_link *link; // NULL once it hung up
    enum gw_cause refusal;     // ours, of what it announced
    bool described;            // a probe has its answer
    bool told;                 // on_failed was called, or is not wanted
    bool killed;               // by us
    pid_t pid;
    int pid_fd;
    int said_fd;         // its standard error
    uint64_t kill_at_us; // ENDING; else UINT64_MAX
    uv_poll_t end;       // of its process
};

// Ours and the child's ends of what leads to a worker.
struct ends {
    int order[2];
    int said[2];
    int socket[2];
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
    (void)kill(w->pid, SIGKILL); // not reaped yet: the number is still its own
}

static void on_end_closed(uv_handle_t *handle)
{
    struct gw_worker *w = handle->data;
    struct gw_workers *g = w->group;

    (void)close(w->pid_fd);
    (void)close(w->said_fd);
    leave_group(w);
    free_place(g->budget);
    free(w);
    tell_when_empty(g);
}

// What lies in its standard error, up to the bound; the pipe holds no more than 64 KB.
static void read_said(const struct gw_worker *w, char said[GW_WORKER_SAID_MAX])
{
    ssize_t n = read(w->said_fd, said, GW_WORKER_SAID_MAX - 1);
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
    if (waitid(P_PIDFD, (id_t)w->pid_fd, &info, WEXITED | WNOHANG) < 0)
        info = (siginfo_t) { .si_code = CLD_EXITED, .si_pid = w->pid };
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

static void close_both(int fds[2])
{
    for (int i = 0; i < 2; i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
        fds[i] = -1;
    }
}

static void close_ends(struct ends *e)
{
    close_both(e->order);
    close_both(e->said);
    close_both(e->socket);
}

// The order fits into the pipe, which is given away with it inside.
static int open_ends(struct ends *e, const char *order, size_t len)
{
    *e = (struct ends) { { -1, -1 }, { -1, -1 }, { -1, -1 } };
    if (pipe2(e->order, O_CLOEXEC) || pipe2(e->said, O_CLOEXEC | O_NONBLOCK) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->socket) ||
        write(e->order[1], order, len) != (ssize_t)len)
        return -errno;
    return 0;
}

static int set_actions(posix_spawn_file_actions_t *actions, const struct ends *e)
{
    int r = posix_spawn_file_actions_adddup2(actions, e->order[0], STDIN_FILENO);
    if (!r)
        r = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null",
                                             O_WRONLY, 0);
    if (!r)
        r = posix_spawn_file_actions_adddup2(actions, e->said[1], STDERR_FILENO);
    if (!r)
        r = posix_spawn_file_actions_adddup2(actions, e->socket[1], GW_WORKER_SOCKET);
    return r;
}

// The engine blocks signals that it waits for, and ignores SIGPIPE: not so its child.
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;

    sigemptyset(&none);
    sigfillset(&all);
    int r = posix_spawnattr_setsigmask(attributes, &none);
    if (!r)
        r = posix_spawnattr_setsigdefault(attributes, &all);
    if (!r)
        r = posix_spawnattr_setflags(attributes,
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return r;
}

static int spawn(struct gw_worker *w, const struct ends *e)
{
    char name[] = "gridwall-source";
    char *argv[] = { name, NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    int r = posix_spawn_file_actions_init(&actions);
    if (r)
        return -r;
    r = posix_spawnattr_init(&attributes);
    if (r) {
        posix_spawn_file_actions_destroy(&actions);
        return -r;
    }
    r = set_actions(&actions, e);
    if (!r)
        r = set_signals(&attributes);
    if (!r)
        r = posix_spawn(&w->pid, w->group->program, &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -r;
}

// A child that nobody could wait for is ended here and now.
static void forget_child(struct gw_worker *w)
{
    (void)kill(w->pid, SIGKILL);
    (void)waitpid(w->pid, NULL, 0);
    if (w->pid_fd >= 0)
        (void)close(w->pid_fd);
}

static int watch(struct gw_worker *w)
{
    w->pid_fd = pidfd_open(w->pid, 0);
    int r = w->pid_fd < 0 ? -errno : 0;
    if (!r)
        r = uv_poll_init(w->group->loop, &w->end, w->pid_fd);
    if (r) {
        forget_child(w);
        return r;
    }
    w->end.data = w;
    (void)uv_poll_start(&w->end, UV_READABLE, on_end); // fails on a closed handle only
    return 0;
}

// Takes over what it uses of `e`. From here on its end is waited for, also if it
// comes from us.
static int run(struct gw_worker *w, struct ends *e)
{
    int r = spawn(w, e);
    if (!r)
        r = watch(w);
    if (r)
        return r;
    w->said_fd = e->said[0];
    e->said[0] = -1;
    enter_group(w);
    w->group->stats.started++;

    int socket = e->socket[0];
    e->socket[0] = -1;
    r = open_link(w, socket);
    if (r) {
        kill_worker(w);
        w->told = true;
    }
    return r;
}

static int start(struct gw_worker *w, const char *url)
{
    const struct gw_worker_order order = {
        .timeout_us = w->config.timeout_us,
        .stall_us = w->config.stall_us,
        .audio = w->config.audio,
        .files_dir = w->group->files_dir,
        .url = url,
    };
    char text[GW_WORKER_ORDER_MAX];
    struct ends e;

    int len = gw_worker_order_write(&order, text);
    int r = len < 0 ? len : open_ends(&e, text, (size_t)len);
    explicit_bzero(text, sizeof(text));
    if (len < 0)
        return r;
    if (!r)
        r = run(w, &e);
    close_ends(&e);
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
    (void)kill(w->pid, SIGTERM);
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
