// The layers of the base map that lie beside the registry: DIR/basemap/NAME.geojson.
#ifndef GW_APP_BASEMAP_H
#define GW_APP_BASEMAP_H

enum { GW_BASEMAP_LAYERS_MAX = 64 };

// Their names, sorted, NULL-terminated, for gw_basemap_layers_free(); empty when
// there is no such directory. Reads a directory: not on a shard. NULL when out of
// memory.
char **gw_basemap_layers(const char *data_dir);
void gw_basemap_layers_free(char **layers);

#endif
