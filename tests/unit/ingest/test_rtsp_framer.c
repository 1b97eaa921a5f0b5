// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/rtsp_framer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nv=0\n"
#define RTP                                                                              \
    "$\x01\x00\x0c\x80\x60"                                                              \
    "0123456789"
#define BYTES(s) (s), sizeof(s) - 1

// Units as text: "P1:12 M51/47 " and how the run ended.
struct found {
    char text[256];
    int end;
    uint64_t garbage;
};

static void drain(struct gw_rtsp_framer *f, struct found *found)
{
    struct gw_rtsp_unit unit;

    while (!(found->end = gw_rtsp_framer_next(f, &unit))) {
        size_t at = strlen(found->text);
        if (unit.type == GW_RTSP_PACKET)
            snprintf(found->text + at, sizeof(found->text) - at, "P%d:%zu ", unit.channel,
                     unit.len);
        else
            snprintf(found->text + at, sizeof(found->text) - at, "M%zu/%zu ", unit.len,
                     unit.head_len);
    }
}

// Each piece is an allocation of its own that is gone afterwards: a borrow held
// too long is seen by the sanitizer.
static void feed_copy(struct gw_rtsp_framer *f, const char *data, size_t len,
                      struct found *found)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    gw_rtsp_framer_feed(f, copy, len);
    drain(f, found);
    free(copy);
}

static struct found run(const char *data, size_t len, size_t first, size_t step)
{
    struct gw_rtsp_framer f;
    struct found found = { .end = -EAGAIN };

    gw_rtsp_framer_init(&f);
    for (size_t at = 0; at < len && found.end == -EAGAIN;) {
        size_t n = at == 0 && first ? first : step;
        n = n < len - at ? n : len - at;
        feed_copy(&f, data + at, n, &found);
        at += n;
    }
    found.garbage = f.garbage;
    gw_rtsp_framer_finish(&f);
    return found;
}

static void check_every_split(const char *data, size_t len, const char *text, int end)
{
    for (size_t split = 1; split <= len; split++) {
        struct found found = run(data, len, split, len);
        assert_string_equal(found.text, text);
        assert_int_equal(found.end, end);
    }
    struct found found = run(data, len, 1, 1);
    assert_string_equal(found.text, text);
    assert_int_equal(found.end, end);
}

static void same_units_at_every_split(void **state)
{
    (void)state;
    check_every_split(BYTES(OK RTP "$\x08\x00\x00" OK RTP),
                      "M51/47 P1:12 P8:0 M51/47 P1:12 ", -EAGAIN);
}

// Quirk 25: CRLF before a '$'.
static void skips_line_ends_between_units(void **state)
{
    (void)state;
    check_every_split(BYTES("\r\n" RTP "\r\n\r\n" RTP "\n" OK), "P1:12 P1:12 M51/47 ",
                      -EAGAIN);
}

// Quirk 19: CR or LF alone end lines too.
static void takes_any_line_end(void **state)
{
    (void)state;
    check_every_split(BYTES("RTSP/1.0 200 OK\nCSeq: 2\n\n" RTP), "M25/25 P1:12 ",
                      -EAGAIN);
    check_every_split(BYTES("RTSP/1.0 200 OK\rCSeq: 2\r\r" RTP), "M25/25 P1:12 ",
                      -EAGAIN);
    check_every_split(BYTES("RTSP/1.0 200 OK\r\nCSeq: 2\n\r" RTP), "M26/26 P1:12 ",
                      -EAGAIN);
    check_every_split(BYTES("RTSP/1.0 200 OK\nContent-Length: 2\n\n\n\n" RTP),
                      "M37/35 P1:12 ", -EAGAIN);
}

static void takes_requests_of_the_camera(void **state)
{
    (void)state;
    check_every_split(BYTES("SET_PARAMETER * RTSP/1.0\r\nCSeq: 1\r\n\r\n" RTP),
                      "M37/37 P1:12 ", -EAGAIN);
}

