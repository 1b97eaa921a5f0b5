#include "base/log.h"

#include <stdlib.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int reader;
static int real_stderr;

static int capture(void **state)
{
    int ends[2];
    (void)state;
    if (pipe(ends) < 0)
        return -1;
    real_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    reader = ends[0];
    return 0;
}

static int release(void **state)
{
    (void)state;
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    close(reader);
    return 0;
}

static size_t captured(char *line, size_t cap)
{
    ssize_t n = read(reader, line, cap - 1);
    assert_true(n > 0);
    line[n] = '\0';
    return (size_t)n;
}

static void an_outside_newline_forges_no_second_line(void **state)
{
    char line[2048];
    (void)state;
    gw_log(GW_LOG_WARN, "camera_failed", "name=\"%s\"", "a\nlevel=error event=forged");
    size_t len = captured(line, sizeof(line));
    assert_ptr_equal(strchr(line, '\n'), line + len - 1);
    assert_non_null(strstr(line, " level=warn event=camera_failed name=\"a?level=error"));
}

static void a_long_line_ends_in_dots(void **state)
{
    char line[4096];
    char text[3000];
    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    gw_log(GW_LOG_ERROR, "long", "text=%s", text);
    size_t len = captured(line, sizeof(line));
    assert_true(len <= GW_LOG_LINE_MAX);
    assert_string_equal(line + len - 4, "...\n");
}

static void quiet_levels_write_nothing(void **state)
{
    char line[2048];
    (void)state;
    gw_log(GW_LOG_DEBUG, "hidden", "a=1");
    gw_log(GW_LOG_INFO, "shown", "a=1");
    captured(line, sizeof(line));
    assert_null(strstr(line, "hidden"));
    assert_non_null(strstr(line, "shown"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_outside_newline_forges_no_second_line, capture,
                                        release),
        cmocka_unit_test_setup_teardown(a_long_line_ends_in_dots, capture, release),
        cmocka_unit_test_setup_teardown(quiet_levels_write_nothing, capture, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
