// What paths and headers of requests mean: files, live addresses, who may ask.

#include "ws/live.h"
#include "ws/origin.h"
#include "ws/static_files.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_file(const char *path, const char *name)
{
    char got[GW_STATIC_PATH_MAX + 1];
    assert_int_equal(gw_static_resolve(path, got), 0);
    assert_string_equal(got, name);
}

static void pages_are_the_application(void **state)
{
    (void)state;
    assert_file("/", "index.html");
    assert_file("/desk", "index.html");
    assert_file("/admin", "index.html");
    assert_file("/set-up", "index.html");
    assert_file("/wall/3", "index.html");
    assert_file("/assets/app-1a2b.js", "assets/app-1a2b.js");
    assert_file("/favicon.ico", "favicon.ico");
}

static void no_path_leads_elsewhere(void **state)
{
    static const char *const bad[] = {
        "",        "x",      "//",     "//etc/passwd", "/..",          "/../x",
        "/a/../b", "/a/./b", "/a//b",  "/a/",          "/.git",        "/a/.b",
        "/a\\b",   "/a\nb",  "/wall/", "/wall/..",     "/wall/a/../b",
    };
    char got[GW_STATIC_PATH_MAX + 1] = "untouched";
    char lengthy[GW_STATIC_PATH_MAX + 3];
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (strcmp(bad[i], "/wall/..") != 0) // a page whatever its name
            assert_int_equal(gw_static_resolve(bad[i], got), -ENOENT);
    memset(lengthy, 'a', sizeof(lengthy));
    lengthy[0] = '/';
    lengthy[sizeof(lengthy) - 1] = '\0';
    assert_int_equal(gw_static_resolve(lengthy, got), -ENOENT);
    assert_string_equal(got, "untouched");
}

