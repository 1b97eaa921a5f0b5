// gridwall-farm: simulated RTSP cameras for demo, tests and load.

#include "base/clock.h"
#include "tests/farm/clip_load.h"
#include "tests/farm/clip_make.h"
#include "tests/farm/control.h"
#include "tests/farm/options.h"
#include "tests/farm/scene.h"
#include "tests/farm/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <uv.h>

// GLib grows its table of quarks and keeps the old one for readers without a lock
// (gquark.c): no leak of ours. The leak sanitizer asks for this by its name.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libglib-2.0.so";
}

enum { CLIPS_MAX = FARM_FILES_MAX }; // more than FARM_SCENES, too
_Static_assert((int)FARM_FILES_MAX >= (int)FARM_SCENES, "clips fit");

struct farm {
    struct farm_options options;
    uv_loop_t loop;
    bool loop_open;
    struct farm_clip *clips[FARM_PROFILES][CLIPS_MAX]; // owned
    struct farm_server server;
    bool server_open;
    struct farm_control *control;
    uv_signal_t signals[2]; // SIGINT, SIGTERM
};

static int say(int r, const char *what, const char *which)
{
    if (r)
        (void)fprintf(stderr, "gridwall-farm: %s %s: %s\n", what, which, strerror(-r));
    return r;
}

static int load(struct farm *farm, enum farm_profile profile, const char *path)
{
    struct farm_site *site = &farm->server.site;
    size_t *count = &site->clip_count[profile];

    int r = farm_clip_load(path, &farm->clips[profile][*count]);
    if (r == -ENOTSUP)
        (void)fprintf(stderr, "gridwall-farm: %s has no H.264 video\n", path);
    else if (r)
        (void)say(r, "cannot read clip", path);
    else
        (*count)++;
    return r;
}

static int load_files(struct farm *farm, enum farm_profile profile,
                      enum farm_profile from)
{
    for (size_t i = 0; i < farm->options.file_count[from]; i++) {
        int r = load(farm, profile, farm->options.files[from][i]);
        if (r)
            return r;
    }
    return 0;
}

// $XDG_CACHE_HOME, or what the XDG base directory specification says without it.
static int cache_dir(char dir[FARM_PATH_MAX])
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int n;

    if (cache && *cache)
        n = snprintf(dir, FARM_PATH_MAX, "%s/gridwall/clips", cache);
    else
        n = snprintf(dir, FARM_PATH_MAX, "%s/.cache/gridwall/clips",
                     home ? home : "/tmp");
    return n < FARM_PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int make_clips(struct farm *farm, enum farm_profile profile)
{
    char dir[FARM_PATH_MAX];
    char path[FARM_PATH_MAX];
    struct farm_clip_spec spec = farm->options.made[profile];
    int r = 0;

    if (farm->options.clips_dir)
        r = snprintf(dir, sizeof(dir), "%s", farm->options.clips_dir) < FARM_PATH_MAX
                ? 0
                : -ENAMETOOLONG;
    else
        r = cache_dir(dir);
    if (!r)
        r = say(farm_clips_dir(dir), "cannot make directory", dir);
    for (spec.scene = 0; spec.scene < FARM_SCENES && !r; spec.scene++) {
        r = say(farm_clip_make(dir, &spec, path), "cannot make clips in", dir);
        if (!r)
            r = load(farm, profile, path);
    }
    return r;
}

static int get_clips(struct farm *farm, enum farm_profile profile)
{
    const struct farm_options *o = &farm->options;

    farm->server.site.clips[profile] = farm->clips[profile];
    if (o->file_count[profile] > 0)
        return load_files(farm, profile, profile);
    if (o->file_count[FARM_MAIN] > 0)
        return load_files(farm, profile, FARM_MAIN);
    return make_clips(farm, profile);
}

static int apply_faults(struct farm *farm)
{
    struct farm_site *site = &farm->server.site;
    struct farm_order order;

    int r = farm_faults_init(&site->faults, site->cameras);
    for (size_t i = 0; i < farm->options.fault_count && !r; i++) {
        const char *spec = farm->options.faults[i];
        r = say(farm_order_parse(spec, site->cameras, &order), "cannot do", spec);
        if (!r)
            farm_faults_apply(&site->faults, &order);
    }
    return r;
}

