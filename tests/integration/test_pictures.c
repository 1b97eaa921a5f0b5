// Pictures from the cameras to a viewer: the right ones, in order, all of them.

#include "tests/harness/live_client.h"
#include "tests/harness/wall_client.h"
#include "tests/integration/world.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

enum { CAMERAS = 9 };

// More than one group of pictures: the cameras send a key frame every 50.
static uint64_t enough = 75;

static struct world world;

static int set_up(void **state)
{
    (void)state;
    world_start(&world, &(struct world_config) {
                            .cameras = CAMERAS,
                            .engine = { "--shards", "2" },
                        });
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_stop(&world);
    return 0;
}

static void print_ages(const struct wall_client *w)
{
    uint64_t oldest = 0;
    for (int i = 0; i < w->count; i++)
        if (w->streams[i].age_us > oldest)
            oldest = w->streams[i].age_us;
    print_message("oldest of %d pictures: %lu us\n", w->count, oldest);
}

static void nine_cameras_on_one_socket(void **state)
{
    static struct wall_client wall;
    (void)state;

    assert_int_equal(wall_connect(&wall, world.port), 0);
    for (unsigned n = 1; n <= CAMERAS; n++)
        wall_open(&wall, world_id(n).text, "sub", n);
    wall_until(&wall, wall_has_frames, &enough);
    wall_check_whole(&wall);
    assert_true(wall_in_state(&wall, "live"));
    print_ages(&wall);
    wall_close(&wall);
}

static void main_and_sub_of_a_camera_in_both_forms(void **state)
{
    static struct wall_client wall;
    (void)state;

    assert_int_equal(wall_connect(&wall, world.port), 0);
    for (unsigned n = 1; n <= 2; n++) { // one on each shard
        wall_open_form(&wall, world_id(n).text, "main", "avcc", n);
        wall_open_form(&wall, world_id(n).text, "sub", "mp4", n);
    }
    wall_until(&wall, wall_has_frames, &enough);
    wall_check_whole(&wall);
    assert_int_not_equal(wall.streams[0].stream, wall.streams[1].stream);
    wall_close(&wall);
}

// Viewers come and go on all shards; those who stay see nothing of it.
static void viewers_do_not_disturb_each_other(void **state)
{
    static struct wall_client stays, comes;
    (void)state;

    assert_int_equal(wall_connect(&stays, world.port), 0);
    struct wall_stream *first = wall_open(&stays, world_id(3).text, "sub", 3);
    for (int i = 0; i < 6; i++) {
        uint64_t few = 10, more = first->frames + 10;
        assert_int_equal(wall_connect(&comes, world.port), 0);
        for (unsigned n = 1; n <= CAMERAS; n++)
            wall_open(&comes, world_id(n).text, "sub", n);
        wall_until(&comes, wall_has_frames, &few);
        wall_check_whole(&comes);
        wall_close(&comes);
        wall_until(&stays, wall_has_frames, &more);
    }
    wall_check_whole(&stays);
    wall_close(&stays);
}

static void players_of_flv_and_mp4(void **state)
{
    static const struct {
        const char *suffix;
        enum farm_profile profile;
    } paths[] = {
        { ".flv", FARM_MAIN },
        { ".mp4", FARM_MAIN },
        { "/sub.flv", FARM_SUB },
        { "/sub.mp4", FARM_SUB },
    };
    static struct live_client players[8];
    char path[64];
    (void)state;

    for (unsigned i = 0; i < 8; i++) {
        unsigned number = 1 + i % CAMERAS;
        snprintf(path, sizeof(path), "/live/%s%s", world_id(number).text,
                 paths[i / 2].suffix);
        live_open(&players[i], world.port,
                  &(struct live_target) {
                      .path = path,
                      .websocket = i % 2,
                      .camera = number,
                      .profile = paths[i / 2].profile,
                  });
    }
    for (unsigned i = 0; i < 8; i++)
        live_read(&players[i], enough);
    for (unsigned i = 0; i < 8; i++) {
        live_check_whole(&players[i]);
        live_close(&players[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nine_cameras_on_one_socket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(main_and_sub_of_a_camera_in_both_forms, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(viewers_do_not_disturb_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(players_of_flv_and_mp4, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
