#include "base/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void headroom_may_be_written_without_harm(void **state)
{
    (void)state;
    struct gw_packet *p = gw_packet_create(3);
    memcpy(gw_packet_payload(p), "abc", 3);
    memset(gw_packet_payload(p) - GW_PACKET_HEADROOM, 0xff, GW_PACKET_HEADROOM);
    assert_int_equal(p->len, 3);
    assert_int_equal(p->refs, 1);
    assert_memory_equal(gw_packet_payload(p), "abc", 3);
    gw_packet_unref(&p);
    assert_null(p);
}

static void lives_until_the_last_reference_goes(void **state)
{
    (void)state;
    struct gw_packet *p = gw_packet_create(3);
    struct gw_packet *second = gw_packet_ref(p);
    memcpy(gw_packet_payload(p), "abc", 3);
    gw_packet_unref(&p);
    assert_memory_equal(gw_packet_payload(second), "abc", 3);
    gw_packet_unref(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headroom_may_be_written_without_harm),
        cmocka_unit_test(lives_until_the_last_reference_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
