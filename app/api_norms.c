#include "app/api_norms.h"

#include "app/audit.h"
#include "app/camera_query.h"
#include "app/norm_history.h"
#include "map/codes.h"
#include "map/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVEL_GRID = 3, // which cells are groups where nobody says it
    SPAN_DAYS = 31, // likewise, how long a history is
};

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
static const struct gw_text bad_step = {
    "step is hour, day or month.",
    "step 应为 hour、day 或 month。",
};
static const struct gw_text bad_day = {
    "from and to are days that there are: from=2026-11-01.",
    "from 和 to 应为有效日期：from=2026-11-01。",
};
static const struct gw_text bad_span = {
    "to is no day before from, and at most 400 days later.",
    "to 不得早于 from，且时间跨度不超过 400 天。",
};
static const struct gw_text too_many = {
    "That would be more than 50000 figures: ask for a longer step, fewer days, or narrow "
    "down the cameras.",
    "结果超过 50000 项，请增大 step、缩短时间范围或缩小摄像机范围。",
};

bool gw_is_norms(const char *path)
{
    return strcmp(path, "norms") == 0;
}

// What was asked, as it is read from the parameters.
struct asked {
    struct gw_camera_question cameras; // which
    struct gw_norm_question groups;    // in which groups; the filter is `cameras`
    struct gw_norm_span span;          // of a history
    bool sheet;
};

struct question {
    const struct gw_json_world *world;
    const struct gw_read_request *request;
    const struct gw_query_string *params;
};

static struct gw_answer refuse(const struct question *q, struct gw_text why)
{
    return gw_answer_problem(400, "bad_parameter", why, q->request->lang);
}

// ---- parameters ----

static int read_by(const struct question *q, struct gw_norm_question *ret)
{
    const char *by = gw_query_string_get(q->params, "by");
    ret->by = by ? gw_norm_by_of_name(by) : GW_BY_DISTRICT;
    return ret->by == GW_BYS ? -EINVAL : 0;
}

static int read_level(const struct question *q, struct gw_norm_question *ret)
{
    const char *level = gw_query_string_get(q->params, "level");
    ret->cell_level = level ? *level - '0' : LEVEL_GRID;
    bool one = !level || (*level && !level[1]);
    return one && ret->cell_level >= 1 && ret->cell_level <= GW_CELL_LEVELS ? 0 : -EINVAL;
}

static int read_format(const struct question *q, bool *ret_sheet)
{
    const char *format = gw_query_string_get(q->params, "format");
    *ret_sheet = format && strcmp(format, "csv") == 0;
    return !format || *ret_sheet || strcmp(format, "json") == 0 ? 0 : -EINVAL;
}

// A month to today, or from the one day that is said, or up to it.
static int read_days(const struct question *q, struct gw_norm_span *ret)
{
    const char *from = gw_query_string_get(q->params, "from");
    const char *to = gw_query_string_get(q->params, "to");
    ret->last = gw_norm_date_of((time_t)q->request->unix_s);
    if (from && gw_norm_date_read(from, &ret->first) < 0)
        return -EINVAL;
    if (to && gw_norm_date_read(to, &ret->last) < 0)
        return -EINVAL;
    if (from && !to)
        ret->last = gw_norm_date_after(&ret->first, SPAN_DAYS - 1);
    if (!from)
        ret->first = gw_norm_date_after(&ret->last, 1 - SPAN_DAYS);
    return 0;
}

// Returns 0 or -EINVAL with what is wrong in *ret_why.
static int read_span(const struct question *q, struct gw_norm_span *ret,
                     struct gw_text *ret_why)
{
    const char *step = gw_query_string_get(q->params, "step");
    ret->step = step ? gw_norm_step_of_name(step) : GW_STEP_DAY;
    if (ret->step == GW_STEPS) {
        *ret_why = bad_step;
        return -EINVAL;
    }
    if (read_days(q, ret) < 0) {
        *ret_why = bad_day;
        return -EINVAL;
    }
    int days = gw_norm_span_days(ret);
    *ret_why = bad_span;
    return days < 1 || days > GW_NORM_SPAN_DAYS_MAX ? -EINVAL : 0;
}

