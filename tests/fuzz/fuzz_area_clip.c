// Property: whatever the area, each tile of it decodes by the specification, stays within
// its margin, and its ground is not more than the tile's.
//
// Input: a tile (zoom, then column and row as shares), then points of 4 bytes; a byte
// pair of zeros begins another ring.
#include "map/area_clip.h"
#include "map/mvt.h"
#include "mvt_reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 5, POINTS_MAX = 256, RINGS_MAX = 16 };

static void on_feature(void *arg, const struct mvt_feature *f)
{
    const int64_t side = GW_MVT_EXTENT + 2 * GW_AREA_MARGIN;
    int64_t area = 0;
    (void)arg;
    for (size_t i = 0, first = 0; i < f->ring_count; first = f->ring_ends[i++])
        area += mvt_ring_area(f->points + first, f->ring_ends[i] - first);
    if (area <= 0 || area > 2 * 2 * side * side) // at zoom 0 the world is there twice
        abort();
    for (size_t i = 0; i < f->point_count; i++)
        if (f->points[i].x < -GW_AREA_MARGIN || f->points[i].y < -GW_AREA_MARGIN ||
            f->points[i].x > GW_MVT_EXTENT + GW_AREA_MARGIN ||
            f->points[i].y > GW_MVT_EXTENT + GW_AREA_MARGIN)
            abort();
}

static void check(const struct gw_protobuf *commands)
{
    struct gw_buf *tile;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "a");
    gw_mvt_feature(m, GW_MVT_POLYGON, 1);
    gw_mvt_geometry(m, commands->data, commands->len);
    if (gw_mvt_finish(m, &tile) != 0 ||
        mvt_read(gw_buf_data(tile), gw_buf_len(tile), on_feature, NULL) != 1)
        abort();
    gw_buf_unref(&tile);
    gw_mvt_destroy(m);
}

// Rings are closed, as map/geojson.h hands them out.
static void close_ring(struct gw_shape *shape, size_t first)
{
    if (shape->point_count > first)
        shape->points[shape->point_count++] = shape->points[first];
    shape->ring_ends[shape->ring_count++] = shape->point_count;
}

static void read_shape(const uint8_t *data, size_t size, const struct gw_web_tile *tile,
                       struct gw_shape *shape)
{
    struct gw_box box = gw_web_tile_box(tile, 1);
    size_t first = 0;
    shape->point_count = shape->ring_count = 0;
    for (; size >= 4 && shape->point_count < POINTS_MAX && shape->ring_count < RINGS_MAX;
         data += 4, size -= 4) {
        double x = (data[0] << 8 | data[1]) / 65535.0,
               y = (data[2] << 8 | data[3]) / 65535.0;
        if (data[0] == 0 && data[1] == 0) {
            close_ring(shape, first);
            first = shape->point_count;
        }
        shape->points[shape->point_count++] =
            (struct gw_point) { box.west + x * (box.east - box.west),
                                box.south + y * (box.north - box.south) };
    }
    close_ring(shape, first);
    gw_shape_complete(shape);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_shape shape;
    struct gw_area_clip *clip;
    struct gw_protobuf commands = { 0 };
    if (size < HEAD)
        return 0;
    struct gw_web_tile tile = { .z = data[0] % (GW_WEB_ZOOM_MAX + 1) };
    tile.x = (uint32_t)((uint64_t)(data[1] << 8 | data[2]) << tile.z >> 16);
    tile.y = (uint32_t)((uint64_t)(data[3] << 8 | data[4]) << tile.z >> 16);
    if (gw_shape_init(&shape, POINTS_MAX + RINGS_MAX + 2, RINGS_MAX + 2) < 0 ||
        gw_area_clip_create(&clip) < 0)
        abort();
    read_shape(data + HEAD, size - HEAD, &tile, &shape);
    if (gw_area_clip_write(clip, &shape, &tile, &commands) != 0 || commands.error)
        abort();
    if (commands.len > 0)
        check(&commands);
    gw_protobuf_finish(&commands);
    gw_area_clip_destroy(clip);
    gw_shape_finish(&shape);
    return 0;
}
