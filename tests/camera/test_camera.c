// Plays one script of a camera against the whole of ingest, over real sockets:
//   test_camera SCRIPT
// What the script's lines in front of its first connection say of the engine is set;
// what they want of it is awaited, and must then be so.

#include "base/clock.h"
#include "ingest/ingest.h"
#include "tests/camera/camera.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum {
    STREAM = 7,
    PATIENCE_MS = 25 * 1000, // longer than the camera's
    PTS_MAX = 64,
    DATA_MAX = 2048, // bytes of a frame
    SIZES_MAX = 64,  // bytes of text
    STILL_TURNS = 4, // of the loop without a byte: all was read
};

struct world {
    struct camera_script script;
    struct camera *camera;

    uv_loop_t loop;
    uv_timer_t watchdog;
    uv_async_t rest;
    bool rested;
    bool late;

    char credentials[CAMERA_WORD_MAX]; // "user:password@", as in the URL
    struct gw_ingest_config config;
    struct gw_admission *admission;
    struct gw_ingest *ingest;

    struct gw_source_status status;
    unsigned frames;
    unsigned keys;
    unsigned params_changed;
    struct gw_buf *params; // of the last frame
    int64_t pts_90k[PTS_MAX];
    uint8_t data[DATA_MAX]; // the last frame's
    char sizes[SIZES_MAX];  // of all pictures of JPEG
    size_t data_len;

    unsigned sounds;
    uint8_t sound[DATA_MAX]; // of all of them
    size_t sound_len;
};

static void on_sound(struct world *w, const struct gw_frame *frame)
{
    size_t room = DATA_MAX - w->sound_len;
    size_t len = frame->len < room ? frame->len : room;

    memcpy(w->sound + w->sound_len, frame->data, len);
    w->sound_len += len;
    w->sounds++;
}

// As the frame header of a baseline JPEG has it: ITU-T T.81 Annex B.2.2.
static void add_size(struct world *w, const struct gw_frame *frame)
{
    const uint8_t *sof = memmem(frame->data, frame->len, "\xff\xc0", 2);
    size_t len = strlen(w->sizes);

    if (sof && frame->len - (size_t)(sof - frame->data) > 8)
        (void)snprintf(w->sizes + len, sizeof(w->sizes) - len, "%s%ux%u", len ? " " : "",
                       (unsigned)(sof[7] << 8 | sof[8]),
                       (unsigned)(sof[5] << 8 | sof[6]));
}

static void on_frame(void *arg, uint32_t stream, struct gw_frame *frame)
{
    struct world *w = arg;
    (void)stream;

    if (gw_codec_is_audio(frame->codec)) {
        on_sound(w, frame);
        return;
    }
    if (frame->params != w->params) {
        gw_buf_unref(&w->params);
        w->params = gw_buf_ref(frame->params);
        w->params_changed++;
    }
    if (frame->codec == GW_CODEC_JPEG)
        add_size(w, frame);
    if (w->frames < PTS_MAX)
        w->pts_90k[w->frames] = frame->pts_90k;
    w->data_len = frame->len < DATA_MAX ? frame->len : DATA_MAX;
    memcpy(w->data, frame->data, w->data_len);
    w->frames++;
    w->keys += frame->key;
}

static void on_status(void *arg, const struct gw_source_status *status)
{
    struct world *w = arg;
    w->status = *status;
}

static void on_watchdog(uv_timer_t *timer)
{
    struct world *w = timer->data;
    w->late = true;
}

static void on_rest_here(uv_async_t *async)
{
    struct world *w = async->data;
    w->rested = true;
}

static void on_rest(void *arg)
{
    struct world *w = arg;
    (void)uv_async_send(&w->rest);
}

// One word of a "want": what is, as text.
static void tell_count(uint64_t value, char *buf, size_t cap)
{
    (void)snprintf(buf, cap, "%" PRIu64, value);
}

static void tell_pts(const struct world *w, char *buf, size_t cap)
{
    size_t len = 0;
    *buf = '\0';
    for (unsigned i = 0; i < w->frames && i < PTS_MAX; i++) {
        int n = snprintf(buf + len, cap - len, "%s%" PRId64, i ? " " : "", w->pts_90k[i]);
        len += n > 0 && (size_t)n < cap - len ? (size_t)n : 0;
    }
}

static void tell_bytes(const uint8_t *bytes, size_t count, char *buf, size_t cap)
{
    *buf = '\0';
    for (size_t i = 0; i < count && 2 * i + 3 < cap; i++)
        (void)snprintf(buf + 2 * i, 3, "%02x", bytes[i]);
}

