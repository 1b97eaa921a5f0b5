#include "map/import.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "map/snapshot_builder.h"
#include "map/store.h"
#include "map/store_keys.h"
#include "tests/unit/map/temp_dir.h"

#define HEADER "id,name,lon,lat,division,department,url_main,url_sub\n"

struct world {
    struct temp_dir dir;
    char issues[8192]; // "line:column:value:kept\n" for each
    size_t rounded;    // issues that say how to mend a rounded code
    struct gw_import_report report;
    struct gw_import_error error;
    bool dry_run;
    enum gw_coordinates coordinates;
};

static void on_issue(void *arg, const struct gw_import_issue *issue)
{
    struct world *w = arg;
    size_t at = strlen(w->issues);
    w->rounded += strstr(issue->what.en, "format the column as text") != NULL;
    assert_true(*issue->what.en && *issue->what.zh);
    at += (size_t)snprintf(w->issues + at, sizeof(w->issues) - at, "%zu:%s:%s:%s",
                           issue->line, issue->column, issue->value,
                           issue->kept ? "kept" : "refused");
    if (issue->first_line)
        at += (size_t)snprintf(w->issues + at, sizeof(w->issues) - at, ":%zu",
                               issue->first_line);
    snprintf(w->issues + at, sizeof(w->issues) - at, "\n");
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    *state = w;
    return temp_dir_make(&w->dir);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static int import_n(struct world *w, const char *name, const char *data, size_t len)
{
    char path[128];
    struct gw_import_config config = {
        .dir = w->dir.path,
        .dry_run = w->dry_run,
        .coordinates = w->coordinates,
        .on_issue = on_issue,
        .arg = w,
    };
    temp_dir_write_n(&w->dir, name, data, len, path);
    w->issues[0] = '\0';
    w->report = (struct gw_import_report) { 0 };
    return gw_import_file(&config, path, &w->report, &w->error);
}

static int import(struct world *w, const char *name, const char *text)
{
    return import_n(w, name, text, strlen(text));
}

static struct gw_snapshot *look(struct world *w)
{
    struct gw_store *store;
    struct gw_snapshot *s;
    assert_int_equal(gw_store_open(w->dir.path, &store, w->error.en), 0);
    assert_int_equal(gw_store_unlock(store, NULL, w->error.en), 0);
    assert_int_equal(gw_snapshot_read(store, &s), 0);
    gw_store_close(store);
    return s;
}

static void good_lines_are_kept_and_bad_ones_named(void **state)
{
    struct world *w = *state;
    assert_int_equal(
        import(w, "a.csv",
               HEADER "c1,Gate,116.5,35.5,,Education,rtsp://u:p@h/1,rtsp://u:p@h/2\n"
                      "c2,Lat,116.5,95.5,,,rtsp://u:secret@h/1,\n"
                      "c 3,Id,116.5,35.5,,,rtsp://h/1,\n"
                      "c4,Url,116.5,35.5,,,ftp://u:secret@h/1,\n"
                      "c5,Few,116.5\n"
                      "c6,Word,east,35.5,,,rtsp://h/1,\n"
                      "c1,Twice,116.5,35.5,,,rtsp://h/1,\n"
                      "c7,Half,116.5,,,,rtsp://h/1,\n"
                      "c8,Fine,,,,,rtsp://h/8,\n"),
        0);
    assert_string_equal(w->issues, "3:lat:95.5:refused\n"
                                   "4:id:c 3:refused\n"
                                   "5:url_main::refused\n"
                                   "6:::refused\n"
                                   "7:lon:east:refused\n"
                                   "8:id:c1:refused:2\n"
                                   "9:lat::refused\n");
    assert_int_equal(w->report.read, 9);
    assert_int_equal(w->report.added, 2);
    assert_int_equal(w->report.refused, 7);

    struct gw_snapshot *s = look(w);
    size_t n;
    const struct gw_camera *cameras = gw_snapshot_cameras(s, &n);
    assert_int_equal(n, 2);
    assert_string_equal(cameras[0].name, "Gate");
    assert_string_equal(cameras[0].department, "Education");
    assert_string_equal(cameras[1].id, "c8");
    gw_snapshot_unref(&s);
}

static void importing_again_changes_nothing(void **state)
{
    struct world *w = *state;
    const char *text =
        HEADER "c1,A,116.5,35.5,,D,rtsp://u:p@h/1,\nc2,B,,,,,rtsp://h/2,\n";
    import(w, "a.csv", text);
    assert_int_equal(import(w, "a.csv", text), 0);
    assert_int_equal(w->report.same, 2);
    assert_int_equal(w->report.added + w->report.changed + w->report.refused, 0);
}

static void an_empty_field_erases_nothing(void **state)
{
    struct world *w = *state;
    import(w, "a.csv", HEADER "c1,A,116.5,35.5,370812001001,D,rtsp://u:p@h/1,\n");
    assert_int_equal(import(w, "b.csv", "id,name,url_main\nc1,New,\n"), 0);
    assert_int_equal(w->report.changed, 1);
    struct gw_snapshot *s = look(w);
    const struct gw_camera *c = gw_snapshot_camera(s, "c1");
    assert_string_equal(c->name, "New");
    assert_string_equal(c->url_main, "rtsp://u:p@h/1");
    assert_string_equal(c->division, "370812001001");
    assert_true(c->lat == 35.5);
    gw_snapshot_unref(&s);
}

static void doubts_are_told_and_the_line_is_kept(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, "a.csv",
                            "id,colour,division,url_main\n"
                            "c1,red,370812001001,rtsp://h/1\nc2,blue,,\n"),
                     0);
    assert_string_equal(w->issues, "1::colour:kept\n"
                                   "2:division:370812001001:kept\n"
                                   "3:url_main::kept\n");
    assert_int_equal(w->report.added, 2);
}

