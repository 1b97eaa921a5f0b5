#include "map/geojson.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "map/codes.h"

enum { RING_POINTS_MIN = 4 }; // RFC 7946 section 3.1.6; the first one comes again

struct reader {
    const struct gw_geojson_events *events;
    size_t index;
};

static const struct gw_text text_position = {
    "a position is [longitude, latitude] in degrees, within -180..180 and -90..90; "
    "correct it, or swap them if they are the wrong way round",
    "坐标应为 [经度, 纬度]，范围 -180..180 与 -90..90；请更正，若填反请对调",
};
static const struct gw_text text_ring = {
    "a ring has at least four positions; add the missing ones",
    "面的环至少要有四个坐标，请补全",
};
static const struct gw_text text_open = {
    "a ring must end where it begins; repeat the first position at the end",
    "面的环没有闭合；请在末尾重复第一个坐标",
};
static const struct gw_text text_type = {
    "the geometry of a cell or division is a Polygon or MultiPolygon; draw an area",
    "网格或区划的几何类型须为 Polygon 或 MultiPolygon，请绘制为面",
};
static const struct gw_text text_points = {
    "the area has more than 100000 points; simplify it",
    "该面的坐标超过 100000 个，请简化",
};

// Counts, checks and, once `shape` has room, copies the points.
struct walk {
    struct gw_shape *shape; // NULL: count and check only
    size_t points;
    size_t rings;
    const struct gw_text *problem;
};

static bool read_position(const cJSON *json, struct gw_point *ret_point)
{
    const cJSON *lon = cJSON_GetArrayItem(json, 0);
    const cJSON *lat = cJSON_GetArrayItem(json, 1);
    if (!cJSON_IsArray(json) || !cJSON_IsNumber(lon) || !cJSON_IsNumber(lat))
        return false;
    struct gw_point p = { lon->valuedouble, lat->valuedouble };
    // Written so that NaN and infinity fail too.
    if (!(fabs(p.lon) <= 180 && fabs(p.lat) <= 90))
        return false;
    *ret_point = p;
    return true;
}

static int refuse(struct walk *walk, const struct gw_text *problem)
{
    walk->problem = problem;
    return -EBADMSG;
}

static int walk_ring(struct walk *walk, const cJSON *ring)
{
    const cJSON *json;
    struct gw_point first = { 0 }, p = { 0 };
    size_t n = 0;

    if (!cJSON_IsArray(ring))
        return refuse(walk, &text_ring);
    cJSON_ArrayForEach(json, ring)
    {
        if (!read_position(json, &p))
            return refuse(walk, &text_position);
        if (n++ == 0)
            first = p;
        if (walk->shape)
            walk->shape->points[walk->points] = p;
        if (++walk->points > GW_GEOJSON_POINTS_MAX) {
            walk->problem = &text_points;
            return -EMSGSIZE;
        }
    }
    if (n < RING_POINTS_MIN)
        return refuse(walk, &text_ring);
    if (p.lon != first.lon || p.lat != first.lat)
        return refuse(walk, &text_open);
    if (walk->shape)
        walk->shape->ring_ends[walk->rings] = walk->points;
    walk->rings++;
    return 0;
}

static int walk_polygon(struct walk *walk, const cJSON *polygon)
{
    const cJSON *ring;
    int r = cJSON_GetArraySize(polygon) > 0 ? 0 : refuse(walk, &text_ring);
    cJSON_ArrayForEach(ring, polygon)
    {
        if (r == 0)
            r = walk_ring(walk, ring);
    }
    return r;
}

static int walk_geometry(struct walk *walk, const cJSON *geometry)
{
    const cJSON *coordinates = cJSON_GetObjectItemCaseSensitive(geometry, "coordinates");
    const char *type =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(geometry, "type"));

    if (type && strcmp(type, "Polygon") == 0)
        return walk_polygon(walk, coordinates);
    if (!type || strcmp(type, "MultiPolygon") != 0)
        return refuse(walk, &text_type);

    const cJSON *polygon;
    int r = cJSON_GetArraySize(coordinates) > 0 ? 0 : refuse(walk, &text_ring);
    cJSON_ArrayForEach(polygon, coordinates)
    {
        if (r == 0)
            r = walk_polygon(walk, polygon);
    }
    return r;
}

static int make_shape(const cJSON *geometry, struct gw_shape *ret_shape)
{
    struct walk count = { 0 };
    struct gw_shape shape;
    int r = walk_geometry(&count, geometry);
    if (r < 0)
        return r;
    r = gw_shape_init(&shape, count.points, count.rings);
    if (r < 0)
        return r;
    struct walk copy = { .shape = &shape };
    walk_geometry(&copy, geometry);
    gw_shape_complete(&shape);
    *ret_shape = shape;
    return 0;
}

// What cJSON's NULL means: it says only that it failed, malloc() says why.
static int unread(void)
{
    return errno == ENOMEM ? -ENOMEM : -EBADMSG;
}

int gw_geojson_shape(const char *geometry, struct gw_shape *ret_shape)
{
    errno = 0;
    cJSON *json = cJSON_Parse(geometry);
    if (!json)
        return unread();
    int r = make_shape(json, ret_shape);
    cJSON_Delete(json);
    return r;
}

static int report(struct reader *reader, const char *property, const char *value,
                  struct gw_text what)
{
    struct gw_geojson_problem problem = { reader->index, property, value, what };
    return reader->events->on_problem(reader->events->arg, &problem);
}

