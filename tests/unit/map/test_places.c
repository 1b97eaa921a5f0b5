// Places: what is found is what going through all of them finds, on random worlds.
#include "base/rng.h"
#include "map/geo.h"
#include "map/place_words.h"
#include "map/places.h"
#include "temp_dir.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PLACES = 260, QUESTIONS = 40, NAME_SYMBOLS = 7, SYMBOLS = 16, TEXT = 96 };

// What names are made of, as written and as compared.
static const struct {
    const char *written, *folded;
} symbols[SYMBOLS] = {
    { "兖", "兖" }, { "州", "州" }, { "区", "区" }, { "中", "中" },
    { "学", "学" }, { "小", "小" }, { "医", "医" }, { "院", "院" },
    { "A", "a" },   { "b", "b" },   { "1", "1" },   { "２", "2" },
    { "（", "" },   { "-", "" },    { " ", "" },    { "𠀀", "𠀀" },
};

static const char *const divisions[] = { "370812001001", "370812001002", "370812002000",
                                         "370813001001", "special",      "" };
static const char *const homes[] = { "370812001001001 370812001001 370812001",
                                     "370812001002001 370812001002 370812001", "special",
                                     "" };
static const char *const departments[] = { "公安局", "Health, \"Bureau\"", "" };
enum { DIVISIONS = 6, HOMES = 4, DEPARTMENTS = 3 };

// A place, and the texts by which it is found, made without the code under test.
struct thing {
    char id[16], written[TEXT], name[TEXT], address_written[TEXT], address[TEXT];
    char initials[GW_INITIALS_MAX + 1];
    struct gw_place place; // num 0: it is not there
};

struct world {
    struct gw_rng rng;
    struct gw_places *places;
    struct thing things[PLACES];
};

static const struct gw_author author = { .name = "tester", .now_ms = 1000 };

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)gw_rng_below(&w->rng, n);
}

static double within(struct world *w, double first, double last)
{
    return first + (last - first) * below(w, 1000000) / 1e6;
}

static void make_text(struct world *w, char written[TEXT], char folded[TEXT])
{
    written[0] = folded[0] = '\0';
    for (uint32_t n = below(w, NAME_SYMBOLS + 1); n > 0; n--) {
        uint32_t s = below(w, SYMBOLS);
        strcat(written, symbols[s].written);
        strcat(folded, symbols[s].folded);
    }
}

static void make_thing(struct world *w, struct thing *t)
{
    make_text(w, t->written, t->name);
    make_text(w, t->address_written, t->address);
    assert_int_equal(gw_pinyin_initials(t->written, t->initials), 0);
    const char *home = homes[below(w, HOMES)];
    bool nowhere = below(w, 10) == 0;
    t->place = (struct gw_place) {
        .id = t->id,
        .name = t->written,
        .kind = (enum gw_place_kind)below(w, GW_PLACE_KINDS),
        .class_code = "",
        .address = t->address_written,
        .lon = nowhere ? NAN : within(w, 116.8, 116.9),
        .lat = nowhere ? NAN : within(w, 35.5, 35.6),
        .division = divisions[below(w, DIVISIONS)],
        .cell = "",
        .home = home,
        .department = departments[below(w, DEPARTMENTS)],
        .attributes = "",
        .initials = t->initials,
        .author = "",
    };
}

static void put(struct world *w, struct thing *t)
{
    struct gw_place old;
    int r = gw_places_find(w->places, t->id, &old);
    assert_true(r == 0 || r == -ENOENT);
    assert_int_equal(gw_places_put(w->places, r == 0 ? &old : NULL, &t->place, &author),
                     0);
    assert_int_equal(gw_places_find(w->places, t->id, &old), 0);
    t->place.num = old.num;
}

static void take_out(struct world *w, struct thing *t)
{
    struct gw_place old;
    assert_int_equal(gw_places_find(w->places, t->id, &old), 0);
    assert_int_equal(gw_places_remove(w->places, &old, &author), 0);
    t->place.num = 0;
}

static void bring_back(struct world *w, struct thing *t)
{
    struct gw_place old;
    assert_int_equal(gw_places_find_removed(w->places, t->id, 2000, &old), 0);
    assert_int_equal(gw_places_put(w->places, NULL, &old, &author), 0);
    t->place.num = old.num;
}

// A world in which everything has happened: added, changed, removed, brought back.
static int setup(void **state)
{
    char words[GW_STORE_ERROR_MAX];
    struct world *w = calloc(1, sizeof(*w));
    gw_rng_init(&w->rng, 4);
    assert_int_equal(gw_places_open(NULL, true, 0, &w->places, words), 0);
    assert_int_equal(gw_places_begin(w->places), 0);
    for (int i = 0; i < PLACES; i++) {
        struct thing *t = &w->things[i];
        snprintf(t->id, sizeof(t->id), "p%d", i);
        make_thing(w, t);
        put(w, t);
        if (i % 3 == 0) {
            make_thing(w, t);
            put(w, t);
        }
        if (i % 7 == 0)
            take_out(w, t);
        if (i % 14 == 0)
            bring_back(w, t);
    }
    assert_int_equal(gw_places_commit(w->places), 0);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    gw_places_close(w->places);
    free(w);
    return 0;
}

