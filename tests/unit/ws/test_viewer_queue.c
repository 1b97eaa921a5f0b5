#include "ws/viewer_queue.h"

#include "base/rng.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LANE_BYTES = 1000, LANE_AGE_US = 500, HELD_AGE_US = 200 };

static const struct gw_viewer_limits LIMITS = { LANE_BYTES, LANE_AGE_US, HELD_AGE_US };

static void push(struct gw_viewer_queue *q, struct gw_viewer_lane *lane, size_t len,
                 bool key, uint64_t now_us)
{
    struct gw_packet *p = gw_packet_create(len);
    p->key = key;
    assert_int_equal(gw_viewer_queue_push(q, lane, p, now_us), 0);
    gw_packet_unref(&p);
}

static int push_config(struct gw_viewer_queue *q, struct gw_viewer_lane *lane, size_t len)
{
    struct gw_packet *p = gw_packet_create(len);
    p->config = true;
    int r = gw_viewer_queue_push(q, lane, p, 0);
    gw_packet_unref(&p);
    return r;
}

static int push_control(struct gw_viewer_queue *q, size_t len)
{
    struct gw_packet *p = gw_packet_create(len);
    int r = gw_viewer_queue_push_control(q, p);
    gw_packet_unref(&p);
    return r;
}

// The length of what comes out, or 0.
static size_t pop(struct gw_viewer_queue *q)
{
    struct gw_viewer_item item;
    if (!gw_viewer_queue_pop(q, &item))
        return 0;
    size_t len = item.packet->len;
    gw_packet_unref(&item.packet);
    return len;
}

static void the_oldest_leaves_first_and_control_before_it(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane a = { 0 };
    struct gw_viewer_lane b = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    push(&q, &a, 1, true, 0);
    push(&q, &b, 2, true, 0);
    push(&q, &a, 3, false, 0);
    assert_int_equal(push_control(&q, 4), 0);
    assert_true(gw_viewer_queue_has_control(&q));
    assert_int_equal(pop(&q), 4);
    assert_int_equal(pop(&q), 1);
    assert_int_equal(pop(&q), 2);
    assert_int_equal(pop(&q), 3);
    assert_int_equal(pop(&q), 0);
    assert_int_equal(q.bytes, 0);
    gw_viewer_queue_finish(&q);
}

static void over_the_bound_it_drops_to_the_next_key_frame(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    struct gw_viewer_item item;
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    push(&q, &lane, 600, true, 0);
    push(&q, &lane, 400, false, 0); // exactly full
    assert_int_equal(q.dropped, 0);
    push(&q, &lane, 1, false, 0);
    assert_int_equal(q.dropped, 3);
    assert_int_equal(q.bytes, 0);
    push(&q, &lane, 1, false, 0);
    assert_int_equal(gw_viewer_lane_take_untold(&lane), 0); // not yet
    push(&q, &lane, 2, true, 0);
    assert_int_equal(gw_viewer_lane_take_untold(&lane), 4);
    assert_int_equal(gw_viewer_lane_take_untold(&lane), 0);
    push(&q, &lane, 3, true, 0);

    assert_true(gw_viewer_queue_pop(&q, &item));
    assert_true(item.after_gap);
    gw_packet_unref(&item.packet);
    assert_true(gw_viewer_queue_pop(&q, &item));
    assert_false(item.after_gap);
    gw_packet_unref(&item.packet);
    gw_viewer_queue_finish(&q);
}

static void what_has_waited_too_long_is_dropped(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    struct gw_viewer_lane other = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    push(&q, &lane, 1, true, 1000);
    push(&q, &other, 1, true, 1000);
    push(&q, &lane, 1, false, 1000 + LANE_AGE_US);
    assert_int_equal(q.dropped, 0);
    push(&q, &lane, 1, true, 1001 + LANE_AGE_US);
    assert_int_equal(q.dropped, 2);
    assert_int_equal(other.media_bytes, 1); // another lane loses nothing
    gw_viewer_queue_finish(&q);
}