static void chinese_headers_are_understood(void **state)
{
    struct world *w = *state;
    assert_int_equal(
        import(w, "a.csv",
               "\xef\xbb\xbf设备编码,设备名称,经度,纬度,行政区域,所属部门,"
               "主码流地址,辅码流地址\r\nc1,南门,116.5,35.5,,,rtsp://h/1,\r\n"),
        0);
    struct gw_snapshot *s = look(w);
    assert_string_equal(gw_snapshot_camera(s, "c1")->name, "南门");
    gw_snapshot_unref(&s);
}

static void columns_have_many_names_and_remarks_behind_them(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, "a.csv",
                            "国标编码（必填）,点位名称,点位俗称,Longitude (WGS-84),纬度*,"
                            "子码流地址,RTSP\n"
                            "c1,南门,大门,116.5,35.5,rtsp://h/2,rtsp://h/1\n"),
                     0);
    assert_string_equal(w->issues, "");
    struct gw_snapshot *s = look(w);
    const struct gw_camera *camera = gw_snapshot_camera(s, "c1");
    assert_string_equal(camera->name, "南门");
    assert_string_equal(gw_camera_detail(camera, GW_DETAIL_COMMON_NAME), "大门");
    assert_true(camera->lon == 116.5 && camera->lat == 35.5);
    assert_string_equal(camera->url_main, "rtsp://h/1");
    assert_string_equal(camera->url_sub, "rtsp://h/2");
    gw_snapshot_unref(&s);

    assert_int_equal(import(w, "a.csv", "id,设备编码\nc1,c1\n"), -EBADMSG); // twice
    assert_int_equal(import(w, "a.csv", "（必填）,id（必填）\nx,c1\n"), 0);
    assert_string_equal(w->issues, "1::（必填）:kept\n");
}