// ---- going through all of them ----

static int fit_of(const struct thing *t, const char *needle)
{
    size_t len = strlen(needle);
    if (strcmp(t->name, needle) == 0 || strcmp(t->initials, needle) == 0)
        return 0;
    if (strncmp(t->name, needle, len) == 0 || strncmp(t->initials, needle, len) == 0)
        return 1;
    if (strstr(t->name, needle) || strstr(t->initials, needle))
        return 2;
    return strstr(t->address, needle) ? 3 : 4;
}

static bool begins(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool is_known(const char *name, const struct gw_scope *s, enum gw_scope_set set,
                     bool (*fits)(const char *name, const char *word))
{
    bool any = s->count[set] == 0;
    for (size_t i = 0; i < s->count[set]; i++)
        any = any || fits(name, s->words[set][i]);
    return any;
}

static bool is_same(const char *name, const char *word)
{
    return strcmp(name, word) == 0;
}

// The codes of this world have no code as a part that is not one of theirs.
static bool is_part(const char *home, const char *word)
{
    return strstr(home, word) != NULL;
}

static bool has(const struct gw_place_query *q, const struct thing *t)
{
    const struct gw_place *p = &t->place;
    bool placed = !isnan(p->lon);
    if (q->needle && fit_of(t, q->needle) == 4)
        return false;
    if (q->scope && (!is_known(p->division, q->scope, GW_SCOPE_DIVISIONS, begins) ||
                     !is_known(p->home, q->scope, GW_SCOPE_CELLS, is_part) ||
                     !is_known(p->department, q->scope, GW_SCOPE_DEPARTMENTS, is_same)))
        return false;
    if (q->has_kind && p->kind != q->kind)
        return false;
    if (q->group && gw_place_kind_group(p->kind) != q->group)
        return false;
    if (q->division && !begins(p->division, q->division))
        return false;
    if (q->cell && !is_part(p->home, q->cell))
        return false;
    if (q->department && strcmp(p->department, q->department) != 0)
        return false;
    if (q->has_box && !(placed && p->lon >= q->box.west && p->lon <= q->box.east &&
                        p->lat >= q->box.south && p->lat <= q->box.north))
        return false;
    if (q->polygon &&
        !(placed && gw_ring_contains(q->polygon, q->polygon_points, p->lon, p->lat)))
        return false;
    struct gw_point at = { p->lon, p->lat };
    return !q->has_near ||
           (placed && (q->radius_m <= 0 || gw_distance_m(q->near, at) <= q->radius_m));
}

struct found {
    const struct thing *thing;
    double order; // by which answers come
};

static int compare(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->thing->place.num > y->thing->place.num) -
           (x->thing->place.num < y->thing->place.num);
}

static size_t go_through(const struct world *w, const struct gw_place_query *q,
                         struct found ret[PLACES])
{
    size_t n = 0;
    for (int i = 0; i < PLACES; i++) {
        const struct thing *t = &w->things[i];
        if (t->place.num == 0 || !has(q, t))
            continue;
        double order = q->needle ? fit_of(t, q->needle) : 0;
        if (q->has_near)
            order =
                gw_distance_m(q->near, (struct gw_point) { t->place.lon, t->place.lat });
        ret[n++] = (struct found) { t, order };
    }
    qsort(ret, n, sizeof(*ret), compare);
    return n;
}

// ---- asking ----

struct told {
    int64_t nums[PLACES + 1];
    size_t count;
};

static int on_place(void *arg, const struct gw_place *place, double distance_m)
{
    struct told *told = arg;
    (void)distance_m;
    assert_true(told->count <= PLACES);
    told->nums[told->count++] = place->num;
    return 0;
}

