#include "map/import_doubts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/codes.h"
#include "map/device_id.h"

enum { FIRST_ROOM = 256, KEY_MAX = 64 };

// Cameras on exactly one position.
struct gw_crowd {
    size_t line; // of the first
    size_t count;
    double lon;
    double lat;
};

static void tell(struct gw_import *im, size_t line, const char *column, const char *value,
                 struct gw_text what)
{
    gw_import_tell(
        im,
        &(struct gw_import_issue) {
            .line = line, .column = column, .value = value, .kept = true, .what = what });
}

enum { GB_DIVISION = 6 }; // leading digits of an id by GB/T 28181

static bool doubt_id(struct gw_import *im, const struct gw_camera *camera, size_t line)
{
    char center[GB_DIVISION + 1];
    struct gw_device_id id;
    bool warned = false;

    if (!gw_device_id_parse(camera->id, &id))
        return false;
    snprintf(center, sizeof(center), "%.*s", GB_DIVISION, camera->id);
    if (gw_division_prefix(camera->division) >= GB_DIVISION &&
        !gw_division_within(camera->division, center)) {
        tell(im, line, "division", camera->division,
             (struct gw_text) {
                 "the first six digits of the id name another division "
                 "(GB/T 28181); correct one of the two",
                 "与设备编码前六位的行政区划不一致（GB/T 28181），请更正其一" });
        warned = true;
    }
    if (!gw_device_is_camera(&id)) {
        tell(im, line, "id", camera->id,
             (struct gw_text) { "by its 11th to 13th digit this id is no camera's "
                                "(131 or 132, GB/T 28181); check it",
                                "编码第 11 至 13 位不是摄像机类型（131 或 132，GB/T "
                                "28181），请核对" });
        warned = true;
    }
    return warned;
}

static int doubt_address(struct gw_import_doubts *d, struct gw_import *im,
                         const struct gw_camera *camera, size_t line, bool *ret_warned)
{
    size_t before = 0;
    if (!*camera->url_main)
        return 0;
    int r = gw_id_set_add(&d->addresses, camera->url_main, line, &before);
    if (r < 0 || before == 0)
        return r;
    *ret_warned = true;
    gw_import_tell(
        im, &(struct gw_import_issue) {
                .line = line,
                .column = "url_main",
                .value = "",
                .kept = true,
                .first_line = before,
                .what = { "another camera of the file has the same stream address; "
                          "remove one of the two, or correct its address",
                          "文件中另一台摄像机的码流地址相同，请删除其一或更正地址" },
            });
    return 0;
}

static int new_crowd(struct gw_import_doubts *d, size_t at,
                     const struct gw_camera *camera, size_t line)
{
    if (at == d->crowds_room) {
        size_t room = d->crowds_room ? d->crowds_room * 2 : FIRST_ROOM;
        struct gw_crowd *crowds = realloc(d->crowds, room * sizeof(*crowds));
        if (!crowds)
            return -ENOMEM;
        d->crowds = crowds;
        d->crowds_room = room;
    }
    d->crowds[at] = (struct gw_crowd) { line, 1, camera->lon, camera->lat };
    return 0;
}

static int count_position(struct gw_import_doubts *d, const struct gw_camera *camera,
                          size_t line)
{
    char key[KEY_MAX];
    size_t before;
    size_t at = d->positions.count;

    if (isnan(camera->lon))
        return 0;
    snprintf(key, sizeof(key), "%.17g %.17g", camera->lon, camera->lat);
    int r = gw_id_set_add(&d->positions, key, at + 1, &before);
    if (r < 0)
        return r;
    if (before == 0)
        return new_crowd(d, at, camera, line);
    d->crowds[before - 1].count++;
    return 0;
}

int gw_import_doubt(struct gw_import_doubts *d, struct gw_import *im,
                    const struct gw_camera *camera, size_t line, bool *ret_warned)
{
    if (doubt_id(im, camera, line))
        *ret_warned = true;
    int r = doubt_address(d, im, camera, line, ret_warned);
    return r < 0 ? r : count_position(d, camera, line);
}

