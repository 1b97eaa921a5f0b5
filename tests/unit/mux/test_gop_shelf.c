#include "mux/gop_shelf.h"

#include "base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    CACHES = 8,
    LEN = 3500, // bytes of a frame: a page each, roughly
    PAGE = GW_PAGE_BYTES,
    MAX = 32 * PAGE,                        // of the budget
    OPEN = MAX - MAX / GW_GOP_RESERVE_SHARE // for streams that nobody watches
};

struct fixture {
    struct gw_gop_budget budget;
    struct gw_gop_shelf shelf;
    struct gw_gop_cache caches[CACHES];
};

static void begin(struct fixture *f)
{
    gw_gop_budget_init(&f->budget, MAX);
    gw_gop_shelf_init(&f->shelf, &f->budget);
    for (int i = 0; i < CACHES; i++)
        gw_gop_cache_init(&f->caches[i], &f->shelf.pool, 1 << 20);
}

static void end(struct fixture *f)
{
    struct gw_gop_shelf_stats stats;
    for (int i = 0; i < CACHES; i++)
        gw_gop_shelf_clear(&f->shelf, &f->caches[i]);
    gw_gop_shelf_stats(&f->shelf, &stats);
    assert_int_equal(stats.bytes, 0);
    assert_int_equal(atomic_load(&f->budget.used_bytes), 0);
    gw_gop_shelf_finish(&f->shelf);
}

static void push(struct fixture *f, int i, bool key)
{
    struct gw_frame *frame = gw_frame_create(LEN);
    assert_non_null(frame);
    frame->len = LEN;
    frame->key = key;
    gw_gop_shelf_push(&f->shelf, &f->caches[i], &(struct gw_unit) { .frame = frame });
    gw_frame_unref(&frame);
}

// A GOP of so many frames.
static void fill(struct fixture *f, int i, int frames)
{
    for (int n = 0; n < frames; n++)
        push(f, i, n == 0);
}

static bool cached(const struct fixture *f, int i)
{
    return f->caches[i].count > 0;
}

static size_t used(struct fixture *f)
{
    return atomic_load(&f->budget.used_bytes);
}

static void a_watched_stream_takes_from_the_unwatched(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    fill(&f, 0, 10);
    fill(&f, 1, 10);
    gw_gop_shelf_watch(&f.shelf, &f.caches[2], 1);
    fill(&f, 2, 20);
    assert_true(cached(&f, 0)); // it was there first
    assert_false(cached(&f, 1));
    assert_int_equal(f.caches[2].count, 20);
    assert_int_equal(f.shelf.shed, 1);
    assert_true(used(&f) <= MAX);
    end(&f);
}

static void what_was_watched_last_goes_last(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    for (int i = 0; i < 3; i++)
        fill(&f, i, 8);
    gw_gop_shelf_watch(&f.shelf, &f.caches[2], 1);
    gw_gop_shelf_watch(&f.shelf, &f.caches[2], 0);
    gw_gop_shelf_watch(&f.shelf, &f.caches[3], 1);
    fill(&f, 3, 20);
    assert_false(cached(&f, 0));
    assert_false(cached(&f, 1));
    assert_true(cached(&f, 2));
    end(&f);
}

static void a_watched_one_goes_only_for_one_with_more_viewers(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    for (int i = 0; i < 3; i++)
        gw_gop_shelf_watch(&f.shelf, &f.caches[i], 2);
    fill(&f, 0, 12);
    fill(&f, 1, 12);
    fill(&f, 2, 12); // as many viewers: it goes without
    assert_true(cached(&f, 0) && cached(&f, 1));
    assert_false(cached(&f, 2));
    gw_gop_shelf_watch(&f.shelf, &f.caches[2], 3);
    fill(&f, 2, 12);
    assert_true(cached(&f, 2));
    assert_int_equal(cached(&f, 0) + cached(&f, 1), 1);
    end(&f);
}

static void who_came_first_is_not_pushed_out_by_a_newcomer(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    for (int i = 0; i < CACHES; i++)
        fill(&f, i, 6);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < CACHES; i++)
            fill(&f, i, 6);
    for (int i = 0; i < 4; i++)
        assert_true(cached(&f, i));
    for (int i = 5; i < CACHES; i++)
        assert_false(cached(&f, i));
    end(&f);
}

