// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtsp_url.h"

#include <errno.h>
#include <string.h>

static void resolves(const char *base, const char *control, const char *expected)
{
    char buf[128];
    assert_int_equal(gw_rtsp_url_resolve(base, strlen(base), control, strlen(control),
                                         buf, sizeof(buf)),
                     0);
    assert_string_equal(buf, expected);
}

static void resolves_what_cameras_call_control(void **state)
{
    (void)state;
    resolves("rtsp://c/s/", "trackID=1", "rtsp://c/s/trackID=1");
    resolves("rtsp://c/s", "trackID=1", "rtsp://c/s/trackID=1");
    resolves("rtsp://c/s", "*", "rtsp://c/s");
    resolves("rtsp://c/s", "", "rtsp://c/s");
    resolves("rtsp://c:5/s/t", "/u/1", "rtsp://c:5/u/1");
    resolves("rtsp://c/s?ch=1/", "track1", "rtsp://c/s?ch=1/track1");
    resolves("rtsps://c:5/s/t", "/u/1", "rtsps://c:5/u/1");
    // Quirk 11 (Hikvision): absolute, with a query.
    resolves("rtsp://c/s", "rtsp://d/s/trackID=1?x=y", "rtsp://d/s/trackID=1?x=y");
}

static void resolving_keeps_to_the_room_it_has(void **state)
{
    char buf[16] = "untouched";
    (void)state;
    assert_int_equal(gw_rtsp_url_resolve("rtsp://c/", 9, "123456", 6, buf, sizeof(buf)),
                     -EMSGSIZE);
    assert_int_equal(gw_rtsp_url_resolve("rtsp://c/", 9, "1\r2", 3, buf, sizeof(buf)),
                     -EBADMSG);
    assert_string_equal(buf, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_what_cameras_call_control),
        cmocka_unit_test(resolving_keeps_to_the_room_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
