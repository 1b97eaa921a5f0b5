// What a camera asks of us in the midst of a session: each request is answered, and no
// camera can make us do so without end.

#include "ingest/rtsp_asked.h"
#include "rtsp_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SESSION "Session: ab\r\n"

// The camera asks, and says no more of it than this.
static void ask(struct talk *t, const char *method, const char *headers)
{
    char text[256];
    int len =
        snprintf(text, sizeof(text), "%s " URL " RTSP/1.0\r\n%s\r\n", method, headers);
    feed(t, text, (size_t)len);
}

static void pings_are_answered_with_their_number(void **state)
{
    static const char *const pings[] = { "GET_PARAMETER", "SET_PARAMETER" };
    struct talk t;
    (void)state;

    for (size_t chunk = 1; chunk < 100; chunk += 9) {
        play_default(&t);
        t.chunk = chunk;
        for (size_t i = 0; i < sizeof(pings) / sizeof(*pings); i++) {
            ask(&t, pings[i], "CSeq: 4294967295\r\n");
            says_exactly(&t, "RTSP/1.0 200 OK\r\nCSeq: 4294967295\r\n" SESSION "\r\n");
        }
        ask(&t, "OPTIONS", "CSeq: 3\r\n");
        says_exactly(&t, "RTSP/1.0 200 OK\r\nCSeq: 3\r\n" SESSION
                         "Public: OPTIONS, GET_PARAMETER, SET_PARAMETER, REDIRECT, "
                         "TEARDOWN\r\n\r\n");
        is_in(&t, GW_RTSP_PLAYING);
        packet(&t, 0);
        assert_int_equal(t.packets, 1);
        end(&t);
    }
}

static void what_we_do_not_do_is_said(void **state)
{
    static const char *const others[] = { "ANNOUNCE", "SETUP", "PLAY", "RECORD", "NOPE" };
    struct talk t;
    (void)state;

    play_default(&t);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        ask(&t, others[i], "CSeq: 9\r\n");
        says_exactly(&t, "RTSP/1.0 501 Not Implemented\r\nCSeq: 9\r\n" SESSION "\r\n");
    }
    ask(&t, "GET_PARAMETER", "CSeq: none\r\n"); // nor is a number made up
    says_exactly(&t, "RTSP/1.0 200 OK\r\n" SESSION "\r\n");
    is_in(&t, GW_RTSP_PLAYING);
    end(&t);
}

// Before the camera has answered us, too; and our own requests go on.
static void a_camera_may_ask_before_it_answers(void **state)
{
    struct talk t;
    (void)state;

    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    ask(&t, "OPTIONS", "CSeq: 1\r\n"); // no answer, though its number is ours
    says(&t, "RTSP/1.0 200 OK\r\n");
    is_in(&t, GW_RTSP_OPTIONS);
    answer(&t, "200 OK", "");
    says(&t, "DESCRIBE ");
    end(&t);
}

static void a_redirection_is_followed_and_answered(void **state)
{
    struct talk t;
    (void)state;

    play_default(&t);
    ask(&t, "REDIRECT", "CSeq: 9\r\nLocation: rtsp://b/\r\n");
    failed_with(&t, GW_CAUSE_REDIRECT, 0);
    assert_string_equal(gw_rtsp_client_location(t.c), "rtsp://b/");
    size_t len;
    const char *out = gw_rtsp_client_output(t.c, &len);
    assert_memory_equal(out, "TEARDOWN ", 9);
    static const char last[] = "RTSP/1.0 200 OK\r\nCSeq: 9\r\n" SESSION "\r\n";
    assert_true(len > sizeof(last));
    assert_memory_equal(out + len - (sizeof(last) - 1), last, sizeof(last) - 1);
    end(&t);
}

static void a_redirection_to_nowhere_is_refused(void **state)
{
    static const char *const nowhere[] = { "CSeq: 9\r\n", "CSeq: 9\r\nLocation: \r\n" };
    struct talk t;
    (void)state;

    for (size_t i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
        play_default(&t);
        ask(&t, "REDIRECT", nowhere[i]);
        says_exactly(&t, "RTSP/1.0 400 Bad Request\r\nCSeq: 9\r\n" SESSION "\r\n");
        is_in(&t, GW_RTSP_PLAYING);
        end(&t);
    }
}

static void a_camera_may_end_the_session(void **state)
{
    struct talk t;
    (void)state;

    play_default(&t);
    ask(&t, "TEARDOWN", "CSeq: 9\r\n");
    failed_with(&t, GW_CAUSE_CLOSED, 0);
    says_exactly(&t, "RTSP/1.0 200 OK\r\nCSeq: 9\r\n" SESSION "\r\n");
    end(&t);
}

// Half a request of ours may be on its way: no answer goes into it.
static void behind_what_waits_the_last_answer_is_left_out(void **state)
{
    struct talk t;
    (void)state;

    begin_at(URL, &t); // OPTIONS waits
    ask(&t, "TEARDOWN", "CSeq: 9\r\n");
    failed_with(&t, GW_CAUSE_CLOSED, 0);
    says_nothing(&t);
    end(&t);
}

static void too_many_requests_end_the_session(void **state)
{
    struct talk t;
    (void)state;

    play_default(&t);
    for (int window = 0; window < 3; window++) {
        for (int i = 0; i < GW_RTSP_ASKED_MAX; i++) {
            ask(&t, "GET_PARAMETER", "CSeq: 9\r\n");
            says(&t, "RTSP/1.0 200 OK\r\n");
        }
        t.now_us += GW_RTSP_ASKED_WITHIN_S * GW_SECOND;
    }
    t.now_us -= 1; // the third time is not over
    ask(&t, "GET_PARAMETER", "CSeq: 9\r\n");
    failed_with(&t, GW_CAUSE_OUR_LIMIT, 0);
    end(&t);
}

static void answers_that_are_not_taken_end_the_session(void **state)
{
    struct talk t;
    size_t waiting = 0;
    (void)state;

    play_default(&t);
    while (gw_rtsp_client_state(t.c) == GW_RTSP_PLAYING) {
        t.now_us += GW_SECOND; // not too many at once
        ask(&t, "GET_PARAMETER", "CSeq: 9\r\n");
        (void)gw_rtsp_client_output(t.c, &waiting);
        assert_true(waiting <= GW_RTSP_ASKED_WAITING_MAX);
    }
    failed_with(&t, GW_CAUSE_OUR_LIMIT, 0);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pings_are_answered_with_their_number),
        cmocka_unit_test(what_we_do_not_do_is_said),
        cmocka_unit_test(a_camera_may_ask_before_it_answers),
        cmocka_unit_test(a_redirection_is_followed_and_answered),
        cmocka_unit_test(a_redirection_to_nowhere_is_refused),
        cmocka_unit_test(a_camera_may_end_the_session),
        cmocka_unit_test(behind_what_waits_the_last_answer_is_left_out),
        cmocka_unit_test(too_many_requests_end_the_session),
        cmocka_unit_test(answers_that_are_not_taken_end_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
