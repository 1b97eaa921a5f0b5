// An access unit under test: payloads in, frames kept. For the tests of payload
// formats.
#ifndef GW_TESTS_FED_UNIT_H
#define GW_TESTS_FED_UNIT_H

#include "ingest/access_unit.h"

enum { FED_FRAMES = 8 };

struct fed {
    struct gw_access_unit *unit;
    int count;
    struct gw_frame *frames[FED_FRAMES];
    uint32_t timestamps[FED_FRAMES];
};

// For cmocka: *state becomes the struct fed. Only one at a time.
int fed_set_up(const struct gw_payload_format *format, void **state);
int fed_tear_down(void **state);

// From an exact allocation, so that a read past the end is seen. Returns as
// gw_access_unit_packet().
int fed_packet(struct fed *f, uint32_t timestamp, bool marker, const void *data,
               size_t len);

#define FEED(f, timestamp, marker, ...)                                                  \
    fed_packet(f, timestamp, marker, (const uint8_t[]) { __VA_ARGS__ },                  \
               sizeof((const uint8_t[]) { __VA_ARGS__ }))

#define assert_frame(f, i, ...)                                                          \
    do {                                                                                 \
        static const uint8_t expected_[] = { __VA_ARGS__ };                              \
        assert_true((i) < (f)->count);                                                   \
        assert_int_equal((f)->frames[i]->len, sizeof(expected_));                        \
        assert_memory_equal((f)->frames[i]->data, expected_, sizeof(expected_));         \
    } while (0)

#endif
