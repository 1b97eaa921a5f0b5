#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct gw_confines confines = {
    .last_fd = STDERR_FILENO,
    .memory_bytes = 512 * 1024 * 1024,
    .files = 16,
    .cpu_s = 1,
};

// Runs `act` in a confined child. Returns what waitpid() says of it.
static int confined(int (*act)(void))
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        if (gw_confine(&confines) || gw_confine_to_reading())
            _exit(99);
        _exit(act());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

// Each returns 0, or the number of the first claim that does not hold.

static int read_only(void)
{
    char text[8];
    char *argv[] = { (char[]) { "true" }, NULL };
    int fd = open("/proc/self/status", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
        return 1;
    if ((int)syscall(SYS_openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY) < 0)
        return 2;
#ifdef SYS_open
    if ((int)syscall(SYS_open, "/proc", O_RDONLY | O_DIRECTORY) < 0)
        return 3;
    if (syscall(SYS_open, "/dev/null", O_WRONLY) >= 0 || errno != EACCES)
        return 4;
#endif
    if (open("/dev/null", O_WRONLY) >= 0 || errno != EACCES)
        return 5;
    if (open("/tmp/gridwall-confined", O_RDONLY | O_CREAT, 0600) >= 0 || errno != EACCES)
        return 6;
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        return 7;
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM)
        return 8;
    if (!execv("/bin/true", argv) || errno != EPERM)
        return 9;
    if (!mkdir("/tmp/gridwall-confined", 0700) || errno != EPERM)
        return 10;
    if (!unlink("/tmp/gridwall-confined") || errno != EPERM)
        return 11;
    return 0;
}

static int bounded(void)
{
    for (int i = 0; i < (int)confines.files; i++)
        (void)dup(STDIN_FILENO);
    return errno == EMFILE ? 0 : 1;
}

static int spin(void)
{
    volatile int forever = 1;
    while (forever)
        ;
    return 1;
}

static void a_confined_process_may_read_and_nothing_else(void **state)
{
    (void)state;
    int status = confined(read_only);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void descriptors_and_time_are_bounded(void **state)
{
    (void)state;
    int status = confined(bounded);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    status = confined(spin);
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confined_process_may_read_and_nothing_else),
        cmocka_unit_test(descriptors_and_time_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
