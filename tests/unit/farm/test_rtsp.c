#include "tests/farm/rtsp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct farm_clip clip = {
    .sps = { { 0x67, 0x4d, 0x40, 0x1f, 0xaa }, 5 },
    .pps = { { 0x68, 0xee }, 2 },
};
static struct farm_clip *clips[] = { &clip };

static int setup(void **state)
{
    static struct farm_site site;
    static struct farm_rtsp rtsp;

    site = (struct farm_site) {
        .cameras = 20,
        .clips = { clips, clips },
        .clip_count = { 1, 1 },
        .timeout_s = 60,
    };
    assert_int_equal(farm_faults_init(&site.faults, site.cameras), 0);
    farm_rtsp_init(&rtsp, &site, 1);
    *state = &rtsp;
    return 0;
}

static int teardown(void **state)
{
    struct farm_rtsp *rtsp = *state;
    struct farm_faults faults = rtsp->site->faults;
    farm_faults_finish(&faults);
    return 0;
}

// The whole reply; valid until the next call.
static const char *ask(struct farm_rtsp *rtsp, const char *method, const char *path,
                       const char *transport, const char *session)
{
    static struct farm_reply reply;
    struct farm_request req = { .cseq = "7" };

    (void)snprintf(req.method, sizeof(req.method), "%s", method);
    (void)snprintf(req.uri, sizeof(req.uri), "rtsp://h%s", path);
    (void)snprintf(req.transport, sizeof(req.transport), "%s", transport);
    (void)snprintf(req.session, sizeof(req.session), "%s", session);
    farm_rtsp_handle(rtsp, &req, &reply);
    assert_int_equal(reply.len, strlen(reply.text));
    return reply.text;
}

static int status(const char *reply)
{
    int code = 0;
    assert_int_equal(sscanf(reply, "RTSP/1.0 %d", &code), 1);
    assert_non_null(strstr(reply, "\r\nCSeq: 7\r\n"));
    return code;
}

#define TCP "RTP/AVP/TCP;unicast;interleaved=4-5"

static void a_session_runs_through_its_states(void **state)
{
    struct farm_rtsp *rtsp = *state;

    assert_int_equal(status(ask(rtsp, "OPTIONS", "/", "", "")), 200);
    const char *reply = ask(rtsp, "DESCRIBE", "/cam/00007/sub", "", "");
    assert_non_null(strstr(reply, "Content-Base: rtsp://h/cam/00007/sub/\r\n"));
    assert_non_null(strstr(reply, "sprop-parameter-sets=Z01AH6o=,aO4=\r\n"));
    assert_non_null(strstr(reply, "profile-level-id=4D401F;"));

    reply = ask(rtsp, "SETUP", "/cam/00007/sub/track1", TCP, "");
    assert_non_null(strstr(reply, "Transport: RTP/AVP/TCP;unicast;interleaved=4-5\r\n"));
    assert_int_equal(rtsp->state, FARM_READY);
    assert_int_equal(rtsp->camera, 7);
    assert_int_equal(rtsp->profile, FARM_SUB);
    assert_int_equal(rtsp->channel, 4);

    assert_int_equal(status(ask(rtsp, "PLAY", "/cam/00007/sub/", "", rtsp->session)),
                     200);
    assert_int_equal(rtsp->state, FARM_PLAYING);
    assert_int_equal(
        status(ask(rtsp, "GET_PARAMETER", "/cam/00007/sub", "", rtsp->session)), 200);
    assert_int_equal(status(ask(rtsp, "TEARDOWN", "/cam/00007/sub", "", rtsp->session)),
                     200);
    assert_int_equal(rtsp->state, FARM_INIT);
}

static void what_is_not_there_is_404(void **state)
{
    static const char *const paths[] = {
        "/cam/00000/sub", "/cam/00021/sub", "/cam/1/third", "/cam/1/",
        "/cam/x/sub",     "/cam/-1/sub",    "/other",       "/cam/1/subs",
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        assert_int_equal(status(ask(*state, "DESCRIBE", paths[i], "", "")), 404);
}

static void out_of_turn_is_refused(void **state)
{
    struct farm_rtsp *rtsp = *state;

    assert_int_equal(status(ask(rtsp, "PLAY", "/cam/1/sub", "", rtsp->session)), 454);
    assert_int_equal(
        status(ask(rtsp, "SETUP", "/cam/1/sub", "RTP/AVP;client_port=1-2", "")), 461);
    assert_int_equal(
        status(ask(rtsp, "SETUP", "/cam/1/sub", "RTP/AVP/TCP;interleaved=255", "")), 461);
    assert_int_equal(rtsp->state, FARM_INIT);
    assert_int_equal(status(ask(rtsp, "SETUP", "/cam/1/sub", TCP, "")), 200);
    assert_int_equal(status(ask(rtsp, "SETUP", "/cam/1/sub", TCP, "")), 455);
    assert_int_equal(status(ask(rtsp, "PLAY", "/cam/1/sub", "", "guess")), 454);
    assert_int_equal(status(ask(rtsp, "RECORD", "/cam/1/sub", "", "")), 501);
    assert_int_equal(rtsp->state, FARM_READY);
}

static void refused_cameras_are_busy(void **state)
{
    struct farm_rtsp *rtsp = *state;
    struct farm_order order;
    struct farm_faults faults = rtsp->site->faults; // the same cameras

    assert_int_equal(farm_order_parse("refuse 3", 20, &order), 0);
    farm_faults_apply(&faults, &order);
    assert_int_equal(status(ask(rtsp, "DESCRIBE", "/cam/3/sub", "", "")), 503);
    assert_int_equal(status(ask(rtsp, "DESCRIBE", "/cam/4/sub", "", "")), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_runs_through_its_states, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_404, setup, teardown),
        cmocka_unit_test_setup_teardown(out_of_turn_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(refused_cameras_are_busy, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
