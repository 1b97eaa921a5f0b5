// What it costs to know what cameras see: all views of 8,600 cameras among 100,000
// buildings, again after one building changed, and who-sees-this questions at 8,600,
// 100,000 and 1,000,000 cameras beside a look at all of them.
#include "base/clock.h"
#include "base/rng.h"
#include "map/geo.h"
#include "map/plane.h"
#include "map/sight.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TOWN = 860, // cameras; a town has a square of its own
    TOWNS_A_ROW = 40,
    HOUSES_A_ROW = 100, // of a town
    HOUSES = HOUSES_A_ROW * HOUSES_A_ROW,
    THREADS = 2,
    QUESTIONS = 20000,
    QUESTIONS_OF_ALL = 20, // looks at all cameras take long
    LIMIT = 20,
};
#define TOWN_DEGREES 0.05
#define TOWN_M 4500.0 // its houses and cameras
#define WEST 105.0
#define SOUTH 25.0

static double between(struct gw_rng *rng, double least, double most)
{
    return least + (most - least) * (double)gw_rng_below(rng, 1 << 30) / (1 << 30);
}

static struct gw_plane town_plane(uint32_t town)
{
    return gw_plane_around(
        (struct gw_point) { WEST + town % TOWNS_A_ROW * TOWN_DEGREES,
                            SOUTH + (double)(town / TOWNS_A_ROW) * TOWN_DEGREES });
}

// ---- the world ----

// Rows of houses that are not quite in rows.
static void add_house(struct gw_footprints *f, struct gw_rng *rng,
                      const struct gw_plane *plane, uint32_t i, double higher_m)
{
    double step = TOWN_M / HOUSES_A_ROW;
    struct gw_xy middle = { (i % HOUSES_A_ROW + between(rng, 0.4, 0.6)) * step,
                            ((double)(i / HOUSES_A_ROW) + between(rng, 0.4, 0.6)) *
                                step };
    double w = between(rng, 5, 14), d = between(rng, 4, 8),
           turn = between(rng, -0.3, 0.3);
    double height_m =
        between(rng, 0, 1) < 0.1 ? between(rng, 30, 80) : between(rng, 4, 21);
    const double sides[4][2] = { { -w, -d }, { w, -d }, { w, d }, { -w, d } };
    struct gw_shape shape;
    if (gw_shape_init(&shape, 5, 1) < 0)
        abort();
    for (int k = 0; k < 5; k++) {
        const double *s = sides[k % 4];
        shape.points[k] = gw_plane_back(
            plane, (struct gw_xy) { middle.x + s[0] * cos(turn) - s[1] * sin(turn),
                                    middle.y + s[0] * sin(turn) + s[1] * cos(turn) });
    }
    shape.ring_ends[0] = 5;
    gw_shape_complete(&shape);
    if (gw_footprints_add(f, &shape, height_m + higher_m) < 0)
        abort();
    gw_shape_finish(&shape);
}

static struct gw_footprints *build_towns(uint32_t towns, double first_higher_m)
{
    struct gw_footprints *f = gw_footprints_create();
    struct gw_rng rng;
    gw_rng_init(&rng, 1);
    for (uint32_t town = 0; f && town < towns; town++) {
        struct gw_plane plane = town_plane(town);
        for (uint32_t i = 0; i < HOUSES; i++)
            add_house(f, &rng, &plane, i, town + i == 0 ? first_higher_m : 0);
    }
    if (!f || gw_footprints_complete(f) < 0)
        abort();
    return f;
}

// 86 of 100 fixed, 13 that turn, one high point.
static struct gw_sight_camera camera(struct gw_rng *rng, uint32_t num)
{
    struct gw_plane plane = town_plane(num / TOWN);
    struct gw_point p = gw_plane_back(
        &plane, (struct gw_xy) { between(rng, 0, TOWN_M), between(rng, 0, TOWN_M) });
    static const struct gw_eye_habit fixed = { 80, 100, 4, false },
                                     ptz = { 60, 200, 6, true },
                                     high = { 60, 2000, 50, true };
    unsigned dice = num % 100;
    struct gw_sight_camera c = {
        num + 1, { p.lon, p.lat, between(rng, 0, 360), NAN, NAN, NAN, NAN, false }
    };
    gw_eye_complete(&c.eye, dice == 0 ? &high : dice < 14 ? &ptz : &fixed);
    return c;
}

static struct gw_sight_camera *place_cameras(uint32_t n)
{
    struct gw_sight_camera *cameras = calloc(n, sizeof(*cameras));
    struct gw_rng rng;
    gw_rng_init(&rng, n);
    for (uint32_t i = 0; cameras && i < n; i++)
        cameras[i] = camera(&rng, i);
    if (!cameras)
        abort();
    return cameras;
}

// ---- views ----

struct job {
    pthread_t thread;
    struct gw_sight *sight;
    const struct gw_sight *before;
    size_t part;
    struct gw_sight_progress progress;
};

static void *work(void *arg)
{
    static const atomic_bool go_on;
    struct job *j = arg;
    if (gw_sight_work(j->sight, j->before, j->part, THREADS, &go_on, &j->progress) < 0)
        abort();
    return NULL;
}

static double seconds_since(uint64_t start_us)
{
    return (double)(gw_clock_now_us() - start_us) / 1e6;
}

