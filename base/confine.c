#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 }; // its shadow counts as memory, and it traces itself
#else
enum { SANITIZED = 0 };
#endif

static int limit(int resource, rlim_t value)
{
    const struct rlimit limit = { .rlim_cur = value, .rlim_max = value };
    return setrlimit((__rlimit_resource_t)resource, &limit) ? -errno : 0;
}

int gw_confine(const struct gw_confines *confines)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        (!SANITIZED && prctl(PR_SET_DUMPABLE, 0)) ||
        close_range((unsigned)confines->last_fd + 1, UINT_MAX, 0))
        return -errno;
    int r = limit(RLIMIT_CORE, 0);
    if (!r)
        r = limit(RLIMIT_NOFILE, confines->files);
    if (!r && confines->cpu_s)
        r = limit(RLIMIT_CPU, confines->cpu_s);
    if (!r && !SANITIZED)
        r = limit(RLIMIT_DATA, confines->memory_bytes);
    return r;
}

// ---- what the kernel refuses: seccomp(2), a program of classic BPF ----

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "add the architecture's name (linux/audit.h)"
#endif

// Numbers of calls are below; those of another convention (x32) above.
enum { FOREIGN_CALLS = 0x40000000 };

#define LOAD(member)                                                                     \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE(error) ANSWER(SECCOMP_RET_ERRNO | (error))
#define REFUSE_CALL(name)                                                                \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), REFUSE(EPERM)

int gw_confine_to_reading(void)
{
    static struct sock_filter rules[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        ANSWER(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN_CALLS, 0, 1),
        ANSWER(SECCOMP_RET_KILL_PROCESS),
        REFUSE_CALL(socket),
        REFUSE_CALL(socketpair),
        REFUSE_CALL(io_uring_setup), // it opens and connects by other ways
        REFUSE_CALL(execve),
        REFUSE_CALL(execveat),
        REFUSE_CALL(openat2), // its flags cannot be seen from here
        REFUSE_CALL(mkdirat),
        REFUSE_CALL(unlinkat),
        REFUSE_CALL(linkat),
        REFUSE_CALL(symlinkat),
        REFUSE_CALL(renameat2),
        REFUSE_CALL(truncate),
#ifdef __x86_64__
        REFUSE_CALL(creat),
        REFUSE_CALL(mkdir),
        REFUSE_CALL(rmdir),
        REFUSE_CALL(unlink),
        REFUSE_CALL(link),
        REFUSE_CALL(symlink),
        REFUSE_CALL(rename),
        REFUSE_CALL(renameat),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 0, 3),
        LOAD(args[1]), // the lower half: both are little-endian
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 0, 5),
        REFUSE(EACCES),
#endif
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
        LOAD(args[2]),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_ACCMODE | O_CREAT | O_TRUNC, 0, 1),
        REFUSE(EACCES),
        ANSWER(SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {
        .len = sizeof(rules) / sizeof(*rules),
        .filter = rules,
    };
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? -errno : 0;
}
