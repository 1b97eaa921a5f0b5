#include "map/camera_record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "map/device_id.h"
#include "map/pinyin.h"

static void kinds_have_names_words_and_codes(void **state)
{
    static const struct {
        const char *name;
        enum gw_camera_kind kind;
    } cases[] = {
        { "ptz", GW_KIND_PTZ },
        { "球机", GW_KIND_PTZ },
        { "1", GW_KIND_PTZ },
        { "2", GW_KIND_DOME },
        { "3", GW_KIND_FIXED },
        { "4", GW_KIND_PTZ },
        { "鹰眼", GW_KIND_HIGH_POINT },
        { "枪机", GW_KIND_FIXED },
        { "5", GW_KINDS },
        { "热成像", GW_KIND_THERMAL },
        { "PTZ ", GW_KINDS },
        { "", GW_KINDS },
        { "high_point", GW_KIND_HIGH_POINT },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(gw_camera_kind_of_name(cases[i].name), cases[i].kind);
    for (int i = 0; i < GW_KINDS; i++)
        assert_int_equal(
            gw_camera_kind_of_name(gw_camera_kind_name((enum gw_camera_kind)i)), i);
}

static void a_pose_has_bounds(void **state)
{
    static const double good[GW_POSE_FIELDS][2] = {
        { 0, 360 }, { -90, 90 }, { 0.1, 360 }, { 0.1, 50000 }, { -500, 2000 },
    };
    static const double bad[GW_POSE_FIELDS][2] = {
        { -1, 361 }, { -91, 91 }, { 0, 361 }, { 0, 50001 }, { -501, INFINITY },
    };
    (void)state;
    for (int i = 0; i < GW_POSE_FIELDS; i++) {
        assert_true(gw_pose_field_valid(i, NAN));
        for (int k = 0; k < 2; k++) {
            assert_true(gw_pose_field_valid(i, good[i][k]));
            assert_false(gw_pose_field_valid(i, bad[i][k]));
        }
    }
}

static void a_pose_is_its_fields(void **state)
{
    struct gw_camera_pose pose = gw_camera_pose_unknown;
    (void)state;
    for (int i = 0; i < GW_POSE_FIELDS; i++)
        *gw_pose_field(&pose, i) = i + 1;
    assert_true(pose.azimuth_deg == 1 && pose.tilt_deg == 2 && pose.fov_deg == 3 &&
                pose.range_m == 4 && pose.height_m == 5);
}

static void details_are_checked_where_they_have_a_form(void **state)
{
    static const struct {
        enum gw_detail detail;
        const char *good, *bad;
    } cases[] = {
        { GW_DETAIL_VENDOR, "海康威视", "a\nb" },
        { GW_DETAIL_POINT_TYPE, "9", "5" },
        { GW_DETAIL_IPV4, "10.0.0.1", "10.0.0.256" },
        { GW_DETAIL_IPV6, "fe80::1", "10.0.0.1" },
        { GW_DETAIL_MAC, "00:1a:2B:33:44:55", "00:1a:2B:33:44" },
        { GW_DETAIL_MAC, "001a2b334455", "001a2b33445g" },
        { GW_DETAIL_MAC, "00-1a-2b-33-44-55", "00-1a-2b-33-44-55-" },
        { GW_DETAIL_INSTALLED, "2019-05-01", "2019-13-01" },
        { GW_DETAIL_INSTALLED, "2019/5/1 10:00:00", "1 May 2019" },
        { GW_DETAIL_INSTALLED, "20190501", "2019" },
        { GW_DETAIL_DAYS_KEPT, "30", "a month" },
        { GW_DETAIL_DAYS_KEPT, "36500", "36501" },
    };
    char long_text[GW_DETAIL_MAX + 2];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_true(gw_detail_valid(cases[i].detail, cases[i].good));
        assert_false(gw_detail_valid(cases[i].detail, cases[i].bad));
        assert_true(gw_detail_valid(cases[i].detail, ""));
    }
    memset(long_text, 'x', sizeof(long_text));
    long_text[GW_DETAIL_MAX + 1] = '\0';
    assert_false(gw_detail_valid(GW_DETAIL_MODEL, long_text));
    assert_true(gw_detail_valid(GW_DETAIL_MODEL, long_text + 1));
}

static void an_id_of_gb_28181_is_taken_apart(void **state)
{
    struct gw_device_id id = { .network = 'x' };
    (void)state;
    assert_true(gw_device_id_parse("37081200111325000042", &id));
    assert_string_equal(id.center, "37081200");
    assert_string_equal(id.industry, "11");
    assert_string_equal(id.type, "132");
    assert_int_equal(id.network, '5');
    assert_string_equal(id.serial, "000042");
    assert_string_equal(gw_device_industry(&id).zh, "教育部门接入");
    assert_string_equal(gw_device_type(&id).zh, "网络摄像机");
    assert_string_equal(gw_device_network(&id).zh, "公安信息网");
    assert_true(gw_device_is_camera(&id));

    assert_true(gw_device_id_parse("37081200201189000042", &id));
    assert_string_equal(gw_device_industry(&id).en, "reserved");
    assert_string_equal(gw_device_type(&id).zh, "NVR");
    assert_string_equal(gw_device_network(&id).en, "reserved");
    assert_false(gw_device_is_camera(&id));
}

static void an_id_of_another_form_has_no_parts(void **state)
{
    static const char *const ids[] = { "", "gate-1", "3708120011132500004",
                                       "370812001113250000421", "3708120011132500004x" };
    struct gw_device_id id = { .network = 'x' };
    (void)state;
    for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
        assert_false(gw_device_id_parse(ids[i], &id));
    assert_int_equal(id.network, 'x');
}

static void initials_are_what_one_types(void **state)
{
    static const char *const cases[][2] = {
        { "", "" },
        { "兖州区中医院", "yzqzyy" },
        { "鼓楼街道东门1号枪机", "gljddm1hqj" },
        { "North Gate 2", "northgate2" },
        { "西门（北侧）—01", "xmbc01" },
        { "女娲 绿地", "nwld" }, // nü wa, lü di
    };
    char initials[GW_INITIALS_MAX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        for (int again = 0; again < 2; again++) { // asked for, and known
            assert_int_equal(gw_pinyin_initials(cases[i][0], initials), 0);
            assert_string_equal(initials, cases[i][1]);
        }
}

static void a_long_text_is_cut(void **state)
{
    char text[3 * GW_INITIALS_MAX + 10], initials[GW_INITIALS_MAX + 1];
    (void)state;
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(gw_pinyin_initials(text, initials), 0);
    assert_int_equal(strlen(initials), GW_INITIALS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names_words_and_codes),
        cmocka_unit_test(a_pose_has_bounds),
        cmocka_unit_test(a_pose_is_its_fields),
        cmocka_unit_test(details_are_checked_where_they_have_a_form),
        cmocka_unit_test(an_id_of_gb_28181_is_taken_apart),
        cmocka_unit_test(an_id_of_another_form_has_no_parts),
        cmocka_unit_test(initials_are_what_one_types),
        cmocka_unit_test(a_long_text_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
