#include "app/api_places.h"

#include "app/api_sight.h"
#include "app/json_place.h"
#include "app/place_query.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct gw_text no_such_path = {
    "There is nothing at this address. docs/api.md lists what there is.",
    "该地址不存在，可用地址见 docs/api.md。",
};
static const struct gw_text no_such_place = {
    "There is no place with this id.",
    "没有该编码的场所。",
};
static const struct gw_text no_position = {
    "Nobody knows where this place is: give it lon and lat.",
    "该场所没有坐标：请补充 lon 与 lat。",
};

struct question {
    const struct gw_json_world *world;
    const struct gw_read_request *request;
    const struct gw_query_string *params;
};

bool gw_is_places(const char *path)
{
    return strcmp(path, "places") == 0 || strncmp(path, "places/", 7) == 0;
}

static struct gw_answer problem(const struct question *q, int status, const char *code,
                                struct gw_text detail)
{
    return gw_answer_problem(status, code, detail, q->request->lang);
}

static struct gw_answer fail(const struct question *q, int error)
{
    if (error == -ENOENT)
        return problem(q, 404, "no_such_place", no_such_place);
    return gw_answer_not_read(error, q->request->data, q->request->lang);
}

static const struct gw_scope *scope_of(const struct question *q)
{
    return q->world->view ? q->world->view->scope : NULL;
}

// -ENOENT: nobody has brought any places yet.
static int open_places(const struct question *q, struct gw_places **ret_places)
{
    char words[GW_STORE_ERROR_MAX];
    return gw_places_open(q->request->data, false, 0, ret_places, words);
}

// ---- many ----

static int on_place(void *arg, const struct gw_place *place, double distance_m)
{
    return gw_json_places_add(arg, place, distance_m);
}

static int ask(const struct question *q, const struct gw_place_query *query,
               struct gw_json_page *page, struct gw_place_answer *ret_answer)
{
    struct gw_places *places = NULL;
    int r = open_places(q, &places);
    if (r == -ENOENT) {
        *ret_answer = (struct gw_place_answer) { .count = 0 };
        return 0;
    }
    if (r == 0)
        r = gw_places_ask(places, query, on_place, page, ret_answer);
    gw_places_close(places);
    return r;
}

static struct gw_answer answer_question(const struct question *q,
                                        const struct gw_place_query *query)
{
    char cursor[GW_PLACE_CURSOR_MAX];
    struct gw_place_answer found;
    struct gw_json_page *page = gw_json_page_create();
    int r = page ? ask(q, query, page, &found) : -ENOMEM;
    if (r < 0) {
        gw_json_page_destroy(page);
        return fail(q, r);
    }
    bool goes_on = found.more && !query->has_near;
    if (goes_on)
        gw_place_cursor_write(&found.next, cursor);
    return gw_answer_json(gw_json_places_print(page, goes_on ? cursor : NULL, found.cut));
}

static struct gw_answer answer_places(const struct question *q)
{
    const char *bad = NULL;
    struct gw_place_asked *asked = calloc(1, sizeof(*asked));
    if (!asked)
        return fail(q, -ENOMEM);
    struct gw_answer answer;
    int r = gw_place_asked_read(q->params, asked, &bad);
    if (r == 0) {
        asked->query.scope = scope_of(q);
        answer = answer_question(q, &asked->query);
        gw_place_asked_finish(asked);
    } else if (r == -EINVAL) {
        answer = problem(q, 400, "bad_parameter", gw_place_asked_help(bad));
    } else {
        answer = fail(q, r);
    }
    free(asked);
    return answer;
}

// ---- one ----

static struct gw_answer answer_cameras(const struct question *q,
                                       const struct gw_place *place)
{
    struct gw_camera_question question;
    const char *bad = NULL;
    if (isnan(place->lon))
        return problem(q, 404, "no_position", no_position);
    int r = gw_camera_question_read(q->params, &question, &bad);
    if (r == -EINVAL)
        return problem(q, 400, "bad_parameter", gw_camera_question_help(bad));
    if (r < 0)
        return fail(q, r);
    question.query.seen = q->world->view;
    question.sees_lon = place->lon;
    question.sees_lat = place->lat;
    struct gw_answer answer =
        gw_api_sightings(q->world, q->request->sight, &question, q->request->lang);
    gw_camera_question_finish(&question);
    return answer;
}

static struct gw_answer answer_place(const struct question *q, const char *rest)
{
    char id[GW_PLACE_ID_MAX + 1];
    struct gw_places *places = NULL;
    struct gw_place place;
    size_t len = strcspn(rest, "/");
    bool cameras = strcmp(rest + len, "/cameras") == 0;
    if (rest[len] && !cameras)
        return problem(q, 404, "not_found", no_such_path);
    if (len > GW_PLACE_ID_MAX)
        return fail(q, -ENOENT);
    memcpy(id, rest, len);
    id[len] = '\0';

    int r = open_places(q, &places);
    if (r == 0)
        r = gw_places_find(places, id, &place);
    if (r == 0 && !gw_place_in_scope(&place, scope_of(q)))
        r = -ENOENT; // for who asks there is none
    struct gw_answer answer = r < 0     ? fail(q, r)
                              : cameras ? answer_cameras(q, &place)
                                        : gw_answer_json(gw_json_place(&place));
    gw_places_close(places);
    return answer;
}

struct gw_answer gw_api_places(const struct gw_json_world *world,
                               const struct gw_read_request *request,
                               const struct gw_query_string *params)
{
    const struct question q = { world, request, params };
    const char *path = request->path;
    return path[6] ? answer_place(&q, path + 7) : answer_places(&q);
}
