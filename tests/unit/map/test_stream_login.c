#include "map/stream_login.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void addresses_of_streams_are_known_by_their_form(void **state)
{
    (void)state;
    assert_true(gw_stream_login_valid("rtsp://10.0.0.1/ch1"));
    assert_true(gw_stream_login_valid("RTSP://h"));
    assert_true(gw_stream_login_valid("rtsps://u:p@ss#w%rd@h:322/a?b=c@d"));
    assert_true(gw_stream_login_valid("rtsp://[fe80::1]:554/"));
    assert_false(gw_stream_login_valid(""));
    assert_true(gw_stream_login_valid("http://h/live.flv"));
    assert_false(gw_stream_login_valid("ftp://h/"));
    assert_true(gw_stream_login_valid("push://:twelve-bytes@"));
    assert_true(gw_stream_login_valid("push://"));
    assert_false(gw_stream_login_valid("push://:eleven-byte@"));
    assert_false(gw_stream_login_valid("rtsp://"));
    assert_false(gw_stream_login_valid("rtsp:///path"));
    assert_false(gw_stream_login_valid("rtsp://u:p@/path"));
    assert_false(gw_stream_login_valid("rtsp://:554/"));
    assert_false(gw_stream_login_valid("rtsp://h/a b"));
    assert_false(gw_stream_login_valid("rtsp://h/a\nb"));
}

static void the_limit_holds_to_the_byte(void **state)
{
    (void)state;
    char url[GW_STREAM_URL_MAX + 2] = "rtsp://h/";
    memset(url + 9, 'x', GW_STREAM_URL_MAX - 9);
    assert_true(gw_stream_login_valid(url));
    char kept[GW_STREAM_URL_MAX + 1] = "before";
    assert_int_equal(gw_stream_login_keep(url, "rtsp://u:p@h/", kept), -EMSGSIZE);
    assert_string_equal(kept, "before");
    url[GW_STREAM_URL_MAX] = 'x';
    assert_false(gw_stream_login_valid(url));
}

static void expect(const char *url, const char *stored, const char *result)
{
    char kept[GW_STREAM_URL_MAX + 1];
    assert_int_equal(gw_stream_login_keep(url, stored, kept), 0);
    assert_string_equal(kept, result);
}

static void a_login_is_kept_for_the_same_host_and_port_only(void **state)
{
    (void)state;
    expect("rtsp://h:554/2", "rtsp://u:p@x@h:554/1", "rtsp://u:p%40x@h:554/2");
    expect("rtsp://H/2", "rtsp://u:p@h/1", "rtsp://u:p@H/2");
    expect("rtsp://h:555/2", "rtsp://u:p@h:554/1", "rtsp://h:555/2");
    expect("rtsp://h/2", "rtsp://u:p@h2/1", "rtsp://h/2");
    expect("rtsp://new:q@h/2", "rtsp://u:p@h/1", "rtsp://new:q@h/2");
    expect("rtsp://h/2", "", "rtsp://h/2");
    expect("rtsps://h:554/2", "rtsp://u:p@h/1", "rtsps://h:554/2");
    expect("rtsp://10.0.0.1/2", "rtsp://u:a/b@10.0.0.1/1", "rtsp://u:a%2Fb@10.0.0.1/2");
    expect("push://", "push://:a-long-key-1@", "push://:a-long-key-1@");
    expect("", "rtsp://u:p@h/1", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_streams_are_known_by_their_form),
        cmocka_unit_test(the_limit_holds_to_the_byte),
        cmocka_unit_test(a_login_is_kept_for_the_same_host_and_port_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
