#include "mux/gop_cache.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LEN = 100, COST = sizeof(struct gw_frame) + LEN };

struct fixture {
    struct gw_page_pool pool;
    struct gw_gop_cache c;
};

static void begin(struct fixture *f, size_t max_bytes)
{
    gw_page_pool_init(&f->pool);
    gw_gop_cache_init(&f->c, &f->pool, max_bytes);
}

static void end(struct fixture *f)
{
    gw_gop_cache_clear(&f->c);
    assert_int_equal(f->c.bytes, 0);
    gw_page_pool_finish(&f->pool); // asserts that all pages are back
}

static int push_frame(struct gw_gop_cache *c, bool key, size_t len, uint32_t seq,
                      struct gw_buf *params)
{
    struct gw_frame *frame = gw_frame_create(len + 7);
    assert_non_null(frame);
    frame->key = key;
    frame->len = len;
    frame->seq = seq;
    memset(frame->data, (int)seq, len);
    if (params)
        frame->params = gw_buf_ref(params);
    int r = gw_gop_cache_push(
        c, &(struct gw_unit) { .frame = frame, .dts_90k = seq * 10, .gap = key });
    gw_frame_unref(&frame); // the cache has its own copy
    return r;
}

static int push(struct gw_gop_cache *c, bool key)
{
    return push_frame(c, key, LEN, 0, NULL);
}

static void keeps_what_follows_the_last_key_frame(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, 1 << 20);
    assert_int_equal(push(&f.c, false), 0);
    assert_int_equal(f.c.count, 0); // no key frame yet
    assert_int_equal(push(&f.c, true), 0);
    assert_int_equal(push(&f.c, false), 0);
    assert_int_equal(f.c.count, 2);
    assert_int_equal(f.c.bytes, 2 * COST);
    assert_int_equal(push(&f.c, true), 0);
    assert_int_equal(f.c.count, 1);
    end(&f);
}

static void gives_up_a_gop_that_outgrows_the_bytes(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, 2 * COST);
    assert_int_equal(push(&f.c, true), 0);
    assert_int_equal(push(&f.c, false), 0); // exactly full
    assert_int_equal(push(&f.c, false), -EMSGSIZE);
    assert_int_equal(f.c.count, 0);
    assert_int_equal(f.c.bytes, 0);
    assert_int_equal(f.pool.used, 0);
    assert_int_equal(push(&f.c, false), 0); // once a GOP
    assert_int_equal(f.c.count, 0);
    assert_int_equal(push(&f.c, true), 0);
    assert_int_equal(f.c.count, 1);
    end(&f);
}

static void gives_up_a_gop_of_too_many_frames(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, SIZE_MAX);
    for (int i = 0; i < GW_GOP_FRAMES_MAX; i++)
        assert_int_equal(push(&f.c, i == 0), 0);
    assert_int_equal(f.c.count, GW_GOP_FRAMES_MAX);
    assert_int_equal(push(&f.c, false), -EMSGSIZE);
    assert_int_equal(f.c.count, 0);
    end(&f);
}

static void a_key_frame_over_the_bound_leaves_it_empty(void **state)
{
    struct fixture f;
    (void)state;

    begin(&f, COST - 1);
    assert_int_equal(push(&f.c, true), -EMSGSIZE);
    assert_int_equal(f.c.count, 0);
    end(&f);
}

static void check_unit(const struct gw_unit *unit, size_t len, uint32_t seq,
                       const struct gw_buf *params)
{
    assert_int_equal(unit->dts_90k, seq * 10);
    assert_int_equal(unit->gap, seq == 0);
    assert_int_equal(unit->frame->key, seq == 0);
    assert_int_equal(unit->frame->seq, seq);
    assert_int_equal(unit->frame->len, len);
    assert_ptr_equal(unit->frame->params, params);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(unit->frame->data[i], seq);
}

// Lengths around a page, so that heads and bytes are cut at every place.
static void gives_back_what_was_put_in_at_any_length(void **state)
{
    struct fixture f;
    (void)state;

    struct gw_buf *params = gw_buf_copy("sets", 4);
    for (size_t len = 0; len < GW_PAGE_BYTES + 300; len += len % 3 ? 13 : 1) {
        begin(&f, 1 << 20);
        for (uint32_t seq = 0; seq < 3; seq++) {
            size_t pages = f.c.pages.count;
            size_t growth = gw_gop_cache_growth(
                &f.c, &(struct gw_unit) { .frame = &(struct gw_frame) { .len = len } });
            assert_int_equal(push_frame(&f.c, seq == 0, len, seq, params), 0);
            assert_int_equal(f.c.pages.count - pages, growth);
        }

        struct gw_gop_reader reader = gw_gop_read(&f.c);
        struct gw_unit unit;
        for (uint32_t seq = 0; seq < 3; seq++) {
            assert_int_equal(gw_gop_read_next(&reader, &unit), 0);
            check_unit(&unit, len, seq, params);
            gw_frame_unref(&unit.frame);
        }
        assert_int_equal(gw_gop_read_next(&reader, &unit), -ENODATA);
        end(&f);
    }
    gw_buf_fill(params)[0] = 'S'; // asserts that no reference was left behind
    gw_buf_unref(&params);
}

static void a_reader_ends_where_the_cache_was_cleared(void **state)
{
    struct fixture f;
    struct gw_unit unit;
    (void)state;

    begin(&f, 1 << 20);
    assert_int_equal(push(&f.c, true), 0);
    assert_int_equal(push(&f.c, false), 0);
    struct gw_gop_reader reader = gw_gop_read(&f.c);
    assert_int_equal(gw_gop_read_next(&reader, &unit), 0);
    gw_frame_unref(&unit.frame);
    assert_int_equal(push(&f.c, true), 0); // another GOP
    assert_int_equal(push(&f.c, false), 0);
    assert_int_equal(gw_gop_read_next(&reader, &unit), -ENODATA);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_follows_the_last_key_frame),
        cmocka_unit_test(gives_up_a_gop_that_outgrows_the_bytes),
        cmocka_unit_test(gives_up_a_gop_of_too_many_frames),
        cmocka_unit_test(a_key_frame_over_the_bound_leaves_it_empty),
        cmocka_unit_test(gives_back_what_was_put_in_at_any_length),
        cmocka_unit_test(a_reader_ends_where_the_cache_was_cleared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
