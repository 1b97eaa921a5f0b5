// What a viewer may do to the hub from within its callbacks.

#include "hub_viewers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void leave(struct viewer *v)
{
    gw_hub_unsubscribe(v->hub, &v->sub);
}

static void evict_other(struct viewer *v)
{
    gw_hub_unsubscribe(v->hub, &v->other->sub);
}

static void bring_other(struct viewer *v)
{
    v->other->hub = v->hub;
    v->other->form = v->form;
    subscribe(v->other, 0);
}

static void replace_by_other(struct viewer *v)
{
    leave(v);
    bring_other(v);
}

static void forget(struct viewer *v)
{
    gw_hub_forget_gop(v->hub, STREAM);
}

// Runs `act` at every packet a viewer gets, live and in the replay, with a
// bystander subscribed before and one after it.
static void act_everywhere(void (*act)(struct viewer *), bool joins)
{
    for (size_t at = 1; at <= 8; at++) {
        struct fixture f;
        struct viewer before = { 0 };
        struct viewer other = { .form = GW_FORM_WALL_AVCC };
        struct viewer actor = { .act_at = at, .act = act, .other = &other };
        struct viewer after = { 0 };

        begin(&f, 1 << 20);
        watch(&f, &before, GW_FORM_WALL_AVCC);
        if (!joins)
            watch(&f, &other, GW_FORM_WALL_AVCC);
        publish_gop(&f, 4); // 5 packets in the replay with config
        watch(&f, &actor, GW_FORM_WALL_AVCC);
        watch(&f, &after, GW_FORM_WALL_AVCC);
        for (int i = 0; i < 4; i++)
            publish(&f, i == 3);
        publish(&f, false);
        if (act != forget) {
            ASSERT_SAW(&before, CONFIG, 0, 1, 2, 3, 4, 5, 6, 7, 8);
            ASSERT_SAW(&after, CONFIG, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
        if (joins)
            ASSERT_SAW(&other, CONFIG, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        if (act == leave || act == replace_by_other) {
            assert_int_equal(actor.count, at);
            assert_null(actor.sub);
        }
        end(&f);
    }
}

static void callbacks_may_unsubscribe_themselves(void **state)
{
    (void)state;
    act_everywhere(leave, false);
}

static void callbacks_may_unsubscribe_others(void **state)
{
    (void)state;
    act_everywhere(evict_other, false);
}

static void callbacks_may_subscribe_others(void **state)
{
    (void)state;
    act_everywhere(bring_other, true);
}

static void callbacks_may_leave_and_subscribe(void **state)
{
    (void)state;
    act_everywhere(replace_by_other, true);
}

static void callbacks_may_forget_the_gop(void **state)
{
    (void)state;
    act_everywhere(forget, false);
}

static void nobody_is_called_after_the_end(void **state)
{
    struct fixture f;
    struct viewer frames = { 0 };
    struct viewer packets = { 0 };
    // It enters the list last, so a walk meets it first.
    struct viewer actor = { .act_at = 3, .act = evict_other };
    (void)state;

    begin(&f, 1 << 20);
    publish(&f, true);
    actor.other = &frames;
    assert_int_equal(
        gw_hub_subscribe_frames(f.hub, STREAM, on_frame, &frames, &frames.sub), 0);
    watch(&f, &actor, GW_FORM_WALL_AVCC);
    publish(&f, false);
    ASSERT_SAW(&frames, 0);
    gw_hub_unsubscribe(f.hub, &actor.sub);

    // A config packet is not for those either.
    actor = (struct viewer) { .act_at = 4, .act = evict_other, .other = &packets };
    watch(&f, &packets, GW_FORM_WALL_AVCC);
    watch(&f, &actor, GW_FORM_WALL_AVCC);
    gw_buf_unref(&f.params);
    f.params = gw_buf_copy(OTHER_SETS, sizeof(OTHER_SETS) - 1);
    publish(&f, true);
    ASSERT_SAW(&actor, CONFIG, 0, 1, CONFIG, 2);
    ASSERT_SAW(&packets, CONFIG, 0, 1);
    end(&f);
}

static void the_last_may_leave_within_the_replay(void **state)
{
    struct fixture f;
    struct viewer v = { .act_at = 1, .act = leave };
    (void)state;

    begin(&f, 1 << 20);
    publish_gop(&f, 3);
    watch(&f, &v, GW_FORM_WALL_AVCC);
    assert_null(v.sub);
    assert_int_equal(v.count, 1);
    assert_int_equal(f.wanted, 1);
    assert_int_equal(f.unwanted, 1);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_may_unsubscribe_themselves),
        cmocka_unit_test(callbacks_may_unsubscribe_others),
        cmocka_unit_test(callbacks_may_subscribe_others),
        cmocka_unit_test(callbacks_may_leave_and_subscribe),
        cmocka_unit_test(callbacks_may_forget_the_gop),
        cmocka_unit_test(nobody_is_called_after_the_end),
        cmocka_unit_test(the_last_may_leave_within_the_replay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
