// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/pull_plan.h"

#include <errno.h>
#include <string.h>

static struct gw_stream_url *url_of(const char *text)
{
    struct gw_stream_url *url;
    assert_int_equal(gw_stream_url_parse(text, &url), 0);
    return url;
}

static void options_are_taken_off_the_address(void **state)
{
    static const struct {
        const char *text;
        const char *uri;
        enum gw_pull_transport transport;
        bool any_certificate;
    } cases[] = {
        { "rtsps://h/x#tls=any", "rtsps://h/x", GW_PULL_AUTO, true },
        { "rtsps://h/x#tls=any&transport=tcp", "rtsps://h/x", GW_PULL_TCP, true },
        { "rtsps://h/x#tls=any&b", "rtsps://h/x#tls=any&b", GW_PULL_AUTO, false },
        { "rtsps://h/x#tls=anybody", "rtsps://h/x#tls=anybody", GW_PULL_AUTO, false },
        { "rtsp://u:p@h/x#transport=udp", "rtsp://h/x", GW_PULL_UDP, false },
        { "rtsp://h/x?a=1#transport=tcp", "rtsp://h/x?a=1", GW_PULL_TCP, false },
        { "rtsp://h#transport=auto", "rtsp://h", GW_PULL_AUTO, false },
        { "rtsp://h/x", "rtsp://h/x", GW_PULL_AUTO, false },
        { "rtsp://h/a#b", "rtsp://h/a#b", GW_PULL_AUTO, false }, // the camera's own
        { "rtsp://h/x#transport=udp2", "rtsp://h/x#transport=udp2", GW_PULL_AUTO, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct gw_stream_url *url = url_of(cases[i].text);
        struct gw_pull_options options = gw_pull_options_take(url);
        assert_int_equal(options.transport, cases[i].transport);
        assert_int_equal(options.any_certificate, cases[i].any_certificate);
        assert_string_equal(url->uri, cases[i].uri);
        gw_stream_url_destroy(url);
    }
}

static struct gw_pull_plan begin(enum gw_pull_transport transport, bool secured)
{
    struct gw_pull_plan p = { 0 };
    gw_pull_plan_begin(&p, (struct gw_pull_options) { .transport = transport }, secured);
    return p;
}

static void each_preference_begins_and_may_switch_as_it_says(void **state)
{
    struct gw_pull_plan p = begin(GW_PULL_AUTO, false);
    (void)state;
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_TCP);
    assert_true(gw_pull_plan_may_switch(&p));
    p = begin(GW_PULL_TCP, false);
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_TCP);
    assert_false(gw_pull_plan_may_switch(&p));
    p = begin(GW_PULL_UDP, false);
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_UDP);
    assert_true(gw_pull_plan_may_switch(&p));
    p = begin(GW_PULL_UDP, true); // never in the clear beside TLS
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_TCP);
    assert_false(gw_pull_plan_may_switch(&p));
}

static void silence_by_udp_falls_back_to_tcp_once_and_for_good(void **state)
{
    struct gw_pull_plan p = begin(GW_PULL_UDP, false);
    (void)state;
    assert_false(gw_pull_plan_falls_back(&p, GW_CAUSE_STALLED, GW_RTSP_UDP));
    assert_true(gw_pull_plan_falls_back(&p, GW_CAUSE_UDP_SILENT, GW_RTSP_UDP));
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_TCP);
    assert_false(gw_pull_plan_falls_back(&p, GW_CAUSE_UDP_SILENT, GW_RTSP_UDP));
    gw_pull_plan_begin(&p, p.options, false);
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_TCP);
    gw_pull_plan_begin(&p, (struct gw_pull_options) { .transport = GW_PULL_AUTO }, false);
    gw_pull_plan_begin(&p, (struct gw_pull_options) { .transport = GW_PULL_UDP }, false);
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_UDP); // somebody set it anew
}

// A camera that refuses TCP and whose UDP does not arrive: there is no third way.
static void silence_behind_a_refusal_of_tcp_is_the_end(void **state)
{
    struct gw_pull_plan p = begin(GW_PULL_AUTO, false);
    (void)state;
    assert_false(gw_pull_plan_falls_back(&p, GW_CAUSE_UDP_SILENT, GW_RTSP_UDP));
}