static void links_are_not_followed(void **state)
{
    char dir[] = "/tmp/gridwall-links-XXXXXX";
    char path[64];
    struct gw_static_file file;
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/out", dir);
    assert_int_equal(symlink("/etc", path), 0);
    assert_int_equal(gw_static_open(dir, "out/passwd", "", &file), -ENOENT);
    assert_int_equal(gw_static_open(dir, "out", "", &file), -ENOENT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(gw_static_open(dir, "out", "", &file), -ENOENT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); // must not block either
    assert_int_equal(gw_static_open(dir, "out", "", &file), -ENOENT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void etags_are_compared_whole(void **state)
{
    (void)state;
    assert_true(gw_static_etag_matches("\"a-1\"", "\"a-1\""));
    assert_true(gw_static_etag_matches("\"b\", W/\"a-1\"", "\"a-1\""));
    assert_true(gw_static_etag_matches("*", "\"a-1\""));
    assert_false(gw_static_etag_matches("", "\"a-1\""));
    assert_false(gw_static_etag_matches("\"a-11\"", "\"a-1\""));
}

static void live_addresses_name_camera_profile_and_form(void **state)
{
    struct gw_wish t;
    (void)state;
    assert_int_equal(gw_live_parse("/live/cam1.flv", &t), 0);
    assert_string_equal(t.camera, "cam1");
    assert_int_equal(t.profile, GW_PROFILE_MAIN);
    assert_int_equal(t.form, GW_FORM_FLV);
    assert_int_equal(gw_live_parse("/live/cam1/sub.mp4", &t), 0);
    assert_string_equal(t.camera, "cam1");
    assert_int_equal(t.profile, GW_PROFILE_SUB);
    assert_int_equal(t.form, GW_FORM_MP4);
    assert_int_equal(gw_live_parse("/live/a.b.flv", &t), 0);
    assert_string_equal(t.camera, "a.b");
}

static void a_live_address_may_say_where_to_begin(void **state)
{
    static const char *const bad[] = { "join=",   "join=now",    "join=keys",
                                       "join=ke", "x=1&join=no", "join=key&join=" };
    enum gw_join join = GW_JOIN_KEY;
    (void)state;
    assert_int_equal(gw_live_parse_join("", &join), 0);
    assert_int_equal(join, GW_JOIN_GOP);
    assert_int_equal(gw_live_parse_join("token=a&join=key&x", &join), 0);
    assert_int_equal(join, GW_JOIN_KEY);
    assert_int_equal(gw_live_parse_join("join=gop", &join), 0);
    assert_int_equal(join, GW_JOIN_GOP);
    assert_int_equal(gw_live_parse_join("rejoin=key&join", &join), 0);
    assert_int_equal(join, GW_JOIN_GOP);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        join = GW_JOIN_KEY;
        assert_int_equal(gw_live_parse_join(bad[i], &join), -EBADMSG);
        assert_int_equal(join, GW_JOIN_KEY); // untouched
    }
}

static void audio_is_asked_for_in_the_query(void **state)
{
    static const char *const bad[] = { "audio=", "audio=2", "audio=10", "x&audio=on" };
    bool audio = true;
    (void)state;

    assert_int_equal(gw_live_parse_audio("", &audio), 0);
    assert_false(audio);
    assert_int_equal(gw_live_parse_audio("join=key&audio=1", &audio), 0);
    assert_true(audio);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_live_parse_audio(bad[i], &audio), -EBADMSG);
    assert_true(audio); // untouched
    assert_int_equal(gw_live_parse_audio("audio=0", &audio), 0);
    assert_false(audio);
}

static void other_addresses_are_not_live(void **state)
{
    static const char *const bad[] = {
        "",
        "/live",
        "/live/",
        "/live/.flv",
        "/live//sub.flv",
        "/live/cam1",
        "/live/cam1.avi",
        "/live/a/b.flv",
        "/live/a/sub/sub.flv",
        "/live/a\x01.flv",
        "/live/../x.flv",
        "/live/12345678901234567890123456789012345678901234567890123456789012345.flv",
    };
    struct gw_wish t = { .form = GW_FORM_MP4 };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(gw_live_parse(bad[i], &t), -EBADMSG);
    assert_int_equal(t.form, GW_FORM_MP4); // untouched
}

static void loopback_has_these_names_only(void **state)
{
    static const char *const good[] = { "localhost", "LOCALHOST:8080", "wall.localhost",
                                        "127.0.0.1", "127.9.8.7:1",    "[::1]",
                                        "[::1]:8080" };
    static const char *const bad[] = {
        "",
        ":8080",
        "localhost.evil.example",
        "evil-localhost",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "[::2]",
        "[::1",
        "[::1]x",
        "localhost:80a",
        "localhost:123456",
        "0.0.0.0",
        "user@localhost",
        "localhost/",
        "127.1",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_true(gw_host_is_loopback(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(gw_host_is_loopback(bad[i]));
    assert_true(gw_origin_is_loopback("http://localhost:3000"));
    assert_false(gw_origin_is_loopback("null"));
    assert_false(gw_origin_is_loopback("https://evil.example"));
    assert_true(gw_origin_is_host("http://localhost:8080", "localhost:8080"));
    assert_false(gw_origin_is_host("http://localhost:8081", "localhost:8080"));
}

static void pages_that_may_read_are_named(void **state)
{
    static const char list[] = "https://a.example  http://b.example:8080,https://c";
    (void)state;
    assert_string_equal(gw_origin_allowed(list, "https://a.example"),
                        "https://a.example");
    assert_string_equal(gw_origin_allowed(list, "http://b.example:8080"),
                        "http://b.example:8080");
    assert_string_equal(gw_origin_allowed(list, "https://c"), "https://c");
    assert_string_equal(gw_origin_allowed("https://x *", "https://a"), "*");
    assert_string_equal(gw_origin_allowed("*", ""), "*");
    static const char *const bad[] = { "",          "null",
                                       "https://a", "https://a.example.evil",
                                       "a.example", "http://b.example:80801" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_null(gw_origin_allowed(list, bad[i]));
        assert_null(gw_origin_allowed(NULL, bad[i]));
        assert_null(gw_origin_allowed("", bad[i]));
    }
}

static void an_origin_is_scheme_and_host(void **state)
{
    static const char *const good[] = { "https://a", "http://a-b.example:8080",
                                        "http://[::1]:80" };
    static const char *const bad[] = {
        "",           "*",           "null",    "https://",  "https://A",     "HTTPS://a",
        "https://a/", "https://a b", "ftp://a", "a.example", "https://a\r\nb"
    };
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_true(gw_origin_is_good(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(gw_origin_is_good(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_the_application),
        cmocka_unit_test(no_path_leads_elsewhere),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(pages_that_may_read_are_named),
        cmocka_unit_test(an_origin_is_scheme_and_host),
        cmocka_unit_test(etags_are_compared_whole),
        cmocka_unit_test(live_addresses_name_camera_profile_and_form),
        cmocka_unit_test(a_live_address_may_say_where_to_begin),
        cmocka_unit_test(audio_is_asked_for_in_the_query),
        cmocka_unit_test(other_addresses_are_not_live),
        cmocka_unit_test(loopback_has_these_names_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