// The 27 columns of the camera record (一机一档), and what we ask for beside them.
static void the_whole_camera_record_comes_in(void **state)
{
    struct world *w = *state;
    const char *text =
        "设备编码,设备名称,设备厂商,行政区域,监控点位类型,设备型号,点位俗称,IPV4地址,"
        "IPV6地址,MAC地址,摄像机类型,摄像机功能类型,补光属性,摄像机编码格式,安装地址,"
        "经度,纬度,摄像机位置类型,监控方位,联网属性,所属辖区公安机关,安装时间,管理单位,"
        "管理单位联系方式,录像保存天数,设备状态,所属部门,标签,分组,方位角\n"
        "c1,东门,海康威视,,1,DS-2DE,老东门,10.0.0.1,,00:11:22:33:44:55,1,5,2,4,"
        "中山路1号,116.5,35.5,3,1,0,鼓楼派出所,2019/5/1,区大数据局,0537-1234567,30,1,"
        "公安,\"学校,桥\",早高峰,90\n";
    assert_int_equal(import(w, "a.csv", text), 0);
    assert_int_equal(w->report.added, 1);
    struct gw_snapshot *s = look(w);
    const struct gw_camera *c = gw_snapshot_camera(s, "c1");
    static const char *const details[GW_DETAILS] = {
        "海康威视",
        "DS-2DE",
        "1",
        "老东门",
        "10.0.0.1",
        "",
        "00:11:22:33:44:55",
        "5",
        "2",
        "4",
        "3",
        "1",
        "0",
        "鼓楼派出所",
        "2019/5/1",
        "区大数据局",
        "0537-1234567",
        "30",
        "1",
    };
    for (int i = 0; i < GW_DETAILS; i++)
        assert_string_equal(gw_camera_detail(c, (enum gw_detail)i), details[i]);
    assert_int_equal(c->kind, GW_KIND_PTZ);
    assert_string_equal(c->address, "中山路1号");
    assert_string_equal(c->tags, "学校,桥");
    assert_string_equal(c->groups, "早高峰");
    assert_string_equal(c->initials, "dm");
    assert_true(c->pose.azimuth_deg == 90 && isnan(c->pose.tilt_deg));
    gw_snapshot_unref(&s);

    import(w, "a.csv", text);
    assert_int_equal(w->report.same, 1);
    // An empty field erases nothing.
    import(w, "b.csv", "id,mac,address,tags,kind,azimuth\nc1,,,,,\n");
    assert_int_equal(w->report.same, 1);
}

static void a_bad_detail_costs_the_detail_only(void **state)
{
    struct world *w = *state;
    import(w, "a.csv",
           "id,url_main,mac,kind,point_type,fov,ip,days_kept\n"
           "c1,rtsp://h/1,0011,round,7,900,camera.example,\n"
           "c1,rtsp://h/1,001122334455,,,,,\n");
    assert_string_equal(w->issues, "2:fov_deg:900:kept\n"
                                   "2:point_type:7:kept\n"
                                   "2:mac:0011:kept\n"
                                   "2:kind:round:kept\n"
                                   "3:id:c1:refused:2\n");
    struct gw_snapshot *s = look(w);
    const struct gw_camera *c = gw_snapshot_camera(s, "c1");
    assert_null(c->details);
    assert_int_equal(c->kind, GW_KIND_UNKNOWN);
    assert_true(isnan(c->pose.fov_deg));
    gw_snapshot_unref(&s);
}

