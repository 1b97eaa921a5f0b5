// From labelled hexagons to rings of coordinates.
//
//   corners of a tile, counter-clockwise:       2
//   edge k runs from corner k to k + 1 and   3     1
//   faces neighbour k                        4     0
//                                               5

#include "tests/district/outline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CORNER_DX = 300, // decimetres between corners of a band
    BAND_DY = 520,
    CORNER_NEAR = 173, // how far a band's corners lie below its row: on the sides
    CORNER_FAR = 347,  // of a tile, and at its southern tip
    SMOOTH_PASSES = 4,
    THIN_TOLERANCE = 9 * GW_M,
    CHAIN_MAX = 20000, // corners between two junctions
};

struct links {
    uint32_t to[3]; // corners at the other end of border edges
    int n;
};

static void tile_corners(uint32_t tile, uint32_t ret_corners[6])
{
    uint32_t row = tile / GW_TILING_COLS;
    uint32_t mid = 2 * (tile % GW_TILING_COLS) + (row & 1) + 1;
    uint32_t low = row * GW_BAND_CORNERS + mid, high = low + GW_BAND_CORNERS;
    ret_corners[0] = low + 1;
    ret_corners[1] = high + 1;
    ret_corners[2] = high;
    ret_corners[3] = high - 1;
    ret_corners[4] = low - 1;
    ret_corners[5] = low;
}

static struct gw_point raw_corner(uint32_t corner)
{
    int32_t band = (int32_t)(corner / GW_BAND_CORNERS);
    int32_t i = (int32_t)(corner % GW_BAND_CORNERS);
    bool tip = (i & 1) != (band & 1); // the southern tip of a tile of this row
    return (struct gw_point) {
        i * CORNER_DX - GW_TILING_COLS * CORNER_DX,
        band * BAND_DY - GW_TILING_ROWS * BAND_DY / 2 - (tip ? CORNER_FAR : CORNER_NEAR),
    };
}

static bool border(const struct gw_tiling *t, uint32_t a, uint32_t b)
{
    for (int layer = 0; layer < GW_LAYER_COUNT; layer++)
        if (t->label[layer][a] != t->label[layer][b])
            return true;
    return false;
}

// Each edge is found once, from its western or southern tile.
static void find_links(const struct gw_tiling *t, struct links *links)
{
    for (uint32_t tile = 0; tile < GW_TILING_TILES; tile++) {
        uint32_t next[6], corners[6];
        gw_tiling_neighbours(tile, next);
        tile_corners(tile, corners);
        for (int k = 0; k < 3; k++) {
            if (!border(t, tile, next[k]))
                continue;
            uint32_t a = corners[k], b = corners[k + 1];
            links[a].to[links[a].n++] = b;
            links[b].to[links[b].n++] = a;
        }
    }
}

static struct gw_point smoothed(const struct gw_point *at, const struct links *l,
                                uint32_t corner)
{
    int64_t x = (int64_t)at[corner].x * l->n, y = (int64_t)at[corner].y * l->n;
    for (int k = 0; k < l->n; k++) {
        x += at[l->to[k]].x;
        y += at[l->to[k]].y;
    }
    return (struct gw_point) { (int32_t)(x / (2 * l->n)), (int32_t)(y / (2 * l->n)) };
}

static void smooth(struct gw_tiling *t, const struct links *links,
                   struct gw_point *scratch)
{
    for (int pass = 0; pass < SMOOTH_PASSES; pass++) {
        memcpy(scratch, t->corner, sizeof(t->corner));
        for (uint32_t c = 0; c < GW_CORNERS; c++)
            if (links[c].n)
                t->corner[c] = smoothed(scratch, &links[c], c);
    }
}

// Twice the area of the triangle over its base: the distance of p from a-b.
static int64_t off_line(struct gw_point a, struct gw_point b, struct gw_point p)
{
    int64_t base = gw_distance(a, b);
    if (!base)
        return gw_distance(a, p);
    int64_t cross =
        (int64_t)(b.x - a.x) * (p.y - a.y) - (int64_t)(p.x - a.x) * (b.y - a.y);
    return llabs(cross) / base;
}

// Douglas and Peucker: keeps the corner farthest from the chord, if it is far.
static void thin(struct gw_tiling *t, const uint32_t *chain, size_t first, size_t last)
{
    size_t far = first;
    int64_t max = THIN_TOLERANCE;
    for (size_t i = first + 1; i < last; i++) {
        int64_t d = off_line(t->corner[chain[first]], t->corner[chain[last]],
                             t->corner[chain[i]]);
        if (d > max) {
            max = d;
            far = i;
        }
    }
    if (far == first)
        return;
    t->kept[chain[far]] = true;
    thin(t, chain, first, far);
    thin(t, chain, far, last);
}

