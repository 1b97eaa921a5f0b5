// Life of a guest:
//
//   silent --- its first bytes are there ---> spoke --- its turn ---> let in
//      |                                        |
//      +------ too long, or the door goes ------+---> closed

#include "ws/door.h"

#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct gw_door {
    void (*on_enter)(void *arg, int fd);
    void *arg;
    uv_idle_t turn;        // runs while somebody who spoke waits
    struct gw_list silent; // the longest first
    struct gw_list spoke;  // likewise
    uint32_t waiting;      // in both
    uint64_t expired;
};

struct guest {
    struct gw_door *door;
    struct gw_list link;
    uv_poll_t poll;
    int fd;
    uint64_t since_us;
};

static void on_guest_closed(uv_handle_t *handle)
{
    free(handle->data);
}

// Returns its socket: the caller's now, with no watcher left on it.
static int take_out(struct guest *g)
{
    gw_list_remove(&g->link);
    g->door->waiting--;
    (void)uv_poll_stop(&g->poll);
    uv_close((uv_handle_t *)&g->poll, on_guest_closed);
    return g->fd;
}

static void on_turn(uv_idle_t *turn)
{
    struct gw_door *d = turn->data;
    struct guest *g;

    for (int i = 0; i < GW_DOOR_TURN_MAX && (g = gw_list_first(&d->spoke)); i++)
        d->on_enter(d->arg, take_out(g));
    if (gw_list_is_alone(&d->spoke))
        uv_idle_stop(turn);
}

// Whoever left speaks too: what is to be read is the end. It is let in to be found out.
static void on_spoke(uv_poll_t *poll, int status, int events)
{
    struct guest *g = poll->data;
    (void)status;
    (void)events;

    (void)uv_poll_stop(poll);
    gw_list_remove(&g->link);
    gw_list_append(&g->door->spoke, &g->link);
    uv_idle_start(&g->door->turn, on_turn);
}

struct gw_door *gw_door_create(uv_loop_t *loop, void (*on_enter)(void *arg, int fd),
                               void *arg)
{
    struct gw_door *d = calloc(1, sizeof(*d));
    if (!d)
        return NULL;
    d->on_enter = on_enter;
    d->arg = arg;
    gw_list_init(&d->silent, NULL);
    gw_list_init(&d->spoke, NULL);
    d->turn.data = d;
    uv_idle_init(loop, &d->turn);
    return d;
}

int gw_door_come(struct gw_door *d, int fd, uint64_t now_us)
{
    struct guest *g = calloc(1, sizeof(*g));
    if (!g)
        return -ENOMEM;
    int r = uv_poll_init(d->turn.loop, &g->poll, fd);
    if (r < 0) {
        free(g);
        return r;
    }
    g->door = d;
    g->fd = fd;
    g->since_us = now_us;
    g->poll.data = g;
    gw_list_init(&g->link, g);
    gw_list_append(&d->silent, &g->link);
    d->waiting++;
    (void)uv_poll_start(&g->poll, UV_READABLE, on_spoke);
    return 0;
}

void gw_door_expire(struct gw_door *d, uint64_t now_us)
{
    struct guest *g;
    while ((g = gw_list_first(&d->silent)) && now_us - g->since_us > GW_DOOR_SILENT_US) {
        d->expired++;
        (void)close(take_out(g));
    }
}

uint32_t gw_door_waiting(const struct gw_door *d)
{
    return d->waiting;
}

uint64_t gw_door_expired(const struct gw_door *d)
{
    return d->expired;
}

static void on_door_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void gw_door_destroy(struct gw_door *d)
{
    struct guest *g;
    if (!d)
        return;
    while ((g = gw_list_first(&d->silent)) || (g = gw_list_first(&d->spoke)))
        (void)close(take_out(g));
    uv_close((uv_handle_t *)&d->turn, on_door_closed);
}