// Returns false for a name that is none.
static bool tell(const struct world *w, const char *name, char *buf, size_t cap)
{
    struct gw_ingest_stats stats;
    gw_ingest_stats(w->ingest, &stats);
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        { "frames", w->frames },
        { "keys", w->keys },
        { "params_changed", w->params_changed },
        { "sounds", w->sounds },
        { "sounds_counted", stats.audio.frames },
        { "sounds_dropped", stats.audio.frames_dropped },
        { "sound_lost", stats.audio.packets_lost },
        { "garbage", stats.garbage },
        { "lost", stats.packets_lost },
        { "malformed", stats.packets_malformed },
        { "dropped", stats.frames_dropped },
        { "unsized", stats.frames_unsized },
        { "attempts", stats.attempts },
        { "failures", stats.failures },
        { "rtsp_status", w->status.rtsp_status },
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        if (strcmp(counts[i].name, name) == 0) {
            tell_count(counts[i].value, buf, cap);
            return true;
        }
    }
    if (strcmp(name, "state") == 0)
        (void)snprintf(buf, cap, "%s", gw_source_state_name(w->status.state));
    else if (strcmp(name, "cause") == 0)
        (void)snprintf(buf, cap, "%s", gw_cause_name(w->status.cause));
    else if (strcmp(name, "pts") == 0)
        tell_pts(w, buf, cap);
    else if (strcmp(name, "sizes") == 0)
        (void)snprintf(buf, cap, "%s", w->sizes);
    else if (strcmp(name, "data") == 0)
        tell_bytes(w->data, w->data_len, buf, cap);
    else if (strcmp(name, "sound") == 0)
        tell_bytes(w->sound, w->sound_len, buf, cap);
    else if (strcmp(name, "params") == 0)
        tell_bytes(w->params ? gw_buf_data(w->params) : NULL,
                   w->params ? gw_buf_len(w->params) : 0, buf, cap);
    else
        return false;
    return true;
}

// want NAME VALUE. Says what is otherwise where `out` is given.
static bool is_as_wanted(const struct world *w, const struct camera_step *step, FILE *out)
{
    static char is[2 * DATA_MAX + 1];
    char name[CAMERA_WORD_MAX];
    const char *wanted = step->rest;

    if (camera_word(&wanted, name) < 0 || !tell(w, name, is, sizeof(is))) {
        if (out)
            fprintf(out, "line %u: want what?\n", step->line);
        return false;
    }
    wanted += strspn(wanted, " \t");
    bool good = strcmp(is, wanted) == 0;
    if (!good && out)
        fprintf(out, "line %u: wanted %s %s, it is %s\n", step->line, name, wanted, is);
    return good;
}

static bool all_as_wanted(const struct world *w, FILE *out)
{
    unsigned wants = 0;
    bool good = true;

    for (size_t i = 0; i < w->script.count; i++) {
        const struct camera_step *step = &w->script.steps[i];
        if (strcmp(step->verb, "want") != 0)
            continue;
        wants++;
        good = is_as_wanted(w, step, out) && good;
    }
    return good && wants;
}

// engine NAME VALUE.
static bool set_engine(struct world *w, const struct camera_step *step)
{
    char name[CAMERA_WORD_MAX];
    char value[CAMERA_WORD_MAX];
    const char *text = step->rest;

    if (camera_word(&text, name) < 0 || camera_word(&text, value) < 0)
        return false;
    uint64_t us = strtoull(value, NULL, 10) * GW_MS;
    if (strcmp(name, "credentials") == 0) {
        (void)snprintf(w->credentials, sizeof(w->credentials), "%s", value);
    } else if (strcmp(name, "audio") == 0) {
        w->config.audio = strcmp(value, "on") == 0;
    } else if (strcmp(name, "timeout_ms") == 0) {
        w->config.connect_timeout_us = us;
    } else if (strcmp(name, "stall_ms") == 0) {
        w->config.stall_us = us;
    } else if (strcmp(name, "backoff_ms") == 0) {
        w->config.backoff_min_us = us;
        w->config.backoff_max_us = us;
    } else {
        return false;
    }
    return true;
}

