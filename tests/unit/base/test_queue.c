#include "base/queue.h"

#include <errno.h>
#include <pthread.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PRODUCERS = 4, ITEMS = 20000 };

struct item {
    int producer;
    int number;
};

struct sink {
    uv_loop_t loop;
    struct gw_queue *queue;
    int next[PRODUCERS]; // number expected from each
    int got;
};

static void on_item(void *arg, void *item)
{
    struct sink *sink = arg;
    const struct item *i = item;
    assert_int_equal(i->number, sink->next[i->producer]);
    sink->next[i->producer]++;
    if (++sink->got == PRODUCERS * ITEMS)
        uv_stop(&sink->loop);
}

struct producer {
    struct gw_queue *queue;
    int index;
};

static void *produce(void *arg)
{
    struct producer *p = arg;
    for (int n = 0; n < ITEMS; n++) {
        struct item item = { p->index, n };
        while (gw_queue_push(p->queue, &item) == -ENOBUFS)
            sched_yield();
    }
    return NULL;
}

static void start(struct sink *sink, size_t limit, size_t reserve)
{
    memset(sink, 0, sizeof(*sink));
    assert_int_equal(uv_loop_init(&sink->loop), 0);
    const struct gw_queue_config config = {
        .item_bytes = sizeof(struct item),
        .limit = limit,
        .reserve = reserve,
        .on_item = on_item,
        .arg = sink,
    };
    assert_int_equal(gw_queue_create(&sink->loop, &config, &sink->queue), 0);
}

static void stop(struct sink *sink)
{
    gw_queue_destroy(sink->queue);
    uv_run(&sink->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&sink->loop), 0);
}

static void many_threads_lose_nothing_and_keep_their_order(void **state)
{
    pthread_t threads[PRODUCERS];
    struct producer producers[PRODUCERS];
    struct sink sink;
    (void)state;

    start(&sink, 256, 0);
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i] = (struct producer) { sink.queue, i };
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
    }
    uv_run(&sink.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(sink.got, PRODUCERS * ITEMS);
    stop(&sink);
}

static void a_full_queue_refuses_and_control_has_a_reserve(void **state)
{
    struct sink sink;
    (void)state;
    start(&sink, 2, 1);
    assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, 0 }), 0);
    assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, 1 }), 0);
    assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, 2 }), -ENOBUFS);
    assert_int_equal(gw_queue_push_control(sink.queue, &(struct item) { 0, 2 }), 0);
    assert_int_equal(gw_queue_push_control(sink.queue, &(struct item) { 0, 3 }),
                     -ENOBUFS);
    uv_run(&sink.loop, UV_RUN_NOWAIT);
    assert_int_equal(sink.got, 3);
    assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, 3 }), 0);
    stop(&sink);
    assert_int_equal(sink.got, 4); // what waited at the end was handed over too
}

static void on_idle(uv_idle_t *idle)
{
    int *turns = idle->data;
    ++*turns;
}

// Others on the loop get their turn, and what waits is still bounded.
static void a_turn_of_the_loop_takes_so_many_items_and_no_more(void **state)
{
    enum { LIMIT = 4 * GW_QUEUE_TURN_MAX };
    struct sink sink;
    uv_idle_t idle;
    int turns = 0;
    (void)state;

    start(&sink, LIMIT, 0);
    assert_int_equal(uv_idle_init(&sink.loop, &idle), 0);
    idle.data = &turns;
    assert_int_equal(uv_idle_start(&idle, on_idle), 0);
    int n = 0;
    for (; n < LIMIT; n++)
        assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, n }), 0);
    for (int turn = 1; turn <= 3; turn++) {
        uv_run(&sink.loop, UV_RUN_NOWAIT);
        assert_int_equal(turns, turn);
        assert_int_equal(sink.got, turn * GW_QUEUE_TURN_MAX);
    }
    for (; n < LIMIT + 3 * GW_QUEUE_TURN_MAX; n++)
        assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, n }), 0);
    assert_int_equal(gw_queue_push(sink.queue, &(struct item) { 0, n }), -ENOBUFS);
    uv_close((uv_handle_t *)&idle, NULL);
    stop(&sink);
    assert_int_equal(sink.got, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads_lose_nothing_and_keep_their_order),
        cmocka_unit_test(a_full_queue_refuses_and_control_has_a_reserve),
        cmocka_unit_test(a_turn_of_the_loop_takes_so_many_items_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
