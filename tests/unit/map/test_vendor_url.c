#include "map/vendor_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct gw_device device, const char *main, const char *sub)
{
    struct gw_device_urls urls;
    struct gw_camera_problem problem;
    assert_true(gw_device_urls(&device, &urls, &problem));
    assert_string_equal(urls.main, main);
    assert_string_equal(urls.sub, sub);
}

static void expect_problem(struct gw_device device, const char *field)
{
    struct gw_device_urls urls;
    struct gw_camera_problem problem;
    assert_false(gw_device_urls(&device, &urls, &problem));
    assert_string_equal(problem.field, field);
    assert_true(*problem.what.en && *problem.what.zh);
}

static void each_vendor_has_its_paths(void **state)
{
    (void)state;
    expect((struct gw_device) { .vendor = "海康威视", .address = "10.1.2.3" },
           "rtsp://10.1.2.3:554/Streaming/Channels/101",
           "rtsp://10.1.2.3:554/Streaming/Channels/102");
    expect((struct gw_device) { .vendor = "Hikvision", .address = "h", .channel = "17" },
           "rtsp://h:554/Streaming/Channels/1701",
           "rtsp://h:554/Streaming/Channels/1702");
    expect(
        (struct gw_device) {
            .vendor = "大华", .address = "h", .port = "8554", .channel = "2" },
        "rtsp://h:8554/cam/realmonitor?channel=2&subtype=0",
        "rtsp://h:8554/cam/realmonitor?channel=2&subtype=1");
    expect((struct gw_device) { .vendor = "DAHUA", .address = "h" },
           "rtsp://h:554/cam/realmonitor?channel=1&subtype=0",
           "rtsp://h:554/cam/realmonitor?channel=1&subtype=1");
    expect((struct gw_device) { .vendor = "宇视", .address = "h", .channel = "3" },
           "rtsp://h:554/unicast/c3/s0/live", "rtsp://h:554/unicast/c3/s1/live");
    expect((struct gw_device) { .vendor = "uniview", .address = "fd00::1" },
           "rtsp://[fd00::1]:554/media/video1", "rtsp://[fd00::1]:554/media/video2");
}

// What people put into passwords comes out of the address as it was.
static void logins_survive(void **state)
{
    (void)state;
    static const char password[] = "p@ss:/#%40?&\xe5\xaf\x86";
    const struct gw_device device = {
        .vendor = "dahua", .address = "10.1.2.3", .user = "ad min", .password = password
    };
    struct gw_device_urls urls;
    struct gw_camera_problem problem;
    struct gw_stream_url *url;

    assert_true(gw_device_urls(&device, &urls, &problem));
    assert_int_equal(gw_stream_url_parse(urls.sub, &url), 0);
    assert_string_equal(url->host, "10.1.2.3");
    assert_string_equal(url->user, "ad min");
    assert_string_equal(url->password, password);
    assert_string_equal(url->uri,
                        "rtsp://10.1.2.3:554/cam/realmonitor?channel=1&subtype=1");
    gw_stream_url_destroy(url);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    expect_problem((struct gw_device) { .vendor = "Acme", .address = "h" }, "vendor");
    expect_problem((struct gw_device) { .vendor = "海康", .address = "h", .port = "0" },
                   "port");
    expect_problem((struct gw_device) { .vendor = "海康", .address = "h", .port = "x" },
                   "port");
    expect_problem(
        (struct gw_device) { .vendor = "海康", .address = "h", .port = "65536" }, "port");
    expect_problem(
        (struct gw_device) { .vendor = "海康", .address = "h", .channel = "-1" },
        "channel");
    expect_problem((struct gw_device) { .vendor = "海康", .address = "h/evil" }, "ip");
    expect_problem((struct gw_device) { .vendor = "海康", .address = "u@h" }, "ip");
    expect_problem((struct gw_device) { .vendor = "海康", .address = "" }, "ip");
    char longer[GW_STREAM_URL_MAX + 1];
    memset(longer, 'p', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    expect_problem(
        (struct gw_device) {
            .vendor = "海康", .address = "h", .user = "u", .password = longer },
        "password");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vendor_has_its_paths),
        cmocka_unit_test(logins_survive),
        cmocka_unit_test(what_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