static void what_is_suspicious_is_kept_and_said(void **state)
{
    struct world *w = *state;
    assert_int_equal(
        import(w, "a.csv",
               HEADER "37081200001310000001,A,116.5,35.5,370812001001,,rtsp://h/1,\n"
                      "37081300001320000002,B,116.5,35.5,370812001001,,rtsp://h/2,\n"
                      "37080000001310000003,C,116.5,35.5,370812001001,,rtsp://h/1,\n"
                      "37081200001180000004,D,116.5,35.5,370812,,rtsp://h/4,\n"
                      "37081200001310000001,E,116.5,35.5,,,rtsp://h/5,\n"
                      "free-form,F,116.5,35.50,,,rtsp://h/6,\n"
                      "alone,G,116.6,35.5,,,rtsp://h/7,\n"),
        0);
    assert_string_equal(w->issues, "2:division:370812001001:kept\n"
                                   "3:division:370812001001:kept\n"
                                   "3:division:370812001001:kept\n"
                                   "4:division:370812001001:kept\n"
                                   "4:url_main::kept:2\n"
                                   "5:division:370812:kept\n"
                                   "5:id:37081200001180000004:kept\n"
                                   "6:id:37081200001310000001:refused:2\n"
                                   "2:lon:116.500000, 35.500000 x 5:kept\n");
    assert_int_equal(w->report.added, 6);
    assert_int_equal(w->report.refused, 1);
    assert_int_equal(w->report.warned, 5);

    // The same again, one fewer on that position.
    assert_int_equal(
        import(w, "a.csv",
               "id,lon,lat,url_main\nx1,116.5,35.5,rtsp://h/1\nx2,116.5,35.5,rtsp://h/2\n"
               "x3,116.5,35.5,rtsp://h/3\nx4,116.5,35.5,rtsp://h/4\n"
               "x5,116.5,35.5000001,rtsp://h/5\n"),
        0);
    assert_string_equal(w->issues, "");
}

static void addresses_are_built_from_devices(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, "a.csv",
                            "id,设备厂商,IPV4,端口,通道号,用户名,密码,url_main,url_sub\n"
                            "c1,海康威视,10.1.2.3,,2,admin,p@ss,,\n"
                            "c2,大华,10.1.2.3,,,,,rtsp://own/1,\n"
                            "c3,某厂,10.1.2.3,,,admin,topsecret,,\n"
                            "c4,大华,10.1.2.4,99999,,admin,topsecret,,\n"
                            "c5,宇视,,,,,,,\n"),
                     0);
    assert_string_equal(w->issues, "4:vendor:某厂:kept\n4:url_main::kept\n"
                                   "5:port:99999:refused\n6:url_main::kept\n");
    assert_null(strstr(w->issues, "secret"));
    struct gw_snapshot *s = look(w);
    assert_string_equal(gw_snapshot_camera(s, "c1")->url_main,
                        "rtsp://admin:p%40ss@10.1.2.3:554/Streaming/Channels/201");
    assert_string_equal(gw_snapshot_camera(s, "c1")->url_sub,
                        "rtsp://admin:p%40ss@10.1.2.3:554/Streaming/Channels/202");
    assert_string_equal(gw_snapshot_camera(s, "c2")->url_main, "rtsp://own/1");
    assert_string_equal(gw_snapshot_camera(s, "c2")->url_sub, "");
    gw_snapshot_unref(&s);
}

static void expect_south_gate(struct world *w)
{
    struct gw_snapshot *s = look(w);
    const struct gw_camera *camera = gw_snapshot_camera(s, "c1");
    assert_non_null(camera);
    assert_string_equal(camera->name, "南门");
    assert_string_equal(camera->department, "教育, 体育");
    gw_snapshot_unref(&s);
}

// As spreadsheet programs save them in China, and elsewhere.
static void a_table_is_read_however_it_is_coded_and_cut(void **state)
{
    static const char gbk[] = "\xc9\xe8\xb1\xb8\xb1\xe0\xc2\xeb,\xc9\xe8\xb1\xb8\xc3"
                              "\xfb\xb3\xc6,department\r\nc1,\xc4\xcf\xc3\xc5,"
                              "\"\xbd\xcc\xd3\xfd, \xcc\xe5\xd3\xfd\"\r\n";
    static const char utf16[] = "\xff\xfei\0d\0\t\0n\0a\0m\0e\0\t\0d\0e\0p\0a\0r\0t\0m"
                                "\0e\0n\0t\0\n\0c\0001\0\t\0WS\xe8\x95\t\0Ye\xb2\x80,\0 "
                                "\0SO\xb2\x80\n";
    struct world *w = *state;

    assert_int_equal(import_n(w, "a.csv", gbk, sizeof(gbk) - 1), 0);
    assert_string_equal(w->issues, "1:::kept\n2:url_main::kept\n");
    assert_int_equal(w->report.added, 1);
    expect_south_gate(w);

    assert_int_equal(import_n(w, "a.csv", utf16, sizeof(utf16)), 0);
    assert_int_equal(w->report.same, 1);
    expect_south_gate(w);

    assert_int_equal(import(w, "a.csv", "id;name;department\nc1;南门;教育, 体育\n"), 0);
    assert_string_equal(w->issues, "2:url_main::kept\n");
    assert_int_equal(w->report.same, 1);
    assert_int_equal(import(w, "a.csv", "id\tname\tdepartment\nc1\t南门\t教育, 体育"), 0);
    assert_int_equal(w->report.same, 1);
    expect_south_gate(w);
}

