// `gridwall probe` names what a scripted camera needs put up with: SCRIPT, SECONDS, then
// the names of tolerances that it must note, and no others.

#include "app/probe.h"
#include "base/clock.h"
#include "tests/camera/camera.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_rest(void *arg)
{
    (void)arg;
}

static bool is_among(const char *name, int n, char **names)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static bool notes_just(const struct gw_probe_report *r, int n, char **names)
{
    bool good = true;

    for (unsigned i = 0; i < GW_TOLERANCES; i++) {
        enum gw_tolerance t = (enum gw_tolerance)i;
        const char *name = gw_tolerance_name(t);
        bool noted = r->peer.tolerated & gw_tolerance_bit(t);
        if (noted == is_among(name, n, names))
            continue;
        fprintf(stderr, "%s is %s\n", name, noted ? "noted" : "not noted");
        good = false;
    }
    return good;
}

// Finds the script's "engine credentials user:password@"; "" when it has none.
static void read_credentials(const struct camera_script *script,
                             char ret_credentials[CAMERA_WORD_MAX])
{
    char name[CAMERA_WORD_MAX];

    *ret_credentials = '\0';
    for (size_t i = 0; i < script->count; i++) {
        const char *rest = script->steps[i].rest;
        if (strcmp(script->steps[i].verb, "engine") == 0 &&
            camera_word(&rest, name) > 0 && strcmp(name, "credentials") == 0)
            (void)camera_word(&rest, ret_credentials);
    }
}

static bool probe(const struct camera_script *script, uint16_t port, unsigned seconds,
                  struct gw_probe_report *ret_report)
{
    const struct gw_probe_config config = { .seconds = seconds };
    char credentials[CAMERA_WORD_MAX];
    char url[64 + CAMERA_WORD_MAX];

    read_credentials(script, credentials);
    (void)snprintf(url, sizeof(url), "rtsp://%s127.0.0.1:%u/video", credentials, port);
    if (gw_probe_run(url, &config, ret_report))
        return false;
    gw_probe_report_print(ret_report, GW_LANG_EN, stderr);
    return ret_report->verdict == GW_PROBE_PICTURES &&
           ret_report->stream_us <= ret_report->key_us &&
           ret_report->key_us < (uint64_t)GW_PROBE_KEY_WAIT_S * GW_SECOND;
}

int main(int argc, char **argv)
{
    static struct gw_probe_report report;
    static struct camera_script script;
    struct camera *camera;

    if (argc < 3 || camera_script_read(argv[1], &script) ||
        camera_start(&script, on_rest, NULL, &camera))
        return 2;
    bool good = probe(&script, camera_port(camera), (unsigned)atoi(argv[2]), &report);
    const char *failure = camera_finish(camera);
    if (failure)
        fprintf(stderr, "camera: %s\n", failure);
    good = good && !failure && notes_just(&report, argc - 3, argv + 3);
    camera_destroy(camera);
    camera_script_finish(&script);
    return good ? 0 : 1;
}
