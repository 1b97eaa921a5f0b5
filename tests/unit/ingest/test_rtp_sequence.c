#include "ingest/rtp_sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct gw_rtp_step take(struct gw_rtp_sequence *s, uint16_t seq, uint32_t ssrc)
{
    struct gw_rtp_packet p = { .seq = seq, .ssrc = ssrc };
    return gw_rtp_sequence_take(s, &p);
}

static void step_is(struct gw_rtp_step step, bool late, bool new_sender, unsigned lost)
{
    assert_int_equal(step.late, late);
    assert_int_equal(step.new_sender, new_sender);
    assert_int_equal(step.lost, lost);
}

static void counts_across_the_wrap(void **state)
{
    struct gw_rtp_sequence s = { 0 };
    (void)state;

    step_is(take(&s, 65534, 1), false, false, 0);
    step_is(take(&s, 65535, 1), false, false, 0);
    step_is(take(&s, 0, 1), false, false, 0);
    step_is(take(&s, 3, 1), false, false, 2);
}

static void a_straggler_is_late_and_two_in_a_row_count_anew(void **state)
{
    struct gw_rtp_sequence s = { 0 };
    (void)state;

    (void)take(&s, 100, 1);
    step_is(take(&s, 100, 1), true, false, 0);
    step_is(take(&s, 50, 1), true, false, 0);
    step_is(take(&s, 51, 1), false, false, 1);
    step_is(take(&s, 52, 1), false, false, 0);
}

static void a_jump_is_one_loss_of_unknown_size(void **state)
{
    struct gw_rtp_sequence s = { 0 };
    (void)state;

    (void)take(&s, 100, 1);
    step_is(take(&s, 101 + 3000, 1), false, false, 3000);
    step_is(take(&s, 3102 + 3001, 1), false, false, 1);
}

static void another_sender_begins_its_own_count(void **state)
{
    struct gw_rtp_sequence s = { 0 };
    (void)state;

    step_is(take(&s, 100, 1), false, false, 0);
    step_is(take(&s, 90, 2), false, true, 1);
    step_is(take(&s, 91, 2), false, false, 0);
    gw_rtp_sequence_init(&s);
    step_is(take(&s, 7, 3), false, false, 0);
}

static void packets_of_another_type_leave_no_gap(void **state)
{
    struct gw_rtp_sequence s = { 0 };
    struct gw_rtp_packet other = { .seq = 101, .ssrc = 1 };
    (void)state;

    (void)take(&s, 100, 1);
    gw_rtp_sequence_pass_over(&s, &other);
    gw_rtp_sequence_pass_over(&s, &other); // not the next any more
    step_is(take(&s, 102, 1), false, false, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_across_the_wrap),
        cmocka_unit_test(a_straggler_is_late_and_two_in_a_row_count_anew),
        cmocka_unit_test(a_jump_is_one_loss_of_unknown_size),
        cmocka_unit_test(another_sender_begins_its_own_count),
        cmocka_unit_test(packets_of_another_type_leave_no_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