// A title over all columns, remarks, rows that hold nothing: lists are made to be
// printed.
static void what_stands_above_the_header_is_passed_over(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, "a.csv",
                            ",,\n兖州区视频监控一览表,,\n\n填表单位：大数据中心,,2026年\n"
                            "设备编码,设备名称,主码流地址\n,,\nc1,南门,rtsp://h/1\n,,\n"),
                     0);
    assert_string_equal(w->issues, "2::兖州区视频监控一览表:kept\n");
    assert_int_equal(w->report.read, 1);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.warned, 1);

    // The header says what separates fields, not the commas of the title.
    assert_int_equal(
        import(w, "b.csv",
               "\xef\xbb\xbf一,二,三,四\r\n\"设备编码\";设备名称\r\nc2;东门\r\n"),
        0);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(import(w, "b.csv", "一,二\n设备编码\t设备名称\nc3\t北门"), 0);
    assert_int_equal(w->report.added, 1);
    struct gw_snapshot *s = look(w);
    assert_string_equal(gw_snapshot_camera(s, "c2")->name, "东门");
    assert_string_equal(gw_snapshot_camera(s, "c3")->name, "北门");
    gw_snapshot_unref(&s);

    // Five lines may stand above it, not six.
    assert_int_equal(import(w, "a.csv", "1\n2\n3\n4\n5\nid,name\nc9,x\n"), 0);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(import(w, "a.csv", "1\n2\n3\n4\n5\n6\nid,name\nc9,x\n"), -EBADMSG);
    assert_non_null(strstr(w->error.en, "\"id\""));
}

static void a_code_that_a_spreadsheet_rounded_is_refused(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, "a.csv",
                            "id,division,cell,url_main\n3.70812E+19,,,rtsp://h/1\n"
                            "c1,3.70812E+11,,rtsp://h/2\nc2,,3.70812001001001e+14,"
                            "rtsp://h/3\n37081200001320000001,370812001001,,rtsp://h/4\n"
                            "12E10,,,rtsp://h/5\n"),
                     0);
    assert_string_equal(w->issues, "2:id:3.70812E+19:refused\n"
                                   "3:division:3.70812E+11:refused\n"
                                   "4:cell:3.70812001001001e+14:refused\n"
                                   "5:division:370812001001:kept\n");
    assert_int_equal(w->rounded, 3);
    assert_int_equal(w->report.added, 2);
}

static void a_line_that_is_no_text_spoils_no_other(void **state)
{
    struct world *w = *state;
    assert_int_equal(
        import(w, "a.csv",
               "id,name,url_main\nc1,南门,rtsp://h/1\nc2,\xff\xff,rtsp://h/2\n"
               "c3,北门,rtsp://h/3\n"),
        0);
    assert_string_equal(w->issues, "3:::refused\n");
    assert_int_equal(w->report.added, 2);
}

static void a_file_that_makes_no_sense_is_explained_and_left_out(void **state)
{
    struct world *w = *state;
    assert_int_equal(import(w, "a.csv", "hello\nworld\n"), -EBADMSG);
    assert_non_null(strstr(w->error.en, "a.csv"));
    assert_non_null(strstr(w->error.en, "id"));
    assert_int_equal(import(w, "a.csv", ""), -EBADMSG);
    assert_int_equal(import(w, "a.csv", "\xc9\xe8\xb1\xb8,\xc3\xfb\n"), -EBADMSG);
    assert_non_null(strstr(w->error.en, "\"id\""));
    assert_int_equal(import(w, "a.geojson", "{\"type\":\"FeatureCollection\","),
                     -EBADMSG);

    struct gw_import_config config = { .dir = w->dir.path };
    assert_int_equal(gw_import_file(&config, "/nonexistent.csv", &w->report, &w->error),
                     -ENOENT);
    assert_non_null(strstr(w->error.en, "/nonexistent.csv"));
}

