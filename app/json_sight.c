#include "app/json_sight.h"

#include "app/json_internal.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>

static const char *const kind_names[] = {
    [GW_SIGHTING_SEES] = "sees",
    [GW_SIGHTING_COULD_TURN] = "could_turn",
    [GW_SIGHTING_MAY_SEE] = "may_see",
    [GW_SIGHTING_SEES_NOT] = "sees_not",
};

static const struct gw_text kind_texts[] = {
    [GW_SIGHTING_SEES] = { "sees it", "可见" },
    [GW_SIGHTING_COULD_TURN] = { "can be turned to it", "转动后可见" },
    [GW_SIGHTING_MAY_SEE] = { "may see it: direction not known", "可能可见：朝向未知" },
};

static const char *const why_names[] = {
    [GW_WHY_SEES] = "",
    [GW_WHY_TOO_FAR] = "too_far",
    [GW_WHY_TURNED_AWAY] = "turned_away",
    [GW_WHY_BELOW] = "below",
    [GW_WHY_ABOVE] = "above",
    [GW_WHY_BUILDING] = "building",
    [GW_WHY_INDOORS] = "indoors",
};

static const struct gw_text why_texts[] = {
    [GW_WHY_TOO_FAR] = { "out of its range", "超出可视距离" },
    [GW_WHY_TURNED_AWAY] = { "it looks another way", "朝向不对" },
    [GW_WHY_BELOW] = { "too near: below its picture", "过近，在画面下方" },
    [GW_WHY_ABOVE] = { "too far off: above its picture", "过远，在画面上方" },
    [GW_WHY_BUILDING] = { "behind a building", "被建筑物遮挡" },
    [GW_WHY_INDOORS] = { "it looks at the inside of a building", "摄像机在室内" },
};

static void add_number(cJSON *item, const char *name, double value, double unit)
{
    if (isnan(value))
        cJSON_AddNullToObject(item, name);
    else
        cJSON_AddNumberToObject(item, name, round(value / unit) * unit);
}

static void add_words(cJSON *item, const struct gw_sighting *s)
{
    bool sees = s->kind != GW_SIGHTING_SEES_NOT;
    struct gw_text words = sees ? kind_texts[s->kind] : why_texts[s->why];
    cJSON_AddStringToObject(item, "en", words.en);
    cJSON_AddStringToObject(item, "zh", words.zh);
}

static cJSON *sighting(const struct gw_sighting *s)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "kind", kind_names[s->kind]);
    if (s->kind == GW_SIGHTING_SEES_NOT)
        cJSON_AddStringToObject(item, "why", why_names[s->why]);
    add_words(item, s);
    cJSON_AddBoolToObject(item, "judged", s->judged);
    add_number(item, "distance_m", s->distance_m, 0.1);
    add_number(item, "pan_deg", s->pan_deg, 0.1);
    add_number(item, "tilt_deg", s->tilt_deg, 0.1);
    add_number(item, "off_axis_deg", s->off_axis_deg, 0.1);
    if (s->why == GW_WHY_BUILDING) {
        add_number(item, "obstacle_m", s->obstacle_m, 0.1);
        add_number(item, "obstacle_height_m", s->obstacle_height_m, 0.1);
    }
    return item;
}

static cJSON *seeing_camera(const struct gw_json_world *w, const struct gw_sighting *s)
{
    const struct gw_camera *c = gw_snapshot_camera_by_num(w->snapshot, s->num);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "id", c->id);
    cJSON_AddStringToObject(item, "name", c->name);
    cJSON_AddNumberToObject(item, "lon", c->lon);
    cJSON_AddNumberToObject(item, "lat", c->lat);
    cJSON_AddStringToObject(item, "state",
                            gw_camera_state_name(gw_states_get(w->states, c->num).state));
    cJSON_AddItemToObject(item, "sight", sighting(s));
    return item;
}

struct gw_buf *gw_json_sightings(const struct gw_json_world *w,
                                 const struct gw_sighting *sightings, size_t n,
                                 bool buildings)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *items = cJSON_AddArrayToObject(root, "items");
    for (size_t i = 0; i < n; i++)
        cJSON_AddItemToArray(items, seeing_camera(w, &sightings[i]));
    cJSON_AddBoolToObject(root, "buildings", buildings);
    return gw_json_print(root);
}

// A ring as text: numbers of seven digits behind the point are a centimetre.
static int on_ring(void *arg, bool inner, const struct gw_point *points, size_t n)
{
    cJSON *polygons = arg;
    cJSON *polygon = inner
                         ? cJSON_GetArrayItem(polygons, cJSON_GetArraySize(polygons) - 1)
                         : cJSON_CreateArray();
    cJSON *ring = cJSON_CreateArray();
    if (!polygon || !ring) {
        cJSON_Delete(ring);
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        char text[64];
        snprintf(text, sizeof(text), "[%.7f,%.7f]", points[i].lon, points[i].lat);
        cJSON_AddItemToArray(ring, cJSON_CreateRaw(text));
    }
    cJSON_AddItemToArray(polygon, ring);
    if (!inner)
        cJSON_AddItemToArray(polygons, polygon);
    return 0;
}

static const char *const place_names[] = {
    [GW_VIEW_OPEN] = "open",
    [GW_VIEW_ON_WALL] = "on_wall",
    [GW_VIEW_ON_ROOF] = "on_roof",
    [GW_VIEW_INDOORS] = "indoors",
};

struct gw_buf *gw_json_view(const struct gw_camera *camera, const struct gw_eye *eye,
                            const struct gw_view *view, bool judged)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "type", "Feature");
    cJSON *geometry = cJSON_AddObjectToObject(root, "geometry");
    cJSON_AddStringToObject(geometry, "type", "MultiPolygon");
    cJSON *polygons = cJSON_AddArrayToObject(geometry, "coordinates");
    cJSON *properties = cJSON_AddObjectToObject(root, "properties");
    cJSON_AddStringToObject(properties, "id", camera->id);
    cJSON_AddBoolToObject(properties, "judged", judged);
    cJSON_AddBoolToObject(properties, "simplified", gw_view_simplified(view));
    cJSON_AddBoolToObject(properties, "turns", eye->turns);
    cJSON_AddStringToObject(properties, "place", place_names[gw_view_place(view)]);
    add_number(properties, "azimuth_deg", eye->azimuth_deg, 0.1);
    add_number(properties, "fov_deg", eye->fov_deg, 0.1);
    add_number(properties, "range_m", eye->range_m, 0.1);
    add_number(properties, "height_m", eye->height_m, 0.1);
    add_number(properties, "area_m2", gw_view_area_m2(view), 1);
    if (!polygons || gw_view_rings(view, on_ring, polygons) != 0) {
        cJSON_Delete(root);
        return NULL;
    }
    return gw_json_print(root);
}
