#include "map/snapshot.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/codes.h"
#include "map/snapshot_builder.h"

enum { CAMERAS = 300, CELLS = 40, WORLDS = 30, QUESTIONS = 60 };

static struct gw_camera bare_camera(uint32_t num, const char *id)
{
    return (struct gw_camera) {
        .num = num,
        .id = id,
        .name = "",
        .lon = NAN,
        .lat = NAN,
        .division = "",
        .department = "",
        .cell = "",
        .url_main = "",
        .url_sub = "",
    };
}

static struct gw_cell bare_cell(const char *code, const char *parent, int level)
{
    return (struct gw_cell) { code, "", "", parent, level, "", 0 };
}

static const char *const divisions[] = {
    "",
    "370812",
    "370812001000",
    "370812001001",
    "370812001002",
    "370812002001",
    "370813001001",
    "370812001",
    "somewhere",
};
static const char *const departments[] = { "", "Health", "Education", "教育" };
static const char *const names[] = { "North gate", "south GATE", "校门", "" };
static const char *const initials[] = { "ng", "sg", "xm", "" };
static const char *const addresses[] = { "", "中山路1号", "Gate Street 7" };
static const char *const labels[] = { "", "bridge", "bridge,school", "学校" };

// Codes of all depths, some below a parent of another prefix, some unknown to the
// table of cells.
static void cell_code(struct gw_rng *rng, char code[GW_CODE_MAX])
{
    int len = 9 + 3 * (int)gw_rng_below(rng, 4);
    strcpy(code, "370812001001001001");
    for (int at = 8; at < len; at += 3)
        code[at] = (char)('1' + gw_rng_below(rng, 2));
    code[len] = '\0';
    if (gw_rng_below(rng, 8) == 0)
        snprintf(code, GW_CODE_MAX, "special-%d", (int)gw_rng_below(rng, 3));
}

static struct gw_snapshot *random_world(struct gw_rng *rng)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    char codes[CELLS][GW_CODE_MAX];
    size_t cells = 0;
    for (int i = 0; i < CELLS; i++) {
        cell_code(rng, codes[cells]);
        bool taken = false;
        for (size_t k = 0; k < cells; k++)
            taken |= strcmp(codes[k], codes[cells]) == 0;
        if (taken)
            continue;
        int level = gw_cell_level(codes[cells]);
        const char *parent =
            cells && gw_rng_below(rng, 4) == 0 ? codes[gw_rng_below(rng, cells)] : "";
        struct gw_cell cell = bare_cell(codes[cells], parent, level ? level : 3);
        assert_int_equal(gw_snapshot_builder_add_cell(b, &cell), 0);
        cells++;
    }
    for (uint32_t i = 0; i < CAMERAS; i++) {
        char id[16], cell[GW_CODE_MAX];
        snprintf(id, sizeof(id), "c%u-%u", (unsigned)gw_rng_below(rng, 10), i);
        struct gw_camera c = bare_camera(i + 1, id);
        cell_code(rng, cell);
        c.cell = gw_rng_below(rng, 3) ? cell : "";
        c.division = divisions[gw_rng_below(rng, 9)];
        c.department = departments[gw_rng_below(rng, 4)];
        size_t name = gw_rng_below(rng, 4);
        c.name = names[name];
        c.initials = initials[name];
        c.address = addresses[gw_rng_below(rng, 3)];
        c.kind = (enum gw_camera_kind)gw_rng_below(rng, GW_KINDS);
        c.tags = labels[gw_rng_below(rng, 4)];
        c.groups = labels[gw_rng_below(rng, 4)];
        if (gw_rng_below(rng, 5)) {
            c.lon = (double)gw_rng_below(rng, 361) - 180;
            c.lat = (double)gw_rng_below(rng, 181) - 90;
        }
        assert_int_equal(gw_snapshot_builder_add_camera(b, &c), 0);
    }
    struct gw_snapshot *s;
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);
    return s;
}

// The hierarchy again, by its words: the parent if it is known, else the longest
// prefix; and only a higher level is above.
static const struct gw_cell *above(const struct gw_snapshot *s, const char *code)
{
    const struct gw_cell *cell = gw_snapshot_cell(s, code);
    const struct gw_cell *found = cell ? gw_snapshot_cell(s, cell->parent) : NULL;
    size_t n;
    const struct gw_cell *cells = gw_snapshot_cells(s, &n);
    for (size_t i = 0; i < n && !(cell && gw_snapshot_cell(s, cell->parent)); i++)
        if (gw_cell_prefix_of(cells[i].code, code) &&
            (!found || strlen(cells[i].code) > strlen(found->code)))
            found = &cells[i];
    return found && cell && found->level >= cell->level ? NULL : found;
}

