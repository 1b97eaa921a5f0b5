#include "hub_viewers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_viewer_that_joins_gets_config_gop_and_live(void **state)
{
    struct fixture f;
    struct viewer early = { 0 };
    struct viewer late = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &early, GW_FORM_WALL_AVCC);
    publish_gop(&f, 3);
    publish_gop(&f, 2);
    watch(&f, &late, GW_FORM_WALL_AVCC);
    ASSERT_SAW(&late, CONFIG, 3, 4);
    publish(&f, false);
    ASSERT_SAW(&early, CONFIG, 0, 1, 2, 3, 4, 5);
    ASSERT_SAW(&late, CONFIG, 3, 4, 5);
    end(&f);
}

static void a_viewer_may_wait_for_the_next_key_frame(void **state)
{
    struct fixture f;
    struct viewer v = { .form = GW_FORM_WALL_AVCC };
    struct viewer first = { .form = GW_FORM_WALL_AVCC };
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 3);
    v.hub = f.hub;
    subscribe(&v, f.seq * UINT64_C(40000));
    ASSERT_SAW(&v, CONFIG); // a decoder can be set up meanwhile
    publish(&f, false);
    ASSERT_SAW(&v, CONFIG);
    publish_gop(&f, 2);
    ASSERT_SAW(&v, CONFIG, 4, 5);

    // Nor does it take the past that another shard hands over when it was asked for.
    gw_hub_forget_gop(f.hub, STREAM);
    first.hub = f.hub;
    subscribe(&first, (f.seq + 2) * UINT64_C(40000));
    publish_gop(&f, 2);
    ASSERT_SAW(&first, CONFIG);
    publish_gop(&f, 1);
    ASSERT_SAW(&first, CONFIG, 8);
    end(&f);
}

static void every_form_gets_all_frames(void **state)
{
    struct fixture f;
    struct viewer v[GW_FORMS] = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    for (int form = 0; form < GW_FORMS; form++)
        watch(&f, &v[form], (enum gw_form)form);
    publish_gop(&f, 10);
    for (int form = 0; form < GW_FORMS; form++)
        assert_int_equal(v[form].count, 11);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.packets, GW_FORMS * 11);
    assert_int_equal(stats.unpackaged, 0);
    end(&f);
}

static void a_live_frame_is_packaged_once_a_form(void **state)
{
    struct fixture f;
    struct viewer v[5] = { 0 };
    struct gw_hub_stats before;
    struct gw_hub_stats after;
    (void)state;

    begin(&f, 1 << 20);
    publish(&f, true);
    for (int i = 0; i < 5; i++)
        watch(&f, &v[i], GW_FORM_FLV);
    gw_hub_stats(f.hub, &before);
    publish(&f, false);
    gw_hub_stats(f.hub, &after);
    assert_int_equal(after.packets - before.packets, 1);
    assert_int_equal(after.subscriptions, 5);
    end(&f);
}

static void frames_ahead_of_the_first_key_frame_are_dropped(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v, GW_FORM_WALL_MP4);
    publish(&f, false);
    publish(&f, false);
    assert_int_equal(v.count, 0);
    publish(&f, true);
    ASSERT_SAW(&v, CONFIG, 2);
    assert_false(v.gap[1]); // nothing was sent before it
    end(&f);
}

static void a_jump_of_seq_is_marked_as_a_gap(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct viewer late = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    publish_gop(&f, 2);
    f.seq += 3;
    publish(&f, false);
    publish(&f, false);
    watch(&f, &late, GW_FORM_WALL_AVCC);
    ASSERT_SAW(&v, CONFIG, 0, 1, 5, 6);
    ASSERT_SAW(&late, CONFIG, 0, 1, 5, 6);
    for (size_t i = 0; i < v.count; i++) {
        assert_int_equal(v.gap[i], i == 3);
        assert_int_equal(late.gap[i], i == 3);
    }
    end(&f);
}

static void config_comes_again_when_the_sets_change(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct viewer flv = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    watch(&f, &flv, GW_FORM_FLV);
    publish_gop(&f, 2);

    gw_buf_unref(&f.params); // the same bytes in another object
    f.params = gw_buf_copy(SETS, sizeof(SETS) - 1);
    publish_gop(&f, 2);
    gw_buf_unref(&f.params);
    f.params = gw_buf_copy(OTHER_SETS, sizeof(OTHER_SETS) - 1);
    publish_gop(&f, 2);
    ASSERT_SAW(&v, CONFIG, 0, 1, 2, 3, CONFIG, 4, 5);
    assert_int_equal(flv.count, v.count);
    end(&f);
}

static void sets_that_cannot_be_read_are_counted_once_a_form(void **state)
{
    struct fixture f;
    struct viewer v[2] = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &v[0], GW_FORM_MP4);
    watch(&f, &v[1], GW_FORM_MP4);
    gw_buf_unref(&f.params);
    f.params = gw_buf_copy("junk", 4);
    publish(&f, true);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.unpackaged, 1);
    assert_int_equal(v[0].count, 0);

    gw_buf_unref(&f.params);
    f.params = gw_buf_copy(SETS, sizeof(SETS) - 1);
    publish(&f, false); // no use without its key frame
    assert_int_equal(v[0].count, 0);
    publish(&f, true);
    assert_int_equal(v[0].count, 2);
    assert_int_equal(v[1].count, 2);
    end(&f);
}

