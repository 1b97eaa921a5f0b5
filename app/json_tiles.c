#include "app/json_tiles.h"

#include "app/json_internal.h"
#include "map/web_tile.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_layer(cJSON *layers, const struct gw_tile_layer *layer)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "id", layer->name);
    cJSON *fields = cJSON_AddObjectToObject(item, "fields");
    for (int i = 0; i < GW_TILE_FIELDS_MAX && layer->fields[i].name; i++)
        cJSON_AddStringToObject(fields, layer->fields[i].name, layer->fields[i].type);
    cJSON_AddItemToArray(layers, item);
}

struct gw_buf *gw_json_tile_set(const struct gw_tile_set *set, const char *origin)
{
    static const char format[] = "%s/api/v1/tiles/%s/{z}/{x}/{y}.mvt";
    size_t room = sizeof(format) + strlen(origin) + strlen(set->name);
    char *address = malloc(room);
    if (!address)
        return NULL;
    snprintf(address, room, format, origin, set->name);

    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "tilejson", "3.0.0");
    cJSON_AddStringToObject(root, "name", set->name);
    cJSON_AddStringToObject(root, "scheme", "xyz");
    cJSON_AddNumberToObject(root, "minzoom", 0);
    cJSON_AddNumberToObject(root, "maxzoom", GW_WEB_ZOOM_MAX);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(root, "tiles"),
                         cJSON_CreateString(address));
    cJSON *layers = cJSON_AddArrayToObject(root, "vector_layers");
    for (int i = 0; i < GW_TILE_LAYERS_MAX && set->layers[i].name; i++)
        add_layer(layers, &set->layers[i]);
    free(address);
    return gw_json_print(root);
}