// Page by page, as far as there are pages.
static void check(struct world *w, struct gw_place_query q)
{
    static struct found wanted[PLACES];
    struct told told = { .count = 0 };
    struct gw_place_answer answer = { .more = true };
    size_t n = go_through(w, &q, wanted);

    q.limit = 1 + below(w, 30);
    while (answer.more) {
        size_t before = told.count;
        assert_int_equal(gw_places_ask(w->places, &q, on_place, &told, &answer), 0);
        assert_int_equal(told.count - before, answer.count);
        assert_true(answer.count <= q.limit && !answer.cut);
        q.after = answer.next;
        if (q.has_near) { // has no pages
            assert_int_equal(answer.more, n > q.limit);
            n = n > q.limit ? q.limit : n;
            break;
        }
    }
    assert_int_equal(told.count, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(told.nums[i], wanted[i].thing->place.num);
}

// A text that somebody has: a piece of a name, of initials or of an address.
static void make_needle(struct world *w, char needle[TEXT])
{
    char written[TEXT];
    const struct thing *t = &w->things[below(w, PLACES)];
    switch (below(w, 4)) {
    case 0: strcpy(needle, t->name); break;
    case 1: snprintf(needle, TEXT, "%.*s", 1 + (int)below(w, 4), t->initials); break;
    case 2: strcpy(needle, t->address); break;
    default: make_text(w, written, needle); break;
    }
    if (!*needle)
        strcpy(needle, symbols[below(w, SYMBOLS - 4)].folded);
}

static void test_text_is_found_as_by_reading_all(void **state)
{
    struct world *w = *state;
    char needle[TEXT];
    for (int s = 0; s < SYMBOLS; s++)
        if (*symbols[s].folded)
            check(w, (struct gw_place_query) { .needle = symbols[s].folded });
    for (int i = 0; i < QUESTIONS * 4; i++) {
        make_needle(w, needle);
        check(w, (struct gw_place_query) { .needle = needle });
    }
}

static struct gw_box make_box(struct world *w)
{
    double west = within(w, 116.79, 116.9), south = within(w, 35.49, 35.6);
    return (struct gw_box) { west, south, west + within(w, 0, 0.06),
                             south + within(w, 0, 0.06) };
}

static void test_areas_are_found_as_by_looking_at_all(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < QUESTIONS; i++) {
        struct gw_point ring[4];
        for (int k = 0; k < 4; k++)
            ring[k] =
                (struct gw_point) { within(w, 116.79, 116.91), within(w, 35.5, 35.6) };
        check(w, (struct gw_place_query) { .has_box = true, .box = make_box(w) });
        check(w, (struct gw_place_query) { .polygon = ring, .polygon_points = 4 });
    }
    check(w, (struct gw_place_query) { .has_box = true, .box = gw_box_globe });
}

static void test_the_nearest_come_first(void **state)
{
    struct world *w = *state;
    char needle[TEXT];
    for (int i = 0; i < QUESTIONS; i++) {
        struct gw_place_query q = {
            .has_near = true,
            .near = { within(w, 116.7, 117.0), within(w, 35.4, 35.7) },
            .radius_m = below(w, 2) ? within(w, 10, 9000) : 0,
        };
        check(w, q);
        q.has_kind = true;
        q.kind = (enum gw_place_kind)below(w, GW_PLACE_KINDS);
        check(w, q);
        make_needle(w, needle);
        q.has_kind = false;
        q.needle = needle;
        check(w, q);
    }
    check(w, (struct gw_place_query) { .has_near = true, .near = { 179.9999, -89 } });
}

// Codes and names as one kind of condition, any together with a text and a box.
static void test_conditions_go_together(void **state)
{
    static const char *const codes[] = { "37", "370812", "370812001", "370812001002",
                                         "special" };
    static const char *const cells[] = { "370812001", "370812001001", "special" };
    struct world *w = *state;
    char needle[TEXT];
    for (int i = 0; i < QUESTIONS * 2; i++) {
        struct gw_scope scope = { .count = { 0 } };
        for (int k = 0; k < 3; k++) {
            if (below(w, 2))
                scope.words[GW_SCOPE_DIVISIONS][scope.count[GW_SCOPE_DIVISIONS]++] =
                    codes[below(w, 5)];
            if (below(w, 3) == 0)
                scope.words[GW_SCOPE_CELLS][scope.count[GW_SCOPE_CELLS]++] =
                    cells[below(w, 3)];
            if (below(w, 3) == 0)
                scope.words[GW_SCOPE_DEPARTMENTS][scope.count[GW_SCOPE_DEPARTMENTS]++] =
                    departments[below(w, 2)];
        }
        bool limited = gw_place_scope_has_any(&scope) && below(w, 2);
        make_needle(w, needle);
        check(w, (struct gw_place_query) {
                     .scope = limited ? &scope : NULL,
                     .needle = below(w, 2) ? needle : NULL,
                     .group = (enum gw_place_group)below(w, GW_PLACE_GROUPS),
                     .division = below(w, 3) ? NULL : codes[below(w, 5)],
                     .cell = below(w, 3) ? NULL : cells[below(w, 3)],
                     .department = below(w, 3) ? NULL : departments[below(w, 2)],
                     .has_box = below(w, 2) == 0,
                     .box = make_box(w),
                 });
    }
}

