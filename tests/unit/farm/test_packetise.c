#include "tests/farm/packetise.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

// Puts the fragments of `s` from payload `first` on together again.
static size_t reassemble(const struct farm_store *s, size_t first, uint8_t *nal)
{
    size_t len = 1;

    for (size_t i = first; i < s->count; i++) {
        const uint8_t *p = s->bytes + s->payloads[i].offset;
        assert_true(s->payloads[i].len <= FARM_PAYLOAD_MAX);
        assert_int_equal(p[0] & 0x1f, 28);
        assert_int_equal(p[1] >> 7, i == first);            // start
        assert_int_equal(p[1] >> 6 & 1, i == s->count - 1); // end
        nal[0] = (uint8_t)((p[0] & 0xe0) | (p[1] & 0x1f));
        memcpy(nal + len, p + 2, s->payloads[i].len - 2);
        len += s->payloads[i].len - 2;
    }
    return len;
}

static void short_nal_is_one_payload(void **state)
{
    struct farm_store s = { 0 };
    (void)state;

    assert_int_equal(
        farm_packetise_nal(&s, (struct farm_nal) { (const uint8_t *)"\x41xy", 3 }), 0);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.payloads[0].len, 3);
    assert_memory_equal(s.bytes, "\x41xy", 3);
    farm_store_finish(&s);
}

static void fragments_give_the_nal_again(void **state)
{
    static const size_t sizes[] = { 1401, 1 + 1398, 1 + 2 * 1398, 2 + 2 * 1398, 50000 };
    static uint8_t nal[50000];
    static uint8_t again[50000];
    (void)state;

    for (size_t i = 0; i < sizeof(nal); i++)
        nal[i] = (uint8_t)(i * 7 + i / 256);
    nal[0] = 0x65;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct farm_store s = { 0 };
        assert_int_equal(farm_packetise_nal(&s, (struct farm_nal) { nal, sizes[i] }), 0);
        if (sizes[i] <= FARM_PAYLOAD_MAX) {
            assert_int_equal(s.count, 1);
        } else {
            assert_int_equal(reassemble(&s, 0, again), sizes[i]);
            assert_memory_equal(again, nal, sizes[i]);
        }
        farm_store_finish(&s);
    }
}

static void parameter_sets_share_a_payload(void **state)
{
    static const char expected[] = "\x78" // the higher NRI of the two, STAP-A
                                   "\0\x03\x67sp"
                                   "\0\x02\x28p";
    const struct farm_nal nals[] = { { (const uint8_t *)"\x67sp", 3 },
                                     { (const uint8_t *)"\x28p", 2 } };
    struct farm_store s = { 0 };
    (void)state;

    assert_int_equal(farm_packetise_stap(&s, nals, 2), 0);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.payloads[0].len, sizeof(expected) - 1);
    assert_memory_equal(s.bytes, expected, sizeof(expected) - 1);
    farm_store_finish(&s);
}

static void too_long_sets_go_one_by_one(void **state)
{
    static uint8_t sps[1390] = { 0x67 };
    const struct farm_nal nals[] = { { sps, sizeof(sps) },
                                     { (const uint8_t *)"\x68pqrstuv", 8 } };
    struct farm_store s = { 0 };
    (void)state;

    assert_int_equal(farm_packetise_stap(&s, nals, 2), 0);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.payloads[0].len, sizeof(sps));
    assert_int_equal(s.payloads[1].len, 8);
    farm_store_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_nal_is_one_payload),
        cmocka_unit_test(fragments_give_the_nal_again),
        cmocka_unit_test(parameter_sets_share_a_payload),
        cmocka_unit_test(too_long_sets_go_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
