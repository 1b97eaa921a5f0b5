#include "app/time_text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void moments_are_read_as_they_are_meant(void **state)
{
    static const struct {
        const char *text;
        uint64_t ms;
    } cases[] = {
        { "1970-01-01", 0 },
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01T08:00:00+08:00", 0 },
        { "1969-12-31", UINT64_MAX }, // not of ours
        { "1970-01-01T00:00:00+00:01", UINT64_MAX },
        { "2026-11-28T16:00:00Z", 1795881600000 },
        { "2026-11-28T16:00:00.5Z", 1795881600500 },
        { "2026-11-28T16:00:00.123456Z", 1795881600123 },
        { "2026-11-29T00:00:00+08:00", 1795881600000 },
        { "2026-11-28T11:30:00-04:30", 1795881600000 },
        { "2024-02-29", 1709164800000 },
        { "2026-02-29", UINT64_MAX },
        { "2026-04-31", UINT64_MAX },
        { "2026-13-01", UINT64_MAX },
        { "2026-00-01", UINT64_MAX },
        { "2026-11-28T24:00:00Z", UINT64_MAX },
        { "2026-11-28T16:00:60Z", UINT64_MAX },
        { "2026-11-28T16:00:00", UINT64_MAX }, // of which zone?
        { "2026-11-28T16:00:00.Z", UINT64_MAX },
        { "2026-11-28T16:00Z", UINT64_MAX },
        { "2026-11-28 16:00:00Z", UINT64_MAX },
        { "2026-11-28T16:00:00Z ", UINT64_MAX },
        { "26-11-28", UINT64_MAX },
        { "9999-12-31T23:59:59.999Z", 253402300799999 },
        { "9999-12-31T23:59:59-00:01", UINT64_MAX },
        { "", UINT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        uint64_t ms = 42;
        int r = gw_time_read(cases[i].text, &ms);
        assert_int_equal(r, cases[i].ms == UINT64_MAX ? -EBADMSG : 0);
        assert_int_equal(ms, r < 0 ? 42 : cases[i].ms);
    }
}

static void moments_are_written_in_utc(void **state)
{
    char text[GW_TIME_TEXT];
    (void)state;
    gw_time_write(1795881600007, text);
    assert_string_equal(text, "2026-11-28T16:00:00.007Z");
    gw_time_write(253402300799999, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_read_as_they_are_meant),
        cmocka_unit_test(moments_are_written_in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