static void test_a_scope_of_tags_alone_has_no_places(void **state)
{
    struct world *w = *state;
    struct told told = { .count = 0 };
    struct gw_place_answer answer;
    const struct gw_place_query q = {
        .scope = &(struct gw_scope) { .words = { [GW_SCOPE_TAGS] = { "school" } },
                                      .count = { [GW_SCOPE_TAGS] = 1 } },
        .limit = 10,
    };
    assert_int_equal(gw_places_ask(w->places, &q, on_place, &told, &answer), 0);
    assert_int_equal(told.count, 0);
}

// Grams of a text that nobody has, in thousands of names: the answer ends, says so, and
// goes on where it ended.
static void test_a_question_looks_at_no_more_than_it_may(void **state)
{
    enum { DECOYS = GW_PLACES_LOOKED_MAX + 5 };
    struct gw_places *places;
    struct gw_place_answer answer;
    char words[GW_STORE_ERROR_MAX];
    struct told told = { .count = 0 };
    struct gw_place p = ((struct world *)*state)->things[1].place;
    struct gw_place_query q = { .needle = "学校医院", .limit = 5 };

    assert_int_equal(gw_places_open(NULL, true, 0, &places, words), 0);
    assert_int_equal(gw_places_begin(places), 0);
    p.address = p.home = p.initials = "";
    for (int i = 0; i < DECOYS; i++) {
        char id[16];
        snprintf(id, sizeof(id), "d%d", i);
        p.num = 0;
        p.id = id;
        p.name = i < DECOYS - 1 ? "校医院学校" : "大学校医院";
        assert_int_equal(gw_places_put(places, NULL, &p, &author), 0);
    }
    assert_int_equal(gw_places_commit(places), 0);

    assert_int_equal(gw_places_ask(places, &q, on_place, &told, &answer), 0);
    assert_true(answer.more && answer.cut && answer.count == 0);
    q.after = answer.next;
    assert_int_equal(gw_places_ask(places, &q, on_place, &told, &answer), 0);
    assert_true(!answer.more && !answer.cut && answer.count == 1);
    assert_int_equal(told.nums[0], DECOYS);
    gw_places_close(places);
}

static void test_a_text_is_never_an_operator(void **state)
{
    static const char *const hostile[] = { "\"",  "a\" OR \"b", "NEAR(a b)",   "^a*",
                                           "a:b", "-- ;",       "col : \"x\"", "{a}",
                                           "AND", "*" };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
        char needle[GW_PLACE_NEEDLE_BYTES];
        if (gw_place_fold(hostile[i], needle, sizeof(needle)) > 0)
            check(w, (struct gw_place_query) { .needle = needle });
    }
    char needle[8];
    assert_int_equal(gw_place_fold("\xff", needle, sizeof(needle)), -EBADMSG);
    assert_int_equal(gw_place_fold("中中中", needle, sizeof(needle)), -EMSGSIZE);
}

static void test_what_is_committed_is_there_again(void **state)
{
    struct temp_dir dir;
    char words[GW_STORE_ERROR_MAX];
    struct gw_places *places;
    struct gw_place got;
    const struct gw_place *p = &((struct world *)*state)->things[1].place;
    struct gw_place fresh = *p;
    fresh.num = 0;

    assert_int_equal(temp_dir_make(&dir), 0);
    assert_int_equal(gw_places_open(dir.path, false, 0, &places, words), -ENOENT);
    assert_int_equal(gw_places_open(dir.path, true, 0, &places, words), 0);
    assert_int_equal(gw_places_begin(places), 0);
    assert_int_equal(gw_places_put(places, NULL, &fresh, &author), 0);
    assert_int_equal(gw_places_commit(places), 0);
    assert_int_equal(gw_places_begin(places), 0);
    assert_int_equal(gw_places_find(places, fresh.id, &got), 0);
    assert_int_equal(gw_places_remove(places, &got, &author), 0);
    gw_places_close(places); // without a commit

    assert_int_equal(gw_places_open(dir.path, false, 0, &places, words), 0);
    assert_int_equal(gw_places_find(places, fresh.id, &got), 0);
    assert_true(gw_place_equal(&got, &fresh));
    assert_string_equal(got.author, "tester");
    assert_int_equal(got.changed_ms, 1000);
    gw_places_close(places);
    char path[128];
    temp_dir_file(&dir, "places.db", path);
    unlink(path);
    temp_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_found_as_by_reading_all),
        cmocka_unit_test(test_areas_are_found_as_by_looking_at_all),
        cmocka_unit_test(test_the_nearest_come_first),
        cmocka_unit_test(test_conditions_go_together),
        cmocka_unit_test(test_a_scope_of_tags_alone_has_no_places),
        cmocka_unit_test(test_a_question_looks_at_no_more_than_it_may),
        cmocka_unit_test(test_a_text_is_never_an_operator),
        cmocka_unit_test(test_what_is_committed_is_there_again),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
