#include "ws/door.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { GUESTS = 2 * GW_DOOR_TURN_MAX + 1 };

struct fixture {
    uv_loop_t loop;
    struct gw_door *door;
    int inner[GUESTS]; // the door's ends, as they came
    int outer[GUESTS];
    int entered[GUESTS]; // in the order they were let in
    int count;
};

static void on_enter(void *arg, int fd)
{
    struct fixture *f = arg;
    assert_true(f->count < GUESTS);
    f->entered[f->count++] = fd;
}

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture) { 0 };
    assert_int_equal(uv_loop_init(&f.loop), 0);
    f.door = gw_door_create(&f.loop, on_enter, &f);
    assert_non_null(f.door);
    for (int i = 0; i < GUESTS; i++) {
        int ends[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        f.inner[i] = ends[0];
        f.outer[i] = ends[1];
        assert_int_equal(gw_door_come(f.door, ends[0], (uint64_t)i), 0);
    }
    *state = &f;
    return 0;
}

static bool is_closed(int outer)
{
    char byte;
    ssize_t n = recv(outer, &byte, 1, MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno == ECONNRESET); // with words unheard
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    gw_door_destroy(f->door);
    uv_run(&f->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&f->loop), 0);
    for (int i = 0; i < f->count; i++)
        assert_int_equal(close(f->entered[i]), 0); // theirs who were let in: not closed
    for (int i = 0; i < GUESTS; i++) {
        assert_true(is_closed(f->outer[i]));
        close(f->outer[i]);
    }
    return 0;
}

static void speak(struct fixture *f, int guest)
{
    assert_int_equal(send(f->outer[guest], "hello", 5, 0), 5);
}

static void silent_guests_stay_outside(void **state)
{
    struct fixture *f = *state;
    uv_run(&f->loop, UV_RUN_NOWAIT);
    assert_int_equal(f->count, 0);
    assert_int_equal(gw_door_waiting(f->door), GUESTS);
}

static void they_enter_as_they_spoke(void **state)
{
    struct fixture *f = *state;
    static const int order[] = { 3, 0, 4 };
    for (int i = 0; i < 3; i++) {
        speak(f, order[i]);
        uv_run(&f->loop, UV_RUN_ONCE);
    }
    while (f->count < 3)
        uv_run(&f->loop, UV_RUN_ONCE);
    for (int i = 0; i < 3; i++)
        assert_int_equal(f->entered[i], f->inner[order[i]]);
    assert_int_equal(gw_door_waiting(f->door), GUESTS - 3);
    char word[5]; // what they said is still to be read
    assert_int_equal(read(f->entered[0], word, sizeof(word)), 5);
}

static void few_enter_at_one_turn(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < GUESTS; i++)
        speak(f, i);
    for (int turns = 0; f->count < GUESTS; turns++) {
        int before = f->count;
        uv_run(&f->loop, UV_RUN_NOWAIT);
        assert_true(f->count - before <= GW_DOOR_TURN_MAX);
        assert_true(turns < 100);
    }
    assert_int_equal(gw_door_waiting(f->door), 0);
    assert_int_equal(uv_run(&f->loop, UV_RUN_NOWAIT), 0); // the loop may sleep again
}

static void silence_ends(void **state)
{
    struct fixture *f = *state;
    speak(f, 0);
    uv_run(&f->loop, UV_RUN_ONCE);
    while (f->count < 1)
        uv_run(&f->loop, UV_RUN_ONCE);

    // Guest i came at i: two of the silent ones have been so for too long.
    gw_door_expire(f->door, GW_DOOR_SILENT_US + 3);
    assert_int_equal(gw_door_expired(f->door), 2);
    assert_true(is_closed(f->outer[1]) && is_closed(f->outer[2]));
    assert_false(is_closed(f->outer[0]) || is_closed(f->outer[3]));
    assert_int_equal(gw_door_waiting(f->door), GUESTS - 3);
}

static void who_leaves_is_let_in_to_be_found_out(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(shutdown(f->outer[2], SHUT_WR), 0);
    while (f->count < 1)
        uv_run(&f->loop, UV_RUN_ONCE);
    assert_int_equal(f->entered[0], f->inner[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(silent_guests_stay_outside, set_up, tear_down),
        cmocka_unit_test_setup_teardown(they_enter_as_they_spoke, set_up, tear_down),
        cmocka_unit_test_setup_teardown(few_enter_at_one_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_leaves_is_let_in_to_be_found_out, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
