// Questions to the places: a way to go through candidates that are few, in the order of
// the answer, and a look at each record. Ways are
//   words    the full-text index: all conditions at once, in order of numbers
//   area     the R*Tree, where an area holds few places and no text is asked for
//   circles  growing ones, for the nearest: by the R*Tree where nothing else is asked
//   for,
//            by words else
//   all      the table, where nothing is asked for
#include "map/places.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "map/geo.h"
#include "map/places_internal.h"
#include "map/store_internal.h"

// Circles that are listed grow slowly, so that the next one is not too full to be listed.
enum { CIRCLE_FIRST_M = 200, LISTED_GROWTH = 2, WORDS_GROWTH = 4 };
// What the R*Tree's 32-bit degrees may be off by.
#define ROUNDED_M 5.0

struct candidate {
    int64_t num;
    double distance_m;
};

struct asking {
    struct gw_places *places;
    const struct gw_place_query *query;
    int (*on_place)(void *arg, const struct gw_place *place, double distance_m);
    void *arg;
    struct gw_place_answer answer;
    size_t looked;
    struct gw_box area;     // that all of the answer lies in; the globe: it does not
    double circle_m;        // of `near`, in which the nearest are looked for now
    struct candidate *list; // of an area or a circle
    size_t listed;
    struct candidate *best; // by `near`; one more than the limit
    size_t best_count;
};

// ---- one record ----

static bool in_polygon(const struct gw_place_query *q, const struct gw_place *p)
{
    return !q->polygon ||
           (!isnan(p->lon) &&
            gw_ring_contains(q->polygon, q->polygon_points, p->lon, p->lat));
}

static double distance_of(const struct gw_place_query *q, const struct gw_place *p)
{
    return q->has_near && !isnan(p->lon)
               ? gw_distance_m(q->near, (struct gw_point) { p->lon, p->lat })
               : NAN;
}

// All conditions but the text.
static bool has(const struct gw_place_query *q, const struct gw_place *p)
{
    double d = distance_of(q, p);
    return gw_place_in_scope(p, q->scope) && (!q->has_kind || p->kind == q->kind) &&
           (q->group == GW_PLACE_NO_GROUP || gw_place_kind_group(p->kind) == q->group) &&
           (!q->division || gw_place_in_division(p, q->division)) &&
           (!q->cell || gw_place_in_cell(p, q->cell)) &&
           (!q->department || strcmp(p->department, q->department) == 0) &&
           (!q->has_box ||
            (!isnan(p->lon) && gw_box_contains(&q->box, p->lon, p->lat))) &&
           in_polygon(q, p) &&
           (!q->has_near || (!isnan(d) && (q->radius_m <= 0 || d <= q->radius_m)));
}

// Returns 0 to go on, 1 when the answer is full or enough was looked at, or what
// on_place returned. `fit` is what is looked for now.
static int look(struct asking *a, const struct gw_place *p, int fit)
{
    const struct gw_place_query *q = a->query;
    bool fits = has(q, p) && (!q->needle || (int)gw_place_fit(p, q->needle) == fit);
    if (fits && a->answer.count == q->limit) {
        a->answer.more = true;
        return 1;
    }
    a->answer.next = (struct gw_place_cursor) { fit, p->num };
    if (fits) {
        a->answer.count++;
        int r = a->on_place(a->arg, p, NAN);
        if (r != 0)
            return r;
    }
    if (++a->looked < GW_PLACES_LOOKED_MAX)
        return 0;
    a->answer.more = a->answer.cut = true;
    return 1;
}

// ---- by words ----

// What every answer has words for, whatever its text.
static void ask_conditions(const struct asking *a, struct gw_place_question *words)
{
    const struct gw_place_query *q = a->query;
    if (q->has_kind)
        gw_place_question_kind(words, q->kind);
    if (q->group != GW_PLACE_NO_GROUP)
        gw_place_question_group(words, q->group);
    gw_place_question_divisions(words, &q->division, q->division != NULL);
    gw_place_question_cells(words, &q->cell, q->cell != NULL);
    gw_place_question_departments(words, &q->department, q->department != NULL);
    if (q->scope && !q->scope->all) {
        const struct gw_scope *s = q->scope;
        gw_place_question_divisions(words, s->words[GW_SCOPE_DIVISIONS],
                                    s->count[GW_SCOPE_DIVISIONS]);
        gw_place_question_cells(words, s->words[GW_SCOPE_CELLS],
                                s->count[GW_SCOPE_CELLS]);
        gw_place_question_departments(words, s->words[GW_SCOPE_DEPARTMENTS],
                                      s->count[GW_SCOPE_DEPARTMENTS]);
    }
}

