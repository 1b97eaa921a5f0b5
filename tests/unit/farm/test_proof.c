#include "tests/farm/proof.h"

#include "base/bytes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct farm_proof sample = { 0x1234abcd, FARM_SUB, 77, 1700000000123456 };

// Appends a NAL unit behind its 32-bit length. Returns where the next one goes.
static size_t put(uint8_t *avcc, size_t at, const void *nal, size_t len)
{
    struct gw_writer w = gw_writer_init(avcc + at, 4 + len);

    gw_write_u32(&w, (uint32_t)len);
    gw_write_bytes(&w, nal, len);
    return at + 4 + len;
}

static void bytes_are_as_documented(void **state)
{
    static const char expected[] = "\x06\x05\x3a"
                                   "\xf5\xd1\xc2\xa7\x6e\x84\x4b\x39"
                                   "\x9d\x53\xa1\xe7\xb8\xc4\x6d\x92"
                                   "1234abcd"
                                   "01"
                                   "000000000000004d"
                                   "00060a2418202240"
                                   "\x80";
    uint8_t nal[FARM_PROOF_NAL_BYTES];
    (void)state;

    assert_int_equal(sizeof(expected) - 1, FARM_PROOF_NAL_BYTES);
    farm_proof_write(&sample, nal);
    assert_memory_equal(nal, expected, sizeof(nal));
}

static void found_at_any_place_of_the_access_unit(void **state)
{
    uint8_t nal[FARM_PROOF_NAL_BYTES];
    (void)state;

    farm_proof_write(&sample, nal);
    for (int place = 0; place < 3; place++) {
        uint8_t avcc[256];
        size_t len = 0;
        struct farm_proof found;

        for (int i = 0; i < 3; i++)
            len = i == place ? put(avcc, len, nal, sizeof(nal))
                             : put(avcc, len, "\x65pix", 4);
        assert_int_equal(farm_proof_find(avcc, len, &found), 0);
        assert_int_equal(found.camera, sample.camera);
        assert_int_equal(found.profile, sample.profile);
        assert_int_equal(found.frame, sample.frame);
        assert_int_equal(found.sent_unix_us, sample.sent_unix_us);
    }
}

static void absent_is_not_found(void **state)
{
    uint8_t nal[FARM_PROOF_NAL_BYTES];
    uint8_t avcc[256];
    struct farm_proof found = { .camera = 42 };
    (void)state;

    farm_proof_write(&sample, nal);
    nal[5] ^= 1; // somebody else's UUID
    assert_int_equal(farm_proof_find(avcc, 0, &found), -ENOENT);
    size_t len = put(avcc, put(avcc, 0, "\x65pix", 4), nal, sizeof(nal));
    assert_int_equal(farm_proof_find(avcc, len, &found), -ENOENT);
    assert_int_equal(found.camera, 42);
}

static void malformed_is_told(void **state)
{
    uint8_t nal[FARM_PROOF_NAL_BYTES];
    uint8_t avcc[256];
    struct farm_proof found = { .camera = 42 };
    (void)state;

    farm_proof_write(&sample, nal);
    size_t len = put(avcc, 0, nal, sizeof(nal));
    for (size_t cut = 1; cut < len; cut++)
        assert_int_equal(farm_proof_find(avcc, cut, &found), -EBADMSG);
    nal[30] = 'G';
    len = put(avcc, 0, nal, sizeof(nal));
    assert_int_equal(farm_proof_find(avcc, len, &found), -EBADMSG);
    assert_int_equal(found.camera, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_as_documented),
        cmocka_unit_test(found_at_any_place_of_the_access_unit),
        cmocka_unit_test(absent_is_not_found),
        cmocka_unit_test(malformed_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
