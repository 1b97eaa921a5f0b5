#include "map/area_tiles.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "map/area_clip.h"
#include "map/geojson.h"
#include "map/mvt.h"
#include "map/room.h"
#include "map/tile_index.h"

// All areas of a kind, as one state of the registry has them; immutable.
struct layer {
    atomic_uint refs;
    uint64_t hash; // of codes and geometries
    struct gw_box *boxes;
    size_t count;
    struct gw_tile_index index;
};

struct entry {
    uint64_t key; // kind and tile
    uint64_t used;
    struct gw_buf *pieces;
};

struct gw_area_tiles {
    pthread_mutex_t lock; // of all below; held for moments
    struct layer *layers[GW_AREA_KINDS];
    uint64_t versions[GW_AREA_KINDS]; // snapshots that are known to have these areas
    struct entry entries[GW_AREA_TILES_MAX];
    size_t count, bytes;
    uint64_t clock; // counts uses

    pthread_mutex_t building; // so that not all build the same layer at once
};

// What a piece has in front of its commands.
struct piece_head {
    uint32_t area, len;
};

struct gw_area_tiles *gw_area_tiles_create(void)
{
    struct gw_area_tiles *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    pthread_mutex_init(&a->lock, NULL);
    pthread_mutex_init(&a->building, NULL);
    return a;
}

// ---- layers ----

static void layer_unref(struct layer **pl)
{
    struct layer *l = *pl;
    *pl = NULL;
    if (!l || atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) != 1)
        return;
    gw_tile_index_finish(&l->index);
    free(l->boxes);
    free(l);
}

static size_t count_areas(const struct gw_snapshot *s, enum gw_area_kind kind)
{
    size_t n;
    if (kind == GW_AREA_CELLS)
        (void)gw_snapshot_cells(s, &n);
    else
        (void)gw_snapshot_divisions(s, &n);
    return n;
}

static void get_area(const struct gw_snapshot *s, enum gw_area_kind kind, size_t i,
                     const char **ret_code, const char **ret_geometry)
{
    size_t n;
    if (kind == GW_AREA_CELLS) {
        const struct gw_cell *cell = gw_snapshot_cells(s, &n) + i;
        *ret_code = cell->code;
        *ret_geometry = cell->geometry;
    } else {
        const struct gw_division *division = gw_snapshot_divisions(s, &n) + i;
        *ret_code = division->code;
        *ret_geometry = division->geometry;
    }
}

// The text and its length, so that no two texts run together.
static uint64_t hash_text(uint64_t h, const char *text)
{
    size_t len = strlen(text);
    h = (h ^ len) * 0x9e3779b97f4a7c15;
    while (len > 0) {
        uint64_t word = 0;
        size_t n = len < sizeof(word) ? len : sizeof(word);
        memcpy(&word, text, n);
        h = (h ^ word) * 0x9e3779b97f4a7c15;
        h ^= h >> 29;
        text += n;
        len -= n;
    }
    return h;
}

static uint64_t hash_areas(const struct gw_snapshot *s, enum gw_area_kind kind)
{
    size_t n = count_areas(s, kind);
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) {
        const char *code, *geometry;
        get_area(s, kind, i, &code, &geometry);
        h = hash_text(hash_text(h, code), geometry);
    }
    return h;
}

// Whole turns are counted from the date line in the index: what crosses it is everywhere.
static struct gw_box box_in_index(struct gw_box box)
{
    if (box.west < -180 || box.east > 180) {
        box.west = -180;
        box.east = 180;
    }
    return box;
}

// What cannot be read, or has no shape, is nowhere.
static int read_boxes(const struct gw_snapshot *s, enum gw_area_kind kind,
                      struct layer *l)
{
    static const struct gw_box nowhere = { 0, 91, 0, 91 };
    for (size_t i = 0; i < l->count; i++) {
        const char *code, *geometry;
        struct gw_shape shape;
        get_area(s, kind, i, &code, &geometry);
        int r = *geometry ? gw_geojson_shape(geometry, &shape) : -EBADMSG;
        if (r == -ENOMEM)
            return r;
        l->boxes[i] = r == 0 && shape.point_count ? box_in_index(shape.box) : nowhere;
        if (r == 0)
            gw_shape_finish(&shape);
    }
    return 0;
}

static int layer_create(const struct gw_snapshot *s, enum gw_area_kind kind,
                        uint64_t hash, struct layer **ret_layer)
{
    struct layer *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    atomic_init(&l->refs, 1);
    l->hash = hash;
    l->count = count_areas(s, kind);
    l->boxes = calloc(l->count + 1, sizeof(*l->boxes));
    int r = l->boxes ? read_boxes(s, kind, l) : -ENOMEM;
    if (r == 0)
        r = gw_tile_index_init(&l->index, l->boxes, l->count);
    if (r < 0)
        layer_unref(&l);
    else
        *ret_layer = l;
    return r;
}

