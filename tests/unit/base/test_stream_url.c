// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "base/stream_url.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct expected {
    const char *text;
    const char *host;
    unsigned port;
    const char *user;
    const char *password;
    const char *uri;
};

static void check(const struct expected *e)
{
    struct gw_stream_url *url = NULL;

    assert_int_equal(gw_stream_url_parse(e->text, &url), 0);
    assert_string_equal(url->host, e->host);
    assert_int_equal(url->port, e->port);
    assert_string_equal(url->uri, e->uri);
    if (e->user) {
        assert_string_equal(url->user, e->user);
        assert_string_equal(url->password, e->password);
    } else {
        assert_null(url->user);
        assert_null(url->password);
    }
    gw_stream_url_destroy(url);
}

static void reads_the_standard_forms(void **state)
{
    static const struct expected cases[] = {
        { "rtsp://cam/", "cam", 554, NULL, NULL, "rtsp://cam/" },
        { "rtsp://10.0.0.1", "10.0.0.1", 554, NULL, NULL, "rtsp://10.0.0.1" },
        { "RTSP://cam:8554/a?b=1&c", "cam", 8554, NULL, NULL, "rtsp://cam:8554/a?b=1&c" },
        { "rtsp://[fe80::1]:554/x", "fe80::1", 554, NULL, NULL,
          "rtsp://[fe80::1]:554/x" },
        { "rtsp://u:p@cam:/x", "cam", 554, "u", "p", "rtsp://cam:/x" },
        { "rtsp://u@cam/x", "cam", 554, "u", "", "rtsp://cam/x" },
        { "rtsp://u:%40%3a%2F%25@cam/x", "cam", 554, "u", "@:/%", "rtsp://cam/x" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(&cases[i]);
}

// Quirk 4: passwords stand in lists as people write them.
static void finds_the_host_behind_an_unescaped_password(void **state)
{
    static const struct expected cases[] = {
        { "rtsp://u:p@ss@cam/x", "cam", 554, "u", "p@ss", "rtsp://cam/x" },
        { "rtsp://u:a/b@10.0.0.1/x", "10.0.0.1", 554, "u", "a/b", "rtsp://10.0.0.1/x" },
        { "rtsp://u:a#b?c@cam:99/x", "cam", 99, "u", "a#b?c", "rtsp://cam:99/x" },
        { "rtsp://u:p@s/w@10.0.0.1/x", "10.0.0.1", 554, "u", "p@s/w",
          "rtsp://10.0.0.1/x" },
        { "rtsp://u:a:b%@cam/x", "cam", 554, "u", "a:b%", "rtsp://cam/x" },
        { "rtsp://u:%4@cam/x", "cam", 554, "u", "%4", "rtsp://cam/x" },
        { "rtsp://u:a/b@c@cam/x", "cam", 554, "u", "a/b@c", "rtsp://cam/x" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(&cases[i]);
}

static void leaves_an_at_in_the_path_alone(void **state)
{
    static const struct expected cases[] = {
        { "rtsp://cam/x@y", "cam", 554, NULL, NULL, "rtsp://cam/x@y" },
        { "rtsp://u:p@cam/x@y", "cam", 554, "u", "p", "rtsp://cam/x@y" },
        { "rtsp://proxy:8554/u:p@10.0.0.1/x", "proxy", 8554, NULL, NULL,
          "rtsp://proxy:8554/u:p@10.0.0.1/x" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(&cases[i]);
}

static void refuses_what_is_no_stream_url(void **state)
{
    static const char *const cases[] = {
        "",
        "ftp://cam/",
        "srt://cam/", // it has no port of its own
        "push://host/",
        "push://:key@host",
        "rtsp://",
        "rtsp:///x",
        "rtsp://:5/",
        "cam/x",
        "rtsp://cam:70000/",
        "rtsp://cam:0/x",
        "rtsp://[/",
        "rtsp://c m/",
        "rtsp://cam/a b",
        "rtsp://u:%0d%0aX@cam/",
        "rtsp://cam/\r\nX: y",
    };
    struct gw_stream_url *url = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(gw_stream_url_parse(cases[i], &url), -EBADMSG);
    assert_null(url);
}

static void refuses_a_url_over_the_limit(void **state)
{
    char *text = malloc(GW_STREAM_URL_MAX + 2);
    struct gw_stream_url *url = NULL;
    (void)state;

    assert_non_null(text);
    memset(text, 'a', GW_STREAM_URL_MAX + 1);
    memcpy(text, "rtsp://cam/", 11);
    text[GW_STREAM_URL_MAX + 1] = '\0';
    assert_int_equal(gw_stream_url_parse(text, &url), -EMSGSIZE);
    assert_null(url);
    text[GW_STREAM_URL_MAX] = '\0';
    assert_int_equal(gw_stream_url_parse(text, &url), 0);
    gw_stream_url_destroy(url);
    free(text);
}

static void every_scheme_has_its_port(void **state)
{
    static const struct expected cases[] = {
        { "rtsps://cam/", "cam", 322, NULL, NULL, "rtsps://cam/" },
        { "rtmp://h/live", "h", 1935, NULL, NULL, "rtmp://h/live" },
        { "HTTP://h/a.m3u8", "h", 80, NULL, NULL, "http://h/a.m3u8" },
        { "https://u:p@h:8443/a", "h", 8443, "u", "p", "https://h:8443/a" },
        { "srt://h:9000?streamid=x", "h", 9000, NULL, NULL, "srt://h:9000?streamid=x" },
        { "push://:k/e@y#1@", "", 0, "", "k/e@y#1", "push://" },
        { "push://", "", 0, NULL, NULL, "push://" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(&cases[i]);
}

static void credentials_come_back_as_they_were_written_in(void **state)
{
    char text[GW_STREAM_URL_MAX + 1] = "untouched";
    struct gw_stream_url *url;
    struct gw_stream_url *again;
    (void)state;

    assert_int_equal(gw_stream_url_parse("rtsp://old:pw@cam:8554/x?y", &url), 0);
    assert_int_equal(gw_stream_url_write(url, "u:1", "p@/#?%25", text), 0);
    assert_string_equal(text, "rtsp://u%3A1:p%40%2F%23%3F%2525@cam:8554/x?y");
    assert_int_equal(gw_stream_url_parse(text, &again), 0);
    assert_string_equal(again->user, "u:1");
    assert_string_equal(again->password, "p@/#?%25");
    gw_stream_url_destroy(again);
    struct gw_stream_url *with;
    assert_int_equal(gw_stream_url_with(url, "u:1", "p@/#?%25", &with), 0);
    assert_string_equal(with->user, "u:1");
    assert_string_equal(with->password, "p@/#?%25");
    assert_string_equal(with->uri, url->uri);
    gw_stream_url_destroy(with);

    assert_int_equal(gw_stream_url_write(url, NULL, NULL, text), 0);
    assert_string_equal(text, "rtsp://cam:8554/x?y");

    char long_one[GW_STREAM_URL_MAX];
    memset(long_one, '@', sizeof(long_one) - 1);
    long_one[sizeof(long_one) - 1] = '\0';
    assert_int_equal(gw_stream_url_write(url, "u", long_one, text), -EMSGSIZE);
    assert_string_equal(text, "rtsp://cam:8554/x?y");
    gw_stream_url_destroy(url);
}

// Behind a login, an address in the path must not be taken for the host.
static void a_login_goes_to_the_host_it_was_given_to(void **state)
{
    static const char *const cases[][2] = {
        { "rtsp://cam/x@10.0.0.1/", "rtsp://u:p@cam/x%4010.0.0.1/" },
        { "rtsp://cam/a@b?c@10.0.0.1", "rtsp://u:p@cam/a%40b?c%4010.0.0.1" },
        { "rtsp://cam/x@y/", "rtsp://u:p@cam/x@y/" },
        { "rtsp://10.0.0.2/x@10.0.0.1/", "rtsp://u:p@10.0.0.2/x@10.0.0.1/" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[GW_STREAM_URL_MAX + 1];
        struct gw_stream_url *url, *again;
        assert_int_equal(gw_stream_url_parse(cases[i][0], &url), 0);
        assert_int_equal(gw_stream_url_write(url, "u", "p", text), 0);
        assert_string_equal(text, cases[i][1]);
        assert_int_equal(gw_stream_url_parse(text, &again), 0);
        assert_string_equal(again->host, url->host);
        gw_stream_url_destroy(again);
        // Without a password there is nothing that could be mistaken.
        assert_int_equal(gw_stream_url_write(url, "u", "", text), 0);
        assert_int_equal(gw_stream_url_parse(text, &again), 0);
        assert_string_equal(again->host, url->host);
        assert_string_equal(again->uri, url->uri);
        gw_stream_url_destroy(again);
        gw_stream_url_destroy(url);
    }
}

static void a_group_is_written_behind_an_at(void **state)
{
    static const struct expected cases[] = {
        { "udp://@239.1.2.3:5000", "239.1.2.3", 5000, NULL, NULL,
          "udp://239.1.2.3:5000" },
        { "udp://10.0.0.1:5000?a=b", "10.0.0.1", 5000, NULL, NULL,
          "udp://10.0.0.1:5000?a=b" },
    };
    struct gw_stream_url *url = NULL;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        check(&cases[i]);
    assert_int_equal(gw_stream_url_parse("udp://u:p@239.1.2.3:5000", &url), -EBADMSG);
    assert_int_equal(gw_stream_url_parse("udp://@239.1.2.3", &url), -EBADMSG);
}

static void a_file_lies_below_its_directory(void **state)
{
    static const char *const bad[] = {
        "file:///",          "file:////etc/passwd", "file:///../x",
        "file:///a/../../x", "file:///a/%2e%2e/",   "file:///a/..",
        "file:///a%00/..",   "file:///a%0Ab",       "file://host/x",
        "file:///a b",
    };
    struct gw_stream_url *url = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_stream_url_parse(bad[i], &url), -EBADMSG);
    assert_null(url);
    assert_int_equal(gw_stream_url_parse("file:///a%20b/c@d..x//e.mp4", &url), 0);
    assert_string_equal(url->path, "a b/c@d..x//e.mp4");
    assert_string_equal(url->uri, "file:///a%20b/c@d..x//e.mp4");
    assert_null(url->user);
    gw_stream_url_destroy(url);
}

static void a_passphrase_stands_where_a_password_does(void **state)
{
    struct gw_stream_url *url = NULL;
    (void)state;

    assert_int_equal(gw_stream_url_parse("srt://h:9000?Passphrase=0123456789", &url),
                     -EBADMSG);
    assert_int_equal(gw_stream_url_parse("srt://cam:0123456789@h:9000?latency=90", &url),
                     0);
    assert_string_equal(url->password, "0123456789");
    assert_string_equal(url->uri, "srt://h:9000?latency=90");
    assert_null(url->path);
    gw_stream_url_destroy(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_standard_forms),
        cmocka_unit_test(finds_the_host_behind_an_unescaped_password),
        cmocka_unit_test(leaves_an_at_in_the_path_alone),
        cmocka_unit_test(refuses_what_is_no_stream_url),
        cmocka_unit_test(refuses_a_url_over_the_limit),
        cmocka_unit_test(every_scheme_has_its_port),
        cmocka_unit_test(a_login_goes_to_the_host_it_was_given_to),
        cmocka_unit_test(a_group_is_written_behind_an_at),
        cmocka_unit_test(a_file_lies_below_its_directory),
        cmocka_unit_test(a_passphrase_stands_where_a_password_does),
        cmocka_unit_test(credentials_come_back_as_they_were_written_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
