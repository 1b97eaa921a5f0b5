#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENT_MS = 60 * 1000 };

static int start(const char *program, const char *script, int out_fd, int first_fd,
                 struct gw_child *ret_child)
{
    char *argv[] = { (char[]) { "sh" }, (char[]) { "-c" }, (char *)script, NULL };
    char *environment[] = { (char[]) { "WORD=given" }, NULL };
    const struct gw_child_config config = {
        .program = program,
        .argv = argv,
        .environment = environment,
        .in_fd = GW_CHILD_NOTHING,
        .out_fd = out_fd,
        .error_fd = GW_CHILD_NOTHING,
        .first_fd = first_fd,
    };
    return gw_child_start(&config, ret_child);
}

// Waits by the descriptor as a loop would. Returns what became of it.
static siginfo_t end_of(struct gw_child *child)
{
    struct pollfd p = { .fd = child->pid_fd, .events = POLLIN };
    siginfo_t info = { 0 };
    assert_int_equal(poll(&p, 1, PATIENT_MS), 1);
    assert_int_equal(waitid(P_PIDFD, (id_t)child->pid_fd, &info, WEXITED), 0);
    close(child->pid_fd);
    return info;
}

static void it_has_what_it_was_given_and_no_more(void **state)
{
    (void)state;
    struct gw_child child;
    int out[2], extra[2];
    char text[256] = "";
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    assert_int_equal(pipe2(extra, O_CLOEXEC), 0);
    // Its environment, its end of input, and its descriptors: `ls` opens one of its own.
    assert_int_equal(start("/bin/sh",
                           "echo $WORD,$HOME; cat; echo more >&3; ls /proc/self/fd",
                           out[1], extra[1], &child),
                     0);
    close(out[1]);
    close(extra[1]);
    siginfo_t info = end_of(&child);
    assert_int_equal(info.si_code, CLD_EXITED);
    assert_int_equal(info.si_status, 0);
    assert_true(read(out[0], text, sizeof(text) - 1) > 0);
    assert_string_equal(text, "given,\n0\n1\n2\n3\n4\n");
    memset(text, 0, sizeof(text));
    assert_true(read(extra[0], text, sizeof(text) - 1) > 0);
    assert_string_equal(text, "more\n");
    close(out[0]);
    close(extra[0]);
}

static void no_signal_is_blocked_or_ignored(void **state)
{
    (void)state;
    struct gw_child child;
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    assert_int_equal(sigprocmask(SIG_BLOCK, &term, &before), 0);
    void (*pipe_before)(int) = signal(SIGPIPE, SIG_IGN);

    const char *const scripts[] = { "kill -TERM $$; exit 1", "kill -PIPE $$; exit 1" };
    const int signals[] = { SIGTERM, SIGPIPE };
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            start("/bin/sh", scripts[i], GW_CHILD_NOTHING, GW_CHILD_NOTHING, &child), 0);
        siginfo_t info = end_of(&child);
        assert_int_equal(info.si_code, CLD_KILLED);
        assert_int_equal(info.si_status, signals[i]);
    }
    signal(SIGPIPE, pipe_before);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static void what_cannot_start_is_told(void **state)
{
    (void)state;
    struct gw_child child = { .pid = 77 };
    assert_int_equal(
        start("/no/such/program", "", GW_CHILD_NOTHING, GW_CHILD_NOTHING, &child),
        -ENOENT);
    assert_int_equal(child.pid, 77);
}

static void it_can_be_ended_at_once(void **state)
{
    (void)state;
    struct gw_child child;
    assert_int_equal(
        start("/bin/sh", "exec sleep 1000", GW_CHILD_NOTHING, GW_CHILD_NOTHING, &child),
        0);
    gw_child_kill(child.pid);
    assert_int_equal(waitpid(child.pid, NULL, 0), -1);
    assert_int_equal(errno, ECHILD);
    close(child.pid_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_what_it_was_given_and_no_more),
        cmocka_unit_test(no_signal_is_blocked_or_ignored),
        cmocka_unit_test(what_cannot_start_is_told),
        cmocka_unit_test(it_can_be_ended_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
