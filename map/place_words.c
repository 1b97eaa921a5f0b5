#include "map/place_words.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "map/utf8.h"

// The frame of names: two characters of private use, which folding leaves out of texts.
#define BEGIN "\ue000"
#define END "\ue001"

enum { NAME = 'n', ADDRESS = 'a', UNITS_MAX = GW_PLACE_FOLDED_BYTES + 2 };

// Sizes of tiles: 360 degrees halved so often. The last are 600 m high.
static const int zooms[] = { 6, 8, 10, 12, 14, 16 };
enum { ZOOMS = sizeof(zooms) / sizeof(*zooms) };

// How many leading digits codes of divisions can have in common (gw_division_prefix).
static const size_t prefixes[] = { 2, 4, 6, 9, 12 };

// ---- folding ----

static bool between(uint32_t code, uint32_t first, uint32_t last)
{
    return code >= first && code <= last;
}

// What stands for a character when texts are compared; 0: nothing.
static uint32_t fold(uint32_t code)
{
    enum { FULL_FIRST = 0xff01, FULL_LAST = 0xff5e, FULL_TO_ASCII = 0xfee0 };
    if (between(code, FULL_FIRST, FULL_LAST))
        code -= FULL_TO_ASCII;
    if (code < 0x80)
        return isalnum((int)code) ? (uint32_t)tolower((int)code) : 0;
    bool is_letter_among_marks = between(code, 0x3005, 0x3007); // 々〆〇
    bool is_mark = between(code, 0x80, 0xbf) || between(code, 0x2000, 0x206f) ||
                   between(code, 0x3000, 0x303f) || between(code, 0xe000, 0xf8ff);
    return is_mark && !is_letter_among_marks ? 0 : code;
}

