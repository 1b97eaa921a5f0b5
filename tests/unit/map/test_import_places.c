// Lists of places: how they are told from others, what comes of their columns, and what a
// second import, a trial or a refused line leaves behind.
#include "map/import.h"
#include "map/places.h"
#include "map/scope_view.h"
#include "tests/unit/map/temp_dir.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PARTS "标识码,部件名称,主管部门名称,经度,纬度,部件状态,初始时间\n"

struct world {
    struct temp_dir dir;
    char said[8192]; // "line:column:value:kept\n" for each issue, "id:field:after\n"
                     // changes
    struct gw_import_report report;
    struct gw_import_error error;
    struct gw_import_config config;
};

static void say(struct world *w, const char *format, ...)
{
    size_t at = strlen(w->said);
    va_list args;
    va_start(args, format);
    vsnprintf(w->said + at, sizeof(w->said) - at, format, args);
    va_end(args);
}

static void on_issue(void *arg, const struct gw_import_issue *issue)
{
    assert_true(*issue->what.en && *issue->what.zh);
    say(arg, "%zu:%s:%s:%s\n", issue->line, issue->column, issue->value,
        issue->kept ? "kept" : "refused");
}

static void on_change(void *arg, const struct gw_import_change *change)
{
    say(arg, "%s:%s:%s\n", change->id, change->field, change->after);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    *state = w;
    assert_int_equal(temp_dir_make(&w->dir), 0);
    w->config = (struct gw_import_config) {
        .dir = w->dir.path,
        .on_issue = on_issue,
        .on_change = on_change,
        .arg = w,
    };
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    char path[128];
    temp_dir_file(&w->dir, "places.db", path);
    unlink(path);
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static int import(struct world *w, const char *name, const char *text)
{
    char path[128];
    temp_dir_write(&w->dir, name, text, path);
    w->said[0] = '\0';
    w->report = (struct gw_import_report) { 0 };
    return gw_import_file(&w->config, path, &w->report, &w->error);
}

static struct gw_places *look(struct world *w)
{
    struct gw_places *places = NULL;
    char words[GW_STORE_ERROR_MAX];
    int r = gw_places_open(w->dir.path, false, 0, &places, words);
    return r == 0 ? places : NULL;
}

static void import_cells(struct world *w, const char *west, const char *east)
{
    char text[512];
    snprintf(
        text, sizeof(text),
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
        "\"properties\":{\"code\":\"370812001001001\",\"division\":\"370812001001\"},"
        "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[%s,35],[%s,35],"
        "[%s,36],[%s,36],[%s,35]]]}}]}",
        west, east, east, west, west);
    assert_int_equal(import(w, "a.geojson", text), 0);
    assert_int_equal(w->report.refused, 0);
}

static void test_a_list_of_parts_comes_in_as_it_is(void **state)
{
    struct world *w = *state;
    struct gw_place p;
    import_cells(w, "116", "117");
    assert_int_equal(import(w, "a.csv",
                            PARTS
                            "3708120102000001,污水井盖,住建局,116.5,35.5,完好,2019\n"
                            "3708120401000002,行道树,园林局,118.5,35.5,,\n"),
                     0);
    assert_string_equal(w->said, "3708120102000001::污水井盖\n"
                                 "3:lon::kept\n"
                                 "3708120401000002::行道树\n");
    assert_int_equal(w->report.added, 2);

    struct gw_places *places = look(w);
    assert_int_equal(gw_places_find(places, "3708120102000001", &p), 0);
    assert_string_equal(p.name, "污水井盖");
    assert_int_equal(p.kind, GW_PLACE_PART_PUBLIC);
    assert_string_equal(p.class_code, "0102");
    assert_string_equal(p.cell, "370812001001001");
    assert_string_equal(p.division, "370812001001");
    assert_string_equal(p.department, "住建局");
    assert_string_equal(p.attributes, "初始时间=2019\n部件状态=完好\n");
    assert_string_equal(p.initials, "wsjg");
    assert_string_equal(p.author, "import: a.csv");
    gw_places_close(places);
}

static void test_importing_again_changes_nothing(void **state)
{
    struct world *w = *state;
    static const char list[] = "place_id,name,kind,lon,lat,beds\n"
                               "h1,兖州区中医院,医院,116.5,35.5,800\n"
                               "s1,第一小学,小学,116.6,35.5,\n";
    assert_int_equal(import(w, "a.csv", list), 0);
    assert_int_equal(w->report.added, 2);
    assert_int_equal(import(w, "a.csv", list), 0);
    assert_int_equal(w->report.same, 2);
    assert_int_equal(w->report.added + w->report.changed, 0);
    assert_string_equal(w->said, "");

    // What is said changes, what is not stays.
    assert_int_equal(import(w, "a.csv", "place_id,name,beds\nh1,,900\ns1,二小,\n"), 0);
    assert_int_equal(w->report.changed, 2);
    assert_string_equal(w->said, "h1:attributes:beds=900\n\ns1:name:二小\n");
    struct gw_place p;
    struct gw_places *places = look(w);
    assert_int_equal(gw_places_find(places, "h1", &p), 0);
    assert_string_equal(p.name, "兖州区中医院");
    assert_true(p.lon == 116.5);
    gw_places_close(places);
}

static void test_a_trial_leaves_nothing_behind(void **state)
{
    struct world *w = *state;
    w->config.dry_run = true;
    assert_int_equal(import(w, "a.csv", "place_id,name\np1,Gate\n"), 0);
    assert_int_equal(w->report.added, 1);
    assert_null(look(w));

    w->config.dry_run = false;
    assert_int_equal(import(w, "a.csv", "place_id,name\np1,Gate\n"), 0);
    w->config.dry_run = true;
    assert_int_equal(import(w, "a.csv", "place_id,name\np1,Door\np2,Wall\n"), 0);
    assert_int_equal(w->report.changed, 1);
    assert_int_equal(w->report.added, 1);
    w->config.dry_run = false;
    assert_int_equal(import(w, "a.csv", "place_id,name\np1,Gate\n"), 0);
    assert_int_equal(w->report.same, 1);
}

static void test_bad_lines_are_named_or_leave_all_out(void **state)
{
    struct world *w = *state;
    static const char list[] = "place_id,name,lon,lat,kind,class\n"
                               "p 1,Id,116.5,35.5,,\n"
                               "p2,Far,216.5,35.5,,\n"
                               "p3,Kind,116.5,35.5,spaceport,9901\n"
                               "p3,Twice,116.5,35.5,,\n"
                               "3.70812E+15,Rounded,116.5,35.5,,\n"
                               "p4,Few\n";
    w->config.on_change = NULL;
    w->config.all_or_nothing = true;
    assert_int_equal(import(w, "a.csv", list), 0);
    assert_string_equal(w->said, "2:id:p 1:refused\n"
                                 "3:lon:216.5:refused\n"
                                 "4:kind:spaceport:kept\n"
                                 "4:class:9901:kept\n"
                                 "5:id:p3:refused\n"
                                 "6:id:3.70812E+15:refused\n"
                                 "7:::refused\n");
    struct gw_place p;
    struct gw_places *places = look(w);
    assert_int_equal(gw_places_find(places, "p3", &p), -ENOENT);
    gw_places_close(places);

    w->config.all_or_nothing = false;
    assert_int_equal(import(w, "a.csv", list), 0);
    assert_int_equal(w->report.added, 1);
}

static void test_any_list_can_be_said_to_be_of_places(void **state)
{
    struct world *w = *state;
    struct gw_place p;
    w->config.places = true;
    assert_int_equal(import(w, "a.csv", "id,name\np1,Gate\n"), 0);
    struct gw_places *places = look(w);
    assert_int_equal(gw_places_find(places, "p1", &p), 0);
    gw_places_close(places);
}

static void test_no_secret_becomes_an_attribute(void **state)
{
    struct world *w = *state;
    struct gw_place p;
    assert_int_equal(import(w, "a.csv",
                            "place_id,密码,url_main,tags\n"
                            "p1,hunter2,rtsp://u:hunter2@h/,old town\n"),
                     0);
    assert_null(strstr(w->said, "hunter2"));
    struct gw_places *places = look(w);
    assert_int_equal(gw_places_find(places, "p1", &p), 0);
    assert_string_equal(p.attributes, "tags=old town\n");
    gw_places_close(places);
}

static void test_who_imports_stays_within(void **state)
{
    struct world *w = *state;
    const struct gw_scope scope = { .words = { [GW_SCOPE_DIVISIONS] = { "370812001" } },
                                    .count = { [GW_SCOPE_DIVISIONS] = 1 } };
    const struct gw_scope_view view = { .scope = &scope };
    w->config.on_change = NULL;
    assert_int_equal(import(w, "a.csv", "place_id,name,division\nout,x,370812002\n"), 0);
    w->config.seen = &view;
    assert_int_equal(import(w, "a.csv",
                            "place_id,name,division\nin,x,370812001\nout,y,370812001\n"
                            "new,x,370812002\n"),
                     0);
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.refused, 2);
}

static void test_places_follow_cells_that_change(void **state)
{
    struct world *w = *state;
    struct gw_place p;
    import_cells(w, "116", "116.4");
    assert_int_equal(import(w, "a.csv", "place_id,name,lon,lat\np1,Gate,116.5,35.5\n"),
                     0);
    import_cells(w, "116", "117");
    struct gw_places *places = look(w);
    assert_int_equal(gw_places_find(places, "p1", &p), 0);
    assert_string_equal(p.cell, "370812001001001");
    assert_string_equal(p.division, "370812001001");
    assert_string_equal(p.author, "import: a.csv");
    gw_places_close(places);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_list_of_parts_comes_in_as_it_is, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_importing_again_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_trial_leaves_nothing_behind, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_bad_lines_are_named_or_leave_all_out, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_any_list_can_be_said_to_be_of_places, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_no_secret_becomes_an_attribute, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_who_imports_stays_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places_follow_cells_that_change, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