static bool within_cell(const struct gw_snapshot *s, const char *code, const char *wanted)
{
    if (!*code)
        return false;
    if (strcmp(code, wanted) == 0)
        return true;
    if (!gw_snapshot_cell(s, wanted))
        return gw_cell_prefix_of(wanted, code);
    const struct gw_cell *up = above(s, code);
    return up && within_cell(s, up->code, wanted);
}

static double distance(double lon1, double lat1, double lon2, double lat2)
{
    // By vectors: another formula than the one under test.
    const double rad = M_PI / 180;
    double a[3] = { cos(lat1 * rad) * cos(lon1 * rad), cos(lat1 * rad) * sin(lon1 * rad),
                    sin(lat1 * rad) };
    double b[3] = { cos(lat2 * rad) * cos(lon2 * rad), cos(lat2 * rad) * sin(lon2 * rad),
                    sin(lat2 * rad) };
    double dx = a[0] - b[0], dy = a[1] - b[1], dz = a[2] - b[2];
    double chord = sqrt(dx * dx + dy * dy + dz * dz);
    return 6371008.8 * 2 * asin(fmin(chord / 2, 1));
}

// By the signs of three areas: another way than the one under test.
static bool in_triangle(const double *t, const struct gw_camera *c)
{
    int left = 0, right = 0;
    for (int i = 0; i < 3; i++) {
        const double *a = t + 2 * i, *b = t + 2 * ((i + 1) % 3);
        double area = (b[0] - a[0]) * (c->lat - a[1]) - (b[1] - a[1]) * (c->lon - a[0]);
        left += area > 0;
        right += area < 0;
    }
    return !left || !right;
}

// A point of the great circle from a to b.
static void point_between(const double *a, const double *b, double share, double p[2])
{
    const double rad = M_PI / 180;
    double v[3] = { 0 };
    for (int end = 0; end < 2; end++) {
        const double *at = end ? b : a;
        double weight = end ? share : 1 - share;
        v[0] += weight * cos(at[1] * rad) * cos(at[0] * rad);
        v[1] += weight * cos(at[1] * rad) * sin(at[0] * rad);
        v[2] += weight * sin(at[1] * rad);
    }
    p[0] = atan2(v[1], v[0]) / rad;
    p[1] = atan2(v[2], hypot(v[0], v[1])) / rad;
}

// The nearest point of each leg is searched for by thirds: the distance first falls, then
// grows.
static bool along(const double *line, size_t points, double width_m,
                  const struct gw_camera *c)
{
    for (size_t leg = 0; leg + 1 < points; leg++) {
        double low = 0, high = 1, least = INFINITY;
        for (int i = 0; i < 60; i++) {
            double x[2], y[2], third = (high - low) / 3;
            point_between(line + 2 * leg, line + 2 * leg + 2, low + third, x);
            point_between(line + 2 * leg, line + 2 * leg + 2, high - third, y);
            double dx = distance(x[0], x[1], c->lon, c->lat);
            double dy = distance(y[0], y[1], c->lon, c->lat);
            least = fmin(least, fmin(dx, dy));
            if (dx < dy)
                high -= third;
            else
                low += third;
        }
        if (least <= width_m / 2)
            return true;
    }
    return false;
}

static bool is_among(const char *label, const char *text)
{
    char wanted[64], all[64];
    snprintf(wanted, sizeof(wanted), ",%s,", label);
    snprintf(all, sizeof(all), ",%s,", text);
    return strstr(all, wanted);
}

static bool expected(const struct gw_snapshot *s, const struct gw_camera_query *q,
                     const struct gw_camera *c)
{
    if (q->after && strcmp(c->id, q->after) <= 0)
        return false;
    if (q->keep && !q->keep(q->keep_arg, c))
        return false;
    if (q->cell && !within_cell(s, c->cell, q->cell))
        return false;
    if (q->division && !gw_division_within(c->division, q->division))
        return false;
    if (q->department && strcmp(q->department, c->department) != 0)
        return false;
    if (q->text && !strcasestr(c->id, q->text) && !strcasestr(c->name, q->text) &&
        !strcasestr(c->address, q->text) && !strcasestr(c->initials, q->text))
        return false;
    if (q->has_kind && q->kind != c->kind)
        return false;
    if ((q->tag && !is_among(q->tag, c->tags)) ||
        (q->group && !is_among(q->group, c->groups)))
        return false;
    if ((q->has_box || q->has_near || q->polygon || q->line) && isnan(c->lon))
        return false;
    if (q->polygon && !in_triangle(q->polygon, c))
        return false;
    if (q->line && !along(q->line, q->line_points, q->width_m, c))
        return false;
    bool in_lon = q->west <= q->east ? c->lon >= q->west && c->lon <= q->east
                                     : c->lon >= q->west || c->lon <= q->east;
    if (q->has_box && !(in_lon && c->lat >= q->south && c->lat <= q->north))
        return false;
    return !q->has_near || q->radius_m <= 0 ||
           distance(q->near_lon, q->near_lat, c->lon, c->lat) <= q->radius_m;
}