// ---- what is kept ----

static uint64_t key_of(enum gw_area_kind kind, const struct gw_web_tile *t)
{
    return (uint64_t)kind << 60 | (uint64_t)t->z << 48 | (uint64_t)t->x << 24 | t->y;
}

static void drop(struct gw_area_tiles *a, size_t i)
{
    a->bytes -= gw_buf_len(a->entries[i].pieces);
    gw_buf_unref(&a->entries[i].pieces);
    a->entries[i] = a->entries[--a->count];
}

static void drop_kind(struct gw_area_tiles *a, enum gw_area_kind kind)
{
    for (size_t i = a->count; i-- > 0;)
        if (a->entries[i].key >> 60 == (uint64_t)kind)
            drop(a, i);
}

static void drop_oldest(struct gw_area_tiles *a)
{
    size_t oldest = 0;
    for (size_t i = 1; i < a->count; i++)
        if (a->entries[i].used < a->entries[oldest].used)
            oldest = i;
    drop(a, oldest);
}

// NULL: it is not kept, or the areas have changed since `layer`.
static struct gw_buf *find_kept(struct gw_area_tiles *a, enum gw_area_kind kind,
                                const struct layer *layer, uint64_t key)
{
    struct gw_buf *pieces = NULL;
    pthread_mutex_lock(&a->lock);
    size_t count = a->layers[kind] == layer ? a->count : 0;
    for (size_t i = 0; i < count && !pieces; i++)
        if (a->entries[i].key == key) {
            a->entries[i].used = ++a->clock;
            pieces = gw_buf_ref(a->entries[i].pieces);
        }
    pthread_mutex_unlock(&a->lock);
    return pieces;
}

// Unless the areas have changed meanwhile, or another thread was quicker.
static void keep(struct gw_area_tiles *a, enum gw_area_kind kind,
                 const struct layer *layer, uint64_t key, struct gw_buf *pieces)
{
    size_t bytes = gw_buf_len(pieces);
    pthread_mutex_lock(&a->lock);
    bool wanted = a->layers[kind] == layer && bytes <= GW_AREA_TILES_BYTES_MAX;
    for (size_t i = 0; i < a->count && wanted; i++)
        wanted = a->entries[i].key != key;
    while (wanted &&
           (a->count == GW_AREA_TILES_MAX || a->bytes + bytes > GW_AREA_TILES_BYTES_MAX))
        drop_oldest(a);
    if (wanted) {
        a->entries[a->count++] = (struct entry) { key, ++a->clock, gw_buf_ref(pieces) };
        a->bytes += bytes;
    }
    pthread_mutex_unlock(&a->lock);
}