static void config_outlives_a_drop_and_has_a_bound(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    assert_int_equal(push_config(&q, &lane, 50), 0);
    push(&q, &lane, 600, true, 0);
    push(&q, &lane, 600, false, 0); // over the bound
    // The old config packet must not age the media behind it.
    push(&q, &lane, 10, true, 100 * LANE_AGE_US);
    push(&q, &lane, 11, false, 100 * LANE_AGE_US);
    assert_int_equal(q.dropped, 2);
    assert_int_equal(push_config(&q, &lane, GW_VIEWER_CONFIG_MAX - 50), 0);
    assert_int_equal(push_config(&q, &lane, 1), -ENOBUFS);
    assert_int_equal(pop(&q), 50);
    assert_int_equal(pop(&q), 10);
    assert_int_equal(pop(&q), 11);
    gw_viewer_queue_finish(&q);
}

static void control_has_a_bound(void **state)
{
    struct gw_viewer_queue q;
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    assert_int_equal(push_control(&q, GW_VIEWER_CONTROL_MAX), 0);
    assert_int_equal(push_control(&q, 1), -ENOBUFS);
    assert_int_equal(q.control_bytes, GW_VIEWER_CONTROL_MAX);
    gw_viewer_queue_finish(&q);
}

static void a_lane_that_goes_takes_only_its_own_along(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane a = { 0 };
    struct gw_viewer_lane b = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    push(&q, &a, 1, true, 0);
    push(&q, &b, 2, true, 0);
    push(&q, &a, 3, false, 0);
    push(&q, &b, 4, false, 0);
    gw_viewer_queue_remove_lane(&q, &a);
    assert_int_equal(q.dropped, 0);
    assert_int_equal(pop(&q), 2);
    assert_int_equal(pop(&q), 4);
    assert_int_equal(pop(&q), 0);
    gw_viewer_queue_finish(&q);
}

// ---- credit ----

static bool bypass(struct gw_viewer_queue *q, struct gw_viewer_lane *lane, bool config)
{
    struct gw_packet *p = gw_packet_create(1);
    p->config = config;
    bool passed = gw_viewer_queue_bypass(q, lane, p);
    gw_packet_unref(&p);
    return passed;
}

static void a_frame_passes_where_nothing_waits(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    for (int i = 0; i < 100; i++)
        assert_true(bypass(&q, &lane, false)); // no credit was ever granted: no limit
    push(&q, &lane, 1, true, 0);
    assert_false(bypass(&q, &lane, false));
    assert_int_equal(pop(&q), 1);
    assert_int_equal(push_control(&q, 1), 0);
    assert_false(bypass(&q, &lane, true));
    assert_int_equal(pop(&q), 1);

    gw_viewer_queue_grant(&q, &lane, 2);
    assert_true(bypass(&q, &lane, false));
    assert_true(bypass(&q, &lane, true)); // costs none
    assert_true(bypass(&q, &lane, false));
    assert_false(bypass(&q, &lane, false));
    assert_true(bypass(&q, &lane, true));
    gw_viewer_queue_finish(&q);
}

static void without_credit_a_lane_waits_and_others_do_not(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane a = { 0 };
    struct gw_viewer_lane b = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    gw_viewer_queue_grant(&q, &a, 1);
    push(&q, &a, 1, true, 0);
    push(&q, &a, 2, false, 0);
    assert_int_equal(push_config(&q, &a, 3), 0);
    push(&q, &a, 4, false, 0);
    push(&q, &b, 5, true, 0);
    assert_int_equal(pop(&q), 1);
    assert_int_equal(pop(&q), 5);
    assert_int_equal(pop(&q), 0);
    assert_int_equal(q.bytes, 2 + 3 + 4); // held, and in the books

    gw_viewer_queue_grant(&q, &a, 1);
    assert_int_equal(pop(&q), 2);
    assert_int_equal(pop(&q), 3); // keeps its place, costs nothing
    assert_int_equal(pop(&q), 0);
    gw_viewer_queue_grant(&q, &a, 2);
    assert_int_equal(pop(&q), 4);
    push(&q, &a, 6, false, 0); // of what was left
    assert_int_equal(pop(&q), 6);
    assert_int_equal(a.credit, 0);
    assert_int_equal(q.dropped, 0);
    gw_viewer_queue_finish(&q);
}

