#include "base/bit_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void reads_bits_across_bytes(void **state)
{
    static const uint8_t bytes[] = { 0xa5, 0x0f, 0xff, 0xff, 0xff, 0xfe };
    struct gw_bit_reader r = gw_bit_reader_init(bytes, sizeof(bytes));
    (void)state;

    assert_int_equal(gw_bit_read(&r, 3), 5);
    assert_true(!gw_bit_read_flag(&r));
    assert_int_equal(gw_bit_read(&r, 8), 0x50);
    assert_int_equal(gw_bit_read(&r, 0), 0);
    assert_int_equal(gw_bit_read(&r, 4), 0xf);
    assert_int_equal(gw_bit_read(&r, 32), 0xfffffffe);
    assert_false(r.failed);
    assert_int_equal(gw_bit_read(&r, 1), 0);
    assert_true(r.failed);
}

static void decodes_exponential_golomb_codes(void **state)
{
    // Codes 0 to 5: 1 | 010 | 011 | 00100 | 00101 | 00110 (Tables 9-2 and 9-3).
    static const uint8_t codes[] = { 0xa6, 0x42, 0x98 };
    static const int32_t se[] = { 0, 1, -1, 2, -2, 3 };
    struct gw_bit_reader r = gw_bit_reader_init(codes, sizeof(codes));
    (void)state;

    for (uint32_t code = 0; code < 6; code++)
        assert_int_equal(gw_bit_read_ue(&r), code);
    assert_false(r.failed);

    r = gw_bit_reader_init(codes, sizeof(codes));
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(gw_bit_read_se(&r), se[i]);
    assert_false(r.failed);
}

static void takes_the_longest_code_and_no_longer(void **state)
{
    // 31 zeros, 1, 31 ones: 2^32 - 2. Bytes with a zero pair need no 3 here: they
    // are 00 00 00, which a real NAL unit cannot have, but the reader takes.
    static const uint8_t longest[] = { 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe };
    static const uint8_t longer[] = { 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff };
    struct gw_bit_reader r = gw_bit_reader_init(longest, sizeof(longest));
    (void)state;

    assert_int_equal(gw_bit_read_ue(&r), UINT32_MAX - 1);
    assert_false(r.failed);
    r = gw_bit_reader_init(longest, sizeof(longest));
    assert_int_equal(gw_bit_read_se(&r), -INT32_MAX);
    r = gw_bit_reader_init(longer, sizeof(longer));
    assert_int_equal(gw_bit_read_ue(&r), 0);
    assert_true(r.failed);
}

static void drops_emulation_prevention_bytes(void **state)
{
    static const uint8_t bytes[] = { 0, 0, 3, 1, 3, 0, 0, 3, 0, 0, 3 };
    static const uint8_t want[] = { 0, 0, 1, 3, 0, 0, 0, 0 };
    struct gw_bit_reader r = gw_bit_reader_init(bytes, sizeof(bytes));
    (void)state;

    for (size_t i = 0; i < sizeof(want); i++)
        assert_int_equal(gw_bit_read(&r, 8), want[i]);
    assert_false(r.failed);
    assert_int_equal(gw_bit_read(&r, 8), 0); // only the 3 was left
    assert_true(r.failed);
}

static void plain_bits_are_read_as_they_stand(void **state)
{
    static const uint8_t bytes[] = { 0, 0, 3, 1 };
    struct gw_bit_reader r = gw_bit_reader_init_plain(bytes, sizeof(bytes));
    (void)state;

    assert_int_equal(gw_bit_read(&r, 32), 0x301);
    assert_false(r.failed);
}

static void yields_zeros_once_failed(void **state)
{
    static const uint8_t bytes[] = { 0xff };
    struct gw_bit_reader r = gw_bit_reader_init(bytes, sizeof(bytes));
    (void)state;

    assert_int_equal(gw_bit_read(&r, 9), 0);
    assert_int_equal(gw_bit_read(&r, 1), 0);
    assert_int_equal(gw_bit_read_ue(&r), 0);
    assert_int_equal(gw_bit_read_se(&r), 0);
    assert_false(gw_bit_read_flag(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_bits_across_bytes),
        cmocka_unit_test(decodes_exponential_golomb_codes),
        cmocka_unit_test(takes_the_longest_code_and_no_longer),
        cmocka_unit_test(drops_emulation_prevention_bytes),
        cmocka_unit_test(plain_bits_are_read_as_they_stand),
        cmocka_unit_test(yields_zeros_once_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