// A grid of the division, or below it.
static bool belongs(const char *cell, const char *division)
{
    size_t prefix = gw_division_prefix(division);
    return gw_cell_level(cell) > 0 && strlen(cell) >= prefix &&
           memcmp(cell, division, prefix) == 0;
}

void gw_import_weigh(struct gw_import_doubts *d, const struct gw_import *im,
                     const struct gw_locator *locator, const struct gw_camera *camera)
{
    static const enum gw_coordinates readings[] = { GW_COORDINATES_WGS84,
                                                    GW_COORDINATES_GCJ02,
                                                    GW_COORDINATES_BD09 };
    if (im->config->coordinates != GW_COORDINATES_WGS84 || gw_locator_empty(locator) ||
        isnan(camera->lon) || gw_division_prefix(camera->division) < GB_DIVISION)
        return;
    d->weighed++;
    for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++) {
        double lon, lat;
        gw_coordinates_to_wgs84(readings[i], camera->lon, camera->lat, &lon, &lat);
        d->fitting[readings[i]] +=
            belongs(gw_locator_find(locator, lon, lat), camera->division);
    }
}

// One in five, and not of a handful only: what stands near a border may be anywhere.
static bool fits_better(const struct gw_import_doubts *d, enum gw_coordinates other,
                        enum gw_coordinates than)
{
    enum { WEIGHED_MIN = 20, SHARE = 5 };
    return d->weighed >= WEIGHED_MIN &&
           d->fitting[other] >= d->fitting[than] + d->weighed / SHARE;
}

static void doubt_coordinates(const struct gw_import_doubts *d, struct gw_import *im)
{
    char value[KEY_MAX];
    size_t gcj02 = d->fitting[GW_COORDINATES_GCJ02];
    size_t bd09 = d->fitting[GW_COORDINATES_BD09];
    bool baidu = bd09 > gcj02;
    enum gw_coordinates best = baidu ? GW_COORDINATES_BD09 : GW_COORDINATES_GCJ02;

    if (!fits_better(d, best, GW_COORDINATES_WGS84))
        return;
    im->report.suspected = best;
    snprintf(value, sizeof(value), "%zu : %zu / %zu", d->fitting[best],
             d->fitting[GW_COORDINATES_WGS84], d->weighed);
    tell(im, 1, "lon", value,
         baidu ? (struct gw_text) { "read as BD-09 (Baidu) so many more positions lie in "
                                    "the division that is said; import with "
                                    "--coordinates bd09",
                                    "按 BD-09（百度）解读，落在所填行政区划内的位置更多；"
                                    "请用 --coordinates bd09 导入" }
               : (struct gw_text) { "read as GCJ-02 so many more positions lie in the "
                                    "division that is said; import with "
                                    "--coordinates gcj02",
                                    "按 GCJ-02 解读，落在所填行政区划内的位置更多；请用 "
                                    "--coordinates gcj02 导入" });
    im->report.warned++;
}

void gw_import_doubts_end(struct gw_import_doubts *d, struct gw_import *im)
{
    char value[KEY_MAX];
    doubt_coordinates(d, im);
    for (size_t i = 0; i < d->positions.count; i++) {
        const struct gw_crowd *crowd = &d->crowds[i];
        if (crowd->count < GW_CROWD_MIN)
            continue;
        snprintf(value, sizeof(value), "%.6f, %.6f x %zu", crowd->lon, crowd->lat,
                 crowd->count);
        tell(im, crowd->line, "lon", value,
             (struct gw_text) {
                 "so many cameras stand on exactly this position: that of "
                 "a village or an office perhaps; survey them",
                 "这么多摄像机位于完全相同的位置，可能填的是村或单位的坐标，"
                 "请逐一核实" });
        im->report.warned++;
    }
}

void gw_import_doubts_finish(struct gw_import_doubts *d)
{
    gw_id_set_finish(&d->addresses);
    gw_id_set_finish(&d->positions);
    free(d->crowds);
    *d = (struct gw_import_doubts) { 0 };
}