static bool is_even(void *arg, const struct gw_camera *c)
{
    (void)arg;
    return c->num % 2 == 0;
}

static const char *const texts[] = { "gate", "XM", "校", "中山路",  "c1-",   "street 7",
                                     "G",    "et", "e",  "nowhere", "山路1", "t" };
static const char *const sought[] = { "bridge", "school", "bridg" };

static struct gw_camera_query random_question(struct gw_rng *rng, char cell[GW_CODE_MAX])
{
    struct gw_camera_query q = { .limit = 1 + gw_rng_below(rng, CAMERAS + 20) };
    cell_code(rng, cell);
    if (gw_rng_below(rng, 2))
        q.cell = cell;
    if (gw_rng_below(rng, 3) == 0)
        q.division = divisions[1 + gw_rng_below(rng, 8)];
    if (gw_rng_below(rng, 4) == 0)
        q.department = departments[1 + gw_rng_below(rng, 3)];
    if (gw_rng_below(rng, 4) == 0)
        q.text = texts[gw_rng_below(rng, sizeof(texts) / sizeof(*texts))];
    if (gw_rng_below(rng, 5) == 0) {
        q.has_kind = true;
        q.kind = (enum gw_camera_kind)gw_rng_below(rng, GW_KINDS);
    }
    if (gw_rng_below(rng, 5) == 0)
        q.keep = is_even;
    if (gw_rng_below(rng, 5) == 0)
        q.tag = sought[gw_rng_below(rng, 3)];
    if (gw_rng_below(rng, 5) == 0)
        q.group = sought[gw_rng_below(rng, 3)];
    if (gw_rng_below(rng, 4) == 0) {
        q.has_box = true;
        q.west = (double)gw_rng_below(rng, 361) - 180;
        q.east = (double)gw_rng_below(rng, 361) - 180;
        q.south = -45;
        q.north = 60;
    }
    if (gw_rng_below(rng, 3) == 0) {
        q.has_near = true;
        q.near_lon = (double)gw_rng_below(rng, 361) - 180;
        q.near_lat = (double)gw_rng_below(rng, 181) - 90;
        // Odd metres: no camera lies on the circle itself.
        q.radius_m = gw_rng_below(rng, 2) ? 3000001.7 : 0;
    } else if (gw_rng_below(rng, 3) == 0) {
        q.after = "c5";
    }
    return q;
}

static void check_answer(const struct gw_snapshot *s, const struct gw_camera_query *q)
{
    const struct gw_camera *answer[CAMERAS + 20];
    bool more;
    size_t n = gw_snapshot_query(s, q, answer, &more);
    size_t all, matching = 0;
    const struct gw_camera *cameras = gw_snapshot_cameras(s, &all);
    bool *fits = calloc(all, sizeof(*fits));
    for (size_t i = 0; i < all; i++)
        matching += fits[i] = expected(s, q, &cameras[i]);

    assert_int_equal(n, matching < q->limit ? matching : q->limit);
    assert_int_equal(more, matching > q->limit);
    double last = 0;
    for (size_t i = 0; i < n; i++) {
        assert_true(fits[answer[i] - cameras]);
        if (!q->has_near) {
            assert_true(i == 0 || strcmp(answer[i - 1]->id, answer[i]->id) < 0);
            continue;
        }
        double d = distance(q->near_lon, q->near_lat, answer[i]->lon, answer[i]->lat);
        assert_true(d >= last - 1);
        last = d;
    }
    // The first by id, or the nearest: nothing left out comes before the last.
    for (size_t i = 0, k = 0; !q->has_near && k < n; i++)
        if (fits[i])
            assert_ptr_equal(answer[k++], &cameras[i]);
    for (size_t i = 0, nearer = 0; q->has_near && i < all; i++) {
        if (!fits[i])
            continue;
        nearer +=
            distance(q->near_lon, q->near_lat, cameras[i].lon, cameras[i].lat) < last - 1;
        assert_true(nearer <= n);
    }
    free(fits);
}

