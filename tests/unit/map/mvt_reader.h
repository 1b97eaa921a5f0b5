// Reads Mapbox vector tiles, strictly by the specification 2.1 and by nothing else: what
// the engine writes is checked against it.
#ifndef GW_TESTS_MVT_READER_H
#define GW_TESTS_MVT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MVT_TAGS_MAX = 32 };

struct mvt_text {
    const char *data; // not terminated
    size_t len;
};

struct mvt_tag {
    struct mvt_text key;
    bool is_text;
    struct mvt_text text;
    double number;
};

struct mvt_xy {
    int32_t x, y;
};

struct mvt_feature {
    struct mvt_text layer;
    uint64_t id;
    int type; // 1 point, 2 line, 3 polygon
    struct mvt_tag tags[MVT_TAGS_MAX];
    size_t tag_count;
    const struct mvt_xy *points;
    size_t point_count;
    const size_t *ring_ends; // of a polygon: one past each ring's last point
    size_t ring_count;
};

// Calls on_feature for each; all is borrowed for the call. Returns how many there were,
// or -EBADMSG for what is no vector tile (what is wrong goes to standard error), -ENOMEM.
long mvt_read(const void *data, size_t len,
              void (*on_feature)(void *arg, const struct mvt_feature *feature),
              void *arg);

// Of a feature: a tag, or NULL; and what it says, 0 or "" without it. The text lives
// until the next call.
const struct mvt_tag *mvt_tag(const struct mvt_feature *f, const char *key);
double mvt_number(const struct mvt_feature *f, const char *key);
const char *mvt_string(const struct mvt_feature *f, const char *key);
bool mvt_in_layer(const struct mvt_feature *f, const char *layer);

// Twice a ring's area by the shoelace formula.
int64_t mvt_ring_area(const struct mvt_xy *ring, size_t n);

#endif
