// The disk fills up under a running engine: who watches goes on watching, who asks is
// answered, who writes is told what is wrong, in both languages; once there is room, all
// goes on without a restart. The disk is a real one, of a few megabytes, in a name space
// of this test's own. Where there may be none the test is passed over.

#include "tests/harness/http_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    CAMERAS = 2,
    SKIPPED = 77,      // as meson understands it
    WRITES_MAX = 5000, // until the log's old pages are used up
    TRIES = 20,        // on the full disk
};

static struct world world;
static struct wall_client wall;

static bool write_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);
    if (fd >= 0)
        close(fd);
    return good;
}

// Mounts that nobody else sees; for anybody but root within a user's name space.
static bool leave_for_own_mounts(void)
{
    char map[64];
    uid_t user = geteuid();
    if (unshare(CLONE_NEWNS) < 0) {
        snprintf(map, sizeof(map), "%u %u 1", user, user);
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
            !write_line("/proc/self/uid_map", map))
            return false;
    }
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int set_up(void **state)
{
    (void)state;
    world = (struct world) { .config = { .cameras = CAMERAS } };
    scratch_create(world.dir);
    assert_int_equal(mount("tmpfs", world.dir, "tmpfs", 0, "size=3m,mode=0700"), 0);
    world_start_farm(&world);
    world_import_cameras(&world);
    world_start_engine(&world);
    return wall_connect(&wall, world.port);
}

static int tear_down(void **state)
{
    (void)state;
    wall_close(&wall);
    world_stop_engine(&world);
    world_stop_farm(&world);
    assert_int_equal(umount2(world.dir, MNT_DETACH), 0);
    scratch_remove(world.dir);
    return 0;
}

static void filler(char path[SCRATCH_PATH_MAX])
{
    snprintf(path, SCRATCH_PATH_MAX, "%.200s/filler", world.dir);
}

static void fill_disk(void)
{
    static const char page[4096] = { 1 };
    char path[SCRATCH_PATH_MAX];
    filler(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    while (write(fd, page, sizeof(page)) > 0)
        ;
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

static int create(unsigned number, char words[2048])
{
    struct http_answer answer;
    char body[256];
    snprintf(body, sizeof(body),
             "{\"id\":\"D%u\",\"streams\":{\"main\":{\"url\":"
             "\"rtsp://user:secret@10.0.0.1/x\"}}}",
             number);
    http_request(world.port, "POST", "/api/v1/cameras", body, &answer);
    snprintf(words, 2048, "%s", answer.body);
    int status = answer.status;
    http_answer_free(&answer);
    return status;
}

static size_t count_cameras(const char *query)
{
    char path[128];
    snprintf(path, sizeof(path), "/api/v1/cameras?limit=10000&%s", query);
    cJSON *found = http_get_json(world.port, path);
    int n = cJSON_GetArraySize(cJSON_GetObjectItem(found, "items"));
    cJSON_Delete(found);
    return (size_t)n;
}

static void await_more_pictures(void)
{
    uint64_t more = wall.streams[0].frames + 25;
    wall_until(&wall, wall_has_frames, &more);
    wall_check_whole(&wall);
}

static size_t count_lines(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, word)); at++)
        n++;
    return n;
}

static void a_full_disk_stops_writes_and_nothing_else(void **state)
{
    char words[2048], path[SCRATCH_PATH_MAX];
    unsigned stored = 0;
    (void)state;

    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&wall, world_id(n).text, "main", n);
    await_more_pictures();
    fill_disk();

    // The log has pages that can be used again; then there is no more.
    while (create(stored, words) == 201)
        assert_in_range(++stored, 0, WRITES_MAX);
    for (unsigned i = 0; i < TRIES; i++) {
        assert_int_equal(create(stored, words), 507);
        assert_non_null(strstr(words, "\"disk_full\""));
        assert_non_null(strstr(words, "disk is full"));
        assert_non_null(strstr(words, "磁盘已满"));
        assert_null(strstr(words, "secret"));
    }
    await_more_pictures();
    assert_int_equal(count_cameras("q=camera"), CAMERAS);
    assert_int_equal(count_cameras("q=D"), stored);

    char *log = process_errors(&world.engine);
    assert_int_equal(count_lines(log, "level=error"), 1);
    assert_int_equal(count_lines(log, "event=registry_write_failed"), 1);
    free(log);
    assert_true(http_get_metric(world.port, "gridwall_registry_writes_failed_total") >=
                TRIES + 1);

    filler(path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(create(stored, words), 201);
    assert_int_equal(count_cameras("q=D"), stored + 1);
    await_more_pictures();
    log = process_errors(&world.engine);
    assert_int_equal(count_lines(log, "event=registry_writes_again"), 1);
    free(log);

    // As it was told, so it is kept.
    wall_close(&wall);
    world_stop_engine(&world);
    world_start_engine(&world);
    assert_int_equal(count_cameras("q=D"), stored + 1);
    assert_int_equal(wall_connect(&wall, world.port), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_stops_writes_and_nothing_else, set_up,
                                        tear_down),
    };
    if (!leave_for_own_mounts()) {
        print_message("no name space of our own: passed over\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
