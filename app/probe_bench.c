#include "app/probe_bench.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// One place on the bench.
struct place {
    struct gw_probe_bench *bench;
    pthread_t thread;
    bool begun; // the thread is to be joined
    bool runs;
    void (*done)(void *arg, int error, const struct gw_probe_report *report);
    void *arg;
    char url[GW_STREAM_URL_MAX + 1];
    struct gw_probe_report report;
};

struct gw_probe_bench {
    const char *ca_file;
    pthread_mutex_t lock; // for `begun` and `runs`
    struct place places[GW_PROBES_MAX];
};

struct gw_probe_bench *gw_probe_bench_create(const char *ca_file)
{
    struct gw_probe_bench *bench = calloc(1, sizeof(*bench));
    if (!bench)
        return NULL;
    bench->ca_file = ca_file;
    pthread_mutex_init(&bench->lock, NULL);
    for (size_t i = 0; i < GW_PROBES_MAX; i++)
        bench->places[i].bench = bench;
    return bench;
}

void gw_probe_bench_destroy(struct gw_probe_bench *bench)
{
    if (!bench)
        return;
    for (size_t i = 0; i < GW_PROBES_MAX; i++)
        if (bench->places[i].begun)
            (void)pthread_join(bench->places[i].thread, NULL);
    pthread_mutex_destroy(&bench->lock);
    free(bench);
}

static void *run(void *arg)
{
    struct place *p = arg;
    const struct gw_probe_config config = {
        .seconds = GW_PROBE_ASKED_S,
        .ca_file = p->bench->ca_file,
    };
    int r = gw_probe_run(p->url, &config, &p->report);
    explicit_bzero(p->url, sizeof(p->url));
    p->done(p->arg, r, &p->report);
    pthread_mutex_lock(&p->bench->lock);
    p->runs = false;
    pthread_mutex_unlock(&p->bench->lock);
    return NULL;
}

// A place where nothing runs, now taken; NULL: there is none.
static struct place *take_place(struct gw_probe_bench *bench)
{
    struct place *free_place = NULL;
    pthread_mutex_lock(&bench->lock);
    for (size_t i = 0; i < GW_PROBES_MAX && !free_place; i++)
        if (!bench->places[i].runs)
            free_place = &bench->places[i];
    if (free_place)
        free_place->runs = true;
    pthread_mutex_unlock(&bench->lock);
    return free_place;
}

static int begin(struct place *p)
{
    if (p->begun) // it has said that it ends
        (void)pthread_join(p->thread, NULL);
    p->begun = pthread_create(&p->thread, NULL, run, p) == 0;
    if (p->begun)
        return 0;
    explicit_bzero(p->url, sizeof(p->url));
    pthread_mutex_lock(&p->bench->lock);
    p->runs = false;
    pthread_mutex_unlock(&p->bench->lock);
    return -EAGAIN;
}

int gw_probe_bench_run(struct gw_probe_bench *bench, const char *url,
                       void (*done)(void *arg, int error,
                                    const struct gw_probe_report *report),
                       void *arg)
{
    size_t len = strlen(url);
    if (len > GW_STREAM_URL_MAX)
        return -EMSGSIZE;
    struct place *p = take_place(bench);
    if (!p)
        return -EBUSY;
    memcpy(p->url, url, len + 1);
    p->done = done;
    p->arg = arg;
    memset(&p->report, 0, sizeof(p->report));
    return begin(p);
}
