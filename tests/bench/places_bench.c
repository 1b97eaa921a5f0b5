// What questions to 2,000,000 places cost (GW_BENCH_PLACES: another number), how long
// their file takes to make, and how large it is. Seven in ten are city parts, with the
// few names that city parts have; the others have names of their own.
#include "base/clock.h"
#include "base/rng.h"
#include "map/geo.h"
#include "map/place_words.h"
#include "map/places.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PLACES = 2000000,
    QUESTIONS = 1000,
    LIMIT = 20,
    TOWNS = 10,
    VILLAGES = 44, // of a town
    NAME_BYTES = 96,
    PARTS = 12,
    STREETS = 16,
    SUFFIXES = 16,
    CHARACTERS = 1200, // of which names of shops and villages are made
};
#define WEST 116.6
#define SOUTH 35.4
#define TOWN_DEGREES 0.06

static const char *const parts[PARTS] = {
    "雨水箅子", "污水井盖", "路灯",   "行道树",     "上水井盖", "通信交接箱",
    "垃圾箱",   "消防栓",   "电力杆", "交通信号灯", "公交站亭", "道路护栏",
};
static const char *const classes[PARTS] = { "0104", "0102", "0202", "0401",
                                            "0101", "0120", "0303", "0113",
                                            "0107", "0203", "0201", "0205" };
static const char *const streets[STREETS] = {
    "中山路", "解放路", "人民路", "建设路", "洸河路", "太白楼路", "任城大道", "车站西路",
    "文化路", "九州路", "扬州路", "龙桥路", "兴隆街", "大安路",   "新兖镇",   "颜店街",
};
static const char *const suffixes[SUFFIXES] = {
    "小学",   "中学", "幼儿园", "医院",   "卫生室", "超市", "宾馆", "加油站",
    "便利店", "饭店", "银行",   "养老院", "公园",   "公司", "药店", "村委会",
};

struct world {
    uint32_t count;
    const char *dir;
    struct gw_places *places;
    struct gw_rng rng;
};

static uint64_t found; // so that nothing is optimised out

static uint32_t below(struct world *w, uint32_t n)
{
    return (uint32_t)gw_rng_below(&w->rng, n);
}

static void add_character(struct world *w, char *name)
{
    // Low numbers are drawn more often, as some characters are in any language.
    uint32_t code = 0x4e00 + below(w, 1 + below(w, CHARACTERS)) * 7;
    char *end = name + strlen(name);
    end[0] = (char)(0xe0 | code >> 12);
    end[1] = (char)(0x80 | (code >> 6 & 0x3f));
    end[2] = (char)(0x80 | (code & 0x3f));
    end[3] = '\0';
}

// ---- the file ----

struct texts {
    char id[32], name[NAME_BYTES], address[NAME_BYTES], division[32], cell[48], home[128];
    char class_code[5], initials[GW_INITIALS_MAX + 1];
};

static void name_place(struct world *w, uint32_t i, struct texts *t, struct gw_place *p)
{
    if (below(w, 10) < 7) {
        uint32_t part = below(w, PARTS);
        snprintf(t->class_code, sizeof(t->class_code), "%s", classes[part]);
        snprintf(t->id, sizeof(t->id), "370812%s%06u", classes[part], i % 1000000);
        snprintf(t->name, sizeof(t->name), "%s", parts[part]);
        p->kind = gw_place_kind_of_class(t->class_code);
    } else {
        uint32_t suffix = below(w, SUFFIXES);
        t->name[0] = '\0';
        for (uint32_t n = 2 + below(w, 4); n > 0; n--)
            add_character(w, t->name);
        strcat(t->name, suffixes[suffix]);
        p->kind = (enum gw_place_kind)(suffix % GW_PLACE_PART_PUBLIC);
    }
    if (i >= 1000000 || !*t->class_code) // serial numbers of parts have six digits
        snprintf(t->id, sizeof(t->id), "P%08u", i);
}

static void make_place(struct world *w, uint32_t i, struct texts *t, struct gw_place *p)
{
    uint32_t town = below(w, TOWNS), village = below(w, VILLAGES);
    *t = (struct texts) { .id = "" };
    *p = (struct gw_place) {
        .id = t->id,
        .name = t->name,
        .class_code = t->class_code,
        .address = t->address,
        .lon = WEST + (town % 5 + below(w, 1000000) / 1e6) * TOWN_DEGREES,
        .lat = SOUTH + (town / 5 + below(w, 1000000) / 1e6) * TOWN_DEGREES,
        .division = t->division,
        .cell = t->cell,
        .home = t->home,
        .department = i % 3 ? "综合行政执法局" : "住房和城乡建设局",
        .attributes = "",
        .initials = t->initials,
    };
    name_place(w, i, t, p);
    snprintf(t->address, sizeof(t->address), "兖州区%s%u号", streets[below(w, STREETS)],
             1 + below(w, 900));
    snprintf(t->division, sizeof(t->division), "370812%03u%03u", 1 + town, 1 + village);
    snprintf(t->cell, sizeof(t->cell), "%s%03u", t->division, 1 + below(w, 8));
    snprintf(t->home, sizeof(t->home), "%s %s %.9s", t->cell, t->division, t->division);
    if (gw_pinyin_initials(t->name, t->initials) < 0)
        abort();
}

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check(int r)
{
    if (r < 0) {
        fprintf(stderr, "%s\n", strerror(-r));
        abort();
    }
}