// Quirk 24: garbage between frames.
static void finds_the_next_unit_after_garbage(void **state)
{
    (void)state;
    check_every_split(BYTES(RTP "\x00\xff$$\x01\x00R" RTP), "P1:12 P1:12 ", -EAGAIN);
    check_every_split(BYTES(RTP "abRTSX" OK), "P1:12 M51/47 ", -EAGAIN);
    check_every_split(BYTES(RTP "\x01$\x01\x00\x0c\x00junk" RTP), "P1:12 P1:12 ",
                      -EAGAIN);
    assert_int_equal(run(BYTES(RTP "\x00\xff$$\x01\x00R" RTP), 3, 5).garbage, 7);
}

static void gives_up_after_a_bounded_amount_of_garbage(void **state)
{
    const size_t len = sizeof(RTP) - 1 + GW_RTSP_GARBAGE_MAX + 1;
    char *data = malloc(len);
    (void)state;

    assert_non_null(data);
    memset(data, 'x', len);
    memcpy(data, RTP, sizeof(RTP) - 1);
    assert_int_equal(run(data, len - 1, 0, len).end, -EAGAIN);
    assert_int_equal(run(data, len, 0, len).end, -EBADMSG);
    assert_int_equal(run(data, len, 0, 7).end, -EBADMSG);
    free(data);
}

static void a_peer_that_begins_with_garbage_is_no_camera(void **state)
{
    (void)state;
    check_every_split(BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), "", -EBADMSG);
    check_every_split(BYTES("\x00" RTP), "", -EBADMSG);
}

static void stays_failed(void **state)
{
    struct gw_rtsp_framer f;
    struct gw_rtsp_unit unit = { .len = 42 };
    (void)state;

    gw_rtsp_framer_init(&f);
    gw_rtsp_framer_feed(&f, BYTES("\x00\x01"));
    assert_int_equal(gw_rtsp_framer_next(&f, &unit), -EBADMSG);
    gw_rtsp_framer_feed(&f, BYTES(OK));
    assert_int_equal(gw_rtsp_framer_next(&f, &unit), -EBADMSG);
    assert_int_equal(unit.len, 42); // untouched on failure
    gw_rtsp_framer_finish(&f);
}

static void refuses_a_head_or_body_over_the_limit(void **state)
{
    char *head = malloc(GW_RTSP_HEAD_MAX + 1);
    (void)state;

    assert_non_null(head);
    memset(head, 'x', GW_RTSP_HEAD_MAX + 1);
    memcpy(head, BYTES("RTSP/1.0 200 OK\r\nX: "));
    assert_int_equal(run(head, GW_RTSP_HEAD_MAX - 1, 0, 99999).end, -EAGAIN);
    assert_int_equal(run(head, GW_RTSP_HEAD_MAX, 0, 99999).end, -EMSGSIZE);
    assert_int_equal(run(head, GW_RTSP_HEAD_MAX, 0, 100).end, -EMSGSIZE);
    free(head);

    check_every_split(BYTES("RTSP/1.0 200 OK\r\nContent-Length: 65537\r\n\r\n"), "",
                      -EMSGSIZE);
    check_every_split(BYTES("RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n"), "",
                      -EBADMSG);
}

static void holds_no_memory_between_units(void **state)
{
    struct gw_rtsp_framer f;
    struct found found = { .end = 0 };
    (void)state;

    gw_rtsp_framer_init(&f);
    feed_copy(&f, BYTES(RTP RTP "$"), &found);
    assert_non_null(f.tail);
    feed_copy(&f, BYTES("\x02\x00\x01x"), &found);
    assert_null(f.tail);
    assert_string_equal(found.text, "P1:12 P1:12 P2:1 ");
    gw_rtsp_framer_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_units_at_every_split),
        cmocka_unit_test(skips_line_ends_between_units),
        cmocka_unit_test(takes_any_line_end),
        cmocka_unit_test(takes_requests_of_the_camera),
        cmocka_unit_test(finds_the_next_unit_after_garbage),
        cmocka_unit_test(gives_up_after_a_bounded_amount_of_garbage),
        cmocka_unit_test(a_peer_that_begins_with_garbage_is_no_camera),
        cmocka_unit_test(stays_failed),
        cmocka_unit_test(refuses_a_head_or_body_over_the_limit),
        cmocka_unit_test(holds_no_memory_between_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
