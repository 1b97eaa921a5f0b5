#include "tests/integration/world.h"

#include "tests/harness/socket.h"

#include <cjson/cJSON.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { ARGS_MAX = 40, PATIENCE_MS = 60 * 1000, ROW = 20, FARM_ANSWER = 512 };

struct command {
    const char *args[ARGS_MAX];
    size_t count;
};

static void add(struct command *c, const char *arg)
{
    assert_true(c->count < ARGS_MAX - 1);
    c->args[c->count++] = arg;
}

static void add_all(struct command *c, const char *const *args)
{
    for (size_t i = 0; i < WORLD_ARGS_MAX && args[i]; i++)
        add(c, args[i]);
}

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    if (!value)
        fail_msg("the environment lacks %s: run it with `meson test`", name);
    return value;
}

struct world_id world_id(unsigned number)
{
    struct world_id id;
    snprintf(id.text, sizeof(id.text), "3708120000131%07u", number);
    return id;
}

void world_url(const struct world *w, unsigned number, const char *profile,
               char url[SCRATCH_PATH_MAX])
{
    snprintf(url, SCRATCH_PATH_MAX, "rtsp://%s127.0.0.1:%u/cam/%05u/%s",
             w->config.login ? w->config.login : "", w->farm_port, number, profile);
}

void world_start_farm(struct world *w)
{
    const char *clips = environment("GW_CLIPS");
    char main0[512], main1[512], sub0[512], cameras[16], port[16];
    char line[PROCESS_LINE_MAX];
    struct command c = { 0 };

    snprintf(main0, sizeof(main0), "%s/main0.mp4", clips);
    snprintf(main1, sizeof(main1), "%s/main1.mp4", clips);
    snprintf(sub0, sizeof(sub0), "%s/sub0.mp4", clips);
    snprintf(cameras, sizeof(cameras), "%u", w->config.cameras ? w->config.cameras : 1);
    snprintf(port, sizeof(port), "%u", w->farm_port);
    add_all(&c,
            (const char *[WORLD_ARGS_MAX]) { environment("GW_FARM"), "--cameras", cameras,
                                             "--port", port, "--control-port", "0" });
    add_all(&c, (const char *[WORLD_ARGS_MAX]) { "--clip", main0, "--clip", main1,
                                                 "--sub-clip", sub0 });
    add_all(&c, w->config.farm);
    process_start(&w->farm, c.args);
    w->farm_port = (uint16_t)process_await_port(&w->farm, "listening on");
    process_await(&w->farm, "control on ", line);
    w->control_port = (uint16_t)atoi(line + strlen("control on "));
}

void world_start_engine(struct world *w)
{
    struct command c = { 0 };

    add_all(&c, (const char *[WORLD_ARGS_MAX]) { environment("GW_ENGINE"), "serve",
                                                 "--data", w->dir, "--listen",
                                                 "127.0.0.1:0", "--no-auth" });
    // A test counts what it causes itself; one that wants probes says so behind this.
    add_all(&c, (const char *[WORLD_ARGS_MAX]) { "--probe-interval", "0" });
    add_all(&c, w->config.engine);
    process_start(&w->engine, c.args);
    w->port = (uint16_t)process_await_port(&w->engine, "listening on");
}

int world_import(struct world *w, const char *name, const char *text, char **ret_words)
{
    char path[SCRATCH_PATH_MAX];
    struct process p;
    int status;

    scratch_write(w->dir, name, text, path);
    process_start(&p, (const char *[]) { environment("GW_ENGINE"), "import", "--data",
                                         w->dir, path, NULL });
    char *words = process_end(&p, 0, &status);
    if (ret_words)
        *ret_words = words;
    else
        free(words);
    return status;
}

void world_import_cameras(struct world *w)
{
    char main_url[SCRATCH_PATH_MAX], sub_url[SCRATCH_PATH_MAX];
    char *text;
    size_t len;

    FILE *f = open_memstream(&text, &len);
    assert_non_null(f);
    fputs("id,name,lon,lat,url_main,url_sub,pull\n", f);
    unsigned count = w->config.registered ? w->config.registered : w->config.cameras;
    for (unsigned n = 1; n <= count; n++) {
        world_url(w, n, "main", main_url);
        world_url(w, n, "sub", sub_url);
        fprintf(f, "%s,camera %u,%.4f,%.4f,%s,%s,%s\n", world_id(n).text, n,
                116.8 + 0.001 * ((n - 1) % ROW), 35.5 + 0.001 * ((n - 1) / ROW), main_url,
                sub_url, w->config.pull ? w->config.pull : "on_demand");
    }
    assert_int_equal(fclose(f), 0);
    assert_int_equal(world_import(w, "cameras.csv", text, NULL), 0);
    free(text);
}

void world_start(struct world *w, const struct world_config *config)
{
    *w = (struct world) { .config = *config };
    scratch_create(w->dir);
    world_start_farm(w);
    if (config->cameras > 0)
        world_import_cameras(w);
    world_start_engine(w);
}

static void stop(struct process *p, const char *name)
{
    int status;

    if (p->pid == 0)
        return;
    char *words = process_end(p, SIGTERM, &status);
    if (status != 0) { // not by cmocka, which cuts a sanitizer's report short
        fprintf(stderr, "%s ended with %d:\n", name, status);
        fputs(words, stderr);
    }
    free(words);
    assert_int_equal(status, 0);
}

void world_stop_farm(struct world *w)
{
    stop(&w->farm, "the farm");
}

void world_stop_engine(struct world *w)
{
    stop(&w->engine, "the engine");
}

void world_stop(struct world *w)
{
    world_stop_engine(w);
    world_stop_farm(w);
    scratch_remove(w->dir);
}

static void ask_farm(const struct world *w, const char *order, char answer[FARM_ANSWER])
{
    size_t len = 0;
    int fd = socket_connect(w->control_port);

    assert_true(fd >= 0);
    socket_write(fd, order, strlen(order));
    socket_write(fd, "\n", 1);
    do {
        long n = socket_read(fd, answer + len, FARM_ANSWER - 1 - len, PATIENCE_MS);
        assert_true(n > 0);
        len += (size_t)n;
        answer[len] = '\0';
    } while (!strchr(answer, '\n'));
    close(fd);
}

void world_order(const struct world *w, const char *order)
{
    char answer[FARM_ANSWER];
    ask_farm(w, order, answer);
    assert_string_equal(answer, "ok\n");
}

uint64_t world_farm_figure(const struct world *w, const char *name)
{
    char answer[FARM_ANSWER];
    ask_farm(w, "stats", answer);
    cJSON *stats = cJSON_Parse(answer);
    const cJSON *figure = cJSON_GetObjectItem(stats, name);
    assert_true(cJSON_IsNumber(figure));
    uint64_t value = (uint64_t)figure->valuedouble;
    cJSON_Delete(stats);
    return value;
}