static double size_mb(const char *dir)
{
    char path[256];
    struct stat st;
    snprintf(path, sizeof(path), "%s/places.db", dir);
    return stat(path, &st) == 0 ? (double)st.st_size / 1e6 : NAN;
}

static void build(struct world *w)
{
    static const struct gw_author author = { .name = "import: places.csv",
                                             .now_ms = 1790000000000 };
    struct rusage usage;
    double wall = seconds_of(CLOCK_MONOTONIC);
    double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    check(gw_places_begin(w->places));
    check(gw_places_expect_many(w->places));
    for (uint32_t i = 0; i < w->count; i++) {
        static struct texts texts;
        struct gw_place place;
        make_place(w, i, &texts, &place);
        check(gw_places_put(w->places, NULL, &place, &author));
    }
    double put_s = seconds_of(CLOCK_MONOTONIC) - wall;
    check(gw_places_tidy(w->places));
    check(gw_places_commit(w->places));
    wall = seconds_of(CLOCK_MONOTONIC) - wall;
    cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    getrusage(RUSAGE_SELF, &usage);
    printf("%u places: %.0f s (%.0f s of CPU; %.0f s before tidying), at most %.0f MB of "
           "memory\n",
           w->count, wall, cpu, put_s, (double)usage.ru_maxrss / 1e3);
}

// ---- questions ----

struct asked {
    struct gw_place_query query;
    char needle[GW_PLACE_NEEDLE_BYTES], text[NAME_BYTES];
};

static void anybody(struct world *w, struct gw_place *ret_place)
{
    check(gw_places_next(w->places, below(w, w->count - 1), ret_place));
}

// Some neighbouring characters of a text.
static void take_piece(struct world *w, struct asked *a, const char *folded, uint32_t n)
{
    uint32_t count = 0;
    for (const char *p = folded; *p; p++)
        count += ((unsigned char)*p & 0xc0) != 0x80;
    uint32_t skip = count > n ? below(w, count - n + 1) : 0;
    const char *first = folded, *end;
    while (skip > 0)
        skip -= ((unsigned char)*++first & 0xc0) != 0x80;
    for (end = first; *end && n > 0;)
        n -= ((unsigned char)*++end & 0xc0) != 0x80;
    snprintf(a->needle, sizeof(a->needle), "%.*s", (int)(end - first), first);
    a->query.needle = a->needle;
}

static void ask_name(struct world *w, struct asked *a, uint32_t n)
{
    struct gw_place p;
    anybody(w, &p);
    gw_place_fold(p.name, a->text, sizeof(a->text));
    take_piece(w, a, a->text, n);
}

static void ask_one(struct world *w, struct asked *a)
{
    ask_name(w, a, 1);
}

static void ask_two(struct world *w, struct asked *a)
{
    ask_name(w, a, 2);
}

static void ask_four(struct world *w, struct asked *a)
{
    ask_name(w, a, 4);
}

static void ask_address(struct world *w, struct asked *a)
{
    struct gw_place p;
    anybody(w, &p);
    gw_place_fold(p.address, a->text, sizeof(a->text));
    take_piece(w, a, a->text, 6);
}

static void ask_initials(struct world *w, struct asked *a)
{
    struct gw_place p;
    anybody(w, &p);
    snprintf(a->text, sizeof(a->text), "%.90s", p.initials);
    take_piece(w, a, a->text, 4);
}

static void ask_nobody(struct world *w, struct asked *a)
{
    (void)w;
    gw_place_fold("雨水路灯公园", a->needle, sizeof(a->needle));
    a->query.needle = a->needle;
}

static struct gw_point ask_around(struct world *w)
{
    return (struct gw_point) { WEST + below(w, 300000) / 1e6,
                               SOUTH + below(w, 120000) / 1e6 };
}

static void ask_nearest(struct world *w, struct asked *a)
{
    a->query.has_near = true;
    a->query.near = ask_around(w);
}

static void ask_nearest_school(struct world *w, struct asked *a)
{
    ask_nearest(w, a);
    a->query.has_kind = true;
    a->query.kind = GW_PLACE_SCHOOL;
}

