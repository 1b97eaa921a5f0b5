#include "ingest/rtp_aac.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HBR "streamtype=5;mode=AAC-hbr;SizeLength=13;IndexLength=3;IndexDeltaLength=3;"
#define CONFIG "config=1408"

struct seen {
    struct gw_rtp_aac aac;
    unsigned count;
    size_t len[GW_RTP_AAC_UNITS_MAX];
    uint32_t timestamp[GW_RTP_AAC_UNITS_MAX];
    uint8_t bytes[16 * 1024]; // of all units, one behind the other
    size_t total;
};

static void on_unit(void *arg, struct gw_frame *unit, uint32_t timestamp)
{
    struct seen *s = arg;

    assert_true(s->count < GW_RTP_AAC_UNITS_MAX);
    assert_int_equal(unit->codec, GW_CODEC_AAC);
    s->len[s->count] = unit->len;
    s->timestamp[s->count++] = timestamp;
    memcpy(s->bytes + s->total, unit->data, unit->len);
    s->total += unit->len;
}

static int begin(struct seen *s, const char *fmtp)
{
    struct gw_media_format audio = { .codec = GW_CODEC_AAC,
                                     .clock_rate = 16000,
                                     .fmtp = fmtp };
    *s = (struct seen) { 0 };
    return gw_rtp_aac_init(&s->aac, &audio);
}

static int feed(struct seen *s, uint32_t timestamp, bool marker, const void *payload,
                size_t len)
{
    struct gw_rtp_packet p = {
        .timestamp = timestamp, .marker = marker, .payload = payload, .len = len
    };
    return gw_rtp_aac_packet(&s->aac, &p, on_unit, s);
}

// A part of the unit 01 02 .. 0a.
static int feed_part(struct seen *s, uint32_t timestamp, size_t from, size_t to)
{
    uint8_t payload[16] = { 0, 16, 0, 10 << 3 };

    for (size_t i = from; i < to; i++)
        payload[4 + i - from] = (uint8_t)(i + 1);
    return feed(s, timestamp, to == 10, payload, 4 + to - from);
}

static void reads_the_description(void **state)
{
    static struct seen s;
    (void)state;

    assert_int_equal(begin(&s, HBR CONFIG), 0);
    assert_int_equal(s.aac.config.sample_rate, 16000);
    assert_int_equal(s.aac.asc_len, 2);
    assert_memory_equal(s.aac.asc, "\x14\x08", 2);
    assert_int_equal(begin(&s, HBR), -EBADMSG);
    assert_int_equal(begin(&s, HBR "config=140"), -EBADMSG);
    assert_int_equal(begin(&s, HBR "config=14zz"), -EBADMSG);
    assert_int_equal(begin(&s, CONFIG), -ENOTSUP); // no sizes in the headers
    assert_int_equal(begin(&s, "sizeLength=17;" CONFIG), -ENOTSUP);
    assert_int_equal(begin(&s, "sizeLength=13;auxiliaryDataSizeLength=33;" CONFIG),
                     -ENOTSUP);
}