// A box around the area that is asked for; the globe where none is, or where a box would
// cross the date line.
static struct gw_box area_of(const struct gw_place_query *q)
{
    struct gw_box box = gw_box_globe;
    if (q->has_box) {
        box = q->box;
    } else if (q->polygon) {
        struct gw_point first = q->polygon[0];
        box = (struct gw_box) { first.lon, first.lat, first.lon, first.lat };
        for (size_t i = 1; i < q->polygon_points; i++) {
            struct gw_point p = q->polygon[i];
            if (fabs(p.lon - q->polygon[i - 1].lon) > 180)
                return gw_box_globe;
            box = gw_box_join(box, (struct gw_box) { p.lon, p.lat, p.lon, p.lat });
        }
        if (fabs(q->polygon[q->polygon_points - 1].lon - first.lon) > 180)
            return gw_box_globe;
    }
    return box.west <= box.east ? box : gw_box_globe;
}

static bool is_globe(const struct gw_box *box)
{
    return memcmp(box, &gw_box_globe, sizeof(*box)) == 0;
}

// The rows of a question; NULL with the error.
static sqlite3_stmt *begin_rows(struct asking *a, const struct gw_place_question *words,
                                int64_t after, int *ret_error)
{
    bool by_words = words->len > 0;
    sqlite3_stmt *stmt = gw_places_stmt(
        a->places, by_words ? GW_PLACES_BY_WORDS : GW_PLACES_IN_ORDER, ret_error);
    if (stmt && by_words) {
        sqlite3_bind_text(stmt, 1, words->text, (int)words->len, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 2, after);
    } else if (stmt) {
        sqlite3_bind_int64(stmt, 1, after);
    }
    return stmt;
}

// Makes the words of a question for places that fit like `fit`. Returns NULL when out of
// memory; free it.
static struct gw_place_question *make_words(const struct asking *a, int fit)
{
    struct gw_place_question *words = calloc(1, sizeof(*words));
    if (!words)
        return NULL;
    if (a->query->needle)
        gw_place_question_text(words, a->query->needle, (enum gw_place_fit)fit);
    ask_conditions(a, words);
    if (!is_globe(&a->area))
        gw_place_question_box(words, &a->area);
    return words;
}

// Goes through all that may fit like `fit`, from a number on.
static int walk(struct asking *a, int fit, int64_t after,
                int (*on_row)(struct asking *a, const struct gw_place *p, int fit))
{
    int r = -EMSGSIZE, rc = SQLITE_DONE;
    sqlite3_stmt *stmt = NULL;
    struct gw_place_question *words = make_words(a, fit);
    if (!words)
        return -ENOMEM;
    if (!words->too_long) {
        r = 0;
        stmt = begin_rows(a, words, after, &r);
    }
    while (stmt && r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_place p;
        gw_places_read(stmt, &p);
        r = on_row(a, &p, fit);
    }
    if (stmt)
        sqlite3_reset(stmt);
    free(words);
    return r == 0 && rc != SQLITE_DONE ? gw_store_error(rc) : r;
}

static int ask_words(struct asking *a)
{
    const struct gw_place_query *q = a->query;
    int fits = q->needle ? GW_PLACE_FITS : 1;
    int r = 0;
    for (int fit = q->after.fit; fit < fits && r == 0; fit++)
        r = walk(a, fit, fit == q->after.fit ? q->after.num : 0, look);
    return r;
}

// ---- by area ----

static int compare_num(const void *a, const void *b)
{
    int64_t x = ((const struct candidate *)a)->num,
            y = ((const struct candidate *)b)->num;
    return (x > y) - (x < y);
}

