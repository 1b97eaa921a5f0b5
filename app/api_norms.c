#include "app/api_norms.h"

#include "app/camera_query.h"
#include "app/norm_table.h"
#include "map/codes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LEVEL_GRID = 3 }; // which cells are groups where nobody says it

static const struct gw_text bad_by = {
    "by is one of district, town, village, cell, department, kind, camera.",
    "by 应为 district、town、village、cell、department、kind 或 camera。",
};
static const struct gw_text bad_level = {
    "level is one of 1 to 6: the cells' level, with by=cell.",
    "level 为 1 到 6，即网格层级，与 by=cell 同用。",
};
static const struct gw_text bad_format = {
    "format is json or csv.",
    "format 应为 json 或 csv。",
};

bool gw_is_norms(const char *path)
{
    return strcmp(path, "norms") == 0;
}

// What was asked, as it is read from the parameters.
struct asked {
    struct gw_camera_question cameras; // which
    struct gw_norm_question groups;    // in which groups; the filter is `cameras`
    bool sheet;
};

static struct gw_answer refuse(const struct gw_read_request *request, struct gw_text why)
{
    return gw_answer_problem(400, "bad_parameter", why, request->lang);
}

static int read_by(const struct gw_query_string *params, struct gw_norm_question *ret)
{
    const char *by = gw_query_string_get(params, "by");
    ret->by = by ? gw_norm_by_of_name(by) : GW_BY_DISTRICT;
    return ret->by == GW_BYS ? -EINVAL : 0;
}

static int read_level(const struct gw_query_string *params, struct gw_norm_question *ret)
{
    const char *level = gw_query_string_get(params, "level");
    ret->cell_level = level ? *level - '0' : LEVEL_GRID;
    bool one = !level || (*level && !level[1]);
    return one && ret->cell_level >= 1 && ret->cell_level <= GW_CELL_LEVELS ? 0 : -EINVAL;
}

static int read_format(const struct gw_query_string *params, bool *ret_sheet)
{
    const char *format = gw_query_string_get(params, "format");
    *ret_sheet = format && strcmp(format, "csv") == 0;
    return !format || *ret_sheet || strcmp(format, "json") == 0 ? 0 : -EINVAL;
}

// Returns 0, -ENOMEM, or -EINVAL with what is wrong in *ret_why. `ret` is finished with
// gw_camera_question_finish(&ret->cameras).
static int read_question(const struct gw_query_string *params, struct asked *ret,
                         struct gw_text *ret_why)
{
    const char *bad = NULL;
    struct asked asked = { 0 };
    if (read_by(params, &asked.groups) < 0) {
        *ret_why = bad_by;
        return -EINVAL;
    }
    if (read_level(params, &asked.groups) < 0) {
        *ret_why = bad_level;
        return -EINVAL;
    }
    if (read_format(params, &asked.sheet) < 0) {
        *ret_why = bad_format;
        return -EINVAL;
    }
    int r = gw_camera_question_read(params, &asked.cameras, &bad);
    if (r == -EINVAL)
        *ret_why = gw_camera_question_help(bad);
    if (r == 0)
        *ret = asked;
    return r;
}

static int count_now(const struct gw_json_world *world,
                     const struct gw_read_request *request, struct gw_norm_table *t)
{
    const struct gw_norm_world now = {
        .snapshot = world->snapshot,
        .states = world->states,
        .health = request->health,
        .now_us = request->now_us,
    };
    t->count = 1;
    t->figures = calloc(t->groups.count + 1, sizeof(*t->figures));
    t->delays = calloc(t->groups.count + 1, sizeof(*t->delays));
    if (!t->figures || !t->delays)
        return -ENOMEM;
    gw_norms_count(&now, &t->groups, t->figures);
    return gw_norm_delays_count(&now, &t->groups, t->delays);
}

static struct gw_answer print(const struct gw_norm_table *t, bool sheet)
{
    struct gw_answer answer = gw_answer_json(sheet ? gw_norm_sheet(t) : gw_norm_json(t));
    if (sheet)
        answer.content_type = "text/csv; charset=utf-8";
    return answer;
}

struct gw_answer gw_api_norms(const struct gw_json_world *world,
                              const struct gw_read_request *request,
                              const struct gw_query_string *params)
{
    struct gw_text why;
    struct asked asked;
    struct gw_norm_table table = { 0 };
    int r = read_question(params, &asked, &why);
    if (r == -EINVAL)
        return refuse(request, why);
    if (r < 0)
        return gw_answer_problem(503, "busy", gw_answer_out_of_memory, request->lang);

    asked.groups.filter = &asked.cameras.query;
    table.by = asked.groups.by;
    gw_norm_time((time_t)request->unix_s, table.at);
    r = gw_norm_groups_init(&table.groups, world->snapshot, &asked.groups);
    if (r == 0)
        r = count_now(world, request, &table);
    struct gw_answer answer =
        r == 0 ? print(&table, asked.sheet)
               : gw_answer_problem(503, "busy", gw_answer_out_of_memory, request->lang);
    gw_norm_table_finish(&table);
    gw_camera_question_finish(&asked.cameras);
    return answer;
}
