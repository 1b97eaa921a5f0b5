#include "app/place_query.h"

#include "app/query_numbers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_text(const char *text, struct gw_place_asked *a)
{
    int n = gw_place_fold(text, a->needle, sizeof(a->needle));
    if (n <= 0)
        return -EINVAL;
    a->query.needle = a->needle;
    return 0;
}

static int read_kind(const char *text, struct gw_place_asked *a)
{
    a->query.group = gw_place_group_of_name(text);
    if (a->query.group != GW_PLACE_NO_GROUP)
        return 0;
    a->query.has_kind = true;
    a->query.kind = gw_place_kind_of_key(text);
    return a->query.kind == GW_PLACE_KINDS ? -EINVAL : 0;
}

static int read_box(const char *text, struct gw_place_asked *a)
{
    double v[4];
    if (gw_query_numbers(text, v, 4) != 4 || !gw_query_is_position(v[0], v[1]) ||
        !gw_query_is_position(v[2], v[3]) || v[1] > v[3])
        return -EINVAL;
    a->query.has_box = true;
    a->query.box = (struct gw_box) { v[0], v[1], v[2], v[3] };
    return 0;
}

static int read_near(const char *text, struct gw_place_asked *a)
{
    double v[2];
    if (gw_query_numbers(text, v, 2) != 2 || !gw_query_is_position(v[0], v[1]))
        return -EINVAL;
    a->query.has_near = true;
    a->query.near = (struct gw_point) { v[0], v[1] };
    return 0;
}

static int read_radius(const char *text, struct gw_place_asked *a)
{
    double v;
    if (gw_query_numbers(text, &v, 1) != 1 || v <= 0 || !a->query.has_near)
        return -EINVAL;
    a->query.radius_m = v;
    return 0;
}

static int read_polygon(const char *text, struct gw_place_asked *a)
{
    int n = gw_query_points(text, 3, &a->polygon);
    if (n < 0)
        return n;
    // Two numbers each: a point is no more than that.
    _Static_assert(sizeof(struct gw_point) == 2 * sizeof(double), "points have no holes");
    a->query.polygon = (const struct gw_point *)a->polygon;
    a->query.polygon_points = (size_t)n;
    return 0;
}

static int read_limit(const char *text, struct gw_place_asked *a)
{
    return gw_query_limit(text, GW_PLACES_LIMIT_MAX, &a->query.limit);
}

static int read_cursor(const char *text, struct gw_place_asked *a)
{
    static const char digits[] = "0123456789";
    size_t fit = strspn(text, digits),
           num = strspn(text + fit + (text[fit] == '.'), digits);
    char *end;
    errno = 0;
    if (fit != 1 || num == 0 || *text - '0' >= GW_PLACE_FITS || text[fit] != '.' ||
        a->query.has_near)
        return -EINVAL;
    a->query.after.fit = *text - '0';
    a->query.after.num = strtoll(text + 2, &end, 10);
    // Without a text there is one fit.
    return errno || *end || (!a->query.needle && a->query.after.fit) ? -EINVAL : 0;
}

static const struct parameter {
    const char *name;
    int (*read)(const char *text, struct gw_place_asked *a);
    struct gw_text help;
} parameters[] = {
    { "q",
      read_text,
      { "q is part of a name, its initials or an address, with a letter, digit or "
        "character in it and 40 characters at most.",
        "q 为名称、拼音首字母或地址的一部分，须含文字、字母或数字，最多约 40 字。" } },
    { "kind",
      read_kind,
      { "kind is key_place, city_part, or one kind such as school; docs/data-model.md "
        "lists them.",
        "kind 为 key_place、city_part 或具体类型（如 school），见 "
        "docs/data-model.md。" } },
    { "bbox",
      read_box,
      { "bbox is four numbers in degrees: bbox=west,south,east,north.",
        "bbox 为四个经纬度数值：bbox=西,南,东,北。" } },
    { "near",
      read_near,
      { "near is two numbers in degrees: near=lon,lat.",
        "near 为两个数值：near=经度,纬度。" } },
    { "radius_m",
      read_radius,
      { "radius_m is a distance in metres above 0, together with near.",
        "radius_m 为大于 0 的米数，须与 near 同用。" } },
    { "polygon",
      read_polygon,
      { "polygon is 3 to 512 points in degrees: polygon=lon,lat,lon,lat,lon,lat.",
        "polygon 为 3 到 512 个点：polygon=经度,纬度,经度,纬度,经度,纬度。" } },
    { "limit",
      read_limit,
      { "limit is a whole number from 1 to 1000.", "limit 为 1 到 1000 的整数。" } },
    { "cursor",
      read_cursor,
      { "cursor is what the page before ended with, with the same question; it does not "
        "go with near.",
        "cursor 应为同一查询上一页返回的值，且不能与 near 同用。" } },
};
enum { PARAMETERS = sizeof(parameters) / sizeof(*parameters) };

struct gw_text gw_place_asked_help(const char *name)
{
    for (size_t i = 0; i < PARAMETERS; i++)
        if (strcmp(parameters[i].name, name) == 0)
            return parameters[i].help;
    return (struct gw_text) { "A parameter cannot be read.", "参数无法识别。" };
}

int gw_place_asked_read(const struct gw_query_string *params,
                        struct gw_place_asked *ret_asked, const char **ret_bad)
{
    *ret_asked = (struct gw_place_asked) {
        .query = {
            .division = gw_query_string_get(params, "division"),
            .cell = gw_query_string_get(params, "cell"),
            .department = gw_query_string_get(params, "department"),
            .limit = GW_PLACES_LIMIT_DEFAULT,
        },
    };
    for (size_t i = 0; i < PARAMETERS; i++) {
        const char *text = gw_query_string_get(params, parameters[i].name);
        int r = text ? parameters[i].read(text, ret_asked) : 0;
        if (r < 0) {
            *ret_bad = parameters[i].name;
            gw_place_asked_finish(ret_asked);
            return r;
        }
    }
    return 0;
}

void gw_place_asked_finish(struct gw_place_asked *asked)
{
    free(asked->polygon);
    asked->polygon = NULL;
}

void gw_place_cursor_write(const struct gw_place_cursor *cursor,
                           char ret_text[GW_PLACE_CURSOR_MAX])
{
    snprintf(ret_text, GW_PLACE_CURSOR_MAX, "%d.%" PRId64, cursor->fit, cursor->num);
}
