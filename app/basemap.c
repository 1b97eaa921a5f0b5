#include "app/basemap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char suffix[] = ".geojson";

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// The name without its ending, or NULL when this is no layer.
static char *layer_of(const char *file)
{
    size_t len = strlen(file);
    size_t tail = sizeof(suffix) - 1;
    if (*file == '.' || len <= tail || strcmp(file + len - tail, suffix) != 0)
        return NULL;
    return strndup(file, len - tail);
}

char **gw_basemap_layers(const char *data_dir)
{
    char **layers = calloc(GW_BASEMAP_LAYERS_MAX + 1, sizeof(*layers));
    char *path = NULL;
    if (!layers || asprintf(&path, "%s/basemap", data_dir) < 0) {
        free(layers);
        return NULL;
    }
    DIR *dir = opendir(path);
    free(path);
    if (!dir)
        return layers;

    size_t n = 0;
    for (struct dirent *e; n < GW_BASEMAP_LAYERS_MAX && (e = readdir(dir));) {
        layers[n] = layer_of(e->d_name);
        if (layers[n])
            n++;
    }
    closedir(dir);
    qsort(layers, n, sizeof(*layers), by_name);
    return layers;
}

void gw_basemap_layers_free(char **layers)
{
    for (char **p = layers; p && *p; p++)
        free(*p);
    free(layers);
}
