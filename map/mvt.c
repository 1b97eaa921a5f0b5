#include "map/mvt.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "map/room.h"

// Fields of vector_tile.proto.
enum { TILE_LAYER = 3 };
enum {
    LAYER_NAME = 1,
    LAYER_FEATURE = 2,
    LAYER_KEY = 3,
    LAYER_VALUE = 4,
    LAYER_EXTENT = 5,
    LAYER_VERSION = 15,
};
enum { FEATURE_ID = 1, FEATURE_TAGS = 2, FEATURE_TYPE = 3, FEATURE_GEOMETRY = 4 };
enum { VALUE_TEXT = 1, VALUE_DOUBLE = 3, VALUE_UINT = 5 };

enum { VERSION = 2 };
enum { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 };
enum { SLOTS_FIRST = 64 };

// Where a value's message lies in `values`.
struct value {
    size_t start, len;
};

struct gw_mvt {
    struct gw_protobuf tile;
    int error;

    const char *layer; // NULL: none is open
    struct gw_protobuf features;
    const char *keys[GW_MVT_KEYS_MAX];
    size_t key_count;

    // Each value of a layer is written once: a table of slots, in each the value's number
    // + 1, finds it again.
    struct gw_protobuf values;
    struct value *value_list;
    size_t value_count, value_cap;
    uint32_t *slots;
    size_t slot_count; // a power of two

    bool in_feature;
    enum gw_mvt_type type;
    uint64_t id;
    struct gw_protobuf tags, geometry;

    struct gw_protobuf scratch;
};

struct gw_mvt *gw_mvt_create(void)
{
    return calloc(1, sizeof(struct gw_mvt));
}

void gw_mvt_destroy(struct gw_mvt *m)
{
    if (!m)
        return;
    gw_protobuf_finish(&m->tile);
    gw_protobuf_finish(&m->features);
    gw_protobuf_finish(&m->values);
    gw_protobuf_finish(&m->tags);
    gw_protobuf_finish(&m->geometry);
    gw_protobuf_finish(&m->scratch);
    free(m->value_list);
    free(m->slots);
    free(m);
}

// The first failure is the one that is told.
static void note(struct gw_mvt *m, int error)
{
    if (m->error == 0)
        m->error = error;
}

// ---- features ----

static void end_feature(struct gw_mvt *m)
{
    struct gw_protobuf *f = &m->scratch;
    if (!m->in_feature)
        return;
    m->in_feature = false;
    gw_protobuf_clear(f);
    gw_protobuf_uint_field(f, FEATURE_ID, m->id);
    gw_protobuf_bytes_field(f, FEATURE_TAGS, m->tags.data, m->tags.len);
    gw_protobuf_uint_field(f, FEATURE_TYPE, (uint64_t)m->type);
    gw_protobuf_bytes_field(f, FEATURE_GEOMETRY, m->geometry.data, m->geometry.len);
    gw_protobuf_bytes_field(&m->features, LAYER_FEATURE, f->data, f->len);
    note(m, m->tags.error);
    note(m, m->geometry.error);
    note(m, f->error);
}

void gw_mvt_feature(struct gw_mvt *m, enum gw_mvt_type type, uint64_t id)
{
    assert(m->layer);
    end_feature(m);
    m->in_feature = true;
    m->type = type;
    m->id = id;
    gw_protobuf_clear(&m->tags);
    gw_protobuf_clear(&m->geometry);
}

void gw_mvt_geometry(struct gw_mvt *m, const void *commands, size_t len)
{
    gw_protobuf_put(&m->geometry, commands, len);
}

// Section 4.3.1: what to do, and how many times.
static void command(struct gw_protobuf *p, uint32_t what, size_t times)
{
    gw_protobuf_varint(p, (uint64_t)times << 3 | what);
}

static void step_to(struct gw_protobuf *p, struct gw_mvt_point to,
                    struct gw_mvt_point *pcursor)
{
    gw_protobuf_zigzag(p, to.x - pcursor->x);
    gw_protobuf_zigzag(p, to.y - pcursor->y);
    *pcursor = to;
}

void gw_mvt_point(struct gw_mvt *m, struct gw_mvt_point point)
{
    struct gw_mvt_point cursor = { 0, 0 };
    command(&m->geometry, MOVE_TO, 1);
    step_to(&m->geometry, point, &cursor);
}

void gw_mvt_ring(struct gw_protobuf *commands, const struct gw_mvt_point *points,
                 size_t n, struct gw_mvt_point *pcursor)
{
    assert(n >= 3);
    command(commands, MOVE_TO, 1);
    step_to(commands, points[0], pcursor);
    command(commands, LINE_TO, n - 1);
    for (size_t i = 1; i < n; i++)
        step_to(commands, points[i], pcursor);
    command(commands, CLOSE_PATH, 1);
}

// ---- tags ----

static uint32_t key_number(struct gw_mvt *m, const char *key)
{
    for (size_t i = 0; i < m->key_count; i++)
        if (m->keys[i] == key || strcmp(m->keys[i], key) == 0)
            return (uint32_t)i;
    assert(m->key_count < GW_MVT_KEYS_MAX);
    m->keys[m->key_count] = key;
    return (uint32_t)m->key_count++;
}

