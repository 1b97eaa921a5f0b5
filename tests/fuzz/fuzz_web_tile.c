// Property: what is read as a tile is written by exactly one text, lies in the pyramid,
// and its ground contains the place in its middle.
#include "map/web_tile.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_web_tile t;
    char text[64], again[64];
    if (size >= sizeof(text))
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (gw_web_tile_read(text, &t) < 0)
        return 0;
    snprintf(again, sizeof(again), "%d/%u/%u.mvt", t.z, t.x, t.y);
    if (strcmp(text, again) != 0 || t.z < 0 || t.z > GW_WEB_ZOOM_MAX || t.x >> t.z ||
        t.y >> t.z)
        abort();
    double side = ldexp(1, -t.z);
    struct gw_point middle = gw_web_place_back(
        (struct gw_web_place) { (t.x + 0.5) * side, (t.y + 0.5) * side });
    struct gw_box box = gw_web_tile_box(&t, 0);
    if (!gw_box_contains(&box, middle.lon, middle.lat))
        abort();
    return 0;
}
