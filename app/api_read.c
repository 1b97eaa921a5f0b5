#include "app/api_read.h"

#include "app/api_audit.h"
#include "app/api_changes.h"
#include "app/api_imports.h"
#include "app/api_norms.h"
#include "app/api_places.h"
#include "app/api_sight.h"
#include "app/api_tiles.h"
#include "app/api_words.h"
#include "app/camera_query.h"
#include "app/query_string.h"
#include "map/codes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// A question on its way through the handlers.
struct question {
    const struct gw_json_world *world;
    const struct gw_read_request *request;
    const struct gw_query_string *params;
};

static const struct gw_text no_such_path = {
    "There is nothing at this address. docs/api.md lists what there is.",
    "该地址不存在，可用地址见 docs/api.md。",
};
static const struct gw_text no_such_cell = {
    "There is no grid cell with this code.",
    "没有该编码的网格。",
};
static const struct gw_text no_such_camera = {
    "There is no camera with this id.",
    "没有该编码的摄像机。",
};
static const struct gw_text bad_level = {
    "level is one or more of 1 to 6, with commas: level=1,2,3.",
    "level 为 1 到 6 中的一个或多个，以逗号分隔：level=1,2,3。",
};
static const struct gw_text bad_geometry = {
    "geometry is true or false.",
    "geometry 应为 true 或 false。",
};

static struct gw_answer problem(const struct question *q, int status, const char *code,
                                struct gw_text detail)
{
    return gw_answer_problem(status, code, detail, q->request->lang);
}

// "geometry" as "true" or "false", which it is without. Returns 0 or -EINVAL.
static int read_geometry(const struct question *q, bool *ret_geometry)
{
    const char *value = gw_query_string_get(q->params, "geometry");
    bool geometry = value && strcmp(value, "true") == 0;
    if (value && !geometry && strcmp(value, "false") != 0)
        return -EINVAL;
    *ret_geometry = geometry;
    return 0;
}

static struct gw_answer answer_cameras(const struct question *q, const char *cell)
{
    struct gw_camera_question question;
    const char *bad = NULL;

    int r = gw_camera_question_read(q->params, &question, &bad);
    if (r == -EINVAL)
        return problem(q, 400, "bad_parameter", gw_camera_question_help(bad));
    if (r < 0)
        return problem(q, 503, "busy", gw_words_out_of_memory);
    if (cell)
        question.query.cell = cell;
    question.query.seen = q->world->view;
    if (question.has_sees) {
        struct gw_answer sightings =
            gw_api_sightings(q->world, q->request->sight, &question, q->request->lang);
        gw_camera_question_finish(&question);
        return sightings;
    }

    const struct gw_camera **found = calloc(question.query.limit, sizeof(*found));
    struct gw_answer answer;
    if (found) {
        bool more = false;
        size_t n = gw_camera_question_ask(q->world, &question, found, &more);
        answer =
            gw_answer_json(gw_json_cameras(q->world, found, n, more, question.record));
    } else {
        answer = problem(q, 503, "busy", gw_words_out_of_memory);
    }
    free(found);
    gw_camera_question_finish(&question);
    return answer;
}

// NULL: there is none for who asks.
static const struct gw_camera *find_camera(const struct question *q, const char *id)
{
    const struct gw_camera *camera = gw_snapshot_camera(q->world->snapshot, id);
    return camera && gw_scope_view_has(q->world->view, camera) ? camera : NULL;
}

static struct gw_answer answer_camera(const struct question *q, const char *id)
{
    const struct gw_camera *camera = find_camera(q, id);
    return camera ? gw_answer_record(gw_json_camera(q->world, camera), camera->revision)
                  : problem(q, 404, "no_such_camera", no_such_camera);
}

// cameras/{id} and cameras/{id}/view
static struct gw_answer answer_camera_or_view(const struct question *q, const char *rest)
{
    size_t len = strcspn(rest, "/");
    char *id = strndup(rest, len);
    if (!id)
        return problem(q, 503, "busy", gw_words_out_of_memory);
    const struct gw_camera *camera = find_camera(q, id);
    struct gw_answer answer;
    if (rest[len] == '\0')
        answer = answer_camera(q, id);
    else if (strcmp(rest + len, "/view") != 0)
        answer = problem(q, 404, "not_found", no_such_path);
    else if (!camera)
        answer = problem(q, 404, "no_such_camera", no_such_camera);
    else
        answer = gw_api_view(camera, q->request->sight, q->request->lang);
    free(id);
    return answer;
}

// "1,2,3" into bits. Returns 0 or -EINVAL.
static int read_levels(const char *text, unsigned *ret_levels)
{
    unsigned levels = 0;
    for (const char *p = text;; p += 2) {
        if (*p < '1' || *p > '0' + GW_CELL_LEVELS || (p[1] && p[1] != ','))
            return -EINVAL;
        levels |= 1u << (*p - '0');
        if (!p[1])
            break;
    }
    *ret_levels = levels;
    return 0;
}

