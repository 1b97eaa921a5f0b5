#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { LEFT_OPEN = 12 };

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

// With arguments that no call takes: only what is refused answers EPERM.
static int refuses_calls(void)
{
    static const int calls[] = {
        SYS_socket,   SYS_socketpair, SYS_io_uring_setup, SYS_execve,
        SYS_execveat, SYS_openat2,    SYS_mkdirat,        SYS_unlinkat,
        SYS_linkat,   SYS_symlinkat,  SYS_renameat2,      SYS_truncate,
#ifdef __x86_64__
        SYS_creat,    SYS_mkdir,      SYS_rmdir,          SYS_unlink,
        SYS_link,     SYS_symlink,    SYS_rename,         SYS_renameat,
#endif
    };
    for (int i = 0; i < (int)(sizeof(calls) / sizeof(*calls)); i++)
        if (syscall(calls[i], -1, -1, -1, -1, -1) >= 0 || errno != EPERM)
            return i + 1;
    return 0;
}

static bool is_refused(long fd)
{
    return fd < 0 && errno == EACCES;
}

static int opens_for_reading_only(void)
{
    static const int refused[] = { O_WRONLY, O_RDWR, O_RDONLY | O_CREAT,
                                   O_RDONLY | O_TRUNC };
    char text[8];
    int fd = open("/proc/self/status", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof(text)) <= 0)
        return 1;
    if (syscall(SYS_openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY) < 0)
        return 2;
    for (int i = 0; i < (int)(sizeof(refused) / sizeof(*refused)); i++)
        if (!is_refused(syscall(SYS_openat, AT_FDCWD, "/dev/null", refused[i], 0600)))
            return 10 + i;
#ifdef SYS_open
    if (syscall(SYS_open, "/proc", O_RDONLY | O_DIRECTORY) < 0)
        return 3;
    for (int i = 0; i < (int)(sizeof(refused) / sizeof(*refused)); i++)
        if (!is_refused(syscall(SYS_open, "/dev/null", refused[i], 0600)))
            return 20 + i;
#endif
    return 0;
}

// A descriptor of ours that nobody meant to hand on, a core file with what it read in it,
// and a process that outlives who started it.
static int leaves_nothing(void)
{
    struct rlimit core;
    int signal_of_death = 0;
    if (fcntl(LEFT_OPEN, F_GETFD) >= 0 || errno != EBADF)
        return 1;
    if (fcntl(STDERR_FILENO, F_GETFD) < 0)
        return 2;
    if (getrlimit(RLIMIT_CORE, &core) || core.rlim_cur != 0 || core.rlim_max != 0)
        return 3;
    if (prctl(PR_GET_PDEATHSIG, &signal_of_death) || signal_of_death != SIGKILL)
        return 4;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 5;
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

static void expect_all(int (*act)(void))
{
    int status = confined(act);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_confined_process_may_read_and_nothing_else(void **state)
{
    (void)state;
    expect_all(refuses_calls);
    expect_all(opens_for_reading_only);
}

static void nothing_is_handed_on_or_left_behind(void **state)
{
    (void)state;
    assert_int_equal(dup2(STDIN_FILENO, LEFT_OPEN), LEFT_OPEN);
    expect_all(leaves_nothing);
    close(LEFT_OPEN);
}

static void descriptors_and_time_are_bounded(void **state)
{
    (void)state;
    expect_all(bounded);
    int status = confined(spin);
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confined_process_may_read_and_nothing_else),
        cmocka_unit_test(nothing_is_handed_on_or_left_behind),
        cmocka_unit_test(descriptors_and_time_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
