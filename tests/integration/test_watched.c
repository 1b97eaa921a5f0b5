// Who watched what: each viewing of a camera is in the audit log, with where it came from
// and how long it was, also when the engine is killed.

#include "tests/harness/http_client.h"
#include "tests/harness/live_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 2 };

static struct world world;
static struct wall_client wall;
static uint64_t few = 5;

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) { .cameras = CAMERAS });
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

// Entries about camera `number`, newest first. cJSON_Delete() it.
static cJSON *entries_of(unsigned number)
{
    char path[128];
    snprintf(path, sizeof(path), "/api/v1/audit?camera=%s", world_id(number).text);
    return http_get_json(world.port, path);
}

static const char *text_of(const cJSON *entry, const char *field)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(entry, field));
    return text ? text : "";
}

static const cJSON *detail(const cJSON *entry, const char *name)
{
    return cJSON_GetObjectItem(cJSON_GetObjectItem(entry, "details"), name);
}

// Asks until the camera has `count` entries: the end of a viewing comes when its
// connection is gone.
static cJSON *await_entries(unsigned number, int count)
{
    for (;;) {
        cJSON *page = entries_of(number);
        if (cJSON_GetArraySize(cJSON_GetObjectItem(page, "items")) >= count)
            return page;
        cJSON_Delete(page);
    }
}

static void check_viewing(unsigned number, const char *stream, const char *by)
{
    cJSON *page = await_entries(number, 3); // it was imported, too
    const cJSON *items = cJSON_GetObjectItem(page, "items");
    const cJSON *end = cJSON_GetArrayItem(items, 0),
                *begin = cJSON_GetArrayItem(items, 1);
    assert_int_equal(cJSON_GetArraySize(items), 3);
    assert_string_equal(text_of(begin, "action"), "watch_begin");
    assert_string_equal(text_of(end, "action"), "watch_end");
    for (int i = 0; i < 2; i++) {
        const cJSON *e = cJSON_GetArrayItem(items, i);
        assert_string_equal(text_of(e, "who"), "no-auth");
        assert_string_equal(text_of(e, "address"), "127.0.0.1");
        assert_string_equal(text_of(e, "outcome"), "ok");
        assert_string_equal(cJSON_GetStringValue(detail(e, "stream")), stream);
        assert_string_equal(cJSON_GetStringValue(detail(e, "by")), by);
    }
    double at[2] = { cJSON_GetObjectItem(begin, "at_ms")->valuedouble,
                     cJSON_GetObjectItem(end, "at_ms")->valuedouble };
    double ms = detail(end, "ms")->valuedouble;
    assert_null(detail(begin, "ms"));
    // Two clocks, each read twice.
    assert_true(ms > 0 && ms <= at[1] - at[0] + 1000 && ms >= at[1] - at[0] - 1000);
    cJSON_Delete(page);
}

static void a_viewing_has_a_begin_and_an_end(void **state)
{
    struct live_client live;
    char path[64];
    (void)state;
    assert_int_equal(wall_connect(&wall, world.port), 0);
    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    wall_close(&wall);
    check_viewing(1, "sub", "wall");

    snprintf(path, sizeof(path), "/live/%s.flv", world_id(2).text);
    live_open(&live, world.port,
              &(struct live_target) { .path = path, .camera = 2, .profile = FARM_MAIN });
    live_read(&live, few);
    live_close(&live);
    check_viewing(2, "main", "flv");
}

// What asks for the log waits for it to be written, and takes along what is ahead of it.
static void a_viewing_that_was_seen_in_the_log_survives_a_kill(void **state)
{
    int status;
    (void)state;
    assert_int_equal(wall_connect(&wall, world.port), 0);
    wall_open(&wall, world_id(1).text, "sub", 1);
    wall_until(&wall, wall_has_frames, &few);
    cJSON *before = await_entries(1, 2);
    free(process_end(&world.engine, SIGKILL, &status));
    wall_close(&wall);
    world_start_engine(&world);

    cJSON *after = entries_of(1);
    assert_true(cJSON_Compare(before, after, true));
    cJSON_Delete(before);
    cJSON_Delete(after);
    cJSON *starts = http_get_json(world.port, "/api/v1/audit?action=engine_started");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(starts, "items")), 2);
    cJSON_Delete(starts);
    cJSON *verdict = http_get_json(world.port, "/api/v1/audit/verify");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(verdict, "good")));
    cJSON_Delete(verdict);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_viewing_has_a_begin_and_an_end),
        CASE(a_viewing_that_was_seen_in_the_log_survives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
