#include "app/camera_query.h"

#include "app/query_numbers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct parameter {
    const char *name;
    struct gw_text help;
};

static const struct parameter parameters[] = {
    { "bbox",
      { "bbox is four numbers in degrees: bbox=west,south,east,north.",
        "bbox 为四个经纬度数值：bbox=西,南,东,北。" } },
    { "near",
      { "near is two numbers in degrees: near=lon,lat.",
        "near 为两个数值：near=经度,纬度。" } },
    { "radius_m",
      { "radius_m is a distance in metres above 0, together with near.",
        "radius_m 为大于 0 的米数，须与 near 同用。" } },
    { "polygon",
      { "polygon is 3 to 512 points in degrees: polygon=lon,lat,lon,lat,lon,lat.",
        "polygon 为 3 到 512 个点：polygon=经度,纬度,经度,纬度,经度,纬度。" } },
    { "corridor",
      { "corridor is 2 to 512 points in degrees: corridor=lon,lat,lon,lat, together with "
        "width_m.",
        "corridor 为 2 到 512 个点：corridor=经度,纬度,经度,纬度，须与 width_m "
        "同用。" } },
    { "width_m",
      { "width_m is a width in metres above 0, together with corridor.",
        "width_m 为大于 0 的米数，须与 corridor 同用。" } },
    { "status",
      { "status is one of unknown, connecting, live, online, offline.",
        "status 应为 unknown、connecting、live、online 或 offline。" } },
    { "sees",
      { "sees is two numbers in degrees: sees=lon,lat. Without cursor.",
        "sees 为两个数值：sees=经度,纬度，不与 cursor 同用。" } },
    { "kind",
      { "kind is one of fixed, dome, ptz, high_point, thermal, mobile, unknown.",
        "kind 应为 fixed、dome、ptz、high_point、thermal、mobile 或 unknown。" } },
    { "record", { "record is true or false.", "record 应为 true 或 false。" } },
    { "limit",
      { "limit is a whole number from 1 to 10000.", "limit 为 1 到 10000 的整数。" } },
};

struct gw_text gw_camera_question_help(const char *name)
{
    for (size_t i = 0; i < sizeof(parameters) / sizeof(*parameters); i++)
        if (strcmp(parameters[i].name, name) == 0)
            return parameters[i].help;
    return (struct gw_text) { "A parameter cannot be read.", "参数无法识别。" };
}

static int read_box(const char *text, struct gw_camera_question *q)
{
    double v[4];
    if (gw_query_numbers(text, v, 4) != 4 || !gw_query_is_position(v[0], v[1]) ||
        !gw_query_is_position(v[2], v[3]) || v[1] > v[3])
        return -EINVAL;
    q->query.has_box = true;
    q->query.west = v[0];
    q->query.south = v[1];
    q->query.east = v[2];
    q->query.north = v[3];
    return 0;
}

static int read_near(const char *text, struct gw_camera_question *q)
{
    double v[2];
    if (gw_query_numbers(text, v, 2) != 2 || !gw_query_is_position(v[0], v[1]))
        return -EINVAL;
    q->query.has_near = true;
    q->query.near_lon = v[0];
    q->query.near_lat = v[1];
    return 0;
}

static int read_radius(const char *text, struct gw_camera_question *q)
{
    double v;
    if (gw_query_numbers(text, &v, 1) != 1 || v <= 0 || !q->query.has_near)
        return -EINVAL;
    q->query.radius_m = v;
    return 0;
}

static int read_polygon(const char *text, struct gw_camera_question *q)
{
    int n = gw_query_points(text, 3, &q->polygon);
    if (n < 0)
        return n;
    q->query.polygon = q->polygon;
    q->query.polygon_points = (size_t)n;
    return 0;
}

static int read_corridor(const char *text, struct gw_camera_question *q)
{
    int n = gw_query_points(text, 2, &q->line);
    if (n < 0)
        return n;
    if (q->query.width_m <= 0)
        return -EINVAL; // it was read before
    q->query.line = q->line;
    q->query.line_points = (size_t)n;
    return 0;
}