// A property as a string; codes are often written as numbers, which `number`
// then holds. "" when it is not there, NULL when it is something else.
static const char *property(const cJSON *properties, const char *name, char number[32])
{
    const cJSON *json = cJSON_GetObjectItemCaseSensitive(properties, name);
    if (!json || cJSON_IsNull(json))
        return "";
    if (cJSON_IsString(json))
        return json->valuestring;
    // 15 digits are exact in a double; longer codes must be strings.
    if (!cJSON_IsNumber(json) || !(json->valuedouble >= 0 && json->valuedouble < 1e15) ||
        json->valuedouble != floor(json->valuedouble))
        return NULL;
    char *end = number + 31;
    uint64_t v = (uint64_t)json->valuedouble;
    *end = '\0';
    do
        *--end = (char)('0' + v % 10);
    while (v /= 10);
    return end;
}

static bool optional_code(const char *code)
{
    return code && (!*code || gw_code_valid(code));
}

static bool name_valid(const char *name)
{
    if (!name || strlen(name) > GW_GEOJSON_NAME_MAX)
        return false;
    for (; *name; name++)
        if ((unsigned char)*name < ' ' || *name == 0x7f)
            return false;
    return true;
}

static int read_level(const cJSON *properties, int *ret_level)
{
    const cJSON *json = cJSON_GetObjectItemCaseSensitive(properties, "level");
    if (!json || cJSON_IsNull(json)) {
        *ret_level = 0;
        return 0;
    }
    if (!cJSON_IsNumber(json) || json->valuedouble != floor(json->valuedouble) ||
        !(json->valuedouble >= 1 && json->valuedouble <= GW_CELL_LEVELS))
        return -EBADMSG;
    *ret_level = json->valueint;
    return 0;
}

static int hand_out(struct reader *reader, const struct gw_geojson_area *area,
                    const cJSON *geometry)
{
    struct gw_geojson_area whole = *area;
    char *text = NULL;
    whole.geometry = "";
    if (geometry && !cJSON_IsNull(geometry)) {
        struct walk check = { 0 };
        if (walk_geometry(&check, geometry) < 0)
            return report(reader, "geometry", "", *check.problem);
        text = cJSON_PrintUnformatted(geometry);
        if (!text)
            return -ENOMEM;
        whole.geometry = text;
    }
    int r = reader->events->on_area(reader->events->arg, &whole);
    cJSON_free(text);
    return r;
}

static int read_feature(struct reader *reader, const cJSON *feature)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(feature, "properties");
    char numbers[3][32];
    struct gw_geojson_area area = {
        .index = reader->index,
        .code = property(properties, "code", numbers[0]),
        .name =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(properties, "name")),
        .parent = property(properties, "parent", numbers[1]),
        .division = property(properties, "division", numbers[2]),
    };
    if (!area.name)
        area.name = "";

    if (!area.code || !gw_code_valid(area.code))
        return report(reader, "code", area.code ? area.code : "",
                      (struct gw_text) { "a feature needs a property \"code\": digits or "
                                         "letters, at most 32, as a string; add it",
                                         "要素须有属性 code：字符串，字母或数字，最多 32 "
                                         "个，请补充" });
    if (!name_valid(area.name))
        return report(
            reader, "name", "",
            (struct gw_text) { "a name has at most 256 bytes and no control "
                               "characters; shorten or clean it",
                               "名称最多 256 字节，不得含控制字符，请缩短或清理" });
    if (!optional_code(area.parent))
        return report(reader, "parent", area.parent ? area.parent : "",
                      (struct gw_text) { "\"parent\" is the code of the area above; "
                                         "correct it or leave it out",
                                         "parent 应为上级的编码，请更正或省略" });
    if (!optional_code(area.division))
        return report(reader, "division", area.division ? area.division : "",
                      (struct gw_text) { "\"division\" is the code of the village or "
                                         "community; correct it or leave it out",
                                         "division 应为所属村居的代码，请更正或省略" });
    if (read_level(properties, &area.level) < 0)
        return report(
            reader, "level", "",
            (struct gw_text) { "\"level\" is a whole number from 1 to 6; correct "
                               "it or leave it out",
                               "level 应为 1 至 6 的整数，请更正或省略" });
    return hand_out(reader, &area, cJSON_GetObjectItemCaseSensitive(feature, "geometry"));
}

static int read_collection(const cJSON *root, const struct gw_geojson_events *events)
{
    const cJSON *features = cJSON_GetObjectItemCaseSensitive(root, "features");
    const char *type =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "type"));
    if (!type || strcmp(type, "FeatureCollection") != 0 || !cJSON_IsArray(features))
        return -EBADMSG;

    struct reader reader = { .events = events };
    const cJSON *feature;
    int r = 0;
    cJSON_ArrayForEach(feature, features)
    {
        reader.index++;
        if (r == 0)
            r = read_feature(&reader, feature);
    }
    return r;
}

int gw_geojson_read(const char *data, size_t len, const struct gw_geojson_events *events,
                    size_t *ret_offset)
{
    if (len > GW_GEOJSON_MAX)
        return -EMSGSIZE;
    const char *end = data;
    errno = 0;
    cJSON *root = cJSON_ParseWithLengthOpts(data, len, &end, false);
    int r = root ? read_collection(root, events) : unread();
    if (r == -EBADMSG)
        *ret_offset = root || !end ? 0 : (size_t)(end - data);
    cJSON_Delete(root);
    return r;
}