static void what_played_is_begun_with_the_next_time(void **state)
{
    struct gw_pull_plan p = begin(GW_PULL_AUTO, false);
    (void)state;
    gw_pull_plan_on_pictures(&p, GW_RTSP_UDP);
    gw_pull_plan_begin(&p, p.options, false);
    assert_int_equal(gw_pull_plan_lower(&p), GW_RTSP_UDP);
}

static void credentials_go_along_to_the_same_host_alone(void **state)
{
    static const struct {
        const char *location;
        const char *user;
    } cases[] = {
        { "rtsp://H:554/other", "u" }, { "rtsp://h/", "u" },
        { "rtsp://h:555/x", NULL },    { "rtsp://evil/x", NULL },
        { "rtsp://h.evil/x", NULL },   { "rtsp://own:w@evil/x", "own" },
        { "rtsps://h/x", NULL }, // another port
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct gw_stream_url *from = url_of("rtsp://u:p%40@h/x");
        struct gw_stream_url *to;
        struct gw_pull_plan p = begin(GW_PULL_AUTO, false);
        assert_int_equal(gw_pull_plan_redirect(&p, from, cases[i].location, &to), 0);
        if (cases[i].user)
            assert_string_equal(to->user, cases[i].user);
        else
            assert_null(to->user);
        if (cases[i].user && !strcmp(to->user, "u"))
            assert_string_equal(to->password, "p@");
        gw_stream_url_destroy(from);
        gw_stream_url_destroy(to);
    }
}

static void leads_nowhere_else_and_gives_tls_up_for_nobody(void **state)
{
    struct gw_stream_url *from = url_of("rtsp://h/x");
    struct gw_stream_url *secured = url_of("rtsps://h/x");
    struct gw_stream_url *to = NULL;
    struct gw_pull_plan p = begin(GW_PULL_AUTO, false);
    (void)state;
    assert_int_equal(gw_pull_plan_redirect(&p, from, "http://h/x", &to), -EBADMSG);
    assert_int_equal(gw_pull_plan_redirect(&p, from, "file:///etc/passwd", &to),
                     -EBADMSG);
    assert_int_equal(gw_pull_plan_redirect(&p, from, "/relative", &to), -EBADMSG);
    assert_int_equal(gw_pull_plan_redirect(&p, secured, "rtsp://h/x", &to), -EBADMSG);
    assert_null(to);
    gw_stream_url_destroy(from);
    gw_stream_url_destroy(secured);
}

static void redirects_are_bounded_in_an_attempt(void **state)
{
    struct gw_stream_url *from = url_of("rtsp://h/x");
    struct gw_stream_url *to;
    struct gw_pull_plan p = begin(GW_PULL_AUTO, false);
    (void)state;
    for (int attempt = 0; attempt < 2; attempt++) {
        for (int i = 0; i < GW_PULL_REDIRECTS_MAX; i++) {
            assert_int_equal(gw_pull_plan_redirect(&p, from, "rtsp://h/x", &to), 0);
            gw_stream_url_destroy(to);
        }
        assert_int_equal(gw_pull_plan_redirect(&p, from, "rtsp://h/x", &to), -ELOOP);
        gw_pull_plan_begin(&p, p.options, false);
    }
    gw_stream_url_destroy(from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_taken_off_the_address),
        cmocka_unit_test(each_preference_begins_and_may_switch_as_it_says),
        cmocka_unit_test(silence_by_udp_falls_back_to_tcp_once_and_for_good),
        cmocka_unit_test(silence_behind_a_refusal_of_tcp_is_the_end),
        cmocka_unit_test(what_played_is_begun_with_the_next_time),
        cmocka_unit_test(credentials_go_along_to_the_same_host_alone),
        cmocka_unit_test(leads_nowhere_else_and_gives_tls_up_for_nobody),
        cmocka_unit_test(redirects_are_bounded_in_an_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
