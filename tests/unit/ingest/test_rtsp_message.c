// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtsp_message.h"

#include <errno.h>
#include <string.h>

#define BYTES(s) (s), sizeof(s) - 1

static void header_is(const struct gw_rtsp_message *m, const char *name, unsigned nth,
                      const char *expected)
{
    struct gw_rtsp_text value = { 0 };
    assert_int_equal(gw_rtsp_message_header(m, name, nth, &value), 0);
    assert_int_equal(value.len, strlen(expected));
    assert_memory_equal(value.s, expected, value.len);
}

static void reads_a_response(void **state)
{
    struct gw_rtsp_message m;
    (void)state;
    assert_int_equal(
        gw_rtsp_message_parse(BYTES("RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n"), &m), 0);
    assert_true(m.response);
    assert_int_equal(m.status, 200);
    header_is(&m, "CSeq", 0, "7");
    assert_int_equal(gw_rtsp_message_parse(BYTES("RTSP/1.0  404"), &m), 0);
    assert_int_equal(m.status, 404);
}

static void reads_a_request(void **state)
{
    struct gw_rtsp_message m;
    (void)state;
    assert_int_equal(
        gw_rtsp_message_parse(BYTES("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"), &m), 0);
    assert_false(m.response);
    assert_true(gw_rtsp_text_is(m.method, "OPTIONS"));
}

// Quirks 15, 19, 20: blanks at line ends, CR or LF alone, names in any case.
static void reads_headers_as_cameras_write_them(void **state)
{
    struct gw_rtsp_message m;
    struct gw_rtsp_text value = { "kept", 4 };
    (void)state;
    assert_int_equal(gw_rtsp_message_parse(
                         BYTES("RTSP/1.0 200 OK\rcseq:1\nSESSION : ab;timeout=9 \t\r\n"
                               "no colon\r\nTransport: a;\r\n\tb;\r\n c\r\n"
                               "A: 1\r\nB:\r\na: 2\r\n\r\n"),
                         &m),
                     0);
    header_is(&m, "CSeq", 0, "1");
    header_is(&m, "Session", 0, "ab;timeout=9");
    header_is(&m, "Transport", 0, "a;\r\n\tb;\r\n c");
    header_is(&m, "A", 0, "1");
    header_is(&m, "A", 1, "2");
    header_is(&m, "B", 0, "");
    assert_int_equal(gw_rtsp_message_header(&m, "A", 2, &value), -ENOENT);
    assert_int_equal(gw_rtsp_message_header(&m, "no colon", 0, &value), -ENOENT);
    assert_string_equal(value.s, "kept");
}

static void refuses_other_first_lines(void **state)
{
    struct gw_rtsp_message m = { .status = 42 };
    (void)state;
    assert_int_equal(gw_rtsp_message_parse("", 0, &m), -EBADMSG);
    assert_int_equal(gw_rtsp_message_parse(BYTES("HTTP/1.1 200 OK\r\n\r\n"), &m),
                     -EBADMSG);
    assert_int_equal(gw_rtsp_message_parse(BYTES("RTSP/1.0\r\n\r\n"), &m), -EBADMSG);
    assert_int_equal(gw_rtsp_message_parse(BYTES("RTSP/1.0 99\r\n\r\n"), &m), -EBADMSG);
    assert_int_equal(gw_rtsp_message_parse(BYTES("RTSP/1.0 70000\r\n\r\n"), &m),
                     -EBADMSG);
    assert_int_equal(m.status, 42); // untouched on failure
}

static void cuts_lists_into_trimmed_parts(void **state)
{
    struct gw_rtsp_text rest = { BYTES(" a ;\r\n b;;c") };
    struct gw_rtsp_text part;
    (void)state;
    assert_true(gw_rtsp_text_cut(&rest, ';', &part) && gw_rtsp_text_is(part, "A"));
    assert_true(gw_rtsp_text_cut(&rest, ';', &part) && gw_rtsp_text_is(part, "b"));
    assert_true(gw_rtsp_text_cut(&rest, ';', &part) && part.len == 0);
    assert_true(gw_rtsp_text_cut(&rest, ';', &part) && gw_rtsp_text_is(part, "c"));
    assert_false(gw_rtsp_text_cut(&rest, ';', &part));
}

static void reads_numbers_within_32_bits(void **state)
{
    uint32_t n = 42;
    (void)state;
    assert_int_equal(gw_rtsp_text_number((struct gw_rtsp_text) { "x1", 2 }, &n),
                     -EBADMSG);
    assert_int_equal(
        gw_rtsp_text_number((struct gw_rtsp_text) { BYTES("4294967296") }, &n),
        -EMSGSIZE);
    assert_int_equal(n, 42);
    assert_int_equal(
        gw_rtsp_text_number((struct gw_rtsp_text) { BYTES("4294967295;") }, &n), 0);
    assert_int_equal(n, UINT32_MAX);
}

static void writes_requests(void **state)
{
    char buf[256];
    size_t len = 42;
    struct gw_rtsp_request request = { .method = "OPTIONS",
                                       .uri = "rtsp://c/",
                                       .cseq = 3 };
    (void)state;

    assert_int_equal(gw_rtsp_request_write(&request, buf, sizeof(buf), &len), 0);
    assert_string_equal(buf, "OPTIONS rtsp://c/ RTSP/1.0\r\nCSeq: 3\r\n"
                             "User-Agent: gridwall/" GW_VERSION "\r\n\r\n");
    assert_int_equal(len, strlen(buf));

    request.session = "ab";
    request.authorization = "Basic eA==";
    request.extra = "Accept: x\r\n";
    assert_int_equal(gw_rtsp_request_write(&request, buf, sizeof(buf), &len), 0);
    assert_non_null(
        strstr(buf, "\r\nSession: ab\r\nAuthorization: Basic eA==\r\nAccept: x\r\n\r\n"));
    assert_int_equal(gw_rtsp_request_write(&request, buf, len, &len), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_response),
        cmocka_unit_test(reads_a_request),
        cmocka_unit_test(reads_headers_as_cameras_write_them),
        cmocka_unit_test(refuses_other_first_lines),
        cmocka_unit_test(cuts_lists_into_trimmed_parts),
        cmocka_unit_test(reads_numbers_within_32_bits),
        cmocka_unit_test(writes_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
