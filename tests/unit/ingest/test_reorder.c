// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/rng.h"
#include "ingest/reorder.h"

#include <stdlib.h>
#include <string.h>

enum { SSRC = 7, PASSED_MAX = 4096 };

struct fixture {
    struct gw_reorder *r;
    uint16_t passed[PASSED_MAX];
    size_t count;
};

static void on_packet(void *arg, const void *data, size_t len)
{
    struct fixture *f = arg;
    assert_true(len >= sizeof(uint16_t));
    assert_in_range(f->count, 0, PASSED_MAX - 1);
    memcpy(&f->passed[f->count++], data, sizeof(uint16_t));
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->r = gw_reorder_create(on_packet, f);
    assert_non_null(f->r);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    gw_reorder_destroy(f->r);
    free(f);
    return 0;
}

static void take_at(struct fixture *f, uint16_t seq, uint64_t now_us)
{
    uint16_t *copy = malloc(sizeof(*copy)); // gone afterwards: borrows are seen
    assert_non_null(copy);
    *copy = seq;
    gw_reorder_packet(f->r, SSRC, seq, copy, sizeof(*copy), now_us);
    free(copy);
}

static void take(struct fixture *f, uint16_t seq)
{
    take_at(f, seq, 0);
}

static void passed(struct fixture *f, size_t count, const uint16_t *seqs)
{
    assert_int_equal(f->count, count);
    assert_memory_equal(f->passed, seqs, count * sizeof(*seqs));
}

#define PASSED(f, ...)                                                                   \
    do {                                                                                 \
        const uint16_t seqs_[] = { __VA_ARGS__ };                                        \
        passed((f), sizeof(seqs_) / sizeof(*seqs_), seqs_);                              \
    } while (0)

static struct gw_reorder_stats stats(const struct fixture *f)
{
    struct gw_reorder_stats s;
    gw_reorder_stats(f->r, &s);
    return s;
}

static void what_is_in_order_goes_on_at_once(void **state)
{
    struct fixture *f = *state;
    for (uint16_t seq = 65534; seq != 2; seq++) {
        take(f, seq);
        assert_int_equal(gw_reorder_waiting(f->r), 0);
    }
    PASSED(f, 65534, 65535, 0, 1);
    assert_true(gw_reorder_deadline_us(f->r) == UINT64_MAX);
}

static void puts_overtaken_packets_back(void **state)
{
    struct fixture *f = *state;
    take(f, 65535);
    take(f, 2);
    take(f, 1);
    PASSED(f, 65535);
    take(f, 0);
    PASSED(f, 65535, 0, 1, 2);
    assert_int_equal(stats(f).reordered, 2);
    assert_int_equal(stats(f).lost, 0);
}

static void nothing_comes_twice(void **state)
{
    struct fixture *f = *state;
    take(f, 1);
    take(f, 1);
    take(f, 3);
    take(f, 3);
    take(f, 2);
    PASSED(f, 1, 2, 3);
    assert_int_equal(stats(f).late, 1);
    assert_int_equal(stats(f).duplicates, 1);
}

static void a_gap_is_waited_for_only_so_long(void **state)
{
    struct fixture *f = *state;
    take_at(f, 1, 1000);
    take_at(f, 3, 2000);
    assert_true(gw_reorder_deadline_us(f->r) == 2000 + GW_REORDER_HOLD_US);
    gw_reorder_tick(f->r, 2000 + GW_REORDER_HOLD_US - 1);
    PASSED(f, 1);
    gw_reorder_tick(f->r, 2000 + GW_REORDER_HOLD_US);
    PASSED(f, 1, 3);
    assert_int_equal(stats(f).lost, 1);
    take(f, 2); // too late
    PASSED(f, 1, 3);
    assert_int_equal(stats(f).late, 1);
}

static void packets_that_come_look_at_the_time_too(void **state)
{
    struct fixture *f = *state;
    take_at(f, 1, 0);
    take_at(f, 3, 0);
    take_at(f, 5, GW_REORDER_HOLD_US);
    PASSED(f, 1, 3);
    // The second gap's time began when 5 came.
    assert_true(gw_reorder_deadline_us(f->r) == 2 * GW_REORDER_HOLD_US);
}

static void a_later_gap_waits_its_own_time(void **state)
{
    struct fixture *f = *state;
    take_at(f, 1, 0);
    take_at(f, 3, 100);
    take_at(f, 5, 5000);
    take_at(f, 2, 6000);
    PASSED(f, 1, 2, 3);
    assert_true(gw_reorder_deadline_us(f->r) == 5000 + GW_REORDER_HOLD_US);
}

static void a_full_window_gives_the_oldest_gap_up(void **state)
{
    struct fixture *f = *state;
    take(f, 0);
    for (uint16_t seq = 2; seq < GW_REORDER_WINDOW + 1; seq++)
        take(f, seq);
    assert_int_equal(f->count, 1);
    assert_int_equal(gw_reorder_waiting(f->r), GW_REORDER_WINDOW - 1);
    take(f, GW_REORDER_WINDOW + 1);
    assert_int_equal(f->count, GW_REORDER_WINDOW + 1);
    assert_int_equal(gw_reorder_waiting(f->r), 0);
    assert_int_equal(stats(f).lost, 1);
}

