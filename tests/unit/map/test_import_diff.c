#include "map/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "map/store.h"
#include "map/store_keys.h"
#include "tests/unit/map/temp_dir.h"

#define HEADER "id,name,lon,lat,department,url_main\n"

struct world {
    struct temp_dir dir;
    char changes[4096]; // "line kind id field before>after\n" for each
    struct gw_import_report report;
    bool dry_run;
    bool all_or_nothing;
};

static void on_change(void *arg, const struct gw_import_change *change)
{
    static const char *const kinds[] = { "new", "changed", "gone" };
    struct world *w = arg;
    size_t at = strlen(w->changes);
    snprintf(w->changes + at, sizeof(w->changes) - at, "%zu %s %s %s %s>%s\n",
             change->line, kinds[change->kind], change->id, change->field, change->before,
             change->after);
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

static void import(struct world *w, const char *text)
{
    char path[128];
    struct gw_import_error error;
    struct gw_import_config config = {
        .dir = w->dir.path,
        .dry_run = w->dry_run,
        .all_or_nothing = w->all_or_nothing,
        .on_change = on_change,
        .arg = w,
    };
    temp_dir_write_n(&w->dir, "a.csv", text, strlen(text), path);
    w->changes[0] = '\0';
    assert_int_equal(gw_import_file(&config, path, &w->report, &error), 0);
}

static bool knows(struct world *w, const char *id)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    struct gw_camera_row row;
    assert_int_equal(gw_store_open(w->dir.path, &store, error), 0);
    assert_int_equal(gw_store_unlock(store, NULL, error), 0);
    bool found = gw_store_find_camera(store, id, &row) == 0;
    gw_store_close(store);
    return found;
}

static void a_dry_run_tells_what_is_new_changed_and_gone(void **state)
{
    struct world *w = *state;
    import(w, HEADER "c1,Gate,116.5,35.5,D,rtsp://u:p@h/1\nc2,Yard,,,D,rtsp://h/2\n"
                     "c3,Hall,,,D,rtsp://h/3\nc4,Roof,,,D,rtsp://h/4\n"
                     "o1,Other,,,Else,rtsp://h/5\n");
    w->dry_run = true;
    import(w, HEADER "c1,Door,116.25,35.5,D,rtsp://u:p@h/1\nc2,Yard,,,D,rtsp://h/2\n"
                     "c9,Pond,,,D,rtsp://h/9\nc3,Hall,east,35,D,rtsp://h/3\n");
    assert_string_equal(w->changes, "2 changed c1 name Gate>Door\n"
                                    "2 changed c1 lon 116.5>116.25\n"
                                    "4 new c9  >Pond\n"
                                    "0 gone c4  Roof>\n");
    assert_int_equal(w->report.added, 1);
    assert_int_equal(w->report.changed, 1);
    assert_int_equal(w->report.same, 1);
    assert_int_equal(w->report.gone, 1);
    assert_true(knows(w, "c4"));
    assert_false(knows(w, "c9"));
}

static void a_changed_address_is_named_and_not_shown(void **state)
{
    struct world *w = *state;
    import(w, HEADER "c1,Gate,,,D,rtsp://u:secret@h/1\n");
    import(w, HEADER "c1,Gate,,,D,rtsp://u:s3cret@h/2\n");
    assert_string_equal(w->changes, "2 changed c1 url_main >\n");
}

static void the_whole_record_is_compared(void **state)
{
    struct world *w = *state;
    import(w, "id,url_main,kind,azimuth_deg,tags,address,model,cell,pull\n"
              "c1,rtsp://h/1,fixed,90,a,Road 1,M1,x1,warm\n");
    import(w, "id,url_main,kind,azimuth_deg,tags,address,model,cell,pull\n"
              "c1,rtsp://h/1,ptz,45,b,Road 2,M2,x2,always\n");
    assert_string_equal(w->changes, "2 changed c1 cell x1>x2\n"
                                    "2 changed c1 pull warm>always\n"
                                    "2 changed c1 kind fixed>ptz\n"
                                    "2 changed c1 azimuth_deg 90>45\n"
                                    "2 changed c1 tags a>b\n"
                                    "2 changed c1 address Road 1>Road 2\n"
                                    "2 changed c1 model M1>M2\n");
}

static void one_refused_line_leaves_the_file_out_when_asked(void **state)
{
    struct world *w = *state;
    w->all_or_nothing = true;
    import(w, HEADER "c1,Gate,,,D,rtsp://h/1\nc2,Yard,east,35,D,rtsp://h/2\n");
    assert_int_equal(w->report.refused, 1);
    assert_false(knows(w, "c1"));

    import(w, HEADER "c1,Gate,,,D,rtsp://h/1\nc2,Yard,116.5,35,D,rtsp://h/2\n");
    assert_int_equal(w->report.refused, 0);
    assert_true(knows(w, "c1"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    setenv("LC_ALL", "C", 1);
    const struct CMUnitTest tests[] = {
        TEST(a_dry_run_tells_what_is_new_changed_and_gone),
        TEST(a_changed_address_is_named_and_not_shown),
        TEST(the_whole_record_is_compared),
        TEST(one_refused_line_leaves_the_file_out_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
