#include "tests/farm/pacer.h"

#include "base/bytes.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { FRAME_90K = 3600, FRAMES = 10, GOP = 5 };

static struct farm_batch batch; // too large for a stack

// Ten frames of 40 ms, two groups; presentation is two frames late, as with
// B-frames.
static struct farm_clip *sample(void)
{
    static const uint8_t key[] = "\0\0\1\x67\x4d\x40\x1f\0\0\1\x68\xee\0\0\1\x65pic";
    static const uint8_t other[] = "\0\0\1\x41pic";
    struct farm_clip *clip = farm_clip_create();

    assert_non_null(clip);
    for (int i = 0; i < FRAMES; i++) {
        int64_t t = i * FRAME_90K;
        assert_int_equal(i % GOP
                             ? farm_clip_add(clip, other, sizeof(other) - 1, t, t + 7200)
                             : farm_clip_add(clip, key, sizeof(key) - 1, t, t + 7200),
                         0);
    }
    assert_int_equal(farm_clip_seal(clip), 0);
    return clip;
}

static struct farm_pacer start(const struct farm_clip *clip, uint64_t now_us,
                               bool anywhere, uint64_t seed)
{
    const struct farm_pacer_config config = {
        .clip = clip,
        .camera = 9,
        .profile = FARM_SUB,
        .channel = 2,
        .epoch_us = GW_SECOND,
        .start_anywhere = anywhere,
    };
    struct farm_pacer p;
    struct gw_rng rng;

    gw_rng_init(&rng, seed);
    farm_pacer_start(&p, &config, now_us, &rng);
    return p;
}

static void build(struct farm_pacer *p, uint32_t drop_ppm)
{
    struct gw_rng rng;

    gw_rng_init(&rng, 5);
    farm_pacer_build(p, 123456, drop_ppm, &rng, &batch);
}

static void sessions_share_the_timeline(void **state)
{
    struct farm_clip *clip = sample();
    (void)state;

    for (uint64_t now_us = GW_SECOND; now_us < 2 * GW_SECOND; now_us += 7777) {
        struct farm_pacer a = start(clip, now_us, false, 1);
        struct farm_pacer b = start(clip, now_us, true, 2);
        uint64_t due_us = farm_pacer_due_us(&a);
        assert_int_equal(a.frame, b.frame);
        assert_int_equal(due_us, farm_pacer_due_us(&b));
        assert_in_range(due_us, now_us, now_us + 40 * GW_MS);
        assert_true(farm_pacer_at_key(&a));
        assert_int_equal(b.position % FRAMES, b.frame % FRAMES);
        assert_int_not_equal(a.ssrc, b.ssrc);
    }
    farm_clip_destroy(clip);
}

static void frames_are_due_one_after_the_other(void **state)
{
    struct farm_clip *clip = sample();
    struct farm_pacer p = start(clip, 3 * GW_SECOND, false, 1);
    uint64_t first_us = farm_pacer_due_us(&p);
    uint64_t first_frame = p.frame;
    (void)state;

    for (uint64_t i = 0; i < 3 * FRAMES; i++) {
        assert_int_equal(farm_pacer_due_us(&p), first_us + i * 40 * GW_MS);
        assert_int_equal(p.frame, first_frame + i);
        farm_pacer_skip(&p);
    }
    farm_clip_destroy(clip);
}

static void packets_carry_the_session_and_the_proof(void **state)
{
    struct farm_clip *clip = sample();
    struct farm_pacer p = start(clip, 3 * GW_SECOND, false, 1);
    struct farm_pacer before = p;
    (void)state;

    build(&p, 0);
    assert_int_equal(batch.count, 2 * 3); // parameter sets, proof, slice
    for (size_t i = 0; i < 3; i++) {
        struct gw_reader r = gw_reader_init(batch.iov[2 * i].iov_base, FARM_HEADER_BYTES);
        assert_int_equal(gw_read_u8(&r), '$');
        assert_int_equal(gw_read_u8(&r), 2);
        assert_int_equal(gw_read_u16(&r), 12 + batch.iov[2 * i + 1].iov_len);
        assert_int_equal(gw_read_u8(&r), 0x80);
        assert_int_equal(gw_read_u8(&r), (i == 2 ? 0x80 : 0) | FARM_PAYLOAD_TYPE);
        assert_int_equal(gw_read_u16(&r), (uint16_t)(before.seq + i));
        assert_int_equal(gw_read_u32(&r), before.ts_base + 7200);
        assert_int_equal(gw_read_u32(&r), before.ssrc);
    }

    struct farm_proof proof = { 9, FARM_SUB, before.frame, 123456 };
    uint8_t nal[FARM_PROOF_NAL_BYTES];
    farm_proof_write(&proof, nal);
    assert_int_equal(batch.iov[3].iov_len, sizeof(nal));
    assert_memory_equal(batch.iov[3].iov_base, nal, sizeof(nal));
    assert_int_equal(p.frame, before.frame + 1);
    farm_clip_destroy(clip);
}

static void dropped_packets_use_up_their_numbers(void **state)
{
    struct farm_clip *clip = sample();
    struct farm_pacer p = start(clip, 3 * GW_SECOND, false, 1);
    uint16_t seq = p.seq;
    (void)state;

    build(&p, FARM_PPM);
    assert_int_equal(batch.count, 0);
    assert_int_equal(batch.bytes, 0);
    assert_int_equal(p.seq, (uint16_t)(seq + 3));
    farm_clip_destroy(clip);
}

static void reports_tie_the_timestamp_to_the_wall_clock(void **state)
{
    struct farm_clip *clip = sample();
    struct farm_pacer p = start(clip, 3 * GW_SECOND, false, 1);
    uint8_t report[FARM_REPORT_BYTES];
    (void)state;

    build(&p, 0);
    farm_pacer_report(&p, p.start_us + GW_SECOND, 500000, report);
    struct gw_reader r = gw_reader_init(report, sizeof(report));
    assert_int_equal(gw_read_u32(&r), 0x2403001c); // '$', channel 3, 28 bytes
    assert_int_equal(gw_read_u32(&r), 0x80c80006); // sender report without blocks
    assert_int_equal(gw_read_u32(&r), p.ssrc);
    assert_int_equal(gw_read_u32(&r), 2208988800u);
    assert_int_equal(gw_read_u32(&r), 0x80000000u);
    assert_int_equal(gw_read_u32(&r), p.ts_base + 90000);
    assert_int_equal(gw_read_u32(&r), 3);
    farm_clip_destroy(clip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_share_the_timeline),
        cmocka_unit_test(frames_are_due_one_after_the_other),
        cmocka_unit_test(packets_carry_the_session_and_the_proof),
        cmocka_unit_test(dropped_packets_use_up_their_numbers),
        cmocka_unit_test(reports_tie_the_timestamp_to_the_wall_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
