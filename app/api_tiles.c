#include "app/api_tiles.h"

#include "app/api_words.h"
#include "app/area_tile.h"
#include "app/camera_tile.h"
#include "app/json_tiles.h"

#include <errno.h>
#include <string.h>

static const struct gw_text no_such_tile = {
    "There is no such tile: tiles/cameras/Z/X/Y.mvt with Z from 0 to 22, X and Y from 0 "
    "to "
    "2^Z - 1.",
    "没有该瓦片：tiles/cameras/Z/X/Y.mvt，Z 为 0 到 22，X 和 Y 为 0 到 2^Z - 1。",
};
static const struct gw_text too_large = {
    "This tile would be too large. Ask for the four tiles of the next zoom.",
    "该瓦片过大，请请求下一缩放级别的四个瓦片。",
};

static const struct gw_text no_areas = {
    "This engine was built without GEOS, which draws areas in tiles. /api/v1/map/cells "
    "has "
    "them as GeoJSON.",
    "本引擎未启用 GEOS，无法生成区域瓦片；/api/v1/map/cells 提供 GeoJSON。",
};

// What makes the tiles of a set.
struct source {
    struct gw_tile_set set;
    int (*make)(const struct gw_json_world *world, struct gw_area_tiles *areas,
                const struct gw_web_tile *tile, struct gw_buf **ret_tile);
};

static int make_cameras(const struct gw_json_world *world, struct gw_area_tiles *areas,
                        const struct gw_web_tile *tile, struct gw_buf **ret_tile)
{
    (void)areas;
    return gw_camera_tile(world, tile, ret_tile);
}

static int make_cells(const struct gw_json_world *world, struct gw_area_tiles *areas,
                      const struct gw_web_tile *tile, struct gw_buf **ret_tile)
{
    return gw_area_tile(areas, world, GW_AREA_CELLS, tile, ret_tile);
}

static int make_divisions(const struct gw_json_world *world, struct gw_area_tiles *areas,
                          const struct gw_web_tile *tile, struct gw_buf **ret_tile)
{
    return gw_area_tile(areas, world, GW_AREA_DIVISIONS, tile, ret_tile);
}

static const struct source sources[] = {
    { .set = { .name = "cameras",
               .layers = { { "clusters",
                             { { "cameras", "Number" },
                               { "unknown", "Number" },
                               { "connecting", "Number" },
                               { "live", "Number" },
                               { "online", "Number" },
                               { "offline", "Number" },
                               { "west", "Number" },
                               { "south", "Number" },
                               { "east", "Number" },
                               { "north", "Number" } } },
                           { "cameras",
                             { { "id", "String" },
                               { "name", "String" },
                               { "kind", "String" },
                               { "division", "String" },
                               { "cell", "String" },
                               { "state", "String" } } } } },
      .make = make_cameras },
    { .set = { .name = "cells",
               .layers = { { "cells",
                             { { "code", "String" },
                               { "name", "String" },
                               { "level", "Number" },
                               { "kind", "String" },
                               { "division", "String" },
                               { "parent", "String" } } } } },
      .make = make_cells },
    { .set = { .name = "divisions",
               .layers = { { "divisions",
                             { { "code", "String" },
                               { "name", "String" },
                               { "level", "Number" },
                               { "parent", "String" } } } } },
      .make = make_divisions },
};

// NULL: there is none of that name, which is `len` bytes long.
static const struct source *find_source(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
        if (strlen(sources[i].set.name) == len &&
            memcmp(sources[i].set.name, name, len) == 0)
            return &sources[i];
    return NULL;
}

static struct gw_answer answer_tile(const struct gw_json_world *world,
                                    const struct gw_read_request *request,
                                    const struct source *source,
                                    const struct gw_web_tile *tile)
{
    struct gw_buf *body;
    enum gw_lang lang = request->lang;
    int r = source->make(world, request->area_tiles, tile, &body);
    if (r == -EMSGSIZE)
        return gw_answer_problem(422, "tile_too_large", too_large, lang);
    if (r == -ENOTSUP)
        return gw_answer_problem(501, "not_built", no_areas, lang);
    if (r < 0)
        return gw_answer_problem(503, "busy", gw_words_out_of_memory, lang);
    if (gw_buf_len(body) == 0) {
        gw_buf_unref(&body);
        return (struct gw_answer) { .status = 204 };
    }
    struct gw_answer answer = {
        .status = 200,
        .content_type = "application/vnd.mapbox-vector-tile",
        .body = body,
    };
    // Of the contents, not of the registry's state: what changes elsewhere spares this
    // tile, and no account is told "as it was" of another one's.
    gw_entity_tag_write(0, body, answer.etag);
    return answer;
}

struct gw_answer gw_api_tiles(const struct gw_json_world *world,
                              const struct gw_read_request *request, const char *path)
{
    size_t len = strcspn(path, "/.");
    const struct source *source = find_source(path, len);
    const char *rest = path + len;
    struct gw_web_tile tile;

    if (source && strcmp(rest, ".json") == 0)
        return gw_answer_json(gw_json_tile_set(&source->set, request->origin));
    if (source && *rest == '/' && gw_web_tile_read(rest + 1, &tile) == 0)
        return answer_tile(world, request, source, &tile);
    return gw_answer_problem(404, "no_such_tile", no_such_tile, request->lang);
}