static int compare_distance(const void *a, const void *b)
{
    double x = ((const struct candidate *)a)->distance_m;
    double y = ((const struct candidate *)b)->distance_m;
    return x < y ? -1 : x > y ? 1 : compare_num(a, b);
}

// Lists what the R*Tree has in the area. Returns 0, or -E2BIG for more than
// GW_PLACES_AREA_MAX.
static int list_area(struct asking *a)
{
    int r = 0, rc;
    sqlite3_stmt *stmt = gw_places_stmt(a->places, GW_PLACES_IN_BOX, &r);
    if (!stmt)
        return r;
    if (!a->list)
        a->list = calloc(GW_PLACES_AREA_MAX + 1, sizeof(*a->list));
    if (!a->list)
        return -ENOMEM;
    sqlite3_bind_double(stmt, 1, a->area.west);
    sqlite3_bind_double(stmt, 2, a->area.east);
    sqlite3_bind_double(stmt, 3, a->area.south);
    sqlite3_bind_double(stmt, 4, a->area.north);
    sqlite3_bind_int(stmt, 5, GW_PLACES_AREA_MAX + 1);
    a->listed = 0;
    while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct gw_point at = { sqlite3_column_double(stmt, 1),
                               sqlite3_column_double(stmt, 2) };
        a->list[a->listed++] = (struct candidate) {
            sqlite3_column_int64(stmt, 0),
            a->query->has_near ? gw_distance_m(a->query->near, at) : 0,
        };
    }
    sqlite3_reset(stmt);
    if (rc != SQLITE_DONE)
        return gw_store_error(rc);
    return a->listed > GW_PLACES_AREA_MAX ? -E2BIG : 0;
}

// -ENOENT: there is none any more.
static int find_num(struct asking *a, int64_t num, struct gw_place *ret_place)
{
    int r = 0;
    sqlite3_stmt *stmt = gw_places_stmt(a->places, GW_PLACES_FIND_NUM, &r);
    if (!stmt)
        return r;
    sqlite3_bind_int64(stmt, 1, num);
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        gw_places_read(stmt, ret_place);
    return rc == SQLITE_ROW ? 0 : rc == SQLITE_DONE ? -ENOENT : gw_store_error(rc);
}

static int ask_area(struct asking *a)
{
    struct gw_place p;
    int r = list_area(a);
    if (r < 0)
        return r;
    qsort(a->list, a->listed, sizeof(*a->list), compare_num);
    for (size_t i = 0; i < a->listed && r == 0; i++) {
        if (a->list[i].num <= a->query->after.num)
            continue;
        r = find_num(a, a->list[i].num, &p);
        if (r == 0)
            r = look(a, &p, 0);
    }
    return r;
}

// ---- the nearest ----

// Keeps the nearest so many; one more tells whether there are others.
static void keep_best(struct asking *a, int64_t num, double distance_m)
{
    size_t n = a->best_count, at = n;
    struct candidate c = { num, distance_m };
    while (at > 0 && compare_distance(&c, &a->best[at - 1]) < 0)
        at--;
    if (at > a->query->limit)
        return;
    if (n > a->query->limit)
        n--;
    memmove(a->best + at + 1, a->best + at, (n - at) * sizeof(*a->best));
    a->best[at] = c;
    a->best_count = n + 1;
}

// A place may be found by its name and by its address: it counts where it fits better.
static bool is_wanted(const struct asking *a, const struct gw_place *p, int fit)
{
    const char *needle = a->query->needle;
    if (!needle)
        return has(a->query, p);
    int own = (int)gw_place_fit(p, needle);
    return (fit == GW_PLACE_ADDRESS_HAS ? own == fit : own <= fit) && has(a->query, p);
}

static int weigh(struct asking *a, const struct gw_place *p, int fit)
{
    double d = distance_of(a->query, p);
    if (d <= a->circle_m && is_wanted(a, p, fit))
        keep_best(a, p->num, d);
    return ++a->looked < GW_PLACES_LOOKED_MAX ? 0 : -E2BIG;
}

