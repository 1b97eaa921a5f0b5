#include "map/footprint_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map/geojson.h"

enum { NUMBER_MAX = 32 }; // bytes of a height

// A part of the text. Values are passed over by their brackets and quotes; whoever needs
// one reads it properly.
struct span {
    const char *at, *end;
};

static void skip_space(struct span *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
        s->at++;
}

static bool take(struct span *s, char c)
{
    skip_space(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

// Behind the opening quote: to behind the closing one.
static bool skip_string(struct span *s)
{
    for (; s->at < s->end; s->at++) {
        if (*s->at == '\\')
            s->at++;
        else if (*s->at == '"') {
            s->at++;
            return true;
        }
    }
    s->at = s->end;
    return false;
}

static bool skip_nested(struct span *s)
{
    size_t depth = 0;
    while (s->at < s->end) {
        char c = *s->at++;
        if (c == '"' && !skip_string(s))
            return false;
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && --depth == 0)
            return true;
    }
    return false;
}

static bool take_value(struct span *s, struct span *ret_value)
{
    skip_space(s);
    struct span value = { s->at, s->at };
    if (s->at == s->end)
        return false;
    if (*s->at == '"') {
        s->at++;
        if (!skip_string(s))
            return false;
    } else if (*s->at == '{' || *s->at == '[') {
        if (!skip_nested(s))
            return false;
    } else {
        while (s->at < s->end && !strchr(",}] \t\r\n", *s->at))
            s->at++;
    }
    value.end = s->at;
    *ret_value = value;
    return value.end > value.at;
}

// The next member of an object whose brace was taken; the name is without quotes.
static bool take_member(struct span *s, struct span *ret_name, struct span *ret_value)
{
    struct span name, value;
    (void)take(s, ',');
    if (!take(s, '"'))
        return false;
    name.at = s->at;
    if (!skip_string(s))
        return false;
    name.end = s->at - 1;
    if (!take(s, ':') || !take_value(s, &value))
        return false;
    *ret_name = name;
    *ret_value = value;
    return true;
}

static bool is(struct span s, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(s.end - s.at) == len && memcmp(s.at, text, len) == 0;
}

// Of an object. False: it has no such member.
static bool find_member(struct span object, const char *name, struct span *ret_value)
{
    struct span n, v;
    if (!take(&object, '{'))
        return false;
    while (take_member(&object, &n, &v))
        if (is(n, name)) {
            *ret_value = v;
            return true;
        }
    return false;
}

// A number, or a text that begins with one: 12, "12", "12 m". 0 = none.
static double number(struct span value)
{
    char text[NUMBER_MAX + 1];
    if (value.at < value.end && *value.at == '"')
        value.at++;
    size_t len = (size_t)(value.end - value.at);
    len = len < NUMBER_MAX ? len : NUMBER_MAX;
    memcpy(text, value.at, len);
    text[len] = '\0';
    double n = strtod(text, NULL);
    return n > 0 && n <= GW_BUILDING_HEIGHT_MAX ? n : 0;
}

static double height_of(struct span properties)
{
    static const char *const storeys[] = { "levels", "building:levels", "floors",
                                           "floor",  "Floor",           "层数" };
    struct span value;
    double height_m = find_member(properties, "height", &value) ? number(value) : 0;
    for (size_t i = 0; i < sizeof(storeys) / sizeof(*storeys) && height_m <= 0; i++)
        if (find_member(properties, storeys[i], &value))
            height_m = number(value) * GW_STOREY_M;
    return height_m <= GW_BUILDING_HEIGHT_MAX ? height_m : GW_BUILDING_HEIGHT_MAX;
}

static int read_shape(struct span geometry, struct gw_shape *ret_shape)
{
    size_t len = (size_t)(geometry.end - geometry.at);
    char *text = malloc(len + 1); // the reader of areas takes a string
    if (!text)
        return -ENOMEM;
    memcpy(text, geometry.at, len);
    text[len] = '\0';
    int r = gw_geojson_shape(text, ret_shape);
    free(text);
    return r;
}

static int read_feature(struct span feature, struct gw_footprints *into,
                        struct gw_footprint_report *report)
{
    struct span geometry, properties = { feature.end, feature.end };
    struct gw_shape shape;
    (void)find_member(feature, "properties", &properties);
    report->features++;
    int r = find_member(feature, "geometry", &geometry) ? read_shape(geometry, &shape)
                                                        : -EBADMSG;
    if (r == -EBADMSG || r == -EMSGSIZE) {
        report->refused++;
        return 0;
    }
    if (r < 0)
        return r;
    double height_m = height_of(properties);
    r = gw_footprints_add(into, &shape, height_m > 0 ? height_m : GW_BUILDING_HEIGHT_M);
    gw_shape_finish(&shape);
    if (r == 0) {
        report->buildings++;
        report->guessed += height_m <= 0;
    }
    return r;
}

static int read_features(struct span features, struct gw_footprints *into,
                         struct gw_footprint_report *report)
{
    struct span feature;
    int r = 0;
    if (!take(&features, '['))
        return -EBADMSG;
    if (take(&features, ']'))
        return 0;
    do {
        if (!take_value(&features, &feature))
            return -EBADMSG;
        r = read_feature(feature, into, report);
    } while (r == 0 && take(&features, ','));
    if (r == 0 && !take(&features, ']'))
        r = -EBADMSG;
    return r;
}

int gw_footprints_read(const char *data, size_t len, struct gw_footprints *into,
                       struct gw_footprint_report *ret_report)
{
    struct gw_footprint_report report = { 0 };
    struct span root = { data, data + len }, value;
    if (len > GW_GEOJSON_MAX)
        return -EMSGSIZE;
    int r = -EBADMSG;
    if (find_member(root, "features", &value))
        r = read_features(value, into, &report);
    *ret_report = report;
    return r;
}
