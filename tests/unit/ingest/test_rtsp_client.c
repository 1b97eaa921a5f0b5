// The dialogue with a camera from OPTIONS to TEARDOWN, and what ends it.

#include "ingest/rtsp_login.h"
#include "rtsp_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void whole_session(struct talk *t)
{
    says(t, "OPTIONS " URL " RTSP/1.0\r\n");
    answer(t, "200 OK", "");
    says(t, "DESCRIBE " URL " RTSP/1.0\r\n");
    said(t, "\r\nAccept: application/sdp\r\n");
    answer_with(t, "200 OK", "Content-Base: " URL "/\r\n", "v=0\r\n" VIDEO);
    says(t, "SETUP " URL "/trackID=1 RTSP/1.0\r\n");
    said(t, "\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    answer(t, "200 OK",
           "Session: ab;timeout=60\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
    assert_int_equal(t->setups, 1);
    assert_int_equal(t->media, 1);
    assert_int_equal(t->format[0].kind, GW_MEDIA_VIDEO);
    assert_int_equal(t->format[0].payload_type, 96);
    assert_int_equal(t->format[0].clock_rate, 90000);
    assert_int_equal(t->format[0].codec, GW_CODEC_H264);
    assert_int_equal(t->params_len, 13);
    says(t, "PLAY " URL "/ RTSP/1.0\r\n");
    said(t, "\r\nSession: ab\r\n");
    packet(t, 0); // quirk 25: before the answer
    answer(t, "200 OK", "RTP-Info: url=x;seq=0;rtptime=bad;\r\n");
    packet(t, 0);
    packet(t, 1);
    packet(t, 77);
    assert_int_equal(t->packets, 2);
    assert_int_equal(t->bytes, 24);
    says_nothing(t);
    gw_rtsp_client_close(t->c, t->now_us);
    says(t, "TEARDOWN " URL "/ RTSP/1.0\r\n");
    said(t, "\r\nSession: ab\r\n");
    packet(t, 0);
    is_in(t, GW_RTSP_TEARDOWN);
    answer(t, "200 OK", "");
    is_in(t, GW_RTSP_CLOSED);
    assert_int_equal(t->packets, 2);
    assert_true(gw_rtsp_client_deadline_us(t->c) == UINT64_MAX);
}

static void pulls_a_camera_however_tcp_cuts_its_answers(void **state)
{
    (void)state;
    for (size_t chunk = 1; chunk < 400; chunk++) {
        struct talk t;
        begin_at(URL, &t);
        t.chunk = chunk;
        whole_session(&t);
        end(&t);
    }
}

static void answers_a_challenge_once(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:p@10.0.0.1/x", &t);
    says(&t, "OPTIONS " URL " ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "OPTIONS " URL " ");
    said(&t, "Authorization: Digest username=\"u\"");
    answer(&t, "401 Unauthorized", DIGEST);
    failed_with(&t, GW_CAUSE_PASSWORD, 0);
    says_nothing(&t);
    end(&t);
}

static void without_credentials_a_challenge_asks_for_a_password(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized", DIGEST);
    failed_with(&t, GW_CAUSE_PASSWORD, 0);
    end(&t);
}

// Quirk 3: stale=true renews the nonce; so does a new nonce after a good answer.
static void renews_a_nonce_that_became_too_old(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:p@10.0.0.1/x", &t);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized",
           "WWW-Authenticate: Digest nonce=\"m\", stale=true\r\n");
    says(&t, "OPTIONS ");
    said(&t, "nonce=\"m\"");
    answer(&t, "200 OK", "");
    says(&t, "DESCRIBE ");
    said(&t, "nonce=\"m\"");
    answer(&t, "401 Unauthorized", "WWW-Authenticate: Digest nonce=\"o\"\r\n");
    says(&t, "DESCRIBE ");
    said(&t, "nonce=\"o\"");
    answer_with(&t, "200 OK", "", VIDEO);
    says(&t, "SETUP ");
    end(&t);
}

static void a_camera_that_is_never_content_is_given_up(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:p@10.0.0.1/x", &t);
    for (int i = 0; i <= GW_RTSP_401_MAX; i++) {
        says(&t, "OPTIONS ");
        answer(&t, "401 Unauthorized",
               "WWW-Authenticate: Digest nonce=\"m\", stale=true\r\n");
    }
    failed_with(&t, GW_CAUSE_PASSWORD, 0);
    end(&t);
}

static void the_password_is_in_no_request(void **state)
{
    struct talk t;
    (void)state;
    begin_at("rtsp://u:s3cret@10.0.0.1/x", &t);
    says(&t, "OPTIONS ");
    answer(&t, "401 Unauthorized", DIGEST);
    says(&t, "OPTIONS ");
    assert_null(strstr(t.request, "s3cret"));
    end(&t);
}

static void each_status_has_its_cause(void **state)
{
    static const struct {
        const char *status;
        enum gw_cause cause;
        unsigned rtsp_status;
    } cases[] = {
        { "403 Forbidden", GW_CAUSE_FORBIDDEN, 0 },
        { "404 Not Found", GW_CAUSE_NOT_FOUND, 0 },
        { "453 Not Enough Bandwidth", GW_CAUSE_BUSY, 0 }, // quirk 34
        { "503 Service Unavailable", GW_CAUSE_BUSY, 0 },
        { "500 Internal Server Error", GW_CAUSE_STATUS, 500 },
        { "302 Found", GW_CAUSE_STATUS, 302 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct talk t;
        begin_at(URL, &t);
        says(&t, "OPTIONS ");
        answer(&t, "501 Not Implemented", ""); // some do not know OPTIONS
        says(&t, "DESCRIBE ");
        answer(&t, cases[i].status, "");
        failed_with(&t, cases[i].cause, cases[i].rtsp_status);
        end(&t);
    }
}

static void says_why_there_is_no_picture(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", "m=audio 0 RTP/AVP 8\r\n");
    failed_with(&t, GW_CAUSE_NO_VIDEO, 0);
    end(&t);
    begin_at(URL, &t);
    describe(&t, "", "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
    failed_with(&t, GW_CAUSE_CODEC, 0);
    end(&t);
    begin_at(URL, &t);
    feed(&t, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
    failed_with(&t, GW_CAUSE_NOT_RTSP, 0);
    end(&t);
}

// Quirks 10 (Anjvision), 11 (Hikvision), 12 (VStarcam).
static void asks_for_the_track_where_the_camera_says(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "Content-Base: 10.0.0.1/y/\r\n", VIDEO);
    says(&t, "SETUP " URL "/trackID=1 ");
    end(&t);

    begin_at(URL, &t);
    describe(&t, "Content-Location: rtsp://10.0.0.1/z/ \r\n",
             "a=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
             "a=control:rtsp://10.0.0.1/x/trackID=1?p=1\r\n");
    says(&t, "SETUP rtsp://10.0.0.1/x/trackID=1?p=1 ");
    answer(&t, "200 OK", "");
    says(&t, "PLAY rtsp://10.0.0.1/z/ ");
    assert_null(strstr(t.request, "Session:"));
    end(&t);
}

static void takes_a_video_behind_one_it_cannot_carry(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", "m=video 0 RTP/AVP 31\r\na=control:a\r\n" VIDEO);
    says(&t, "SETUP " URL "/trackID=1 ");
    end(&t);
}

static void a_late_answer_to_another_request_is_passed_over(void **state)
{
    struct talk t;
    struct gw_rtsp_client_stats stats;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    t.cseq += 7;
    answer(&t, "404 Not Found", "");
    t.cseq -= 7;
    feed(&t, "RTSP/1.0 100 Continue\r\n\r\n", 25);
    is_in(&t, GW_RTSP_OPTIONS);
    says_nothing(&t);
    gw_rtsp_client_stats(t.c, &stats);
    assert_int_equal(stats.unexpected, 2);
    answer(&t, "200 OK", "");
    says(&t, "DESCRIBE ");
    end(&t);
}

static void an_answer_that_does_not_come_is_a_timeout(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    advance(&t, TIMEOUT_US - 1);
    is_in(&t, GW_RTSP_OPTIONS);
    advance(&t, 1);
    failed_with(&t, GW_CAUSE_TIMEOUT, 0);
    end(&t);
}

static void failed_stays_failed(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    says(&t, "OPTIONS ");
    advance(&t, TIMEOUT_US);
    answer(&t, "200 OK", "");
    gw_rtsp_client_close(t.c, t.now_us);
    gw_rtsp_client_disconnected(t.c);
    advance(&t, TIMEOUT_US);
    says_nothing(&t);
    failed_with(&t, GW_CAUSE_TIMEOUT, 0);
    end(&t);
}

// A session id goes into headers of ours.
static void a_session_id_that_forges_headers_is_refused(void **state)
{
    struct talk t;
    (void)state;
    begin_at(URL, &t);
    describe(&t, "", VIDEO);
    says(&t, "SETUP ");
    answer(&t, "200 OK", "Session: a\r\n b\r\n");
    failed_with(&t, GW_CAUSE_NOT_RTSP, 0);
    end(&t);
}

// Quirk 24.
static void goes_on_after_garbage_between_frames(void **state)
{
    struct talk t;
    struct gw_rtsp_client_stats stats;
    (void)state;
    play_default(&t);
    packet(&t, 0);
    feed(&t, "\x00\x01garbage", 9);
    packet(&t, 0);
    assert_int_equal(t.packets, 2);
    gw_rtsp_client_stats(t.c, &stats);
    assert_int_equal(stats.garbage, 9);
    end(&t);
}

static void a_camera_may_send_us_elsewhere(void **state)
{
    static const char *const statuses[] = { "301 Moved", "302 Found", "305 Use Proxy" };
    struct talk t;
    (void)state;
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        begin_at(URL, &t);
        says(&t, "OPTIONS ");
        answer(&t, "200 OK", "");
        says(&t, "DESCRIBE ");
        answer(&t, statuses[i], "Location: rtsp://10.0.0.2/y \r\n");
        failed_with(&t, GW_CAUSE_REDIRECT, 0);
        assert_string_equal(gw_rtsp_client_location(t.c), "rtsp://10.0.0.2/y");
        end(&t);
    }
}

static void closing_waits_for_teardown_only_so_long(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    gw_rtsp_client_close(t.c, t.now_us);
    says(&t, "TEARDOWN ");
    advance(&t, GW_RTSP_TEARDOWN_MS * GW_MS - 1);
    is_in(&t, GW_RTSP_TEARDOWN);
    advance(&t, 1);
    is_in(&t, GW_RTSP_CLOSED);
    end(&t);

    begin_at(URL, &t);
    gw_rtsp_client_close(t.c, t.now_us); // nothing stands yet
    is_in(&t, GW_RTSP_CLOSED);
    says_nothing(&t);
    end(&t);
}

static void a_camera_that_hangs_up_is_closed(void **state)
{
    struct talk t;
    (void)state;
    play_default(&t);
    gw_rtsp_client_disconnected(t.c);
    failed_with(&t, GW_CAUSE_CLOSED, 0);
    says_nothing(&t);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pulls_a_camera_however_tcp_cuts_its_answers),
        cmocka_unit_test(answers_a_challenge_once),
        cmocka_unit_test(without_credentials_a_challenge_asks_for_a_password),
        cmocka_unit_test(renews_a_nonce_that_became_too_old),
        cmocka_unit_test(a_camera_that_is_never_content_is_given_up),
        cmocka_unit_test(the_password_is_in_no_request),
        cmocka_unit_test(each_status_has_its_cause),
        cmocka_unit_test(says_why_there_is_no_picture),
        cmocka_unit_test(asks_for_the_track_where_the_camera_says),
        cmocka_unit_test(takes_a_video_behind_one_it_cannot_carry),
        cmocka_unit_test(a_late_answer_to_another_request_is_passed_over),
        cmocka_unit_test(an_answer_that_does_not_come_is_a_timeout),
        cmocka_unit_test(failed_stays_failed),
        cmocka_unit_test(a_session_id_that_forges_headers_is_refused),
        cmocka_unit_test(goes_on_after_garbage_between_frames),
        cmocka_unit_test(a_camera_may_send_us_elsewhere),
        cmocka_unit_test(closing_waits_for_teardown_only_so_long),
        cmocka_unit_test(a_camera_that_hangs_up_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