void gw_area_tiles_destroy(struct gw_area_tiles *a)
{
    if (!a)
        return;
    while (a->count > 0)
        drop(a, a->count - 1);
    for (int kind = 0; kind < GW_AREA_KINDS; kind++)
        layer_unref(&a->layers[kind]);
    pthread_mutex_destroy(&a->building);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

// A reference to the layer of a snapshot that has been looked at, or NULL. With a hash,
// to the one that has it: then the snapshot's version is noted.
static struct layer *find_layer(struct gw_area_tiles *a, enum gw_area_kind kind,
                                uint64_t version, const uint64_t *hash)
{
    struct layer *found = NULL;
    pthread_mutex_lock(&a->lock);
    struct layer *l = a->layers[kind];
    if (l && (hash ? l->hash == *hash : a->versions[kind] == version)) {
        a->versions[kind] = version;
        atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
        found = l;
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

static void replace_layer(struct gw_area_tiles *a, enum gw_area_kind kind,
                          uint64_t version, struct layer *l)
{
    pthread_mutex_lock(&a->lock);
    drop_kind(a, kind);
    struct layer *before = a->layers[kind];
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    a->layers[kind] = l;
    a->versions[kind] = version;
    pthread_mutex_unlock(&a->lock);
    layer_unref(&before);
}

// Returns 0 with a reference.
static int need_layer(struct gw_area_tiles *a, const struct gw_snapshot *s,
                      enum gw_area_kind kind, struct layer **ret_layer)
{
    uint64_t version = gw_snapshot_version(s);
    struct layer *l = find_layer(a, kind, version, NULL);
    int r = 0;
    if (!l) {
        pthread_mutex_lock(&a->building);
        uint64_t hash = hash_areas(s, kind);
        l = find_layer(a, kind, version, &hash);
        if (!l) {
            r = layer_create(s, kind, hash, &l);
            if (r == 0)
                replace_layer(a, kind, version, l);
        }
        pthread_mutex_unlock(&a->building);
    }
    if (r == 0)
        *ret_layer = l;
    return r;
}

// ---- making a tile ----

struct making {
    const struct gw_snapshot *snapshot;
    enum gw_area_kind kind;
    const struct gw_web_tile *tile;
    const struct layer *layer;
    uint32_t *areas; // that are to be looked at
    size_t count, cap;
    int error;
};

static bool is_large_enough(const struct making *m, const struct gw_box *box)
{
    struct gw_web_place a = gw_web_place_of((struct gw_point) { box->west, box->north });
    struct gw_web_place b = gw_web_place_of((struct gw_point) { box->east, box->south });
    double units = ldexp(GW_MVT_EXTENT, m->tile->z);
    return fmax(b.x - a.x, b.y - a.y) * units >= GW_AREA_UNITS_MIN;
}

static void on_area(void *arg, uint32_t area)
{
    struct making *m = arg;
    if (m->error || !is_large_enough(m, &m->layer->boxes[area]))
        return;
    m->error = gw_room_make(&m->areas, &m->cap, m->count, 1, sizeof(*m->areas));
    if (m->error == 0)
        m->areas[m->count++] = area;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int write_piece(const struct making *m, uint32_t area, struct gw_area_clip *clip,
                       struct gw_protobuf *scratch, struct gw_protobuf *pieces)
{
    const char *code, *geometry;
    struct gw_shape shape;
    get_area(m->snapshot, m->kind, area, &code, &geometry);
    int r = gw_geojson_shape(geometry, &shape);
    if (r < 0)
        return r == -ENOMEM ? r : 0;
    gw_protobuf_clear(scratch);
    r = gw_area_clip_write(clip, &shape, m->tile, scratch);
    gw_shape_finish(&shape);
    if (r == 0)
        r = scratch->error;
    if (r < 0 || scratch->len == 0)
        return r;
    struct piece_head head = { area, (uint32_t)scratch->len };
    gw_protobuf_put(pieces, &head, sizeof(head));
    gw_protobuf_put(pieces, scratch->data, scratch->len);
    return pieces->error;
}

static int write_pieces(struct making *m, struct gw_protobuf *pieces)
{
    struct gw_area_clip *clip = NULL;
    struct gw_protobuf scratch = { 0 };
    int r = gw_area_clip_create(&clip);
    if (m->count > 1)
        qsort(m->areas, m->count, sizeof(*m->areas), by_number);
    for (size_t i = 0; i < m->count && r == 0; i++)
        r = write_piece(m, m->areas[i], clip, &scratch, pieces);
    gw_area_clip_destroy(clip);
    gw_protobuf_finish(&scratch);
    return r;
}

static int make(struct making *m, struct gw_buf **ret_pieces)
{
    struct gw_box box = gw_web_tile_box(m->tile, (double)GW_AREA_MARGIN / GW_MVT_EXTENT);
    struct gw_protobuf pieces = { 0 };
    gw_tile_index_visit(&m->layer->index, &box, on_area, m);
    int r = m->error ? m->error : write_pieces(m, &pieces);
    struct gw_buf *buf = r == 0 ? gw_buf_copy(pieces.data, pieces.len) : NULL;
    if (r == 0 && !buf)
        r = -ENOMEM;
    if (r == 0)
        *ret_pieces = buf;
    gw_protobuf_finish(&pieces);
    free(m->areas);
    return r;
}

int gw_area_tiles_get(struct gw_area_tiles *a, const struct gw_snapshot *snapshot,
                      enum gw_area_kind kind, const struct gw_web_tile *tile,
                      struct gw_buf **ret_pieces)
{
    struct layer *layer = NULL;
    uint64_t key = key_of(kind, tile);
    int r = need_layer(a, snapshot, kind, &layer);
    if (r < 0)
        return r;
    struct gw_buf *pieces = find_kept(a, kind, layer, key);
    if (!pieces) {
        struct making m = {
            .snapshot = snapshot, .kind = kind, .tile = tile, .layer = layer
        };
        r = make(&m, &pieces);
        if (r == 0)
            keep(a, kind, layer, key, pieces);
    }
    layer_unref(&layer);
    if (r == 0)
        *ret_pieces = pieces;
    return r;
}

bool gw_area_pieces_next(const struct gw_buf *pieces, size_t *pos,
                         struct gw_area_piece *ret_piece)
{
    const uint8_t *data = gw_buf_data(pieces);
    struct piece_head head;
    if (*pos == gw_buf_len(pieces))
        return false;
    memcpy(&head, data + *pos, sizeof(head));
    assert(*pos + sizeof(head) + head.len <= gw_buf_len(pieces));
    *ret_piece =
        (struct gw_area_piece) { head.area, head.len, data + *pos + sizeof(head) };
    *pos += sizeof(head) + head.len;
    return true;
}
