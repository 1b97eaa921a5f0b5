#include "mvt_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LAYERS_MAX = 8, KEYS_MAX = 64 };

struct input {
    const uint8_t *p, *end;
};

struct layer {
    struct mvt_text name;
    struct mvt_text keys[KEYS_MAX];
    size_t key_count;
    bool used[KEYS_MAX]; // which keys some feature has
    struct mvt_tag *values;
    size_t value_count;
    uint64_t version, extent, features;
};

struct reader {
    void (*on_feature)(void *arg, const struct mvt_feature *feature);
    void *arg;
    long features;
    struct mvt_text names[LAYERS_MAX];
    size_t name_count;
};

static int bad(const char *what)
{
    fprintf(stderr, "no vector tile: %s\n", what);
    return -EBADMSG;
}

static int read_varint(struct input *in, uint64_t *ret)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        if (in->p == in->end)
            return bad("a number ends early");
        uint8_t byte = *in->p++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *ret = v;
            return 0;
        }
    }
    return bad("a number is too long");
}

// A field: its number and wire type, and its number or bytes. 1, 0 at the end, or error.
static int read_field(struct input *in, uint64_t *ret_field, uint64_t *ret_number,
                      struct input *ret_bytes)
{
    uint64_t key, len = 8;
    *ret_field = 0;
    *ret_number = 0;
    if (in->p == in->end)
        return 0;
    if (read_varint(in, &key) < 0)
        return -EBADMSG;
    *ret_field = key >> 3;
    *ret_bytes = (struct input) { NULL, NULL };
    if ((key & 7) == 0)
        return read_varint(in, ret_number) < 0 ? -EBADMSG : 1;
    if ((key & 7) != 1 && (key & 7) != 2)
        return bad("an unknown wire type");
    if ((key & 7) == 2 && read_varint(in, &len) < 0)
        return -EBADMSG;
    if (len > (uint64_t)(in->end - in->p))
        return bad("a field ends early");
    *ret_bytes = (struct input) { in->p, in->p + len };
    in->p += len;
    return 1;
}

static struct mvt_text text_of(struct input in)
{
    return (struct mvt_text) { (const char *)in.p, (size_t)(in.end - in.p) };
}

static int read_value(struct input in, struct mvt_tag *ret)
{
    uint64_t field, number;
    struct input bytes;
    int r = read_field(&in, &field, &number, &bytes);
    if (r <= 0)
        return bad("an empty value");
    *ret = (struct mvt_tag) { .is_text = field == 1 };
    if (field == 1)
        ret->text = text_of(bytes);
    else if (field == 3 && bytes.end - bytes.p == 8)
        memcpy(&ret->number, bytes.p, 8);
    else if (field == 5 && !bytes.p)
        ret->number = (double)number;
    else
        return bad("a value of another kind");
    return in.p == in.end ? 0 : bad("a value of two kinds");
}

static int read_tags(struct input in, struct layer *l, struct mvt_feature *f)
{
    while (in.p < in.end) {
        uint64_t key, value;
        if (read_varint(&in, &key) < 0 || read_varint(&in, &value) < 0)
            return -EBADMSG;
        if (key >= l->key_count || value >= l->value_count ||
            f->tag_count == MVT_TAGS_MAX)
            return bad("a tag names what is not there");
        struct mvt_tag *tag = &f->tags[f->tag_count++];
        *tag = l->values[value];
        tag->key = l->keys[key];
        l->used[key] = true;
    }
    return 0;
}

int64_t mvt_ring_area(const struct mvt_xy *ring, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        const struct mvt_xy *a = &ring[i], *b = &ring[(i + 1) % n];
        sum += (int64_t)a->x * b->y - (int64_t)b->x * a->y;
    }
    return sum;
}

struct path {
    struct mvt_xy *points;
    size_t *ring_ends;
    size_t point_count, ring_count;
    struct mvt_xy cursor;
};

static int step(struct input *in, struct path *path)
{
    uint64_t x, y;
    if (read_varint(in, &x) < 0 || read_varint(in, &y) < 0)
        return -EBADMSG;
    path->cursor.x += (int32_t)(x >> 1 ^ -(x & 1));
    path->cursor.y += (int32_t)(y >> 1 ^ -(y & 1));
    path->points[path->point_count++] = path->cursor;
    return 0;
}

static int close_ring(struct path *path)
{
    size_t first = path->ring_count ? path->ring_ends[path->ring_count - 1] : 0;
    int64_t area = mvt_ring_area(path->points + first, path->point_count - first);
    if (path->point_count - first < 3 || area == 0)
        return bad("a ring without area");
    if (path->ring_count == 0 && area < 0)
        return bad("a hole comes first");
    path->ring_ends[path->ring_count++] = path->point_count;
    return 0;
}

// Polygon: MoveTo 1, LineTo 2 or more, ClosePath, and again. Point: MoveTo 1.
static int read_commands(struct input in, int type, struct path *path)
{
    static const uint64_t order[] = { 1, 2, 7 };
    size_t at = 0;
    while (in.p < in.end) {
        uint64_t command;
        if (read_varint(&in, &command) < 0)
            return -EBADMSG;
        uint64_t what = command & 7, times = command >> 3;
        if (what != order[at] || times == 0 || (what != 2 && times != 1))
            return bad("a command out of turn");
        if (type == 1 && in.p < in.end && path->point_count)
            return bad("a point of several");
        for (uint64_t i = 0; i < times && what != 7; i++)
            if (step(&in, path) < 0)
                return -EBADMSG;
        if (what == 7 && close_ring(path) < 0)
            return -EBADMSG;
        at = type == 3 ? (at + 1) % 3 : at;
    }
    return at == 0 && path->point_count ? 0 : bad("a geometry ends early");
}

