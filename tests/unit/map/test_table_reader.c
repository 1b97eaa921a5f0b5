#include "map/table_reader.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/map/temp_dir.h"

// Shell scripts stand in for gridwall-table: they end, crash, hang and write as it should
// not.

enum { PATIENT_MS = 60 * 1000, TEXT_MAX = 1024 };

struct world {
    struct temp_dir dir;
    char program[128];
    char text[TEXT_MAX];
    long end; // what the last read returned
    char said[GW_TABLE_SAID_MAX];
};

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct world));
    return temp_dir_make(&((struct world *)*state)->dir);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static struct gw_table_reader *start(struct world *w, const char *script, int silence_ms)
{
    char whole[1024];
    struct gw_table_reader *reader;

    snprintf(whole, sizeof(whole), "#!/bin/sh\n%s\n", script);
    temp_dir_write(&w->dir, "a.txt", whole, w->program);
    assert_int_equal(chmod(w->program, 0700), 0);
    assert_int_equal(
        gw_table_reader_open(w->program, "the file.xlsx", NULL, silence_ms, &reader), 0);
    return reader;
}

// Reads all there is, as far as there is room.
static enum gw_table_ending run(struct world *w, const char *script, int silence_ms)
{
    struct gw_table_reader *reader = start(w, script, silence_ms);
    enum gw_table_ending ending = GW_TABLE_ENDINGS;
    size_t len = 0;

    while ((w->end = gw_table_reader_read(reader, w->text + len, 7)) > 0)
        len += (size_t)w->end;
    w->text[len] = '\0';
    assert_true(gw_table_reader_finish(reader, &ending, w->said));
    return ending;
}

static void text_and_notes_come_through(void **state)
{
    struct world *w = *state;
    enum gw_table_note note;
    const char *value;

    assert_int_equal(
        run(w, "echo \"$1, $#\"; echo 'note one-of-many 台账' >&2", PATIENT_MS),
        GW_TABLE_READ);
    assert_string_equal(w->text, "the file.xlsx, 1\n");
    assert_int_equal(w->end, 0);
    w->said[strcspn(w->said, "\n")] = '\0';
    assert_true(gw_table_note_of(w->said, &note, &value));
    assert_int_equal(note, GW_TABLE_ONE_OF_MANY);
    assert_string_equal(value, "台账");
    assert_false(gw_table_note_of("note nonsense", &note, &value));
}

static void the_end_tells_what_happened(void **state)
{
    struct world *w = *state;
    char script[32];

    for (int i = GW_TABLE_READ; i < GW_TABLE_CRASHED; i++) {
        snprintf(script, sizeof(script), "exit %d",
                 gw_table_exit_status((enum gw_table_ending)i));
        assert_int_equal(run(w, script, PATIENT_MS), i);
    }
    // Nobody takes these statuses for a table that was read.
    assert_int_equal(run(w, "exit 1", PATIENT_MS), GW_TABLE_CRASHED);
    assert_int_equal(run(w, "exit 127", PATIENT_MS), GW_TABLE_CRASHED);
    assert_int_equal(run(w, "echo id; kill -SEGV $$", PATIENT_MS), GW_TABLE_CRASHED);
    assert_string_equal(w->text, "id\n");
    assert_int_equal(run(w, "kill -XCPU $$", PATIENT_MS), GW_TABLE_OUT_OF_TIME);
}

static void who_is_silent_is_ended(void **state)
{
    struct world *w = *state;
    assert_int_equal(run(w, "echo id; exec sleep 1000", 200), GW_TABLE_OUT_OF_TIME);
    assert_int_equal(w->end, -ETIMEDOUT);
    // Its text has ended, it has not.
    assert_int_equal(run(w, "exec >&-; exec sleep 1000", 200), GW_TABLE_OUT_OF_TIME);
    assert_int_equal(w->end, 0);
}

static void who_is_not_read_to_the_end_is_ended(void **state)
{
    struct world *w = *state;
    enum gw_table_ending ending = GW_TABLE_ENDINGS;
    struct gw_table_reader *reader = start(w, "exec yes", PATIENT_MS);

    assert_true(gw_table_reader_read(reader, w->text, sizeof(w->text)) > 0);
    assert_false(gw_table_reader_finish(reader, &ending, w->said));
    assert_int_equal(ending, GW_TABLE_ENDINGS);
}

static void it_knows_little_of_our_environment(void **state)
{
    struct world *w = *state;
    setenv("GDAL_HTTP_PROXY", "http://h", 1);
    setenv("GDAL_DATA", "/usr/share/gdal", 1);
    assert_int_equal(run(w, "echo $GDAL_HTTP_PROXY,$GDAL_DATA,$HOME", PATIENT_MS),
                     GW_TABLE_READ);
    assert_string_equal(w->text, ",/usr/share/gdal,\n");
}

static void a_program_that_is_not_there_is_told(void **state)
{
    struct gw_table_reader *reader = NULL;
    (void)state;
    assert_int_equal(gw_table_reader_open("/nonexistent", "x", NULL, PATIENT_MS, &reader),
                     -ENOENT);
    assert_null(reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_and_notes_come_through),
        TEST(the_end_tells_what_happened),
        TEST(who_is_silent_is_ended),
        TEST(who_is_not_read_to_the_end_is_ended),
        TEST(it_knows_little_of_our_environment),
        TEST(a_program_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