static size_t put_utf8(uint32_t code, char ret[4])
{
    if (code < 0x80) {
        ret[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        ret[i] = (char)(0x80 | (code & 0x3f));
    ret[0] = (char)((0xf00u >> len) | code);
    return len;
}

int gw_place_fold(const char *text, char *ret_folded, size_t size)
{
    size_t n = 0;
    if (!gw_is_utf8(text, strlen(text)))
        return -EBADMSG;
    while (*text) {
        char bytes[4];
        uint32_t code = fold(gw_utf8_next(&text));
        size_t len = code ? put_utf8(code, bytes) : 0;
        if (n + len >= size)
            return -EMSGSIZE;
        memcpy(ret_folded + n, bytes, len);
        n += len;
    }
    ret_folded[n] = '\0';
    return (int)n;
}

// A record was checked: what cannot be folded is not there.
static void fold_field(const char *text, char ret_folded[GW_PLACE_FOLDED_BYTES])
{
    if (gw_place_fold(text, ret_folded, GW_PLACE_FOLDED_BYTES) < 0)
        ret_folded[0] = '\0';
}

static enum gw_place_fit fit_text(const char *text, const char *needle)
{
    const char *at = strstr(text, needle);
    if (!at)
        return GW_PLACE_FITS;
    if (at > text)
        return GW_PLACE_NAME_HAS;
    return strcmp(text, needle) == 0 ? GW_PLACE_NAME_IS : GW_PLACE_NAME_BEGINS;
}

enum gw_place_fit gw_place_fit(const struct gw_place *place, const char *needle)
{
    char folded[GW_PLACE_FOLDED_BYTES];
    fold_field(place->name, folded);
    enum gw_place_fit by_name = fit_text(folded, needle);
    enum gw_place_fit by_initials = fit_text(place->initials, needle);
    if (by_initials < by_name)
        by_name = by_initials;
    if (by_name < GW_PLACE_FITS)
        return by_name;
    fold_field(place->address, folded);
    return strstr(folded, needle) ? GW_PLACE_ADDRESS_HAS : GW_PLACE_FITS;
}

// ---- words ----

// A text cut into characters.
struct units {
    const char *at[UNITS_MAX + 1]; // and one past the last
    size_t count;
};

static void cut(const char *folded, struct units *u)
{
    const char *p = folded;
    u->count = 0;
    while (*p && u->count < UNITS_MAX) {
        u->at[u->count++] = p;
        gw_utf8_next(&p);
    }
    u->at[u->count] = p;
}

static bool is_ascii(const struct units *u, size_t first, size_t n)
{
    return u->at[first + n] - u->at[first] == (ptrdiff_t)n;
}

static bool is_frame(const struct units *u, size_t i)
{
    return strncmp(u->at[i], BEGIN, 3) == 0 || strncmp(u->at[i], END, 3) == 0;
}

// Whether the three from `i` on are a word: two characters alone say little at the begin
// or end of a name, and little where there are 26 of them.
static bool has_three(const struct units *u, size_t i)
{
    return i + 3 <= u->count &&
           (is_ascii(u, i, 3) || is_frame(u, i) || is_frame(u, i + 2));
}

struct words {
    char *text;
    size_t len, size;
    bool too_long;
};

static void add(struct words *w, char what, const char *word, size_t len)
{
    if (w->len + len + 3 > w->size) {
        w->too_long = true;
        return;
    }
    if (w->len > 0)
        w->text[w->len++] = ' ';
    w->text[w->len++] = what;
    memcpy(w->text + w->len, word, len);
    w->len += len;
    w->text[w->len] = '\0';
}

static void add_grams(struct words *w, char what, const char *folded)
{
    struct units u;
    cut(folded, &u);
    for (size_t i = 0; i < u.count; i++) {
        const char *p = u.at[i];
        if (!is_frame(&u, i))
            add(w, what, p, (size_t)(u.at[i + 1] - p));
        if (i + 2 <= u.count)
            add(w, what, p, (size_t)(u.at[i + 2] - p));
        if (has_three(&u, i))
            add(w, what, p, (size_t)(u.at[i + 3] - p));
    }
}

static void add_framed(struct words *w, const char *folded)
{
    char framed[GW_PLACE_FOLDED_BYTES + sizeof(BEGIN END)];
    if (!*folded)
        return;
    snprintf(framed, sizeof(framed), BEGIN "%s" END, folded);
    add_grams(w, NAME, framed);
}

static void add_codes(struct words *w, const struct gw_place *place)
{
    size_t common = gw_division_prefix(place->division);
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
        if (prefixes[i] <= common)
            add(w, 'd', place->division, prefixes[i]);
    if (*place->division)
        add(w, 'e', place->division, strlen(place->division));
    for (const char *p = place->home; *p; p += *p == ' ') {
        size_t len = strcspn(p, " ");
        add(w, 'c', p, len);
        p += len;
    }
}

// FNV-1a: names have characters that no word has.
static size_t department_word(const char *name, char ret_word[17])
{
    uint64_t hash = 14695981039346656037u;
    for (const char *p = name; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    return (size_t)snprintf(ret_word, 17, "%016" PRIx64, hash);
}

static int64_t tile_of(double degrees, int zoom)
{
    return (int64_t)floor((degrees + 180) / 360 * (double)(1 << zoom));
}

static size_t tile_word(int zoom, int64_t x, int64_t y, char ret_word[48])
{
    return (size_t)snprintf(ret_word, 48, "%d-%" PRId64 "-%" PRId64, zoom, x, y);
}

static void add_tiles(struct words *w, const struct gw_place *place)
{
    char word[48];
    for (int i = 0; i < ZOOMS && !isnan(place->lon); i++) {
        int64_t x = tile_of(place->lon, zooms[i]), y = tile_of(place->lat, zooms[i]);
        add(w, 't', word, tile_word(zooms[i], x, y, word));
    }
}

int gw_place_words(const struct gw_place *place, char ret_words[GW_PLACE_WORDS_BYTES])
{
    struct words w = { .text = ret_words, .size = GW_PLACE_WORDS_BYTES };
    char folded[GW_PLACE_FOLDED_BYTES], department[17];
    const char *kind = gw_place_kind_name(place->kind);
    const char *group = gw_place_group_name(gw_place_kind_group(place->kind));

    fold_field(place->name, folded);
    add_framed(&w, folded);
    add_framed(&w, place->initials);
    fold_field(place->address, folded);
    add_grams(&w, ADDRESS, folded);
    add(&w, 'k', kind, strlen(kind));
    if (group)
        add(&w, 'g', group, strlen(group));
    add_codes(&w, place);
    if (*place->department)
        add(&w, 'p', department, department_word(place->department, department));
    add_tiles(&w, place);
    return w.too_long ? -EMSGSIZE : 0;
}

// ---- questions ----

static void put(struct gw_place_question *q, const char *text, size_t len)
{
    if (q->len + len >= sizeof(q->text)) {
        q->too_long = true;
        return;
    }
    memcpy(q->text + q->len, text, len);
    q->len += len;
    q->text[q->len] = '\0';
}

static void ask(struct gw_place_question *q, char what, const char *word, size_t len)
{
    put(q, "\"", 1);
    put(q, &what, 1);
    put(q, word, len);
    put(q, "\"", 1);
}

static void begin_set(struct gw_place_question *q)
{
    if (q->len > 0)
        put(q, " AND ", 5);
    put(q, "(", 1);
}

static void ask_one_of(struct gw_place_question *q, size_t i, char what, const char *word,
                       size_t len)
{
    if (i > 0)
        put(q, " OR ", 4);
    ask(q, what, word, len);
}

static void end_set(struct gw_place_question *q)
{
    put(q, ")", 1);
}

static void ask_alone(struct gw_place_question *q, char what, const char *word,
                      size_t len)
{
    begin_set(q);
    ask(q, what, word, len);
    end_set(q);
}

// Runs that together have all characters, from the left; the last ones where there are
// too many, because ends tell more.
static void ask_grams(struct gw_place_question *q, char what, const struct units *u)
{
    size_t asked = 0;
    for (size_t i = 0; i + 1 < u->count && asked < GW_PLACE_GRAMS_MAX; asked++) {
        if (asked == GW_PLACE_GRAMS_MAX - 1)
            i = u->count - 2;
        size_t n = has_three(u, i) ? 3 : 2;
        ask_alone(q, what, u->at[i], (size_t)(u->at[i + n] - u->at[i]));
        i += i + n == u->count ? n : 1;
    }
}

void gw_place_question_text(struct gw_place_question *q, const char *needle,
                            enum gw_place_fit fit)
{
    char framed[GW_PLACE_NEEDLE_BYTES + sizeof(BEGIN END)];
    struct units u;
    snprintf(framed, sizeof(framed), "%s%s%s", fit <= GW_PLACE_NAME_BEGINS ? BEGIN : "",
             needle, fit == GW_PLACE_NAME_IS ? END : "");
    cut(framed, &u);
    char what = fit == GW_PLACE_ADDRESS_HAS ? ADDRESS : NAME;
    if (u.count == 1)
        ask_alone(q, what, u.at[0], strlen(u.at[0]));
    else
        ask_grams(q, what, &u);
}

void gw_place_question_kind(struct gw_place_question *q, enum gw_place_kind kind)
{
    const char *name = gw_place_kind_name(kind);
    ask_alone(q, 'k', name, strlen(name));
}

void gw_place_question_group(struct gw_place_question *q, enum gw_place_group group)
{
    const char *name = gw_place_group_name(group);
    ask_alone(q, 'g', name, strlen(name));
}

// A code that somebody made up may hold anything: only letters and digits are asked for.
static size_t code_length(const char *code)
{
    return strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "._-");
}

void gw_place_question_divisions(struct gw_place_question *q, const char *const *codes,
                                 size_t n)
{
    if (n == 0)
        return;
    begin_set(q);
    for (size_t i = 0; i < n; i++) {
        size_t common = gw_division_prefix(codes[i]);
        ask_one_of(q, i, common ? 'd' : 'e', codes[i],
                   common ? common : code_length(codes[i]));
    }
    end_set(q);
}

void gw_place_question_cells(struct gw_place_question *q, const char *const *codes,
                             size_t n)
{
    if (n == 0)
        return;
    begin_set(q);
    for (size_t i = 0; i < n; i++)
        ask_one_of(q, i, 'c', codes[i], code_length(codes[i]));
    end_set(q);
}

void gw_place_question_departments(struct gw_place_question *q, const char *const *names,
                                   size_t n)
{
    char word[17];
    if (n == 0)
        return;
    begin_set(q);
    for (size_t i = 0; i < n; i++)
        ask_one_of(q, i, 'p', word, department_word(names[i], word));
    end_set(q);
}

struct cover {
    int zoom;
    int64_t west, east, south, north; // the last ones belong to it
};

static bool cover_box(const struct gw_box *box, int zoom, struct cover *ret)
{
    *ret = (struct cover) {
        .zoom = zoom,
        .west = tile_of(box->west, zoom),
        .east = tile_of(box->east, zoom),
        .south = tile_of(box->south, zoom),
        .north = tile_of(box->north, zoom),
    };
    return (ret->east - ret->west + 1) * (ret->north - ret->south + 1) <=
           GW_PLACE_TILES_MAX;
}

void gw_place_question_box(struct gw_place_question *q, const struct gw_box *box)
{
    struct cover c;
    char word[48];
    size_t asked = 0;
    int i = ZOOMS - 1;
    while (i >= 0 && !cover_box(box, zooms[i], &c))
        i--;
    if (i < 0 || box->west > box->east)
        return;
    begin_set(q);
    for (int64_t x = c.west; x <= c.east; x++)
        for (int64_t y = c.south; y <= c.north; y++)
            ask_one_of(q, asked++, 't', word, tile_word(c.zoom, x, y, word));
    end_set(q);
}
