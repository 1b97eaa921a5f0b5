#include "tests/farm/request.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define SETUP                                                                            \
    "SETUP rtsp://h/cam/1/sub/track1 RTSP/1.0\r\n"                                       \
    "CSeq: 3\r\n"                                                                        \
    "transport:  RTP/AVP/TCP;interleaved=0-1 \r\n"                                       \
    "Content-Length: 2\r\n"                                                              \
    "\r\n"                                                                               \
    "hi"

static void reads_what_it_needs(void **state)
{
    struct farm_request req;
    size_t used;
    (void)state;

    assert_int_equal(farm_request_parse(SETUP "X", sizeof(SETUP), &req, &used), 0);
    assert_int_equal(used, sizeof(SETUP) - 1);
    assert_string_equal(req.method, "SETUP");
    assert_string_equal(req.uri, "rtsp://h/cam/1/sub/track1");
    assert_string_equal(req.cseq, "3");
    assert_string_equal(req.transport, "RTP/AVP/TCP;interleaved=0-1");
    assert_string_equal(req.session, "");
}

static void wants_more_at_every_cut(void **state)
{
    struct farm_request req = { .cseq = "old" };
    size_t used;
    (void)state;

    for (size_t len = 0; len < sizeof(SETUP) - 1; len++)
        assert_int_equal(farm_request_parse(SETUP, len, &req, &used), -EAGAIN);
    assert_string_equal(req.cseq, "old");
}

static void packets_and_blank_lines_are_skipped(void **state)
{
    struct farm_request req;
    size_t used;
    (void)state;

    assert_int_equal(farm_request_parse("$\x01\x01\x02", 3, &req, &used), -EAGAIN);
    assert_int_equal(farm_request_parse("$\x01\x01\x02", 4, &req, &used), -ENOMSG);
    assert_int_equal(used, 4 + 0x102);
    assert_int_equal(farm_request_parse("\r\nO", 3, &req, &used), -ENOMSG);
    assert_int_equal(used, 1);
}

static void nonsense_is_refused(void **state)
{
    static char endless[FARM_REQUEST_MAX];
    struct farm_request req;
    size_t used;
    (void)state;

    memset(endless, 'A', sizeof(endless));
    assert_int_equal(farm_request_parse(endless, sizeof(endless), &req, &used),
                     -EMSGSIZE);
    assert_int_equal(farm_request_parse("\x16\x03", 2, &req, &used), -EBADMSG);
#define REFUSED(text, error)                                                             \
    assert_int_equal(farm_request_parse(text, sizeof(text) - 1, &req, &used), error)
    REFUSED("GET / HTTP/1.1\r\n\r\n", -EBADMSG);
    REFUSED("PLAY\r\n\r\n", -EBADMSG);
    REFUSED("PLAY u RTSP/1.0\r\nno colon\r\n\r\n", -EBADMSG);
    REFUSED("PLAY u RTSP/1.0\r\nContent-Length: -1\r\n\r\n", -EBADMSG);
    REFUSED("PLAY u RTSP/1.0\r\nContent-Length: 99999\r\n\r\n", -EMSGSIZE);
    REFUSED("METHOD-THAT-IS-LONGER-THAN-ANY-OTHER-ONE u RTSP/1.0\r\n\r\n", -EMSGSIZE);
#undef REFUSED
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_needs),
        cmocka_unit_test(wants_more_at_every_cut),
        cmocka_unit_test(packets_and_blank_lines_are_skipped),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
