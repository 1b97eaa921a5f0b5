#include "tests/harness/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60 * 1000 };

static void become(const struct process *p, int out, const char *const argv[])
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    dup2(p->err, STDERR_FILENO);
    execvp(argv[0], (char *const *)argv);
    dprintf(STDERR_FILENO, "cannot start %s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

void process_start(struct process *p, const char *const argv[])
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    *p = (struct process) {
        .out = ends[0],
        .err = memfd_create("stderr", MFD_CLOEXEC),
    };
    assert_true(p->err >= 0);
    p->pid = fork();
    assert_true(p->pid >= 0);
    if (p->pid == 0)
        become(p, ends[1], argv);
    close(ends[1]);
}

char *process_errors(const struct process *p)
{
    struct stat st;
    assert_int_equal(fstat(p->err, &st), 0);
    char *text = calloc(1, (size_t)st.st_size + 1);
    assert_non_null(text);
    assert_true(pread(p->err, text, (size_t)st.st_size, 0) >= 0);
    return text;
}

static void give_up(struct process *p, const char *why)
{
    char *errors = process_errors(p);
    fprintf(stderr, "%s; its standard error:\n", why);
    fputs(errors, stderr); // not by cmocka, which would cut it short
    free(errors);
    kill(p->pid, SIGKILL);
    fail();
}

void process_await(struct process *p, const char *prefix, char line[PROCESS_LINE_MAX])
{
    size_t len = 0;

    for (;;) {
        struct pollfd fd = { .fd = p->out, .events = POLLIN };
        char c;
        if (poll(&fd, 1, PATIENCE_MS) <= 0)
            give_up(p, "the program says nothing");
        if (read(p->out, &c, 1) != 1)
            give_up(p, "the program ended");
        if (c != '\n' && len < PROCESS_LINE_MAX - 1) {
            line[len++] = c;
            continue;
        }
        line[len] = '\0';
        if (strncmp(line, prefix, strlen(prefix)) == 0)
            return;
        len = 0;
    }
}

unsigned process_await_port(struct process *p, const char *prefix)
{
    char line[PROCESS_LINE_MAX];
    process_await(p, prefix, line);
    const char *colon = strrchr(line, ':');
    assert_non_null(colon);
    return (unsigned)strtoul(colon + 1, NULL, 10);
}

// Its status; the descriptors stay open.
static int await_end(struct process *p)
{
    int status;
    int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    struct pollfd end = { .fd = fd, .events = POLLIN };

    assert_true(fd >= 0);
    if (poll(&end, 1, PATIENCE_MS) <= 0)
        give_up(p, "the program does not end");
    close(fd);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    p->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int process_wait(struct process *p)
{
    int status = await_end(p);
    close(p->out);
    close(p->err);
    return status;
}

int process_stop(struct process *p, int sig)
{
    if (p->pid == 0)
        return 0;
    kill(p->pid, sig);
    return process_wait(p);
}

char *process_end(struct process *p, int sig, int *ret_status)
{
    if (sig)
        kill(p->pid, sig);
    int status = await_end(p);
    char *errors = process_errors(p);
    close(p->out);
    close(p->err);
    *ret_status = status;
    return errors;
}