static struct gw_sight *compute(const char *what, const struct gw_sight_camera *cameras,
                                uint32_t n, struct gw_footprints *f,
                                const struct gw_sight *before)
{
    struct job jobs[THREADS];
    struct gw_sight *s;
    size_t computed = 0;
    uint64_t start_us = gw_clock_now_us();
    clock_t start = clock();
    if (gw_sight_create(cameras, n, f, &s) < 0)
        abort();
    double index_s = seconds_since(start_us);
    for (size_t i = 0; i < THREADS; i++) {
        jobs[i] = (struct job) { .sight = s, .before = before, .part = i };
        if (pthread_create(&jobs[i].thread, NULL, work, &jobs[i]) != 0)
            abort();
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(jobs[i].thread, NULL);
        computed += jobs[i].progress.computed;
    }
    printf("%s: index %.3f s, views %.3f s on %d threads (processors' time %.3f s), %zu "
           "computed, %.1f MB\n",
           what, index_s, seconds_since(start_us) - index_s, THREADS,
           (double)(clock() - start) / CLOCKS_PER_SEC, computed,
           (double)gw_sight_bytes(s) / 1e6);
    return s;
}

// ---- questions ----

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct gw_point somewhere(struct gw_rng *rng, uint32_t cameras)
{
    struct gw_plane plane = town_plane((uint32_t)gw_rng_below(rng, cameras) / TOWN);
    return gw_plane_back(
        &plane, (struct gw_xy) { between(rng, 0, TOWN_M), between(rng, 0, TOWN_M) });
}

// Of this thread: what neighbours on the machine do not add to.
static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void print_times(const char *what, double *us, size_t n, double mean)
{
    qsort(us, n, sizeof(*us), compare);
    printf("| %s | %.1f | %.1f | %.1f | %.1f |\n", what, us[n / 2], us[n * 99 / 100],
           us[n - 1], mean);
}

static void ask(const struct gw_sight *s, uint32_t cameras)
{
    static double us[QUESTIONS], cpu[QUESTIONS];
    struct gw_sighting found[LIMIT];
    struct gw_rng rng;
    size_t seeing = 0;
    gw_rng_init(&rng, 3);
    for (int i = 0; i < QUESTIONS; i++) {
        struct gw_point p = somewhere(&rng, cameras);
        const struct gw_sight_question q = { p.lon, p.lat, LIMIT, NULL, NULL };
        double start_cpu_us = cpu_us();
        uint64_t start_us = gw_clock_now_us();
        size_t n = gw_sight_who(s, &q, found);
        us[i] = (double)(gw_clock_now_us() - start_us);
        cpu[i] = cpu_us() - start_cpu_us;
        for (size_t k = 0; k < n; k++)
            seeing += found[k].kind != GW_SIGHTING_SEES_NOT;
    }
    print_times("who sees it", us, QUESTIONS, (double)seeing / QUESTIONS);
    print_times("who sees it, processor time", cpu, QUESTIONS,
                (double)seeing / QUESTIONS);
}

// Every camera's distance and view, without the index.
static void ask_all(const struct gw_sight *s, const struct gw_sight_camera *cameras,
                    uint32_t n)
{
    static double us[QUESTIONS_OF_ALL];
    struct gw_rng rng;
    size_t seeing = 0;
    gw_rng_init(&rng, 3);
    for (int i = 0; i < QUESTIONS_OF_ALL; i++) {
        struct gw_point p = somewhere(&rng, n);
        uint64_t start_us = gw_clock_now_us();
        for (uint32_t k = 0; k < n; k++) {
            const struct gw_eye *eye = &cameras[k].eye;
            if (gw_distance_m(p, (struct gw_point) { eye->lon, eye->lat }) <=
                eye->range_m + GW_VIEW_MOVE_MAX_M)
                seeing += gw_view_contains(gw_sight_view(s, k + 1), p.lon, p.lat);
        }
        us[i] = (double)(gw_clock_now_us() - start_us);
    }
    print_times("a look at all", us, QUESTIONS_OF_ALL, (double)seeing / QUESTIONS_OF_ALL);
}

static void measure(uint32_t n, uint32_t towns)
{
    char what[64];
    struct gw_footprints *f = build_towns(towns, 0);
    struct gw_sight_camera *cameras = place_cameras(n);
    snprintf(what, sizeof(what), "%u cameras, %u buildings", n, towns * HOUSES);
    struct gw_sight *s = compute(what, cameras, n, f, NULL);
    if (n == 8600) {
        struct gw_footprints *higher = build_towns(towns, 1);
        struct gw_sight *again = compute("nothing changed", cameras, n, f, s);
        struct gw_sight *changed = compute("one building higher", cameras, n, higher, s);
        gw_sight_unref(&again);
        gw_sight_unref(&changed);
        gw_footprints_unref(&higher);
    }
    printf(
        "\n| question | p50 us | p99 us | worst us | see it |\n|---|---|---|---|---|\n");
    ask(s, n);
    ask_all(s, cameras, n);
    printf("\n");
    gw_sight_unref(&s);
    gw_footprints_unref(&f);
    free(cameras);
}

int main(void)
{
    setlinebuf(stdout);
    measure(8600, 10);
    measure(100000, 117);
    // Two million buildings are the most that are kept: the first 200 towns have some.
    measure(1000000, 200);
    return 0;
}
