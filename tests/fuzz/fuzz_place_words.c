// Property: whatever somebody types, the index finds a place where reading its record
// does, in the same order of fit, and never fails. Lines: what is typed, the place's
// name, its address, a division, a cell, a department.

#include "map/place_words.h"
#include "map/places.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINES = 6, LINE_BYTES = 160 };

static void cut(const uint8_t *data, size_t size, char lines[LINES][LINE_BYTES])
{
    size_t line = 0, n = 0;
    memset(lines, 0, LINES * LINE_BYTES);
    for (size_t i = 0; i < size && line < LINES; i++) {
        if (data[i] == '\n') {
            line++;
            n = 0;
        } else if (data[i] && n < LINE_BYTES - 1) {
            lines[line][n++] = (char)data[i];
        }
    }
}

static int on_place(void *arg, const struct gw_place *place, double distance_m)
{
    (void)place;
    (void)distance_m;
    ++*(int *)arg;
    return 0;
}

// How the place fits, by reading it. Its initials are made as the registry makes them.
static enum gw_place_fit read_fit(const struct gw_place *p, const char *needle)
{
    char name[GW_PLACE_FOLDED_BYTES], address[GW_PLACE_FOLDED_BYTES];
    if (gw_place_fold(p->name, name, sizeof(name)) < 0 ||
        gw_place_fold(p->address, address, sizeof(address)) < 0)
        abort();
    if (strcmp(name, needle) == 0 || strcmp(p->initials, needle) == 0)
        return GW_PLACE_NAME_IS;
    if (strstr(name, needle) == name || strstr(p->initials, needle) == p->initials)
        return GW_PLACE_NAME_BEGINS;
    if (strstr(name, needle) || strstr(p->initials, needle))
        return GW_PLACE_NAME_HAS;
    return strstr(address, needle) ? GW_PLACE_ADDRESS_HAS : GW_PLACE_FITS;
}

static int ask(struct gw_places *places, const struct gw_place_query *q)
{
    struct gw_place_answer answer;
    int count = 0;
    if (gw_places_ask(places, q, on_place, &count, &answer) < 0 || answer.more)
        abort();
    return count;
}

// Whether a text alone, or a text with where the place belongs, finds what it must.
static void check(struct gw_places *places, const struct gw_place *p, const char *needle)
{
    enum gw_place_fit fit = read_fit(p, needle);
    struct gw_place_query q = { .needle = needle, .limit = 1 };
    if (fit != gw_place_fit(p, needle) || ask(places, &q) != (fit < GW_PLACE_FITS))
        abort();
    q.division = *p->division ? p->division : NULL;
    q.cell = *p->cell ? p->cell : NULL;
    q.department = *p->department ? p->department : NULL;
    q.has_box = true;
    q.box = (struct gw_box) { p->lon, p->lat, p->lon, p->lat };
    if (ask(places, &q) != (fit < GW_PLACE_FITS))
        abort();
    q.needle = NULL;
    if (ask(places, &q) != 1)
        abort();
}

// Codes that nobody has may be anything: a question for them must not fail.
static void ask_for_strange_codes(struct gw_places *places, const char *text)
{
    const struct gw_place_query q = {
        .division = text,
        .cell = text,
        .department = text,
        .limit = 1,
    };
    ask(places, &q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct gw_places *places;
    static struct gw_place_scratch scratch;
    static uint64_t now_ms; // what was removed before is forgotten
    char lines[LINES][LINE_BYTES], needle[GW_PLACE_NEEDLE_BYTES];
    char words[GW_STORE_ERROR_MAX];
    struct gw_place_problem problem;
    struct gw_place p;

    if (!places && gw_places_open(NULL, true, 0, &places, words) < 0)
        abort();
    now_ms += 2 * GW_REMOVED_KEPT_MS;
    cut(data, size, lines);
    const struct gw_place_edit edit = {
        .id = "a",
        .name = lines[1],
        .address = lines[2],
        .division = lines[3],
        .cell = lines[4],
        .department = lines[5],
        .lon = 116.8,
        .lat = -35.5,
    };
    int typed = gw_place_fold(lines[0], needle, sizeof(needle));
    if (gw_place_edit_check(&edit, &problem) ||
        gw_place_edit_apply(&edit, NULL, &scratch, &p) < 0)
        return 0;
    p.home = p.cell;
    if (gw_places_begin(places) < 0 ||
        gw_places_put(places, NULL, &p, &(struct gw_author) { .name = "fuzz" }) < 0 ||
        gw_places_commit(places) < 0)
        abort();
    if (typed > 0)
        check(places, &p, needle);
    ask_for_strange_codes(places, lines[0]);
    struct gw_place old;
    if (gw_places_begin(places) < 0 || gw_places_find(places, "a", &old) < 0 ||
        gw_places_remove(places, &old,
                         &(struct gw_author) { .name = "fuzz", .now_ms = now_ms }) < 0 ||
        gw_places_commit(places) < 0)
        abort();
    if (typed > 0 &&
        ask(places, &(struct gw_place_query) { .needle = needle, .limit = 1 }))
        abort();
    return 0;
}