static void the_bytes_that_wait_are_bounded(void **state)
{
    struct fixture *f = *state;
    size_t len = GW_REORDER_BYTES_MAX / 4;
    uint16_t *big = calloc(1, len);
    assert_non_null(big);
    take(f, 0);
    for (uint16_t seq = 2; seq <= 5; seq++) {
        big[0] = seq;
        gw_reorder_packet(f->r, SSRC, seq, big, len, 0);
    }
    assert_int_equal(f->count, 1);
    big[0] = 6;
    gw_reorder_packet(f->r, SSRC, 6, big, len, 0);
    PASSED(f, 0, 2, 3, 4, 5, 6);
    free(big);
}

static void a_long_gap_is_counted_and_passed_at_once(void **state)
{
    struct fixture *f = *state;
    take(f, 0);
    take(f, 2);
    take(f, 1000);
    PASSED(f, 0, 2, 1000);
    assert_int_equal(stats(f).lost, 1 + 997);
}

static void a_sender_that_counts_anew_is_followed(void **state)
{
    struct fixture *f = *state;
    take(f, 50);
    take(f, 30000); // may be a straggler
    PASSED(f, 50);
    take(f, 30001); // two in a row are none
    take(f, 30002);
    PASSED(f, 50, 30001, 30002);
    assert_int_equal(stats(f).late, 1);
}

static void one_from_far_behind_is_late_and_costs_nothing_else(void **state)
{
    struct fixture *f = *state;
    take(f, 1000);
    take(f, 800);
    take(f, 1001);
    take(f, 801); // the one before it was in order: another straggler
    take(f, 1002);
    PASSED(f, 1000, 1001, 1002);
    assert_int_equal(stats(f).late, 2);
    assert_int_equal(stats(f).lost, 0);
}

// Of a network that doubles in bursts: what is behind is old, however many there are.
static void a_burst_that_comes_twice_is_dropped_whole(void **state)
{
    struct fixture *f = *state;
    for (uint16_t seq = 10; seq < 20; seq++)
        take(f, seq);
    for (uint16_t seq = 12; seq < 20; seq++)
        take(f, seq);
    take(f, 20);
    assert_int_equal(f->count, 11);
    assert_int_equal(f->passed[10], 20);
    assert_int_equal(stats(f).late, 8);
    assert_int_equal(stats(f).lost, 0);
}

static void another_sender_begins_anew_and_what_waited_goes_first(void **state)
{
    struct fixture *f = *state;
    uint16_t seq = 9;
    take(f, 50);
    take(f, 52);
    gw_reorder_packet(f->r, SSRC + 1, seq, &seq, sizeof(seq), 0);
    PASSED(f, 50, 52, 9);
}

// Any order within the window comes out in order and whole.
static void any_shuffle_within_the_window_is_undone(void **state)
{
    struct fixture *f = *state;
    struct gw_rng rng;
    uint16_t seqs[1024];
    gw_rng_init(&rng, 1);
    for (size_t i = 0; i < 1024; i++)
        seqs[i] = (uint16_t)(65000 + i);
    for (size_t block = 1; block < 1024; block += 31) { // the first one stays
        size_t len = block + 31 <= 1024 ? 31 : 1024 - block;
        for (size_t i = len - 1; i > 0; i--) {
            size_t j = gw_rng_below(&rng, i + 1);
            uint16_t swap = seqs[block + i];
            seqs[block + i] = seqs[block + j];
            seqs[block + j] = swap;
        }
    }
    for (size_t i = 0; i < 1024; i++)
        take(f, seqs[i]);
    assert_int_equal(f->count, 1024);
    for (size_t i = 0; i < 1024; i++)
        assert_int_equal(f->passed[i], (uint16_t)(65000 + i));
    assert_int_equal(stats(f).lost, 0);
    assert_int_equal(stats(f).late, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_in_order_goes_on_at_once),
        TEST(puts_overtaken_packets_back),
        TEST(nothing_comes_twice),
        TEST(a_gap_is_waited_for_only_so_long),
        TEST(packets_that_come_look_at_the_time_too),
        TEST(a_later_gap_waits_its_own_time),
        TEST(a_full_window_gives_the_oldest_gap_up),
        TEST(the_bytes_that_wait_are_bounded),
        TEST(a_long_gap_is_counted_and_passed_at_once),
        TEST(a_sender_that_counts_anew_is_followed),
        TEST(one_from_far_behind_is_late_and_costs_nothing_else),
        TEST(a_burst_that_comes_twice_is_dropped_whole),
        TEST(another_sender_begins_anew_and_what_waited_goes_first),
        TEST(any_shuffle_within_the_window_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
