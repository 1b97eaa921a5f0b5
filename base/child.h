// A child process, begun with a few descriptors and nothing else of ours: by
// posix_spawn() and not fork(), which would copy the page tables of all cached pictures.
// It is waited for by its process descriptor, which becomes readable when it has ended,
// without signals and whatever else the program starts.
#ifndef GW_BASE_CHILD_H
#define GW_BASE_CHILD_H

#include <sys/types.h>

enum {
    GW_CHILD_FIRST_FD = 3, // what a child is given beyond the standard ones
    GW_CHILD_NOTHING = -1, // as a descriptor: /dev/null
};

struct gw_child_config {
    const char *program;
    char *const *argv;        // ends with NULL
    char *const *environment; // ends with NULL
    int in_fd, out_fd, error_fd;
    int first_fd; // becomes GW_CHILD_FIRST_FD; GW_CHILD_NOTHING: there is none
};

struct gw_child {
    pid_t pid;
    int pid_fd; // the caller's to close, once the child was waited for
};

// Descriptors are only lent; they are above the standard ones, and close-on-exec. The
// child has no signal blocked or ignored. Returns 0 or -errno: nothing runs then.
int gw_child_start(const struct gw_child_config *config, struct gw_child *ret_child);

// Ends here and now a child that was not waited for yet: its number is still its own.
void gw_child_kill(pid_t pid);

#endif