#define SQUARE(code, west, more)                                                         \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"" code "\",\"name\":\"n\"" more    \
    "},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[" #west ",35],[" #west      \
    ".5,35],[" #west ".5,36],[" #west ",36],[" #west ",35]]]}}"
#define COLLECTION(features)                                                             \
    "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define VILLAGE ",\"division\":\"370812001001\""

static void cells_that_come_later_take_in_the_cameras(void **state)
{
    struct world *w = *state;
    import(w, "a.csv",
           "id,lon,lat,cell,url_main\nc1,116.2,35.5,,rtsp://h/1\n"
           "c2,116.2,35.5,own,rtsp://h/2\nc3,110,35,,rtsp://h/3\n");
    assert_int_equal(import(w, "a.geojson",
                            COLLECTION(SQUARE("370812001001001", 116, VILLAGE) "," SQUARE(
                                "370812001001", 116, ""))),
                     0);
    assert_int_equal(w->report.added, 2);
    struct gw_snapshot *s = look(w);
    assert_string_equal(gw_snapshot_camera(s, "c1")->cell, "370812001001001");
    assert_string_equal(gw_snapshot_camera(s, "c2")->cell, "own");
    assert_string_equal(gw_snapshot_camera(s, "c3")->cell, "");
    assert_int_equal(gw_snapshot_division(s, "370812001001")->level, 3);
    assert_int_equal(gw_snapshot_cell(s, "370812001001001")->level, 3);
    gw_snapshot_unref(&s);

    // And a camera that comes later outside of all is doubted.
    import(w, "b.csv", "id,lon,lat,url_main\nc9,35.5,16.2,rtsp://h/1\n");
    assert_string_equal(w->issues, "2:lon::kept\n");
}

// Two villages side by side, one square of 0.02 degrees each; the western is known.
static const char two_villages[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001001001\",\"name\":\"W\","
    "\"division\":\"370812001001\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.80,35.5],[116.82,35.5],[116.82,35.52],[116.80,35.52],[116.80,35.5]]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"370812001002001\",\"name\":\"E\","
    "\"division\":\"370812001002\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
    "[[[116.82,35.5],[116.84,35.5],[116.84,35.52],[116.82,35.52],[116.82,35.5]]]}}"
    "," SQUARE("370812001001", 116, "") "]}";

// 40 cameras of the western village, in a row from west to east.
static void write_row(enum gw_coordinates in, char *out, size_t size)
{
    size_t at = (size_t)snprintf(out, size, "id,lon,lat,division,url_main\n");
    for (int i = 0; i < 40; i++) {
        double lon, lat;
        gw_coordinates_from_wgs84(in, 116.8005 + i * 0.00048, 35.51, &lon, &lat);
        at +=
            (size_t)snprintf(out + at, size - at,
                             "c%d,%.9f,%.9f,370812001001,rtsp://h/%d\n", i, lon, lat, i);
    }
}

static void positions_in_other_coordinates_are_converted_or_doubted(void **state)
{
    struct world *w = *state;
    char text[4096];
    import(w, "a.geojson", two_villages);

    write_row(GW_COORDINATES_WGS84, text, sizeof(text));
    import(w, "a.csv", text);
    assert_string_equal(w->issues, "");

    w->dry_run = true;
    write_row(GW_COORDINATES_GCJ02, text, sizeof(text));
    import(w, "a.csv", text);
    assert_non_null(strstr(w->issues, "1:lon:40 : 30 / 40:kept\n"));
    write_row(GW_COORDINATES_BD09, text, sizeof(text));
    import(w, "a.csv", text);
    assert_non_null(strstr(w->issues, "1:lon:40 : "));

    // Said what they are, they are where they were: not one has moved by a metre.
    w->dry_run = false;
    w->coordinates = GW_COORDINATES_BD09;
    import(w, "a.csv", text);
    assert_string_equal(w->issues, "");
    struct gw_snapshot *s = look(w);
    const struct gw_camera *last = gw_snapshot_camera(s, "c39");
    assert_true(fabs(last->lon - 116.81922) < 1e-8 && fabs(last->lat - 35.51) < 1e-8);
    assert_string_equal(last->cell, "370812001001001");
    gw_snapshot_unref(&s);
    import(w, "a.csv", text);
    assert_int_equal(w->report.same, 40);
}

static void bad_features_are_named_by_number(void **state)
{
    struct world *w = *state;
    assert_int_equal(
        import(
            w, "a.geojson",
            COLLECTION(SQUARE(
                "370812", 116,
                "") ","
                    "{\"type\":\"Feature\",\"properties\":{}}," SQUARE(
                        "370812", 117,
                        "") ","
                            "{\"type\":\"Feature\",\"properties\":{\"code\":"
                            "\"370812001\"},"
                            "\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}}")),
        0);
    assert_string_equal(w->issues, "2:code::refused\n3:code:370812:refused\n"
                                   "4:geometry::refused\n");
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.refused, 3);
    import(w, "b.geojson", COLLECTION(SQUARE("370812", 116, "")));
    assert_int_equal(w->report.same, 1);
}