// A socket a session: as many as the system lets us have.
static void raise_limits(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void close_handles(struct farm *farm)
{
    farm_control_close(farm->control);
    farm->control = NULL;
    if (farm->server_open)
        farm_server_close(&farm->server);
    farm->server_open = false;
    for (size_t i = 0; i < 2; i++) {
        uv_handle_t *handle = (uv_handle_t *)&farm->signals[i];
        if (handle->loop && !uv_is_closing(handle))
            uv_close(handle, NULL);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    close_handles(handle->data);
}

static int watch_signals(struct farm *farm)
{
    static const int numbers[] = { SIGINT, SIGTERM };
    int r = 0;

    for (size_t i = 0; i < 2 && !r; i++) {
        r = uv_signal_init(&farm->loop, &farm->signals[i]);
        farm->signals[i].data = farm;
        if (!r)
            r = uv_signal_start(&farm->signals[i], on_signal, numbers[i]);
    }
    return r;
}

static int open_control(struct farm *farm)
{
    const struct farm_options *o = &farm->options;
    int port;

    if (o->control_port == FARM_NO_PORT)
        return 0;
    int r = farm_control_open(&farm->server, &farm->loop, o->address, o->control_port,
                              &farm->control, &port);
    if (!r)
        (void)printf("control on %d\n", port);
    return say(r, "cannot listen for control on", o->address);
}

static int open_server(struct farm *farm)
{
    const struct farm_options *o = &farm->options;
    bool colons = strchr(o->address, ':');
    int port;

    farm->server.epoch_us = gw_clock_now_us();
    farm->server.start_anywhere = o->start_anywhere;
    gw_rng_init(&farm->server.rng, o->seed);
    farm->server_open = true;
    int r = farm_server_open(&farm->server, &farm->loop, o->address, o->port, &port);
    if (!r)
        (void)printf(colons ? "listening on [%s]:%d\n" : "listening on %s:%d\n",
                     o->address, port);
    return say(r, "cannot listen on", o->address);
}

static int open_journal(struct farm *farm)
{
    const char *path = farm->options.journal;
    if (!path)
        return 0;
    farm->server.journal = fopen(path, "ae");
    return say(farm->server.journal ? 0 : -errno, "cannot write", path);
}

static int prepare(struct farm *farm)
{
    const struct farm_options *o = &farm->options;
    struct farm_site *site = &farm->server.site;

    site->cameras = o->cameras;
    site->auth = (struct farm_auth) { o->user, o->password, o->sha256 };
    site->timeout_s = o->timeout_s;
    raise_limits();
    int r = open_journal(farm);
    if (!r)
        r = apply_faults(farm);
    for (int profile = 0; profile < FARM_PROFILES && !r; profile++)
        r = get_clips(farm, (enum farm_profile)profile);
    if (!r) {
        r = uv_loop_init(&farm->loop);
        farm->loop_open = !r;
    }
    return r;
}

static void finish(struct farm *farm)
{
    close_handles(farm);
    if (farm->loop_open) {
        (void)uv_run(&farm->loop, UV_RUN_DEFAULT); // close callbacks
        (void)uv_loop_close(&farm->loop);
    }
    farm_faults_finish(&farm->server.site.faults);
    if (farm->server.journal)
        (void)fclose(farm->server.journal);
    for (int profile = 0; profile < FARM_PROFILES; profile++) {
        for (size_t i = 0; i < CLIPS_MAX; i++)
            farm_clip_destroy(farm->clips[profile][i]);
    }
}

static int run(struct farm *farm)
{
    int r = prepare(farm);
    if (!r)
        r = watch_signals(farm);
    if (!r)
        r = open_server(farm);
    if (!r)
        r = open_control(farm);
    if (!r) {
        (void)fflush(stdout);
        r = uv_run(&farm->loop, UV_RUN_DEFAULT);
    }
    return r;
}

int main(int argc, char **argv)
{
    static struct farm farm; // zero, and too large for a stack

    int r = farm_options_parse(argc, argv, &farm.options);
    if (r)
        return r == -ECANCELED ? EXIT_SUCCESS : EXIT_FAILURE;
    r = run(&farm);
    finish(&farm);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
