#include "app/states.h"

#include <errno.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_camera_nobody_spoke_of_is_unknown(void **state)
{
    struct gw_states *s = gw_states_create();
    (void)state;
    assert_int_equal(gw_states_get(s, 0).state, GW_CAMERA_UNKNOWN);
    assert_int_equal(gw_states_get(s, GW_CAMERA_NUM_MAX).state, GW_CAMERA_UNKNOWN);
    gw_states_destroy(s);
}

static void tells_whether_the_state_changed(void **state)
{
    struct gw_states *s = gw_states_create();
    struct gw_camera_condition refused = { GW_CAMERA_OFFLINE, GW_CAUSE_REFUSED };
    struct gw_camera_condition timeout = { GW_CAMERA_OFFLINE, GW_CAUSE_TIMEOUT };
    (void)state;
    assert_int_equal(gw_states_set(s, 70000, refused), 1);
    assert_int_equal(gw_states_set(s, 70000, timeout), 0); // another cause only
    assert_int_equal(gw_states_get(s, 70000).cause, GW_CAUSE_TIMEOUT);
    assert_int_equal(gw_states_get(s, 70001).state, GW_CAMERA_UNKNOWN);
    assert_int_equal(gw_states_set(s, GW_CAMERA_NUM_MAX, refused), -EMSGSIZE);
    gw_states_destroy(s);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (int i = 0; i < GW_CAMERA_STATES; i++)
        assert_int_equal(
            gw_camera_state_of_name(gw_camera_state_name((enum gw_camera_state)i)), i);
    assert_int_equal(gw_camera_state_of_name("nothing"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_nobody_spoke_of_is_unknown),
        cmocka_unit_test(tells_whether_the_state_changed),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