// A district: thousands of cameras in clusters, some without a place.
static struct gw_snapshot *district(struct gw_rng *rng, uint32_t cameras)
{
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    for (uint32_t i = 0; i < cameras; i++) {
        char id[16];
        snprintf(id, sizeof(id), "d%05u", i);
        struct gw_camera c = bare_camera(i + 1, id);
        uint32_t town = (uint32_t)gw_rng_below(rng, 10);
        c.department = departments[1 + gw_rng_below(rng, 3)];
        if (gw_rng_below(rng, 20)) {
            c.lon = 116.6 + town * 0.04 + (double)gw_rng_below(rng, 20000) / 1e6;
            c.lat = 35.4 + town % 3 * 0.1 + (double)gw_rng_below(rng, 20000) / 1e6;
        }
        assert_int_equal(gw_snapshot_builder_add_camera(b, &c), 0);
    }
    struct gw_snapshot *s;
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);
    return s;
}

static void random_place(struct gw_rng *rng, double place[2])
{
    place[0] = 116.55 + (double)gw_rng_below(rng, 500000) / 1e6;
    place[1] = 35.35 + (double)gw_rng_below(rng, 350000) / 1e6;
}

static struct gw_camera_query question_of_a_place(struct gw_rng *rng, double points[8])
{
    struct gw_camera_query q = { .limit = 1 + gw_rng_below(rng, CAMERAS) };
    for (int i = 0; i < 4; i++)
        random_place(rng, points + 2 * i);
    switch (gw_rng_below(rng, 5)) {
    case 0:
        q.has_box = true;
        q.west = fmin(points[0], points[2]);
        q.east = fmax(points[0], points[2]);
        q.south = fmin(points[1], points[3]);
        q.north = fmax(points[1], points[3]);
        break;
    case 1:
        q.radius_m = 100 + (double)gw_rng_below(rng, 5000) + 0.37;
        q.has_near = true;
        break;
    case 2: q.has_near = true; break;
    case 3:
        q.polygon = points;
        q.polygon_points = 3;
        break;
    case 4:
        q.line = points;
        q.line_points = 2 + gw_rng_below(rng, 3);
        q.width_m = 400 + (double)gw_rng_below(rng, 3000) + 0.37;
        break;
    }
    q.near_lon = points[0];
    q.near_lat = points[1];
    if (gw_rng_below(rng, 3) == 0)
        q.department = departments[1 + gw_rng_below(rng, 3)];
    return q;
}

static void places_of_a_district_agree_with_brute_force(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 2; seed++) {
        struct gw_rng rng;
        gw_rng_init(&rng, seed);
        struct gw_snapshot *s = district(&rng, 1000);
        for (int i = 0; i < QUESTIONS; i++) {
            double points[8];
            struct gw_camera_query q = question_of_a_place(&rng, points);
            check_answer(s, &q);
        }
        gw_snapshot_unref(&s);
    }
}

// Where hardly a camera has a place, the search for the nearest comes to an end, too.
static void the_nearest_of_few_are_found(void **state)
{
    (void)state;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    for (uint32_t i = 0; i < 100; i++) {
        char id[16];
        snprintf(id, sizeof(id), "n%02u", i);
        struct gw_camera c = bare_camera(i + 1, id);
        if (i % 40 == 7) {
            c.lon = i;
            c.lat = -70;
        }
        assert_int_equal(gw_snapshot_builder_add_camera(b, &c), 0);
    }
    struct gw_snapshot *s;
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);

    struct gw_camera_query q = {
        .has_near = true, .near_lon = -150, .near_lat = 80, .limit = 5
    };
    const struct gw_camera *answer[5];
    bool more;
    assert_int_equal(gw_snapshot_query(s, &q, answer, &more), 3);
    assert_false(more);
    gw_snapshot_unref(&s);
}

static void queries_agree_with_brute_force_in_random_worlds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct gw_rng rng;
        gw_rng_init(&rng, seed);
        struct gw_snapshot *s = random_world(&rng);
        for (int i = 0; i < QUESTIONS; i++) {
            char cell[GW_CODE_MAX];
            struct gw_camera_query q = random_question(&rng, cell);
            check_answer(s, &q);
        }
        gw_snapshot_unref(&s);
    }
}