// The other shelf is another shard's.
static void unwatched_ones_of_another_shard_go_by_themselves(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f);
    fill(&f, 0, 16);
    fill(&f, 1, 15);
    assert_true(used(&f) <= OPEN);
    assert_true(cached(&f, 0) && cached(&f, 1));

    struct gw_gop_shelf other;
    struct gw_gop_cache theirs;
    gw_gop_shelf_init(&other, &f.budget);
    gw_gop_cache_init(&theirs, &other.pool, 1 << 20);
    gw_gop_shelf_watch(&other, &theirs, 1);
    struct gw_frame *frame = gw_frame_create(PAGE);
    frame->len = PAGE;
    frame->key = true;
    gw_gop_shelf_push(&other, &theirs, &(struct gw_unit) { .frame = frame });
    gw_frame_unref(&frame);
    assert_int_equal(theirs.count, 1); // out of the reserve
    assert_true(used(&f) > OPEN);

    push(&f, 0, false); // the newer one of ours goes
    assert_true(cached(&f, 0));
    assert_false(cached(&f, 1));
    gw_gop_shelf_clear(&other, &theirs);
    gw_gop_shelf_finish(&other);
    end(&f);
}

static uint32_t rank(const struct fixture *f, int i)
{
    uint32_t viewers = f->caches[i].viewers;
    return viewers < GW_GOP_RANKS ? viewers : GW_GOP_RANKS - 1;
}

static void check_sums(struct fixture *f)
{
    size_t pages = 0;
    size_t bytes = 0;
    for (int i = 0; i < CACHES; i++) {
        const struct gw_gop_cache *c = &f->caches[i];
        pages += c->pages.count;
        bytes += c->bytes;
        assert_int_equal(c->shelved, c->count > 0);
    }
    assert_int_equal(used(f), pages * PAGE);
    assert_int_equal(f->shelf.bytes, bytes);
    assert_int_equal(f->shelf.pool.used, pages);
    assert_true(used(f) <= MAX);
}

// Room for `pushed` was taken from the least watched, as a look at all of them says, and
// from nobody that has as many viewers.
static void check_who_went(const struct fixture *f, const bool before[CACHES], int pushed,
                           bool wanted)
{
    for (int lost = 0; lost < CACHES; lost++) {
        if (lost == pushed ? !wanted : !before[lost])
            continue;
        if (cached(f, lost))
            continue;
        if (lost != pushed && rank(f, pushed))
            assert_true(rank(f, lost) < rank(f, pushed));
        else if (lost != pushed)
            assert_int_equal(rank(f, lost), 0);
        for (int kept = 0; kept < CACHES; kept++)
            if (kept != pushed && cached(f, kept))
                assert_true(rank(f, lost) <= rank(f, kept));
    }
}

static void push_and_check(struct fixture *f, int i, bool key)
{
    bool before[CACHES];
    for (int k = 0; k < CACHES; k++)
        before[k] = cached(f, k);
    push(f, i, key);
    check_who_went(f, before, i, key || before[i]);
}

static void the_least_watched_go_whatever_comes_and_goes(void **state)
{
    // The last two are equals.
    static const uint32_t viewers[] = { 0, 1, 2, 100, GW_GOP_RANKS, 1000 };
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fixture f;
        struct gw_rng rng;
        begin(&f);
        gw_rng_init(&rng, seed);
        for (int step = 0; step < 2000; step++) {
            int i = (int)gw_rng_below(&rng, CACHES);
            switch (gw_rng_below(&rng, 12)) {
            case 0: gw_gop_shelf_clear(&f.shelf, &f.caches[i]); break;
            case 1:
                gw_gop_shelf_watch(&f.shelf, &f.caches[i],
                                   viewers[gw_rng_below(&rng, 6)]);
                break;
            case 2: push_and_check(&f, i, true); break;
            default: push_and_check(&f, i, false); break;
            }
            check_sums(&f);
        }
        end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watched_stream_takes_from_the_unwatched),
        cmocka_unit_test(what_was_watched_last_goes_last),
        cmocka_unit_test(a_watched_one_goes_only_for_one_with_more_viewers),
        cmocka_unit_test(who_came_first_is_not_pushed_out_by_a_newcomer),
        cmocka_unit_test(unwatched_ones_of_another_shard_go_by_themselves),
        cmocka_unit_test(the_least_watched_go_whatever_comes_and_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