// The corners from a junction along one of its borders to the next junction.
static size_t walk(const struct links *links, uint32_t junction, uint32_t next,
                   uint32_t *chain)
{
    size_t n = 0;
    chain[n++] = junction;
    chain[n++] = next;
    while (links[chain[n - 1]].n == 2 && n < CHAIN_MAX) {
        const struct links *l = &links[chain[n - 1]];
        chain[n] = l->to[0] == chain[n - 2] ? l->to[1] : l->to[0];
        n++;
    }
    return n;
}

// A chain is walked from both ends; only the walk from the smaller end counts, so
// that ties fall the same way.
static void thin_all(struct gw_tiling *t, const struct links *links, uint32_t *chain)
{
    for (uint32_t c = 0; c < GW_CORNERS; c++) {
        if (links[c].n != 3)
            continue;
        t->kept[c] = true;
        for (int k = 0; k < 3; k++) {
            size_t n = walk(links, c, links[c].to[k], chain);
            if (c <= chain[n - 1])
                thin(t, chain, 0, n - 1);
        }
    }
}

int gw_tiling_settle(struct gw_tiling *t)
{
    int r = -ENOMEM;
    struct links *links = calloc(GW_CORNERS, sizeof(*links));
    struct gw_point *scratch = malloc(sizeof(t->corner));
    uint32_t *chain = malloc(sizeof(*chain) * CHAIN_MAX);
    if (!links || !scratch || !chain)
        goto done;

    for (uint32_t c = 0; c < GW_CORNERS; c++)
        t->corner[c] = raw_corner(c);
    find_links(t, links);
    smooth(t, links, scratch);
    thin_all(t, links, chain);
    r = 0;

done:
    free(links);
    free(scratch);
    free(chain);
    return r;
}

// An edge of an area, with the area on its left. Edges are sorted into one list
// by label.
struct edge {
    uint32_t from, to;
};

static size_t each_edge(const struct gw_tiling *t, enum gw_layer layer, size_t *at,
                        struct edge *edges)
{
    size_t n = 0;
    for (uint32_t tile = 0; tile < GW_TILING_TILES; tile++) {
        uint16_t label = t->label[layer][tile];
        if (!label)
            continue;
        uint32_t next[6], corners[6];
        gw_tiling_neighbours(tile, next);
        tile_corners(tile, corners);
        for (int k = 0; k < 6; k++) {
            if (t->label[layer][next[k]] == label)
                continue;
            if (edges)
                edges[at[label]] = (struct edge) { corners[k], corners[(k + 1) % 6] };
            at[label]++;
            n++;
        }
    }
    return n;
}

static void add_point(struct gw_ring *ring, struct gw_lonlat p)
{
    if (ring->n == 0)
        ring->min = ring->max = p;
    if (p.lon < ring->min.lon)
        ring->min.lon = p.lon;
    if (p.lat < ring->min.lat)
        ring->min.lat = p.lat;
    if (p.lon > ring->max.lon)
        ring->max.lon = p.lon;
    if (p.lat > ring->max.lat)
        ring->max.lat = p.lat;
    ring->points[ring->n++] = p;
}

// `next` is scratch: only the entries of this label's edges are read.
static int trace(const struct gw_tiling *t, const struct edge *edges, size_t n,
                 uint32_t *next, struct gw_ring *ret_ring)
{
    if (!n)
        return -ERANGE;
    struct gw_ring ring = { .points = malloc(sizeof(*ring.points) * n) };
    if (!ring.points)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        next[edges[i].from] = edges[i].to;

    size_t walked = 0;
    uint32_t c = edges[0].from;
    do {
        if (t->kept[c])
            add_point(&ring, gw_to_lonlat(t->corner[c]));
        c = next[c];
        walked++;
    } while (c != edges[0].from && walked < n);

    if (walked != n || ring.n < 3) {
        free(ring.points);
        return -ERANGE;
    }
    *ret_ring = ring;
    return 0;
}

int gw_tiling_outline(const struct gw_tiling *t, enum gw_layer layer,
                      struct gw_ring *ret_rings, size_t n)
{
    int r = -ENOMEM;
    struct edge *edges = NULL;
    size_t *end = calloc(n + 1, sizeof(*end));
    uint32_t *next = malloc(sizeof(*next) * GW_CORNERS);
    if (!end || !next)
        goto done;
    edges = malloc(sizeof(*edges) * (each_edge(t, layer, end, NULL) + 1));
    if (!edges)
        goto done;

    for (size_t i = 0, sum = 0; i <= n; i++) {
        size_t count = end[i];
        end[i] = sum;
        sum += count;
    }
    each_edge(t, layer, end, edges); // leaves in end[i] where label i ends
    r = 0;
    for (size_t i = 1; i <= n && r == 0; i++)
        r = trace(t, edges + end[i - 1], end[i] - end[i - 1], next, &ret_rings[i - 1]);

done:
    free(edges);
    free(end);
    free(next);
    return r;
}