// Returns 0 or -EINVAL.
static int read_filter(const struct question *q, struct gw_cell_filter *ret_filter)
{
    struct gw_cell_filter filter = {
        .division = gw_query_string_get(q->params, "division"),
        .parent = gw_query_string_get(q->params, "parent"),
    };
    const char *levels = gw_query_string_get(q->params, "level");
    if (levels && read_levels(levels, &filter.levels) < 0)
        return -EINVAL;
    *ret_filter = filter;
    return 0;
}

static struct gw_answer answer_map_cells(const struct question *q)
{
    struct gw_cell_filter filter;
    if (read_filter(q, &filter) < 0)
        return problem(q, 400, "bad_parameter", bad_level);
    return gw_answer_json(gw_json_map_cells(q->world, &filter));
}

static struct gw_answer answer_cells(const struct question *q)
{
    struct gw_cell_filter filter;
    bool geometry;
    if (read_filter(q, &filter) < 0)
        return problem(q, 400, "bad_parameter", bad_level);
    if (read_geometry(q, &geometry) < 0)
        return problem(q, 400, "bad_parameter", bad_geometry);
    return gw_answer_json(gw_json_cells(q->world, &filter, geometry));
}

static struct gw_answer answer_divisions(const struct question *q)
{
    bool geometry;
    if (read_geometry(q, &geometry) < 0)
        return problem(q, 400, "bad_parameter", bad_geometry);
    return gw_answer_json(gw_json_divisions(q->world, geometry));
}

// cells/{code} and cells/{code}/cameras
static struct gw_answer answer_cell(const struct question *q, const char *rest)
{
    size_t len = strcspn(rest, "/");
    char *code = strndup(rest, len);
    if (!code)
        return problem(q, 503, "busy", gw_words_out_of_memory);

    const struct gw_cell *cell = gw_snapshot_cell(q->world->snapshot, code);
    struct gw_answer answer;
    if (!cell || !gw_scope_view_reaches_cell(q->world->view, cell))
        answer = problem(q, 404, "no_such_cell", no_such_cell);
    else if (rest[len] == '\0')
        answer = gw_answer_record(gw_json_cell(q->world, cell), cell->revision);
    else if (strcmp(rest + len, "/cameras") == 0)
        answer = answer_cameras(q, code);
    else
        answer = problem(q, 404, "not_found", no_such_path);
    free(code);
    return answer;
}

static struct gw_answer answer(const struct question *q)
{
    const struct gw_json_world *w = q->world;
    const char *path = q->request->path;

    if (gw_is_places(path))
        return gw_api_places(w, q->request, q->params);
    if (strcmp(path, "district") == 0)
        return gw_answer_json(gw_json_district(w, q->request->basemap));
    if (strcmp(path, "divisions") == 0)
        return answer_divisions(q);
    if (strcmp(path, "departments") == 0)
        return gw_answer_json(gw_json_departments(w));
    if (strcmp(path, "cells") == 0)
        return answer_cells(q);
    if (strncmp(path, "cells/", 6) == 0)
        return answer_cell(q, path + 6);
    if (strcmp(path, "cameras") == 0)
        return answer_cameras(q, NULL);
    if (strncmp(path, "cameras/", 8) == 0)
        return answer_camera_or_view(q, path + 8);
    if (strcmp(path, "changes") == 0)
        return gw_api_changes(q->request, q->params);
    if (gw_is_imports(path))
        return gw_api_imports_read(q->request, q->params);
    if (gw_is_audit(path))
        return gw_api_audit(q->request, q->params);
    if (gw_is_norms(path))
        return gw_api_norms(w, q->request, q->params);
    if (strcmp(path, "norms/history") == 0)
        return gw_api_norm_history(w, q->request, q->params);
    if (strcmp(path, "map/cameras") == 0)
        return gw_answer_json(gw_json_map_cameras(w));
    if (strcmp(path, "map/cells") == 0)
        return answer_map_cells(q);
    if (strcmp(path, "map/divisions") == 0)
        return gw_answer_json(gw_json_map_divisions(w));
    if (strncmp(path, "tiles/", 6) == 0)
        return gw_api_tiles(w, q->request, path + 6);
    return problem(q, 404, "not_found", no_such_path);
}

struct gw_answer gw_api_read(const struct gw_json_world *world,
                             const struct gw_read_request *request)
{
    struct gw_query_string params;
    struct question q = { .world = world, .request = request, .params = &params };

    int r = gw_query_string_parse(request->query, &params);
    if (r == -ENOMEM)
        return problem(&q, 503, "busy", gw_words_out_of_memory);
    if (r < 0)
        return problem(&q, 400, "bad_query", gw_words_bad_query);
    struct gw_answer result = answer(&q);
    gw_query_string_finish(&params);
    return result;
}
