// Settings, directories, ports and files that are wrong: what, where, how to mend.

#include "tests/harness/http_client.h"
#include "tests/harness/socket.h"
#include "tests/integration/world.h"

#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) { .cameras = 1 });
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

// Runs an engine that must not start. Returns its words.
static char *refused(const char *data, const char *listen, const char *config,
                     int expected)
{
    struct process p;
    int status;
    process_start(&p, (const char *[]) { getenv("GW_ENGINE"), "serve", "--no-auth",
                                         "--data", data, "--listen", listen,
                                         config ? "--config" : NULL, config, NULL });
    char *words = process_end(&p, 0, &status);
    assert_int_equal(status, expected);
    return words;
}

static void expect(char *words, const char *what)
{
    if (!strstr(words, what))
        fail_msg("\"%s\" is not in: %s", what, words);
}

static void wrong_key_is_named_with_file_line_and_suggestion(void **state)
{
    char path[SCRATCH_PATH_MAX];
    (void)state;
    scratch_write(world.dir, "my.conf", "# comment\nlinger = 3\nlistne = 127.0.0.1:0\n",
                  path);
    char *words = refused(world.dir, "127.0.0.1:0", path, 2);
    expect(words, "my.conf:3");
    expect(words, "\"listne\"");
    expect(words, "Did you mean \"listen\"?");
    free(words);
}

static void port_in_use_is_said(void **state)
{
    char listen[32], dir[SCRATCH_PATH_MAX];
    (void)state;
    scratch_create(dir);
    snprintf(listen, sizeof(listen), "127.0.0.1:%u", world.port);
    char *words = refused(dir, listen, NULL, 1);
    expect(words, listen);
    expect(words, "another program uses that port");
    free(words);
    scratch_remove(dir);
}

// A file where the directory should be: also root cannot write into that.
static void data_directory_that_is_none_is_said(void **state)
{
    char path[SCRATCH_PATH_MAX];
    char below[SCRATCH_PATH_MAX + 8];
    (void)state;
    scratch_write(world.dir, "a-file", "x", path);
    char *words = refused(path, "127.0.0.1:0", NULL, 1);
    expect(words, path);
    free(words);

    snprintf(below, sizeof(below), "%s/data", path);
    words = refused(below, "127.0.0.1:0", NULL, 1);
    expect(words, path);
    free(words);
}

static void good_lines_are_kept_and_bad_ones_named(void **state)
{
    static const char csv[] = "id,name,lon,lat,url_main\n"
                              "good1,One,116.8,35.5,rtsp://10.0.0.1/1\n"
                              "bad one,Two,116.8,35.5,rtsp://10.0.0.1/2\n"
                              "bad2,Three,east,35.5,rtsp://10.0.0.1/3\n"
                              "bad3,Four,116.8,95.5,rtsp://10.0.0.1/4\n"
                              "bad4,Five,116.8,35.5,ftp://u:Geheim@10.0.0.1/5\n"
                              "bad5,too,few\n"
                              "good2,Six,116.9,35.6,rtsp://10.0.0.1/6\n"
                              "good1,again,116.9,35.6,rtsp://10.0.0.1/7\n";
    char *words;
    (void)state;

    assert_int_equal(world_import(&world, "broken.csv", csv, &words), 1);
    for (int line = 3; line <= 9; line++) {
        char where[32];
        snprintf(where, sizeof(where), "broken.csv:%d: error", line);
        if (line == 8)
            assert_null(strstr(words, where));
        else
            expect(words, where);
    }
    free(words);

    world_stop_engine(&world);
    world_start_engine(&world);
    cJSON *all = http_get_json(world.port, "/api/v1/cameras");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(all, "items")), 3);
    cJSON_Delete(all);
    cJSON_Delete(http_get_json(world.port, "/api/v1/cameras/good1"));
    cJSON_Delete(http_get_json(world.port, "/api/v1/cameras/good2"));
}

// How many shards tell of themselves.
static unsigned shards_told(void)
{
    static const char row[] = "\ngridwall_connections{shard=";
    struct http_answer answer;
    unsigned count = 0;

    http_request(world.port, "GET", "/metrics", NULL, &answer);
    assert_int_equal(answer.status, 200);
    for (const char *at = answer.body; (at = strstr(at, row)); at += strlen(row))
        count++;
    http_answer_free(&answer);
    return count;
}

// An engine that is told nothing of shards and may use the first `count` processors.
static void expect_shards(const cpu_set_t *all, int count)
{
    cpu_set_t some;

    CPU_ZERO(&some);
    for (unsigned cpu = 0; CPU_COUNT(&some) < count; cpu++)
        if (CPU_ISSET(cpu, all))
            CPU_SET(cpu, &some);
    world_stop_engine(&world);
    assert_int_equal(sched_setaffinity(0, sizeof(some), &some), 0);
    world_start_engine(&world); // which inherits it
    assert_int_equal(sched_setaffinity(0, sizeof(*all), all), 0);
    assert_int_equal(shards_told(), count);
}

static void there_is_a_shard_for_each_processor_that_it_may_use(void **state)
{
    cpu_set_t all;
    (void)state;

    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    if (CPU_COUNT(&all) < 2)
        skip(); // no difference to be seen
    expect_shards(&all, 1);
    expect_shards(&all, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(wrong_key_is_named_with_file_line_and_suggestion),
        CASE(port_in_use_is_said),
        CASE(data_directory_that_is_none_is_said),
        CASE(good_lines_are_kept_and_bad_ones_named),
        CASE(there_is_a_shard_for_each_processor_that_it_may_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