static void what_waits_too_long_for_credit_is_dropped_and_says_so(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    gw_viewer_queue_grant(&q, &lane, 0);
    push(&q, &lane, 1, true, 1000);
    push(&q, &lane, 2, false, 1000 + HELD_AGE_US);
    assert_int_equal(q.dropped, 0);
    push(&q, &lane, 3, false, 1001 + HELD_AGE_US);
    assert_int_equal(q.dropped, 3);
    assert_int_equal(q.bytes, 0);

    gw_viewer_queue_grant(&q, &lane, 5); // goes on at a key frame
    push(&q, &lane, 4, false, 1002 + HELD_AGE_US);
    assert_int_equal(pop(&q), 0);
    push(&q, &lane, 5, true, 1003 + HELD_AGE_US);
    assert_int_equal(gw_viewer_lane_take_untold(&lane), 4);
    assert_int_equal(lane.reason, GW_DROP_CREDIT);
    assert_int_equal(pop(&q), 5);

    push(&q, &lane, 600, true, 2000);
    push(&q, &lane, 600, true, 2000); // now the socket is slow
    assert_int_equal(gw_viewer_lane_take_untold(&lane), 1);
    assert_int_equal(lane.reason, GW_DROP_SLOW);
    gw_viewer_queue_finish(&q);
}

static void a_drop_lets_held_config_go(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    gw_viewer_queue_grant(&q, &lane, 0);
    push(&q, &lane, 1, true, 0);
    assert_int_equal(push_config(&q, &lane, 2), 0);
    assert_int_equal(pop(&q), 0);
    push(&q, &lane, 3, false, 1 + HELD_AGE_US);
    assert_int_equal(pop(&q), 2);
    gw_viewer_queue_grant(&q, &lane, 1);
    push(&q, &lane, 4, true, 2 + HELD_AGE_US);
    gw_viewer_queue_remove_lane(&q, &lane);
    assert_int_equal(q.bytes, 0);
    assert_int_equal(pop(&q), 0);
    gw_viewer_queue_finish(&q);
}

static void credit_has_a_bound(void **state)
{
    struct gw_viewer_queue q;
    struct gw_viewer_lane lane = { 0 };
    (void)state;
    gw_viewer_queue_init(&q, &LIMITS);
    gw_viewer_queue_grant(&q, &lane, GW_CREDIT_MAX - 1);
    gw_viewer_queue_grant(&q, &lane, 2);
    assert_int_equal(lane.credit, GW_CREDIT_MAX);
    gw_viewer_queue_grant(&q, &lane, UINT32_MAX);
    assert_int_equal(lane.credit, GW_CREDIT_MAX);
    gw_viewer_queue_finish(&q);
}

// ---- the property: random pushes and pops ----

enum { LANES = 5, STEPS = 20000 };

// What a decoder of one stream has seen.
struct decoder {
    uint64_t next_seq; // that may follow without a key frame
};

struct world {
    struct gw_rng rng;
    struct gw_viewer_queue q;
    struct gw_viewer_lane lanes[LANES];
    struct decoder decoders[LANES];
    uint64_t seq[LANES];
    uint64_t granted[LANES]; // to those on credit
    uint64_t left[LANES];    // frames that left
    uint64_t pushed;
    uint64_t popped;
    uint64_t told;
    uint64_t waiting_control;
    uint64_t now_us;
};

static void random_push(struct world *w)
{
    uint32_t i = (uint32_t)gw_rng_below(&w->rng, LANES);
    struct gw_packet *p = gw_packet_create(sizeof(uint64_t) + gw_rng_below(&w->rng, 300));
    p->stream = i;
    p->config = gw_rng_below(&w->rng, 40) == 0;
    p->key = !p->config && gw_rng_below(&w->rng, 8) == 0;
    if (!p->config) {
        memcpy(gw_packet_payload(p), &w->seq[i], sizeof(uint64_t));
        w->seq[i]++;
        w->pushed++;
    }
    int r = gw_viewer_queue_push(&w->q, &w->lanes[i], p, w->now_us);
    assert_true(r == 0 || (p->config && r == -ENOBUFS));
    w->told += gw_viewer_lane_take_untold(&w->lanes[i]);
    gw_packet_unref(&p);
}

