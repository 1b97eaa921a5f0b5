#include <math.h>
#include <string.h>

#include "map/codes.h"
#include "map/labels.h"
#include "map/polygon.h"
#include "map/scope_view.h"
#include "map/snapshot_question.h"

double gw_question_distance_m(const struct gw_camera_query *q, const struct gw_camera *c)
{
    return gw_distance_m((struct gw_point) { q->near_lon, q->near_lat },
                         (struct gw_point) { c->lon, c->lat });
}

static bool in_corridor(const struct gw_camera_query *q, const struct gw_camera *c)
{
    const struct gw_point p = { c->lon, c->lat };
    for (size_t i = 0; i + 1 < q->line_points; i++)
        if (gw_distance_to_arc_m(p, gw_point_at(q->line, i),
                                 gw_point_at(q->line, i + 1)) <= q->width_m / 2)
            return true;
    return false;
}

struct gw_question gw_question_ask(const struct gw_snapshot *s,
                                   const struct gw_camera_query *q)
{
    struct gw_question question = { .s = s, .q = q };
    size_t cell =
        q->cell ? gw_cells_find(s->cells, s->cell_count, q->cell) : s->cell_count;
    if (cell < s->cell_count) {
        question.cell_known = true;
        question.cell_first = s->tree.first[cell];
        question.cell_last = s->tree.last[cell];
    }
    return question;
}

static bool in_cell(const struct gw_question *question, const struct gw_camera *c)
{
    if (question->cell_known) {
        uint32_t number = question->s->cell_numbers[c - question->s->cameras];
        return number >= question->cell_first && number < question->cell_last;
    }
    return strcmp(c->cell, question->q->cell) == 0 ||
           gw_cell_prefix_of(question->q->cell, c->cell);
}

static bool has_text(const struct gw_camera *c, const char *text)
{
    return strcasestr(c->id, text) || strcasestr(c->name, text) ||
           strcasestr(c->initials, text) || strcasestr(c->address, text);
}

static bool in_place(const struct gw_camera_query *q, const struct gw_camera *c)
{
    if (!q->has_box && !q->has_near && !q->polygon && !q->line)
        return true;
    if (isnan(c->lon) || isnan(c->lat))
        return false;
    if (q->has_box) {
        struct gw_box box = { q->west, q->south, q->east, q->north };
        if (!gw_box_contains(&box, c->lon, c->lat))
            return false;
    }
    if (q->has_near && q->radius_m > 0 && gw_question_distance_m(q, c) > q->radius_m)
        return false;
    if (q->polygon && !gw_ring_contains((const struct gw_point *)q->polygon,
                                        q->polygon_points, c->lon, c->lat))
        return false;
    return !q->line || in_corridor(q, c);
}

bool gw_question_matches(const struct gw_question *question, const struct gw_camera *c)
{
    const struct gw_camera_query *q = question->q;
    if (q->after && !q->has_near && strcmp(c->id, q->after) <= 0)
        return false;
    if (q->cell && !in_cell(question, c))
        return false;
    if (q->division && !gw_division_within(c->division, q->division))
        return false;
    if (q->department && strcmp(c->department, q->department) != 0)
        return false;
    if (q->has_kind && c->kind != q->kind)
        return false;
    if (q->tag && !gw_labels_contain(c->tags, q->tag))
        return false;
    if (q->group && !gw_labels_contain(c->groups, q->group))
        return false;
    if (q->text && !has_text(c, q->text))
        return false;
    // Before what is costly, and before anything is counted.
    if (!gw_scope_view_has(q->seen, c))
        return false;
    return in_place(q, c) && (!q->keep || q->keep(q->keep_arg, c));
}

bool gw_snapshot_matches(const struct gw_snapshot *s, const struct gw_camera_query *query,
                         const struct gw_camera *camera)
{
    struct gw_question question = gw_question_ask(s, query);
    return gw_question_matches(&question, camera);
}