static int read_geometry(struct input in, struct mvt_feature *f, struct reader *r)
{
    size_t bytes = (size_t)(in.end - in.p);
    struct path path = {
        .points = calloc(bytes + 1, sizeof(*path.points)),
        .ring_ends = calloc(bytes + 1, sizeof(*path.ring_ends)),
    };
    int error =
        path.points && path.ring_ends ? read_commands(in, f->type, &path) : -ENOMEM;
    f->points = path.points;
    f->point_count = path.point_count;
    f->ring_ends = path.ring_ends;
    f->ring_count = path.ring_count;
    if (error == 0) {
        r->features++;
        r->on_feature(r->arg, f);
    }
    free(path.points);
    free(path.ring_ends);
    return error;
}

static int read_feature(struct input in, struct layer *l, struct reader *r)
{
    struct mvt_feature f = { .layer = l->name };
    struct input bytes, tags = { NULL, NULL }, geometry = { NULL, NULL };
    uint64_t field, number;
    int more;
    while ((more = read_field(&in, &field, &number, &bytes)) > 0) {
        if (field == 1)
            f.id = number;
        else if (field == 2)
            tags = bytes;
        else if (field == 3)
            f.type = (int)number;
        else if (field == 4)
            geometry = bytes;
        else
            return bad("an unknown field of a feature");
    }
    if (more < 0 || read_tags(tags, l, &f) < 0)
        return -EBADMSG;
    if (f.type != 1 && f.type != 3)
        return bad("a feature of another type");
    return read_geometry(geometry, &f, r);
}

// The layer's features come before what they name: so twice through.
static int read_frame(struct input in, struct layer *l)
{
    uint64_t field, number;
    struct input bytes;
    int more;
    while ((more = read_field(&in, &field, &number, &bytes)) > 0) {
        if (field == 1)
            l->name = text_of(bytes);
        else if (field == 2)
            l->features++;
        else if (field == 3 && l->key_count < KEYS_MAX)
            l->keys[l->key_count++] = text_of(bytes);
        else if (field == 4 && read_value(bytes, &l->values[l->value_count++]) < 0)
            return -EBADMSG;
        else if (field == 5)
            l->extent = number;
        else if (field == 15)
            l->version = number;
        else if (field != 4)
            return bad("an unknown field of a layer");
    }
    return more;
}

static int check_frame(const struct layer *l, struct reader *r)
{
    if (l->version != 2 || l->extent != 4096 || !l->name.len || !l->features)
        return bad("a layer without version, extent, name or features");
    for (size_t i = 0; i < r->name_count; i++)
        if (r->names[i].len == l->name.len &&
            memcmp(r->names[i].data, l->name.data, l->name.len) == 0)
            return bad("two layers of one name");
    if (r->name_count == LAYERS_MAX)
        return bad("too many layers");
    r->names[r->name_count++] = l->name;
    return 0;
}

static int read_layer(struct input in, struct reader *r)
{
    struct layer l = { .values = calloc((size_t)(in.end - in.p) + 1, sizeof(*l.values)) };
    struct input again = in, bytes;
    uint64_t field, number;
    int error = l.values ? read_frame(in, &l) : -ENOMEM;
    if (error == 0)
        error = check_frame(&l, r);
    while (error == 0 && read_field(&again, &field, &number, &bytes) > 0)
        if (field == 2)
            error = read_feature(bytes, &l, r);
    for (size_t i = 0; i < l.key_count && error == 0; i++)
        if (!l.used[i])
            error = bad("a key that no feature has");
    free(l.values);
    return error;
}

long mvt_read(const void *data, size_t len,
              void (*on_feature)(void *arg, const struct mvt_feature *feature), void *arg)
{
    struct reader r = { .on_feature = on_feature, .arg = arg };
    struct input in = { data, (const uint8_t *)data + len }, bytes;
    uint64_t field, number;
    int more;
    while ((more = read_field(&in, &field, &number, &bytes)) > 0) {
        int error = field == 3 && bytes.p ? read_layer(bytes, &r) : bad("no layer");
        if (error < 0)
            return error;
    }
    return more < 0 ? more : r.features;
}

const struct mvt_tag *mvt_tag(const struct mvt_feature *f, const char *key)
{
    for (size_t i = 0; i < f->tag_count; i++)
        if (f->tags[i].key.len == strlen(key) &&
            memcmp(f->tags[i].key.data, key, strlen(key)) == 0)
            return &f->tags[i];
    return NULL;
}

double mvt_number(const struct mvt_feature *f, const char *key)
{
    const struct mvt_tag *tag = mvt_tag(f, key);
    return tag && !tag->is_text ? tag->number : 0;
}

const char *mvt_string(const struct mvt_feature *f, const char *key)
{
    static char text[512];
    const struct mvt_tag *tag = mvt_tag(f, key);
    snprintf(text, sizeof(text), "%.*s", tag && tag->is_text ? (int)tag->text.len : 0,
             tag && tag->is_text ? tag->text.data : "");
    return text;
}

bool mvt_in_layer(const struct mvt_feature *f, const char *layer)
{
    return f->layer.len == strlen(layer) &&
           memcmp(f->layer.data, layer, f->layer.len) == 0;
}