static void random_pop(struct world *w)
{
    struct gw_viewer_item item;
    bool control_first = gw_viewer_queue_has_control(&w->q);
    if (!gw_viewer_queue_pop(&w->q, &item))
        return;
    assert_int_equal(item.control, control_first);
    if (item.control) {
        w->waiting_control--;
    } else if (!item.packet->config) {
        struct decoder *d = &w->decoders[item.packet->stream];
        uint64_t seq;
        memcpy(&seq, gw_packet_payload(item.packet), sizeof(seq));
        // In order, and nothing that needs a frame which is missing.
        bool follows = seq == d->next_seq;
        assert_true(seq >= d->next_seq);
        assert_true(item.packet->key || follows);
        assert_int_equal(item.after_gap, !follows);
        d->next_seq = seq + 1;
        w->left[item.packet->stream]++;
        w->popped++;
    }
    gw_packet_unref(&item.packet);
}

// Two lanes are on credit; one of them gets too little.
static void random_grant(struct world *w)
{
    uint32_t i = (uint32_t)gw_rng_below(&w->rng, 2);
    uint32_t frames = (uint32_t)gw_rng_below(&w->rng, i ? 2 : 12);
    gw_viewer_queue_grant(&w->q, &w->lanes[i], frames);
    w->granted[i] += frames;
}

static void check_books(const struct world *w)
{
    uint64_t untold = 0;
    size_t bytes = w->q.control_bytes;
    for (size_t i = 0; i < LANES; i++) {
        assert_true(w->lanes[i].media_bytes <= LANE_BYTES);
        assert_true(w->lanes[i].config_bytes <= GW_VIEWER_CONFIG_MAX);
        bytes += w->lanes[i].media_bytes + w->lanes[i].config_bytes;
        untold += w->lanes[i].untold;
        assert_true(!w->lanes[i].on_credit || w->left[i] <= w->granted[i]);
    }
    assert_int_equal(bytes, w->q.bytes);
    assert_int_equal(w->told + untold, w->q.dropped);
}

static void run_world(uint64_t seed)
{
    struct world w = { 0 };
    gw_rng_init(&w.rng, seed);
    gw_viewer_queue_init(&w.q, &LIMITS);
    gw_viewer_queue_grant(&w.q, &w.lanes[0], 0);
    gw_viewer_queue_grant(&w.q, &w.lanes[1], 0);

    for (int step = 0; step < STEPS; step++) {
        w.now_us += gw_rng_below(&w.rng, 20);
        // The socket now takes all, now nothing.
        bool slow = step / 500 % 2;
        uint64_t dice = gw_rng_below(&w.rng, 10);
        if (dice == 0 && push_control(&w.q, 10) == 0)
            w.waiting_control++;
        else if (dice < (slow ? 9 : 5))
            random_push(&w);
        else
            random_pop(&w);
        if (dice == 1)
            random_grant(&w);
        check_books(&w);
    }
    for (int i = 0; i < 2; i++) {
        gw_viewer_queue_grant(&w.q, &w.lanes[i], GW_CREDIT_MAX);
        w.granted[i] += GW_CREDIT_MAX;
    }
    while (gw_viewer_queue_peek(&w.q))
        random_pop(&w);
    assert_int_equal(w.pushed, w.popped + w.q.dropped);
    assert_int_equal(w.waiting_control, 0);
    assert_true(w.q.dropped > 0 && w.popped > 0);
    gw_viewer_queue_finish(&w.q);
}

static void nothing_is_lost_uncounted_and_all_can_be_decoded(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        run_world(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oldest_leaves_first_and_control_before_it),
        cmocka_unit_test(over_the_bound_it_drops_to_the_next_key_frame),
        cmocka_unit_test(what_has_waited_too_long_is_dropped),
        cmocka_unit_test(config_outlives_a_drop_and_has_a_bound),
        cmocka_unit_test(control_has_a_bound),
        cmocka_unit_test(a_lane_that_goes_takes_only_its_own_along),
        cmocka_unit_test(a_frame_passes_where_nothing_waits),
        cmocka_unit_test(without_credit_a_lane_waits_and_others_do_not),
        cmocka_unit_test(what_waits_too_long_for_credit_is_dropped_and_says_so),
        cmocka_unit_test(a_drop_lets_held_config_go),
        cmocka_unit_test(credit_has_a_bound),
        cmocka_unit_test(nothing_is_lost_uncounted_and_all_can_be_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
