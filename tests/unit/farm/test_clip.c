#include "tests/farm/clip.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SPS "\0\0\0\1\x67\x4d\x40\x1f\xaa"
#define PPS "\0\0\1\x68\xee"
#define AUD "\0\0\0\1\x09\xf0"
#define SEI "\0\0\1\x06\x05\x80"
#define IDR "\0\0\1\x65pic"
#define SLICE "\0\0\1\x41pic"
#define ADD(clip, bytes, dts, pts)                                                       \
    farm_clip_add(clip, (const uint8_t *)(bytes), sizeof(bytes) - 1, dts, pts)

// Two groups of three frames, 100 ticks apart, the first at 1000.
static struct farm_clip *sample(void)
{
    struct farm_clip *clip = farm_clip_create();

    assert_non_null(clip);
    for (int i = 0; i < 6; i++) {
        int64_t t = 1000 + 100 * i;
        if (i % 3 == 0)
            assert_int_equal(ADD(clip, AUD SPS PPS SEI IDR, t, t), 0);
        else
            assert_int_equal(ADD(clip, AUD SLICE, t, t), 0);
    }
    assert_int_equal(farm_clip_seal(clip), 0);
    return clip;
}

static void proof_goes_before_the_first_slice(void **state)
{
    struct farm_clip *clip = sample();
    (void)state;

    assert_int_equal(clip->frame_count, 6);
    assert_int_equal(clip->frames[0].count, 3); // STAP-A, SEI, slice; no delimiter
    assert_int_equal(clip->frames[0].proof_at, 2);
    assert_int_equal(clip->frames[1].count, 1);
    assert_int_equal(clip->frames[1].proof_at, 0);
    assert_true(clip->frames[3].key);
    assert_false(clip->frames[4].key);
    assert_int_equal(clip->sps.len, 5);
    assert_int_equal(clip->pps.len, 2);
    farm_clip_destroy(clip);
}

static void positions_go_on_over_the_end(void **state)
{
    struct farm_clip *clip = sample();
    (void)state;

    assert_int_equal(clip->duration_90k, 600);
    assert_int_equal(farm_clip_time_90k(clip, 0), 0);
    assert_int_equal(farm_clip_time_90k(clip, 5), 500);
    assert_int_equal(farm_clip_time_90k(clip, 6), 600);
    assert_int_equal(farm_clip_time_90k(clip, 13), 1300);
    for (uint64_t position = 0; position < 20; position++) {
        int64_t t = farm_clip_time_90k(clip, position);
        assert_int_equal(farm_clip_position_at(clip, t), position);
        assert_int_equal(farm_clip_position_at(clip, t + 1), position + 1);
        assert_int_equal(farm_clip_key_before(clip, position), position - position % 3);
    }
    farm_clip_destroy(clip);
}

static void frames_before_the_first_key_are_left_out(void **state)
{
    struct farm_clip *clip = farm_clip_create();
    (void)state;

    assert_int_equal(ADD(clip, SLICE, 0, 0), 0);
    assert_int_equal(ADD(clip, SPS PPS IDR, 10, 10), 0);
    assert_int_equal(clip->frame_count, 1);
    assert_int_equal(farm_clip_seal(clip), 0);
    assert_int_equal(clip->duration_90k, FARM_CLOCK_HZ);
    farm_clip_destroy(clip);
}

static void unusable_clips_are_told(void **state)
{
    struct farm_clip *clip = farm_clip_create();
    (void)state;

    assert_int_equal(farm_clip_seal(clip), -EBADMSG); // empty
    assert_int_equal(ADD(clip, IDR, 0, 0), 0);
    assert_int_equal(farm_clip_seal(clip), -EBADMSG); // without parameter sets
    assert_int_equal(ADD(clip, SPS PPS IDR, 0, 0), 0);
    assert_int_equal(farm_clip_seal(clip), -EBADMSG); // time stands still
    farm_clip_destroy(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proof_goes_before_the_first_slice),
        cmocka_unit_test(positions_go_on_over_the_end),
        cmocka_unit_test(frames_before_the_first_key_are_left_out),
        cmocka_unit_test(unusable_clips_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
