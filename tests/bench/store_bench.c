// What a registry's files cost: writing 100,000 cameras, reading them at a start, opening
// their addresses alone, giving them another key, a backup. Figures are of this thread's
// CPU time, and of the clock where the disk is part of it.
#include "map/backup.h"
#include "map/seal.h"
#include "map/snapshot_builder.h"
#include "map/store_keys.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct watch {
    struct timespec cpu, wall;
};

static double ms_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) * 1e3 +
           (double)(to->tv_nsec - from->tv_nsec) / 1e6;
}

static void start(struct watch *w)
{
    clock_gettime(CLOCK_MONOTONIC, &w->wall);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &w->cpu);
}

static void print(const struct watch *w, const char *what)
{
    struct timespec cpu, wall;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
    clock_gettime(CLOCK_MONOTONIC, &wall);
    printf("%-40s %8.0f ms CPU %8.0f ms\n", what, ms_between(&w->cpu, &cpu),
           ms_between(&w->wall, &wall));
}

static void url_of(unsigned i, const char *stream, char url[96])
{
    snprintf(url, 96, "rtsp://admin:password%u@10.%u.%u.%u/ch1/%s", i, i >> 16,
             i >> 8 & 255, i & 255, stream);
}

static void fill(struct gw_store *store, unsigned cameras)
{
    if (gw_store_begin(store) < 0)
        abort();
    for (unsigned i = 0; i < cameras; i++) {
        char id[24], url_main[96], url_sub[96];
        snprintf(id, sizeof(id), "3708120000131%07u", i);
        url_of(i, "main", url_main);
        url_of(i, "sub", url_sub);
        const struct gw_camera_row row = {
            .camera = { .id = id,
                        .name = "School, south gate",
                        .lon = 116.8,
                        .lat = 35.5,
                        .division = "370812001001",
                        .department = "Police",
                        .cell = "",
                        .url_main = url_main,
                        .url_sub = url_sub,
                        .tags = "",
                        .groups = "",
                        .address = "",
                        .initials = "",
                        .pose = gw_camera_pose_unknown },
        };
        if (gw_store_insert_camera(store, &row, 1) < 0)
            abort();
    }
    if (gw_store_commit(store) < 0)
        abort();
}

static void open_alone(unsigned addresses)
{
    static uint8_t sealed[96 + GW_SEAL_EXTRA];
    static char text[sizeof(sealed)];
    const struct gw_seal_place place = { 7, 0 };
    struct gw_sealer *sealer = gw_sealer_create();
    struct gw_seal_key key;
    struct watch w;
    char url[96];
    url_of(7, "main", url);
    size_t len = strlen(url);
    if (!sealer || gw_seal_key_make(&key) < 0 ||
        gw_seal(sealer, &key, place, url, len, sealed) < 0)
        abort();
    start(&w);
    for (unsigned i = 0; i < addresses; i++)
        if (gw_unseal(sealer, &key, place, sealed, len + GW_SEAL_EXTRA, text) < 0)
            abort();
    print(&w, "opening their addresses alone");
    gw_sealer_destroy(sealer);
}

static struct gw_store *open_store(const char *dir)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    if (gw_store_open(dir, &store, error) < 0 ||
        gw_store_unlock(store, NULL, error) < 0) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
    return store;
}

static void measure(const char *dir, const char *copy, unsigned cameras)
{
    struct gw_backup_place place;
    struct gw_snapshot *snapshot;
    struct watch w;
    size_t sealed;
    struct gw_store *store = open_store(dir);
    start(&w);
    fill(store, cameras);
    print(&w, "writing in one transaction");
    gw_store_close(store);

    start(&w);
    store = open_store(dir);
    if (gw_snapshot_read(store, &snapshot) < 0)
        abort();
    print(&w, "start: unlocking, reading, snapshot");
    gw_snapshot_unref(&snapshot);
    open_alone(2 * cameras);

    start(&w);
    if (gw_store_rotate_key(store, &sealed) < 0 || sealed != 2 * (size_t)cameras)
        abort();
    print(&w, "another key for all");
    gw_store_close(store);

    start(&w);
    if (gw_backup(dir, NULL, copy, &place) < 0)
        abort();
    print(&w, "backup, checked");
}

int main(int argc, char **argv)
{
    unsigned cameras = argc > 1 ? (unsigned)atoi(argv[1]) : 100000;
    char top[] = "/tmp/gridwall-store-XXXXXX", dir[64], copy[64], command[64];
    if (!mkdtemp(top))
        abort();
    snprintf(dir, sizeof(dir), "%s/data", top);
    snprintf(copy, sizeof(copy), "%s/copy", top);
    printf("%u cameras with two addresses each\n", cameras);
    measure(dir, copy, cameras);
    snprintf(command, sizeof(command), "rm -r %s", top);
    return system(command) != 0;
}
