#include "ingest/worker/confine.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

int gw_confine(int last_fd)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        (!SANITIZED && prctl(PR_SET_DUMPABLE, 0)) ||
        close_range((unsigned)last_fd + 1, UINT_MAX, 0))
        return -errno;
    int r = limit(RLIMIT_CORE, 0);
    if (!r)
        r = limit(RLIMIT_NOFILE, GW_CONFINE_FILES);
    // What is written, not what is mapped: the library alone maps 200 MB.
    if (!r && !SANITIZED)
        r = limit(RLIMIT_DATA, GW_CONFINE_MEMORY_BYTES);
    return r;
}
