// The loop is woken by an eventfd. libuv's own uv_async_t would do, but its receiver
// spins until the sender is back from its write(): measured, a twentieth of a shard's
// time where two shards share two processors with others.

#include "base/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { FIRST_ROOM = 64 }; // items; doubled on demand up to the limits

// Items in order of arrival.
struct items {
    uint8_t *data;
    size_t count;
    size_t room;
};

struct gw_queue {
    struct gw_queue_config config;
    uv_poll_t wake;
    int wake_fd; // eventfd, -1: none yet

    pthread_mutex_t lock; // guards the four below
    struct items waiting;
    size_t left; // of `draining`: they wait, too
    bool closed;

    // The loop thread drains this one while others fill `waiting`.
    struct items draining;
    size_t drained; // of it
};

static int items_append(struct items *items, const void *item, size_t item_bytes)
{
    if (items->count == items->room) {
        size_t room = items->room ? items->room * 2 : FIRST_ROOM;
        uint8_t *data = realloc(items->data, room * item_bytes);
        if (!data)
            return -ENOMEM;
        items->data = data;
        items->room = room;
    }
    memcpy(items->data + items->count * item_bytes, item, item_bytes);
    items->count++;
    return 0;
}

// Has the oldest items at hand in `draining`. Returns how many of them are left.
static size_t take_turn(struct gw_queue *q)
{
    pthread_mutex_lock(&q->lock);
    if (q->drained == q->draining.count) {
        struct items taken = q->waiting;
        q->waiting = q->draining;
        q->waiting.count = 0;
        q->draining = taken;
        q->drained = 0;
    }
    size_t left = q->draining.count - q->drained;
    q->left = left;
    pthread_mutex_unlock(&q->lock);
    return left;
}

// Hands out at most `max` items. Returns whether some are left.
static bool drain(struct gw_queue *q, size_t max)
{
    size_t left = take_turn(q);
    size_t count = left < max ? left : max;

    for (; count; count--, q->drained++)
        q->config.on_item(q->config.arg,
                          q->draining.data + q->drained * q->config.item_bytes);
    pthread_mutex_lock(&q->lock);
    q->left = q->draining.count - q->drained;
    bool more = q->left || q->waiting.count;
    pthread_mutex_unlock(&q->lock);
    return more;
}

static void wake_loop(struct gw_queue *q)
{
    const uint64_t one = 1;
    ssize_t n = write(q->wake_fd, &one, sizeof(one));
    assert(n == (ssize_t)sizeof(one)); // 2^64 - 2 wakes before it would block
    (void)n;
}

static void on_wake(uv_poll_t *wake, int status, int events)
{
    struct gw_queue *q = wake->data;
    uint64_t wakes;
    (void)status;
    (void)events;
    // First, so that what is pushed during the drain wakes anew.
    (void)!read(q->wake_fd, &wakes, sizeof(wakes));
    if (drain(q, GW_QUEUE_TURN_MAX))
        wake_loop(q);
}

int gw_queue_create(uv_loop_t *loop, const struct gw_queue_config *config,
                    struct gw_queue **ret_queue)
{
    struct gw_queue *q = calloc(1, sizeof(*q));
    if (!q)
        return -ENOMEM;
    q->config = *config;
    q->wake.data = q;
    q->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    int r = q->wake_fd < 0 ? -errno : uv_poll_init(loop, &q->wake, q->wake_fd);
    if (r < 0) {
        if (q->wake_fd >= 0)
            (void)close(q->wake_fd);
        free(q);
        return r;
    }
    r = uv_poll_start(&q->wake, UV_READABLE, on_wake);
    assert(r == 0); // fails only for a handle that is being closed
    pthread_mutex_init(&q->lock, NULL);
    *ret_queue = q;
    return 0;
}

static int push(struct gw_queue *q, const void *item, size_t limit)
{
    bool first = false;
    int r;

    pthread_mutex_lock(&q->lock);
    if (q->closed) {
        r = -ESHUTDOWN;
    } else if (q->waiting.count + q->left >= limit) {
        r = -ENOBUFS;
    } else {
        first = q->waiting.count == 0;
        r = items_append(&q->waiting, item, q->config.item_bytes);
    }
    pthread_mutex_unlock(&q->lock);

    // Whoever pushed the first item of a batch wakes the loop for all of it.
    if (r == 0 && first)
        wake_loop(q);
    return r;
}

int gw_queue_push(struct gw_queue *q, const void *item)
{
    return push(q, item, q->config.limit);
}

int gw_queue_push_control(struct gw_queue *q, const void *item)
{
    return push(q, item, q->config.limit + q->config.reserve);
}

static void on_closed(uv_handle_t *handle)
{
    struct gw_queue *q = handle->data;
    pthread_mutex_destroy(&q->lock);
    (void)close(q->wake_fd);
    free(q->waiting.data);
    free(q->draining.data);
    free(q);
}

void gw_queue_destroy(struct gw_queue *q)
{
    if (!q)
        return;
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_mutex_unlock(&q->lock);

    while (drain(q, SIZE_MAX))
        ;
    uv_close((uv_handle_t *)&q->wake, on_closed);
}