static bool set_up(struct world *w)
{
    w->config = gw_ingest_config_default();
    // Whoever wants another attempt says so: a second one is none of the script's.
    w->config.backoff_min_us = (uint64_t)PATIENCE_MS * GW_MS;
    w->config.backoff_max_us = (uint64_t)PATIENCE_MS * GW_MS;
    w->config.on_frame = on_frame;
    w->config.on_status = on_status;
    w->config.arg = w;
    for (size_t i = 0; i < w->script.count; i++) {
        const struct camera_step *step = &w->script.steps[i];
        if (strcmp(step->verb, "connection") == 0)
            return true;
        bool known = strcmp(step->verb, "want") == 0 ||
                     (strcmp(step->verb, "engine") == 0 && set_engine(w, step));
        if (!known) {
            fprintf(stderr, "line %u: what is that?\n", step->line);
            return false;
        }
    }
    fprintf(stderr, "no connection\n");
    return false;
}

// All that the camera has sent so far is read and handled.
static void read_all(struct world *w)
{
    struct gw_ingest_stats stats;
    uint64_t bytes = 0;

    for (unsigned still = 0; still < STILL_TURNS; still++) {
        uv_run(&w->loop, UV_RUN_NOWAIT);
        gw_ingest_stats(w->ingest, &stats);
        if (stats.bytes != bytes)
            still = 0;
        bytes = stats.bytes;
    }
}

static bool await(struct world *w)
{
    while (!w->late && !w->rested)
        uv_run(&w->loop, UV_RUN_ONCE);
    read_all(w);
    while (!w->late && !all_as_wanted(w, NULL))
        uv_run(&w->loop, UV_RUN_ONCE);
    return all_as_wanted(w, stderr);
}

static bool run(struct world *w)
{
    char url[512];

    struct gw_admission_config limits = gw_admission_config_default();
    limits.full_us = 0; // a script's waits are its own
    w->watchdog.data = w;
    w->rest.data = w;
    if (uv_loop_init(&w->loop) || uv_timer_init(&w->loop, &w->watchdog) ||
        uv_timer_start(&w->watchdog, on_watchdog, PATIENCE_MS, 0) ||
        uv_async_init(&w->loop, &w->rest, on_rest_here) ||
        camera_start(&w->script, on_rest, w, &w->camera) ||
        gw_admission_create(&limits, &w->admission))
        return false;
    w->config.admission = w->admission;
    if (gw_ingest_create(&w->loop, &w->config, &w->ingest))
        return false;
    (void)snprintf(url, sizeof(url), "rtsp://%s127.0.0.1:%u/video", w->credentials,
                   camera_port(w->camera));
    bool good = !gw_ingest_want(w->ingest, STREAM, url, GW_PRIORITY_WALL) && await(w);

    gw_ingest_destroy(w->ingest);
    uv_close((uv_handle_t *)&w->watchdog, NULL);
    // The camera's last word may come up to when it is finished.
    const char *failure;
    uv_unref((uv_handle_t *)&w->rest);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    failure = camera_finish(w->camera);
    if (failure)
        fprintf(stderr, "camera: %s\n", failure);
    uv_close((uv_handle_t *)&w->rest, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    camera_destroy(w->camera);
    gw_admission_destroy(w->admission);
    return !uv_loop_close(&w->loop) && good && !failure;
}

// What went to standard error must not hold the secret. Copies it on.
static bool keeps_secret(FILE *log, int to, const char *credentials)
{
    char line[2048];
    char secret[CAMERA_WORD_MAX];
    const char *colon = strchr(credentials, ':');
    bool kept = true;

    (void)snprintf(secret, sizeof(secret), "%s", colon ? colon + 1 : "");
    secret[strcspn(secret, "@")] = '\0';
    rewind(log);
    while (fgets(line, sizeof(line), log)) {
        kept = kept && !(*secret && strstr(line, secret));
        (void)!write(to, line, strlen(line));
    }
    return kept;
}

int main(int argc, char **argv)
{
    static struct world w;
    FILE *log = tmpfile();
    int to = dup(STDERR_FILENO);

    if (argc != 2 || !log || to < 0) {
        fprintf(stderr, "usage: %s SCRIPT\n", argv[0]);
        return 2;
    }
    int r = camera_script_read(argv[1], &w.script);
    if (r)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
    (void)dup2(fileno(log), STDERR_FILENO);
    bool good = !r && set_up(&w) && run(&w);
    (void)fflush(stderr);
    (void)dup2(to, STDERR_FILENO);
    if (!keeps_secret(log, to, w.credentials)) {
        fprintf(stderr, "the password is in the log\n");
        good = false;
    }
    gw_buf_unref(&w.params);
    camera_script_finish(&w.script);
    (void)fclose(log);
    (void)close(to);
    return good ? 0 : 1;
}
