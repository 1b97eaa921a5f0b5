#include "app/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char path[] = "/tmp/gridwall-settings-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    strcpy(path + sizeof(path) - 7, "XXXXXX");
    int fd = mkstemp(path);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static int from_file(struct gw_settings *s, const char *text, char *error)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(gw_settings_init(s), 0);
    return gw_settings_from_file(s, path, error);
}

static void reads_a_file(void **state)
{
    struct gw_settings s;
    char error[GW_SAY_MAX] = "";
    (void)state;
    int r = from_file(&s,
                      "# a comment\n\n  listen = 127.0.0.1:9000  \nlinger=3\n"
                      "no-auth = true\nbackoff-min = 250\r\n",
                      error);
    assert_string_equal(error, "");
    assert_int_equal(r, 0);
    assert_string_equal(s.listen, "127.0.0.1:9000");
    assert_true(s.no_auth);
    assert_true(s.linger_us == 3000000);
    assert_true(s.backoff_min_us == 250000);
    gw_settings_finish(&s);
}

static void an_error_names_file_line_and_mend(void **state)
{
    static const char *const cases[][2] = {
        { "\nlisten_on = x\n", ":2: there is no setting \"listen_on\". Did you mean" },
        { "colour = red\n",
          ":1: there is no setting \"colour\". `gridwall serve --help`" },
        { "linger\n", ":1: expected \"key = value\"" },
        { "linger = -1\n", ":1: linger takes a whole number from 0 to 3600 (SECONDS)" },
        { "linger = 5s\n", "not \"5s\"" },
        { "no-auth = maybe\n", "no-auth is true or false" },
        { "config = other\n", "there is no setting \"config\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct gw_settings s;
        char error[GW_SAY_MAX] = "";
        assert_int_equal(from_file(&s, cases[i][0], error), -EINVAL);
        if (!strstr(error, cases[i][1]))
            fail_msg("\"%s\" does not say \"%s\"", error, cases[i][1]);
        gw_settings_finish(&s);
    }
}

static void the_command_line_wins_over_the_file(void **state)
{
    struct gw_settings s;
    char error[GW_SAY_MAX];
    char *argv[] = { "serve", "--linger", "9", "--config", path, "--no-auth", NULL };
    (void)state;
    assert_int_equal(from_file(&s, "linger = 3\nstall = 4\n", error), 0);
    gw_settings_finish(&s);
    assert_int_equal(gw_settings_init(&s), 0);
    assert_int_equal(gw_settings_from_args(&s, 6, argv, error), 0);
    assert_true(s.linger_us == 9000000);
    assert_true(s.stall_us == 4000000);
    assert_true(s.no_auth);
    gw_settings_finish(&s);
}

// What is cached goes to a newcomer at once, in packets that are a little larger.
static void a_viewers_queue_holds_a_whole_cached_gop(void **state)
{
    struct gw_settings s;
    (void)state;
    assert_int_equal(gw_settings_init(&s), 0);
    assert_true(s.viewer_queue_bytes >= s.gop_max_bytes + s.gop_max_bytes / 8);
    gw_settings_finish(&s);
}

static void bad_arguments_are_named(void **state)
{
    static char *cases[][3] = {
        { "serve", "--linger", "needs a value: --linger SECONDS" },
        { "serve", "linger", "is not an option" },
        { "serve", "--lingr=3", "Did you mean \"linger\"?" },
        { "serve", "--config=/nonexistent/file", "cannot read the configuration file" },
        { "serve", "--backoff-min=60000", "shorter than backoff-min, 60000 ms" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct gw_settings s;
        char error[GW_SAY_MAX] = "";
        assert_int_equal(gw_settings_init(&s), 0);
        assert_true(gw_settings_from_args(&s, 2, cases[i], error) < 0);
        if (!strstr(error, cases[i][2]))
            fail_msg("\"%s\" does not say \"%s\"", error, cases[i][2]);
        gw_settings_finish(&s);
    }
}

static void speaks_chinese_where_the_terminal_does(void **state)
{
    struct gw_settings s;
    char error[GW_SAY_MAX] = "";
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_int_equal(from_file(&s, "linger = x\n", error), -EINVAL);
    assert_non_null(strstr(error, "整数"));
    gw_settings_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_file, make_file, drop_file),
        cmocka_unit_test_setup_teardown(an_error_names_file_line_and_mend, make_file,
                                        drop_file),
        cmocka_unit_test_setup_teardown(the_command_line_wins_over_the_file, make_file,
                                        drop_file),
        cmocka_unit_test_setup_teardown(a_viewers_queue_holds_a_whole_cached_gop,
                                        make_file, drop_file),
        cmocka_unit_test_setup_teardown(bad_arguments_are_named, make_file, drop_file),
        cmocka_unit_test_setup_teardown(speaks_chinese_where_the_terminal_does, make_file,
                                        drop_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