static void ask_nearest_named(struct world *w, struct asked *a)
{
    ask_two(w, a);
    ask_nearest(w, a);
}

static void ask_box(struct world *w, struct asked *a)
{
    a->query.has_box = true;
    a->query.box = gw_box_around(ask_around(w), 250);
}

static void ask_town_box(struct world *w, struct asked *a)
{
    a->query.has_box = true;
    a->query.box = gw_box_around(ask_around(w), 3000);
}

static void ask_named_in_box(struct world *w, struct asked *a)
{
    ask_two(w, a);
    ask_town_box(w, a);
}

static void ask_village(struct world *w, struct asked *a)
{
    snprintf(a->text, sizeof(a->text), "370812%03u%03u", 1 + below(w, TOWNS),
             1 + below(w, VILLAGES));
    a->query.division = a->text;
    a->query.has_kind = true;
    a->query.kind = GW_PLACE_HOSPITAL;
}

static const struct {
    const char *name;
    void (*ask)(struct world *w, struct asked *a);
} kinds[] = {
    { "one character of a name", ask_one },
    { "two characters", ask_two },
    { "four characters", ask_four },
    { "six characters of an address", ask_address },
    { "four initials", ask_initials },
    { "a name that nobody has, of common pieces", ask_nobody },
    { "nearest 20", ask_nearest },
    { "nearest 20 of a kind", ask_nearest_school },
    { "nearest 20 with two characters", ask_nearest_named },
    { "box of 500 m", ask_box },
    { "box of 6 km", ask_town_box },
    { "two characters in a box of 6 km", ask_named_in_box },
    { "a kind in a village", ask_village },
};

static int on_place(void *arg, const struct gw_place *place, double distance_m)
{
    (void)distance_m;
    *(uint64_t *)arg += place->num != 0;
    return 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(struct world *w, size_t kind)
{
    static double ms[QUESTIONS];
    uint64_t places = 0, cut = 0;
    for (int i = 0; i < QUESTIONS; i++) {
        struct asked a = { .query.limit = LIMIT };
        struct gw_place_answer answer;
        kinds[kind].ask(w, &a);
        double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        check(gw_places_ask(w->places, &a.query, on_place, &places, &answer));
        ms[i] = (seconds_of(CLOCK_THREAD_CPUTIME_ID) - start) * 1e3;
        cut += answer.cut;
    }
    found += places;
    qsort(ms, QUESTIONS, sizeof(*ms), compare);
    printf("| %s | %.2f | %.2f | %.2f | %.1f | %.1f %% |\n", kinds[kind].name,
           ms[QUESTIONS / 2], ms[QUESTIONS * 99 / 100], ms[QUESTIONS - 1],
           (double)places / QUESTIONS, 100.0 * (double)cut / QUESTIONS);
}

// As an API question does it: with a connection of its own.
static void measure_opening(struct world *w)
{
    static double ms[QUESTIONS];
    char words[GW_STORE_ERROR_MAX];
    for (int i = 0; i < QUESTIONS; i++) {
        struct gw_places *places;
        struct gw_place place;
        double start = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        check(gw_places_open(w->dir, false, 0, &places, words));
        check(gw_places_next(places, i, &place));
        gw_places_close(places);
        ms[i] = (seconds_of(CLOCK_THREAD_CPUTIME_ID) - start) * 1e3;
    }
    qsort(ms, QUESTIONS, sizeof(*ms), compare);
    printf("| opening the file, in front of each | %.2f | %.2f | %.2f | | |\n",
           ms[QUESTIONS / 2], ms[QUESTIONS * 99 / 100], ms[QUESTIONS - 1]);
}

static void remove_file(const char *dir)
{
    static const char *const names[] = { "places.db", "places.db-wal", "places.db-shm" };
    char path[256];
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

int main(void)
{
    const char *number = getenv("GW_BENCH_PLACES");
    char dir[] = "/var/tmp/gridwall-places-XXXXXX", words[GW_STORE_ERROR_MAX];
    struct world w = { .count = number ? (uint32_t)atoi(number) : PLACES, .dir = dir };
    gw_rng_init(&w.rng, 1);
    if (!mkdtemp(dir) || gw_places_open(dir, true, 0, &w.places, words) < 0)
        return 1;
    build(&w);
    gw_places_close(w.places); // the log is written back
    printf("places.db: %.0f MB, %.0f bytes a place\n\n", size_mb(dir),
           size_mb(dir) * 1e6 / w.count);
    check(gw_places_open(dir, false, 0, &w.places, words));

    printf("| question | p50 ms | p99 ms | most ms | places | cut |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        measure(&w, i);
    measure_opening(&w);
    gw_places_close(w.places);
    remove_file(dir);
    return found == 0;
}
