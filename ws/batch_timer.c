#include "ws/batch_timer.h"

#include "base/clock.h"

#include <assert.h>
#include <stdlib.h>

struct gw_batch_timer {
    struct gw_batch batch;
    uv_timer_t timer;
    void (*on_due)(struct gw_batch_place *place);
};

static void on_timer(uv_timer_t *timer);

// Rounded down: the batch takes what a millisecond's timer is early by.
static void arm(struct gw_batch_timer *t, uint64_t now_us)
{
    uint64_t left_us = gw_batch_left_us(&t->batch, now_us);
    if (left_us != UINT64_MAX)
        uv_timer_start(&t->timer, on_timer, left_us / 1000, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct gw_batch_timer *t = timer->data;
    struct gw_batch_place *place;
    uint64_t now_us = gw_clock_now_us();

    while ((place = gw_batch_take(&t->batch, now_us))) {
        gw_batch_fetch_next(&t->batch);
        t->on_due(place);
    }
    arm(t, now_us);
}

struct gw_batch_timer *gw_batch_timer_create(uv_loop_t *loop,
                                             void (*on_due)(struct gw_batch_place *place))
{
    struct gw_batch_timer *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->on_due = on_due;
    t->timer.data = t;
    uv_timer_init(loop, &t->timer);
    return t;
}

void gw_batch_timer_wait(struct gw_batch_timer *t, struct gw_batch_place *place,
                         uint64_t now_us)
{
    gw_batch_wait(&t->batch, place, now_us);
    if (!uv_is_active((uv_handle_t *)&t->timer))
        arm(t, now_us);
}

// The timer goes on: it finds nobody, or the next one.
void gw_batch_timer_leave(struct gw_batch_timer *t, struct gw_batch_place *place)
{
    gw_batch_leave(&t->batch, place);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void gw_batch_timer_destroy(struct gw_batch_timer *t)
{
    if (!t)
        return;
    assert(!t->batch.first);
    uv_close((uv_handle_t *)&t->timer, on_closed);
}