static int read_width(const char *text, struct gw_camera_question *q)
{
    double v;
    if (gw_query_numbers(text, &v, 1) != 1 || v <= 0)
        return -EINVAL;
    q->query.width_m = v;
    return 0;
}

static int read_status(const char *text, struct gw_camera_question *q)
{
    q->state = gw_camera_state_of_name(text);
    return q->state < 0 ? -EINVAL : 0;
}

static int read_sees(const char *text, struct gw_camera_question *q)
{
    double v[2];
    if (gw_query_numbers(text, v, 2) != 2 || !gw_query_is_position(v[0], v[1]) ||
        q->query.after)
        return -EINVAL;
    q->has_sees = true;
    q->sees_lon = v[0];
    q->sees_lat = v[1];
    return 0;
}

static int read_kind(const char *text, struct gw_camera_question *q)
{
    q->query.has_kind = true;
    q->query.kind = gw_camera_kind_of_name(text);
    return q->query.kind == GW_KINDS ? -EINVAL : 0;
}

static int read_record(const char *text, struct gw_camera_question *q)
{
    q->record = strcmp(text, "true") == 0;
    return q->record || strcmp(text, "false") == 0 ? 0 : -EINVAL;
}

static int read_limit(const char *text, struct gw_camera_question *q)
{
    return gw_query_limit(text, GW_CAMERAS_LIMIT_MAX, &q->query.limit);
}

static const struct {
    const char *name;
    int (*read)(const char *text, struct gw_camera_question *q);
} readers[] = {
    { "bbox", read_box },        { "near", read_near },     { "radius_m", read_radius },
    { "polygon", read_polygon }, { "width_m", read_width }, { "corridor", read_corridor },
    { "status", read_status },   { "limit", read_limit },   { "kind", read_kind },
    { "record", read_record },   { "sees", read_sees },
};

int gw_camera_question_read(const struct gw_query_string *params,
                            struct gw_camera_question *ret_question, const char **ret_bad)
{
    struct gw_camera_question q = {
        .query = {
            .cell = gw_query_string_get(params, "cell"),
            .division = gw_query_string_get(params, "division"),
            .department = gw_query_string_get(params, "department"),
            .text = gw_query_string_get(params, "q"),
            .tag = gw_query_string_get(params, "tag"),
            .group = gw_query_string_get(params, "group"),
            .after = gw_query_string_get(params, "cursor"),
            .limit = GW_CAMERAS_LIMIT_DEFAULT,
        },
        .state = -1,
    };

    for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
        const char *text = gw_query_string_get(params, readers[i].name);
        int r = text ? readers[i].read(text, &q) : 0;
        if (r < 0) {
            *ret_bad = readers[i].name;
            gw_camera_question_finish(&q);
            return r;
        }
    }
    if (q.query.width_m > 0 && !q.query.line) {
        *ret_bad = "width_m";
        gw_camera_question_finish(&q);
        return -EINVAL;
    }
    *ret_question = q;
    return 0;
}

// States are not in the snapshot.
struct state_sieve {
    const struct gw_states *states;
    enum gw_camera_state wanted;
};

static bool has_state(void *arg, const struct gw_camera *camera)
{
    const struct state_sieve *sieve = arg;
    return gw_states_get(sieve->states, camera->num).state == sieve->wanted;
}

size_t gw_camera_question_ask(const struct gw_json_world *world,
                              const struct gw_camera_question *question,
                              const struct gw_camera **ret_cameras, bool *ret_more)
{
    struct state_sieve sieve = { world->states, (enum gw_camera_state)question->state };
    struct gw_camera_query query = question->query;
    if (question->state >= 0) {
        query.keep = has_state;
        query.keep_arg = &sieve;
    }
    return gw_snapshot_query(world->snapshot, &query, ret_cameras, ret_more);
}

void gw_camera_question_finish(struct gw_camera_question *question)
{
    free(question->polygon);
    free(question->line);
    question->polygon = NULL;
    question->line = NULL;
}