static void several_units_of_a_packet_have_times_of_their_own(void **state)
{
    static const uint8_t payload[] = { 0,      48, 0, 3 << 3, 0, 1 << 3, 0,
                                       2 << 3, 1,  2, 3,      4, 5,      6 };
    static struct seen s;
    (void)state;

    assert_int_equal(begin(&s, HBR CONFIG), 0);
    assert_int_equal(feed(&s, 1000, true, payload, sizeof(payload)), 0);
    assert_int_equal(s.count, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(s.timestamp[i], 1000 + i * 1024);
    assert_int_equal(s.len[0], 3);
    assert_int_equal(s.len[1], 1);
    assert_int_equal(s.len[2], 2);
    assert_memory_equal(s.bytes, "\1\2\3\4\5\6", 6);
}

static void a_unit_is_whole_at_every_split(void **state)
{
    static struct seen s;
    (void)state;

    for (size_t a = 1; a < 10; a++) {
        for (size_t b = a; b < 10; b++) {
            assert_int_equal(begin(&s, HBR CONFIG), 0);
            assert_int_equal(feed_part(&s, 5, 0, a), 0);
            if (b > a)
                assert_int_equal(feed_part(&s, 5, a, b), 0);
            assert_int_equal(s.count, 0);
            assert_int_equal(feed_part(&s, 5, b, 10), 0);
            assert_int_equal(s.count, 1);
            assert_int_equal(s.len[0], 10);
            assert_memory_equal(s.bytes, "\1\2\3\4\5\6\7\x8\x9\xa", 10);
            assert_int_equal(s.aac.dropped, 0);
        }
    }
}

static void a_unit_that_lacks_a_part_is_dropped(void **state)
{
    static struct seen s;
    (void)state;

    assert_int_equal(begin(&s, HBR CONFIG), 0);
    assert_int_equal(feed_part(&s, 5, 0, 4), 0);
    gw_rtp_aac_gap(&s.aac);
    assert_int_equal(s.aac.dropped, 1);
    assert_int_equal(feed_part(&s, 5, 7, 10), -EBADMSG); // the end of nothing whole
    assert_int_equal(s.aac.dropped, 2);
    assert_int_equal(feed_part(&s, 6, 0, 4), 0);
    assert_int_equal(feed_part(&s, 7, 0, 4), 0); // of another unit
    assert_int_equal(s.aac.dropped, 3);
    assert_int_equal(feed_part(&s, 7, 2, 9), -EBADMSG); // more than was said
    assert_int_equal(s.aac.dropped, 4);
    assert_int_equal(s.count, 0);
}

static void nothing_is_taken_of_a_malformed_packet(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } packets[] = {
        { "", 0 },
        { "\0", 1 },
        { "\0\0\1\2", 4 },               // no headers
        { "\0\x10\0", 3 },               // the headers end past the packet
        { "\0\x0f\0\x08\1", 5 },         // 15 bits are no header
        { "\0\x10\0\0\1", 5 },           // a unit of 0 bytes
        { "\0\x10\0\x08", 4 },           // no byte of it
        { "\0\x20\0\x08\0\x10\1\2", 8 }, // the second one is cut
        { "\0\x20\0\x08\0\x09\1\2", 8 }, // interleaved
    };
    static struct seen s;
    (void)state;

    for (size_t i = 0; i < sizeof(packets) / sizeof(*packets); i++) {
        assert_int_equal(begin(&s, HBR CONFIG), 0);
        int r = feed(&s, 0, true, packets[i].bytes, packets[i].len);
        assert_int_equal(r, -EBADMSG);
        assert_int_equal(s.count, 0);
    }
}

static void units_are_bounded_in_number_and_size(void **state)
{
    static uint8_t payload[2 + 3 * (GW_RTP_AAC_UNITS_MAX + 1)];
    static struct seen s;
    (void)state;

    assert_int_equal(begin(&s, HBR CONFIG), 0);
    for (size_t count = GW_RTP_AAC_UNITS_MAX; count <= GW_RTP_AAC_UNITS_MAX + 1;
         count++) {
        payload[0] = (uint8_t)(count * 16 >> 8);
        payload[1] = (uint8_t)(count * 16);
        for (size_t i = 0; i < count; i++)
            payload[2 + 2 * i + 1] = 1 << 3;
        bool fits = count <= GW_RTP_AAC_UNITS_MAX;
        assert_int_equal(feed(&s, 0, true, payload, 2 + 3 * count), fits ? 0 : -EMSGSIZE);
        assert_int_equal(s.count, GW_RTP_AAC_UNITS_MAX);
    }
    assert_int_equal(begin(&s, "sizeLength=16;" CONFIG), 0);
    assert_int_equal(feed(&s, 0, false, "\0\x10\x20\0\1", 5), -EMSGSIZE);
}

static void other_fields_and_sections_are_passed_over(void **state)
{
    // CTS and DTS flags, random access; then 8 bits of size and 3 of auxiliary data.
    static const uint8_t payload[] = { 0, 17, 0, 1 << 3 | 0, 0x80, 3, 0xe0, 0x42 };
    static struct seen s;
    (void)state;

    assert_int_equal(begin(&s, HBR
                           "CTSDeltaLength=9;DTSDeltaLength=9;"
                           "randomAccessIndication=1;auxiliaryDataSizeLength=8;" CONFIG),
                     0);
    // 13 + 3 + 1 + 1 + 1 bits.
    uint8_t with_flags[sizeof(payload)];
    memcpy(with_flags, payload, sizeof(payload));
    with_flags[1] = 19;
    with_flags[4] = 0x20;
    assert_int_equal(feed(&s, 0, true, with_flags, sizeof(with_flags)), 0);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.bytes[0], 0x42);
    gw_rtp_aac_finish(&s.aac);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_description),
        cmocka_unit_test(several_units_of_a_packet_have_times_of_their_own),
        cmocka_unit_test(a_unit_is_whole_at_every_split),
        cmocka_unit_test(a_unit_that_lacks_a_part_is_dropped),
        cmocka_unit_test(nothing_is_taken_of_a_malformed_packet),
        cmocka_unit_test(units_are_bounded_in_number_and_size),
        cmocka_unit_test(other_fields_and_sections_are_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