static void a_gop_over_the_bound_is_given_up_until_the_next(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 3 * (sizeof(struct gw_frame) + 6));
    publish_gop(&f, 5);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.gop_evicted, 1);
    assert_int_equal(stats.gop_bytes, 0);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    publish(&f, false);
    ASSERT_SAW(&v, CONFIG); // the rest cannot be decoded
    publish_gop(&f, 2);
    ASSERT_SAW(&v, CONFIG, 6, 7);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.gop_bytes, 2 * (sizeof(struct gw_frame) + 6));
    end(&f);
}

static void frame_subscribers_get_the_frames_themselves(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 2);
    assert_int_equal(gw_hub_subscribe_frames(f.hub, STREAM, on_frame, &v, &v.sub), 0);
    publish(&f, false);
    ASSERT_SAW(&v, 0, 1, 2);
    gw_hub_unsubscribe(f.hub, &v.sub);
    publish(&f, false);
    ASSERT_SAW(&v, 0, 1, 2);
    end(&f);
}

static void demand_is_told_at_the_first_and_after_the_last(void **state)
{
    struct fixture f;
    struct viewer a = { 0 };
    struct viewer b = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    watch(&f, &a, GW_FORM_FLV);
    watch(&f, &b, GW_FORM_MP4);
    assert_int_equal(f.wanted, 1);
    gw_hub_unsubscribe(f.hub, &a.sub);
    assert_int_equal(f.unwanted, 0);
    gw_hub_unsubscribe(f.hub, &b.sub);
    gw_hub_unsubscribe(f.hub, &b.sub); // NULL by now
    assert_int_equal(f.unwanted, 1);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.streams, 0);
    assert_int_equal(stats.subscriptions, 0);
    end(&f);
}

static void a_forgotten_gop_is_not_replayed(void **state)
{
    struct fixture f;
    struct viewer v = { 0 };
    struct gw_hub_stats stats;
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 4);
    gw_hub_forget_gop(f.hub, STREAM);
    gw_hub_stats(f.hub, &stats);
    assert_int_equal(stats.streams, 0);
    assert_int_equal(stats.gop_bytes, 0);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    assert_int_equal(v.count, 0);

    publish_gop(&f, 2);
    gw_hub_forget_gop(f.hub, STREAM);
    f.seq = 0; // a new source counts anew
    publish(&f, false);
    publish_gop(&f, 1);
    ASSERT_SAW(&v, CONFIG, 4, 5, 1);
    assert_true(v.gap[3]);
    end(&f);
}

// Motion JPEG has no place in FLV and MP4, and no config frame on the wall's socket.
static void a_codec_that_a_form_cannot_carry_is_refused_once(void **state)
{
    struct fixture f;
    struct viewer wall = { 0 };
    struct viewer flv = { 0 };
    struct viewer mp4 = { 0 };
    (void)state;

    begin(&f, 1 << 20);
    publish_codec(&f, true, GW_CODEC_JPEG);
    watch(&f, &wall, GW_FORM_WALL_AVCC);
    watch(&f, &flv, GW_FORM_FLV);
    watch(&f, &mp4, GW_FORM_WALL_MP4);
    publish_codec(&f, true, GW_CODEC_JPEG);
    ASSERT_SAW(&wall, 0, 1);
    assert_int_equal(wall.refusals, 0);
    assert_int_equal(flv.count + mp4.count, 0);
    assert_int_equal(flv.refusals, 1);
    assert_int_equal(mp4.refusals, 1);
    assert_int_equal(flv.refused, GW_CODEC_JPEG);

    // The camera is set to H.264: now it can be.
    publish(&f, true);
    ASSERT_SAW(&wall, 0, 1, CONFIG, 2);
    ASSERT_SAW(&mp4, CONFIG, 2);
    publish_codec(&f, true, GW_CODEC_JPEG);
    assert_int_equal(mp4.refusals, 2);
    publish(&f, true);
    ASSERT_SAW(&wall, 0, 1, CONFIG, 2, 3, CONFIG, 4);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_viewer_that_joins_gets_config_gop_and_live),
        cmocka_unit_test(a_viewer_may_wait_for_the_next_key_frame),
        cmocka_unit_test(every_form_gets_all_frames),
        cmocka_unit_test(a_live_frame_is_packaged_once_a_form),
        cmocka_unit_test(frames_ahead_of_the_first_key_frame_are_dropped),
        cmocka_unit_test(a_jump_of_seq_is_marked_as_a_gap),
        cmocka_unit_test(config_comes_again_when_the_sets_change),
        cmocka_unit_test(sets_that_cannot_be_read_are_counted_once_a_form),
        cmocka_unit_test(a_gop_over_the_bound_is_given_up_until_the_next),
        cmocka_unit_test(frame_subscribers_get_the_frames_themselves),
        cmocka_unit_test(demand_is_told_at_the_first_and_after_the_last),
        cmocka_unit_test(a_forgotten_gop_is_not_replayed),
        cmocka_unit_test(a_codec_that_a_form_cannot_carry_is_refused_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