// Each cell hangs where the rule says, and its cameras are those of all below it.
static void cells_agree_with_brute_force_in_random_worlds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < WORLDS; seed++) {
        struct gw_rng rng;
        gw_rng_init(&rng, seed);
        struct gw_snapshot *s = random_world(&rng);
        size_t n, all;
        const struct gw_cell *cells = gw_snapshot_cells(s, &n);
        const struct gw_camera *cameras = gw_snapshot_cameras(s, &all);
        for (size_t i = 0; i < n; i++) {
            size_t found, inside = 0;
            const uint32_t *index = gw_snapshot_cell_cameras(s, &cells[i], &found);
            for (size_t k = 0; k < all; k++)
                inside += within_cell(s, cameras[k].cell, cells[i].code);
            assert_int_equal(found, inside);
            for (size_t k = 0; k < found; k++)
                assert_true(within_cell(s, cameras[index[k]].cell, cells[i].code));
            assert_ptr_equal(gw_snapshot_cell_above(s, &cells[i]),
                             above(s, cells[i].code));
        }
        gw_snapshot_unref(&s);
    }
}

static void pages_by_cursor_join_to_the_whole(void **state)
{
    (void)state;
    struct gw_rng rng;
    gw_rng_init(&rng, 7);
    struct gw_snapshot *s = random_world(&rng);
    struct gw_camera_query q = { .division = "370812", .limit = 7 };
    const struct gw_camera *page[7];
    const struct gw_camera *whole[CAMERAS];
    struct gw_camera_query all = { .division = "370812", .limit = CAMERAS };
    bool more = true;
    size_t total = gw_snapshot_query(s, &all, whole, &more);
    size_t at = 0;
    assert_false(more);
    do {
        size_t n = gw_snapshot_query(s, &q, page, &more);
        for (size_t i = 0; i < n; i++)
            assert_ptr_equal(page[i], whole[at++]);
        q.after = page[n - 1]->id;
    } while (more);
    assert_int_equal(at, total);
    gw_snapshot_unref(&s);
}

static void a_ring_of_parents_does_no_harm(void **state)
{
    (void)state;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    struct gw_cell x = bare_cell("x", "y", 3);
    struct gw_cell y = bare_cell("y", "x", 3);
    struct gw_cell self = bare_cell("z", "z", 1);
    gw_snapshot_builder_add_cell(b, &x);
    gw_snapshot_builder_add_cell(b, &y);
    gw_snapshot_builder_add_cell(b, &self);
    struct gw_snapshot *s;
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);
    assert_non_null(gw_snapshot_cell(s, "y"));
    gw_snapshot_unref(&s);
}

static void a_polygon_selects_what_lies_in_it(void **state)
{
    (void)state;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    const double lons[] = { 179.5, -179.5, 178, NAN };
    const char *const ids[] = { "a", "b", "c", "d" };
    for (uint32_t i = 0; i < 4; i++) {
        struct gw_camera c = bare_camera(i + 1, ids[i]);
        c.lon = lons[i];
        c.lat = isnan(lons[i]) ? NAN : 0;
        gw_snapshot_builder_add_camera(b, &c);
    }
    struct gw_snapshot *s;
    gw_snapshot_builder_finish(b, &s);
    gw_snapshot_builder_destroy(b);

    // Across the date line, not closed.
    const double polygon[] = { 179, -1, -179, -1, -179, 1, 179, 1 };
    struct gw_camera_query q = { .polygon = polygon, .polygon_points = 4, .limit = 9 };
    const struct gw_camera *answer[9];
    bool more;
    assert_int_equal(gw_snapshot_query(s, &q, answer, &more), 2);
    assert_string_equal(answer[0]->id, "a");
    assert_string_equal(answer[1]->id, "b");
    gw_snapshot_unref(&s);
}

static void an_empty_snapshot_answers_nothing(void **state)
{
    (void)state;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    struct gw_snapshot *s;
    assert_int_equal(gw_snapshot_builder_finish(b, &s), 0);
    gw_snapshot_builder_destroy(b);
    struct gw_camera_query q = { .cell = "370812001", .division = "370812", .limit = 1 };
    const struct gw_camera *answer[1];
    bool more = true;
    assert_int_equal(gw_snapshot_query(s, &q, answer, &more), 0);
    assert_false(more);
    assert_null(gw_snapshot_camera(s, "x"));
    assert_null(gw_snapshot_camera_by_num(s, 1));
    assert_null(gw_snapshot_division(s, "370812"));
    gw_snapshot_unref(&s);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_of_a_district_agree_with_brute_force),
        cmocka_unit_test(the_nearest_of_few_are_found),
        cmocka_unit_test(queries_agree_with_brute_force_in_random_worlds),
        cmocka_unit_test(cells_agree_with_brute_force_in_random_worlds),
        cmocka_unit_test(pages_by_cursor_join_to_the_whole),
        cmocka_unit_test(a_ring_of_parents_does_no_harm),
        cmocka_unit_test(a_polygon_selects_what_lies_in_it),
        cmocka_unit_test(an_empty_snapshot_answers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
