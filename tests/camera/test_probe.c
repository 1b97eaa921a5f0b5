// `gridwall probe` names what a scripted camera needs put up with: SCRIPT, then the
// names of tolerances that it must note, and no others.

#include "app/probe.h"
#include "base/clock.h"
#include "tests/camera/camera.h"

#include <stdbool.h>
#include <stdio.h>
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

static bool probe(uint16_t port, struct gw_probe_report *ret_report)
{
    const struct gw_probe_config config = { .seconds = 1, .may_switch = true };
    char url[64];

    (void)snprintf(url, sizeof(url), "rtsp://127.0.0.1:%u/video", port);
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

    if (argc < 2 || camera_script_read(argv[1], &script) ||
        camera_start(&script, on_rest, NULL, &camera))
        return 2;
    bool good = probe(camera_port(camera), &report);
    const char *failure = camera_finish(camera);
    if (failure)
        fprintf(stderr, "camera: %s\n", failure);
    good = good && !failure && notes_just(&report, argc - 2, argv + 2);
    camera_destroy(camera);
    camera_script_finish(&script);
    return good ? 0 : 1;
}