// Returns 0, -ENOMEM, or -EINVAL with what is wrong in *ret_why. `ret` is finished with
// gw_camera_question_finish(&ret->cameras).
static int read_question(const struct question *q, bool history, struct asked *ret,
                         struct gw_text *ret_why)
{
    const char *bad = NULL;
    struct asked asked = { 0 };
    if (read_by(q, &asked.groups) < 0) {
        *ret_why = bad_by;
        return -EINVAL;
    }
    if (read_level(q, &asked.groups) < 0) {
        *ret_why = bad_level;
        return -EINVAL;
    }
    if (read_format(q, &asked.sheet) < 0) {
        *ret_why = bad_format;
        return -EINVAL;
    }
    if (history && read_span(q, &asked.span, ret_why) < 0)
        return -EINVAL;
    int r = gw_camera_question_read(q->params, &asked.cameras, &bad);
    if (r == -EINVAL)
        *ret_why = gw_camera_question_help(bad);
    if (r == 0)
        *ret = asked;
    return r;
}

// ---- answers ----

static int count_now(const struct question *q, struct gw_norm_table *t)
{
    const struct gw_norm_world now = {
        .snapshot = q->world->snapshot,
        .states = q->world->states,
        .health = q->request->health,
        .now_us = q->request->now_us,
    };
    t->count = 1;
    t->figures = calloc(t->groups.count + 1, sizeof(*t->figures));
    t->delays = calloc(t->groups.count + 1, sizeof(*t->delays));
    if (!t->figures || !t->delays)
        return -ENOMEM;
    gw_norms_count(&now, &t->groups, t->figures);
    return gw_norm_delays_count(&now, &t->groups, t->delays);
}

static struct gw_answer fail(const struct question *q, int error)
{
    if (error == -E2BIG)
        return refuse(q, too_many);
    return gw_answer_not_read(error, q->request->data, q->request->lang);
}

static struct gw_answer print(const struct gw_norm_table *t, bool sheet)
{
    struct gw_answer answer = gw_answer_json(sheet ? gw_norm_sheet(t) : gw_norm_json(t));
    if (sheet)
        answer.content_type = "text/csv; charset=utf-8";
    return answer;
}

// A sheet leaves the house.
static void note_export(const struct question *q, bool history)
{
    const struct gw_audit_person by =
        gw_audit_guest(q->request->guest, q->request->address);
    gw_audit_note_kept(
        q->request->audit, &by,
        &(struct gw_audit_deed) { .action = "export",
                                  .subject = history ? "norms/history" : "norms" });
}

static struct gw_answer answer(const struct question *q, bool history)
{
    struct gw_text why;
    struct asked asked;
    struct gw_norm_table table = { 0 };
    int r = read_question(q, history, &asked, &why);
    if (r == -EINVAL)
        return refuse(q, why);
    if (r < 0)
        return fail(q, r);

    asked.cameras.query.seen = q->world->view;
    asked.groups.filter = &asked.cameras.query;
    table.by = asked.groups.by;
    gw_norm_time((time_t)q->request->unix_s, table.at);
    r = gw_norm_groups_init(&table.groups, q->world->snapshot, &asked.groups);
    if (r == 0)
        r = history ? gw_norm_history_read(q->request->data, q->world->snapshot,
                                           &asked.span, &table)
                    : count_now(q, &table);
    if (r == 0 && asked.sheet)
        note_export(q, history);
    struct gw_answer a = r == 0 ? print(&table, asked.sheet) : fail(q, r);
    gw_norm_table_finish(&table);
    gw_camera_question_finish(&asked.cameras);
    return a;
}

struct gw_answer gw_api_norms(const struct gw_json_world *world,
                              const struct gw_read_request *request,
                              const struct gw_query_string *params)
{
    return answer(&(struct question) { world, request, params }, false);
}

struct gw_answer gw_api_norm_history(const struct gw_json_world *world,
                                     const struct gw_read_request *request,
                                     const struct gw_query_string *params)
{
    return answer(&(struct question) { world, request, params }, true);
}