static uint64_t hash(const uint8_t *data, size_t len)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < len; i++)
        h = (h ^ data[i]) * 0x100000001b3;
    return h ^ h >> 32;
}

// The slot that holds the message, or the free one where it belongs.
static uint32_t *find_slot(const struct gw_mvt *m, const uint8_t *data, size_t len)
{
    size_t mask = m->slot_count - 1;
    for (size_t i = hash(data, len) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &m->slots[i];
        const struct value *v = *slot ? &m->value_list[*slot - 1] : NULL;
        if (!v || (v->len == len && memcmp(m->values.data + v->start, data, len) == 0))
            return slot;
    }
}

// Half of the slots stay free.
static int make_slots(struct gw_mvt *m)
{
    if (m->value_count < m->slot_count / 2)
        return 0;
    size_t count = m->slot_count ? m->slot_count * 2 : SLOTS_FIRST;
    uint32_t *slots = calloc(count, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    free(m->slots);
    m->slots = slots;
    m->slot_count = count;
    for (size_t i = 0; i < m->value_count; i++) {
        const struct value *v = &m->value_list[i];
        *find_slot(m, m->values.data + v->start, v->len) = (uint32_t)i + 1;
    }
    return 0;
}

// The number of the value whose message is in `scratch`.
static int value_number(struct gw_mvt *m, uint32_t *ret_number)
{
    int r = make_slots(m);
    if (r == 0)
        r = gw_room_make(&m->value_list, &m->value_cap, m->value_count, 1,
                         sizeof(*m->value_list));
    if (r == 0)
        r = m->scratch.error;
    if (r < 0)
        return r;
    uint32_t *slot = find_slot(m, m->scratch.data, m->scratch.len);
    if (!*slot) {
        struct value v = { m->values.len, m->scratch.len };
        gw_protobuf_put(&m->values, m->scratch.data, m->scratch.len);
        if (m->values.error)
            return m->values.error;
        m->value_list[m->value_count++] = v;
        *slot = (uint32_t)m->value_count;
    }
    *ret_number = *slot - 1;
    return 0;
}

static void tag(struct gw_mvt *m, const char *key)
{
    uint32_t number = 0;
    int r = value_number(m, &number);
    if (r < 0) {
        note(m, r);
        return;
    }
    gw_protobuf_varint(&m->tags, key_number(m, key));
    gw_protobuf_varint(&m->tags, number);
}

void gw_mvt_text(struct gw_mvt *m, const char *key, const char *value)
{
    gw_protobuf_clear(&m->scratch);
    gw_protobuf_bytes_field(&m->scratch, VALUE_TEXT, value, strlen(value));
    tag(m, key);
}

void gw_mvt_count(struct gw_mvt *m, const char *key, uint64_t value)
{
    gw_protobuf_clear(&m->scratch);
    gw_protobuf_uint_field(&m->scratch, VALUE_UINT, value);
    tag(m, key);
}

void gw_mvt_number(struct gw_mvt *m, const char *key, double value)
{
    gw_protobuf_clear(&m->scratch);
    gw_protobuf_double_field(&m->scratch, VALUE_DOUBLE, value);
    tag(m, key);
}

// ---- layers ----

static void write_layer(struct gw_mvt *m, struct gw_protobuf *layer)
{
    gw_protobuf_uint_field(layer, LAYER_VERSION, VERSION);
    gw_protobuf_bytes_field(layer, LAYER_NAME, m->layer, strlen(m->layer));
    gw_protobuf_put(layer, m->features.data, m->features.len);
    for (size_t i = 0; i < m->key_count; i++)
        gw_protobuf_bytes_field(layer, LAYER_KEY, m->keys[i], strlen(m->keys[i]));
    for (size_t i = 0; i < m->value_count; i++)
        gw_protobuf_bytes_field(layer, LAYER_VALUE,
                                m->values.data + m->value_list[i].start,
                                m->value_list[i].len);
    gw_protobuf_uint_field(layer, LAYER_EXTENT, GW_MVT_EXTENT);
}

static void end_layer(struct gw_mvt *m)
{
    end_feature(m);
    note(m, m->features.error);
    if (m->layer && m->features.len > 0) {
        struct gw_protobuf layer = { 0 };
        write_layer(m, &layer);
        gw_protobuf_bytes_field(&m->tile, TILE_LAYER, layer.data, layer.len);
        note(m, layer.error);
        gw_protobuf_finish(&layer);
    }
    m->layer = NULL;
}

void gw_mvt_layer(struct gw_mvt *m, const char *name)
{
    end_layer(m);
    m->layer = name;
    gw_protobuf_clear(&m->features);
    gw_protobuf_clear(&m->values);
    m->key_count = 0;
    m->value_count = 0;
    if (m->slots)
        memset(m->slots, 0, m->slot_count * sizeof(*m->slots));
}

int gw_mvt_finish(struct gw_mvt *m, struct gw_buf **ret_tile)
{
    end_layer(m);
    note(m, m->tile.error);
    if (m->error)
        return m->error;
    struct gw_buf *tile = gw_buf_copy(m->tile.data, m->tile.len);
    if (!tile)
        return -ENOMEM;
    *ret_tile = tile;
    return 0;
}
