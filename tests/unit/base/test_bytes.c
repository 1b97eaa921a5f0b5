#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void reads_big_endian(void **state)
{
    static const uint8_t bytes[] = {
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
        0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12
    };
    (void)state;
    struct gw_reader r = gw_reader_init(bytes, sizeof(bytes));
    assert_int_equal(gw_read_u8(&r), 0x01);
    assert_int_equal(gw_read_u16(&r), 0x0203);
    assert_int_equal(gw_read_u24(&r), 0x040506);
    assert_int_equal(gw_read_u32(&r), 0x0708090a);
    assert_true(gw_read_u64(&r) == UINT64_C(0x0b0c0d0e0f101112));
    assert_int_equal(gw_reader_left(&r), 0);
    assert_false(r.failed);
}

static void reading_past_the_end_fails_for_good(void **state)
{
    (void)state;
    struct gw_reader r = gw_reader_init("\x01\x02\x03", 3);
    assert_int_equal(gw_read_u32(&r), 0);
    assert_true(r.failed);
    assert_int_equal(gw_read_u8(&r), 0); // although one byte would be there
    assert_int_equal(gw_reader_left(&r), 0);
    assert_null(gw_read_bytes(&r, 0));
}

static void a_huge_length_does_not_wrap(void **state)
{
    (void)state;
    struct gw_reader r = gw_reader_init("abcd", 4);
    gw_read_u8(&r);
    assert_null(gw_read_bytes(&r, SIZE_MAX));
    assert_true(r.failed);
}

static void nothing_can_be_read_from_the_end(void **state)
{
    (void)state;
    struct gw_reader r = gw_reader_init("", 0);
    assert_non_null(gw_read_bytes(&r, 0));
    assert_false(r.failed);
}

static void writes_what_it_would_read(void **state)
{
    uint8_t out[18];
    (void)state;
    struct gw_writer w = gw_writer_init(out, sizeof(out));
    gw_write_u8(&w, 0x01);
    gw_write_u16(&w, 0x0203);
    gw_write_u24(&w, 0x040506);
    gw_write_u32(&w, 0x0708090a);
    gw_write_u64(&w, UINT64_C(0x0b0c0d0e0f101112));
    assert_false(w.failed);
    for (size_t i = 0; i < sizeof(out); i++)
        assert_int_equal(out[i], i + 1);
}

static void writes_nothing_that_does_not_fit(void **state)
{
    uint8_t out[4] = { 0xaa, 0xaa, 0xaa, 0xaa };
    (void)state;
    struct gw_writer w = gw_writer_init(out, 3);
    gw_write_u16(&w, 0x0102);
    gw_write_u16(&w, 0x0304);
    assert_true(w.failed);
    assert_int_equal(w.pos, 2);
    gw_write_u8(&w, 0x05); // would fit, but the writer failed
    assert_memory_equal(out, "\x01\x02\xaa\xaa", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_big_endian),
        cmocka_unit_test(reading_past_the_end_fails_for_good),
        cmocka_unit_test(a_huge_length_does_not_wrap),
        cmocka_unit_test(nothing_can_be_read_from_the_end),
        cmocka_unit_test(writes_what_it_would_read),
        cmocka_unit_test(writes_nothing_that_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
