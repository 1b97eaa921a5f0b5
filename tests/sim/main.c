// gridwall-sim: runs seeds, one after the other, up to the first that breaks a promise.

#include "base/clock.h"
#include "tests/faults/alloc.h"
#include "tests/sim/plants.h"
#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "gridwall-sim [--seed N] [--seeds COUNT] [--cameras N] [--plant BUG]\n"
    "\n"
    "Runs COUNT seeds from N on (1, 1). --seed N alone replays one exactly.\n"
    "--cameras N instead of what the seed says. --plant BUG: the run must break the\n"
    "promise that BUG is there to break; without a BUG that exists, they are listed.\n";

struct tally {
    uint64_t virtual_us;
    uint64_t attempts;
    uint64_t pictures;
};

static bool run_seed(const struct sim_options *options, struct tally *tally)
{
    static struct sim sim; // too large for a stack
    int64_t before = alloc_held();
    bool kept = sim_run(&sim, options);

    tally->virtual_us += sim.events.now_us;
    tally->attempts += sim.attempts;
    tally->pictures += sim.pictures;
    if (!kept)
        printf("seed %" PRIu64 ": %s\n", options->seed, sim.why);
    if (kept && alloc_held() != before) { // a leak is a broken promise too
        printf("seed %" PRIu64 ": %" PRId64 " blocks not given back\n", options->seed,
               alloc_held() - before);
        kept = false;
    }
    return kept;
}

// What libraries keep for good is allocated by the first run.
static void warm_up(void)
{
    static struct sim sim;
    (void)sim_run(&sim, &(struct sim_options) { .cameras = 50 });
}

static bool run_seeds(struct sim_options *options, uint64_t count)
{
    struct tally tally = { 0 };
    clock_t start = clock();
    bool kept = true;
    uint64_t n = 0;

    for (; kept && n < count; n++, options->seed++)
        kept = run_seed(options, &tally);
    double took_s = (double)(clock() - start) / CLOCKS_PER_SEC;
    double virtual_s = (double)tally.virtual_us / GW_SECOND;
    printf("%" PRIu64 " seeds, %.0f s in %.2f CPU s: %.0f times real time; %" PRIu64
           " attempts, %" PRIu64 " pictures seen\n",
           n, virtual_s, took_s, virtual_s / took_s, tally.attempts, tally.pictures);
    return kept;
}

static int usage(void)
{
    fputs(help, stderr);
    plants_list(stderr);
    return 2;
}

int main(int argc, char **argv)
{
    alloc_begin();
    struct sim_options options = { .seed = 1 };
    uint64_t count = 1;
    bool planted = false;

    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            return usage();
        uint64_t n = strtoull(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--seed"))
            options.seed = n;
        else if (!strcmp(argv[i], "--seeds"))
            count = n;
        else if (!strcmp(argv[i], "--cameras") && n <= SIM_CAMERAS_MAX)
            options.cameras = (uint32_t)n;
        else if (!strcmp(argv[i], "--plant") && plants_choose(argv[i + 1]))
            planted = true;
        else
            return usage();
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    warm_up();
    bool kept = run_seeds(&options, count);
    if (planted)
        puts(kept ? "the bug was not found" : "the bug was found");
    return kept == planted;
}