static void a_dry_run_reports_the_same_and_leaves_nothing(void **state)
{
    struct world *w = *state;
    w->dry_run = true;
    assert_int_equal(import(w, "a.csv", HEADER "c1,A,,,,,rtsp://h/1,\nc 2,,,,,,,\n"), 0);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.refused, 1);
    assert_false(gw_store_exists(w->dir.path));

    w->dry_run = false;
    import(w, "a.csv", HEADER "c1,A,,,,,rtsp://h/1,\n");
    w->dry_run = true;
    import(w, "b.csv", HEADER "c2,A,,,,,rtsp://h/1,\n");
    assert_int_equal(w->report.added, 1);
    struct gw_snapshot *s = look(w);
    assert_null(gw_snapshot_camera(s, "c2"));
    gw_snapshot_unref(&s);
}

static void no_stream_address_is_ever_shown(void **state)
{
    struct world *w = *state;
    import(w, "a.csv",
           "id,url_main,url_sub\nc1,rtsp://u:secret@h /1,\n"
           "c2,rtsp://h/1,ftp://u:secret@h/\n");
    assert_int_equal(w->report.refused, 2);
    assert_null(strstr(w->issues, "secret"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    setenv("LC_ALL", "C", 1);
    const struct CMUnitTest tests[] = {
        TEST(good_lines_are_kept_and_bad_ones_named),
        TEST(importing_again_changes_nothing),
        TEST(an_empty_field_erases_nothing),
        TEST(doubts_are_told_and_the_line_is_kept),
        TEST(columns_have_many_names_and_remarks_behind_them),
        TEST(the_whole_camera_record_comes_in),
        TEST(a_bad_detail_costs_the_detail_only),
        TEST(what_is_suspicious_is_kept_and_said),
        TEST(addresses_are_built_from_devices),
        TEST(a_table_is_read_however_it_is_coded_and_cut),
        TEST(what_stands_above_the_header_is_passed_over),
        TEST(a_code_that_a_spreadsheet_rounded_is_refused),
        TEST(a_line_that_is_no_text_spoils_no_other),
        TEST(chinese_headers_are_understood),
        TEST(a_file_that_makes_no_sense_is_explained_and_left_out),
        TEST(cells_that_come_later_take_in_the_cameras),
        TEST(positions_in_other_coordinates_are_converted_or_doubted),
        TEST(bad_features_are_named_by_number),
        TEST(a_dry_run_reports_the_same_and_leaves_nothing),
        TEST(no_stream_address_is_ever_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