// The circle by the R*Tree, from its middle on: past the last that is kept nothing is
// nearer.
static int weigh_listed(struct asking *a)
{
    struct gw_place p;
    size_t limit = a->query->limit;
    int r = list_area(a);
    if (r < 0)
        return r;
    a->best_count = 0;
    qsort(a->list, a->listed, sizeof(*a->list), compare_distance);
    for (size_t i = 0; i < a->listed && r == 0; i++) {
        double d = a->list[i].distance_m - ROUNDED_M;
        if (d > a->circle_m || (a->best_count > limit && d > a->best[limit].distance_m))
            break;
        r = find_num(a, a->list[i].num, &p);
        if (r == 0)
            r = weigh(a, &p, 0);
    }
    return r;
}

static int weigh_by_words(struct asking *a)
{
    a->best_count = 0;
    int r = walk(a, a->query->needle ? GW_PLACE_NAME_HAS : 0, 0, weigh);
    if (r == 0 && a->query->needle)
        r = walk(a, GW_PLACE_ADDRESS_HAS, 0, weigh);
    return r;
}

static bool has_words(const struct gw_place_query *q)
{
    return q->needle || q->has_kind || q->group != GW_PLACE_NO_GROUP || q->division ||
           q->cell || q->department || (q->scope && !q->scope->all);
}

// Circle after circle, until one has enough. Returns 0, or -E2BIG when too much would
// have to be looked at.
static int weigh_circles(struct asking *a)
{
    const struct gw_place_query *q = a->query;
    bool by_words = has_words(q);
    for (double radius_m = CIRCLE_FIRST_M;;
         radius_m *= by_words ? WORDS_GROWTH : LISTED_GROWTH) {
        bool last = q->radius_m > 0 && radius_m >= q->radius_m;
        a->area = gw_box_around(q->near, last ? q->radius_m : radius_m);
        bool globe = is_globe(&a->area);
        a->circle_m = last ? q->radius_m : globe ? INFINITY : radius_m;
        a->looked = 0;
        int r = by_words || globe ? weigh_by_words(a) : weigh_listed(a);
        if (r < 0 || last || globe || a->best_count > q->limit)
            return r;
    }
}

static int tell_best(struct asking *a)
{
    struct gw_place p;
    size_t limit = a->query->limit;
    a->answer.more = a->answer.cut || a->best_count > limit;
    for (size_t i = 0; i < a->best_count && i < limit; i++) {
        int r = find_num(a, a->best[i].num, &p);
        if (r == 0)
            r = a->on_place(a->arg, &p, a->best[i].distance_m);
        if (r != 0)
            return r;
        a->answer.count++;
    }
    return 0;
}

// Where too much lies within a circle and too little in the one before, what was
// found is told, and that there may be nearer ones.
static int ask_near(struct asking *a)
{
    a->best = calloc(a->query->limit + 2, sizeof(*a->best));
    if (!a->best)
        return -ENOMEM;
    int r = weigh_circles(a);
    a->answer.cut = r == -E2BIG;
    return r < 0 && !a->answer.cut ? r : tell_best(a);
}

// ---- all of it ----

static int ask(struct asking *a)
{
    const struct gw_place_query *q = a->query;
    if (q->has_near)
        return ask_near(a);
    a->area = area_of(q);
    int r = q->needle || is_globe(&a->area) ? -E2BIG : ask_area(a);
    return r == -E2BIG ? ask_words(a) : r;
}

int gw_places_ask(struct gw_places *places, const struct gw_place_query *query,
                  int (*on_place)(void *arg, const struct gw_place *place,
                                  double distance_m),
                  void *arg, struct gw_place_answer *ret_answer)
{
    struct asking a = {
        .places = places,
        .query = query,
        .on_place = on_place,
        .arg = arg,
    };
    int r = gw_place_scope_has_any(query->scope) ? gw_places_begin_read(places) : -ENOENT;
    if (r == 0) {
        r = ask(&a);
        gw_places_rollback(places);
    }
    free(a.list);
    free(a.best);
    if (r < 0 && r != -ENOENT)
        return r;
    *ret_answer = a.answer;
    return 0;
}
