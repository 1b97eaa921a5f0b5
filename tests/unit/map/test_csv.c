#include "map/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Rows as one line of text: "1:a|b 3:fault4".
struct journal {
    char text[4096];
    int stop_after; // rows; 0: never
    char separator; // 0: a comma
    int rows;
};

static int on_row(void *arg, const struct gw_csv_row *row)
{
    struct journal *j = arg;
    size_t at = strlen(j->text);
    at += (size_t)snprintf(j->text + at, sizeof(j->text) - at, "%s%zu:", at ? " " : "",
                           row->line);
    if (row->fault != GW_CSV_OK)
        at += (size_t)snprintf(j->text + at, sizeof(j->text) - at, "fault%d", row->fault);
    for (size_t i = 0; i < row->count; i++)
        at += (size_t)snprintf(j->text + at, sizeof(j->text) - at, "%s%s", i ? "|" : "",
                               row->fields[i]);
    return ++j->rows == j->stop_after ? -7 : 0;
}

static int read_in_two(const char *data, size_t len, size_t cut, struct journal *j)
{
    struct gw_csv *csv = gw_csv_create(on_row, j, j->separator ? j->separator : ',');
    int r = gw_csv_feed(csv, data, cut);
    if (r == 0)
        r = gw_csv_feed(csv, data + cut, len - cut);
    if (r == 0)
        r = gw_csv_end(csv);
    gw_csv_destroy(csv);
    return r;
}

// Every cut gives the same rows.
static void expect_n(const char *data, size_t len, const char *rows)
{
    for (size_t cut = 0; cut <= len; cut++) {
        struct journal j = { .rows = 0 };
        assert_int_equal(read_in_two(data, len, cut, &j), 0);
        assert_string_equal(j.text, rows);
    }
}

static void expect(const char *data, const char *rows)
{
    expect_n(data, strlen(data), rows);
}

static void lines_end_in_lf_crlf_cr_or_the_file(void **state)
{
    (void)state;
    expect("a,b\nc,d\n", "1:a|b 2:c|d");
    expect("a,b\r\nc,d\r\n", "1:a|b 2:c|d");
    expect("a,b\rc,d", "1:a|b 2:c|d");
    expect("a\n\n\r\n\rb", "1:a 5:b");
    expect("", "");
}

static void empty_fields_count(void **state)
{
    (void)state;
    expect(",\n", "1:|");
    expect("a,,c,\n", "1:a||c|");
    expect("\"\"\n", "1:");
}

static void quotes_protect_commas_quotes_and_line_ends(void **state)
{
    (void)state;
    expect("\"a,b\",\"say \"\"hi\"\"\"\nx,y\n", "1:a,b|say \"hi\" 2:x|y");
    expect("\"two\r\nlines\",b\nc,d\n", "1:two\r\nlines|b 3:c|d");
    expect("pass\"word,b\n", "1:pass\"word|b");
}

static void a_byte_order_mark_is_no_text(void **state)
{
    (void)state;
    expect("\xef\xbb\xbfid,name\n", "1:id|name");
    expect("\xef\xbb\xbf\"id\",name\n", "1:id|name");
    expect("\xef\xbb\xbf", "");
    expect("\xef\xbb", "1:fault2");
}

static void a_bad_line_does_not_spoil_the_next(void **state)
{
    (void)state;
    expect("\"a\"b,c\nd\n", "1:fault5 2:d");
    expect("a\n\"b\n", "1:a 2:fault5");
    expect("\xc9\xe8\xb1\xb8,b\nd\n", "1:fault2 2:d");
    expect_n("a\0b\nd\n", 6, "1:fault1 2:d");
    expect("\xed\xa0\x80\nd\n", "1:fault2 2:d");
    expect("\xc0\xaf\nd\n", "1:fault2 2:d");
    expect("\xe7\xbd\x91\xe6\xa0\xbc\n", "1:网格");
}

static void limits_hold_to_the_byte(void **state)
{
    (void)state;
    char *data = malloc(GW_CSV_ROW_MAX + 8);
    for (int over = 0; over < 2; over++) {
        // The NUL after the field counts too.
        size_t n = GW_CSV_ROW_MAX - 1 + (size_t)over;
        memset(data, 'x', n);
        memcpy(data + n, "\nd\n", 3);
        struct journal *j = calloc(1, sizeof(*j));
        assert_int_equal(read_in_two(data, n + 3, 100, j), 0);
        if (over)
            assert_string_equal(j->text, "1:fault3 2:d");
        else
            assert_int_equal(j->rows, 2);
        free(j);
    }
    size_t n = GW_CSV_FIELDS_MAX;
    memset(data, ',', n);
    memcpy(data + n, "\nd\n", 3);
    expect_n(data, n + 3, "1:fault4 2:d");
    free(data);
}

static void other_separators_leave_commas_alone(void **state)
{
    (void)state;
    struct journal semicolons = { .separator = ';' };
    assert_int_equal(read_in_two("a;b,c\n\"d;e\";f;\n", 15, 3, &semicolons), 0);
    assert_string_equal(semicolons.text, "1:a|b,c 2:d;e|f|");
    struct journal tabs = { .separator = '\t' };
    assert_int_equal(read_in_two("a\tb,c\n\td;e\n", 11, 3, &tabs), 0);
    assert_string_equal(tabs.text, "1:a|b,c 2:|d;e");
}

static void the_caller_can_stop_it(void **state)
{
    (void)state;
    struct journal j = { .stop_after = 1 };
    assert_int_equal(read_in_two("a\nb\nc\n", 6, 3, &j), -7);
    assert_string_equal(j.text, "1:a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_in_lf_crlf_cr_or_the_file),
        cmocka_unit_test(empty_fields_count),
        cmocka_unit_test(quotes_protect_commas_quotes_and_line_ends),
        cmocka_unit_test(a_byte_order_mark_is_no_text),
        cmocka_unit_test(a_bad_line_does_not_spoil_the_next),
        cmocka_unit_test(limits_hold_to_the_byte),
        cmocka_unit_test(other_separators_leave_commas_alone),
        cmocka_unit_test(the_caller_can_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
