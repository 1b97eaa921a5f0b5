// The process of a worker (worker.h): begun with an order on its standard input, a socket
// of ours, and a pipe for its last words.
//
// Starting one takes no longer than the system calls.
#ifndef GW_INGEST_WORKER_PROCESS_H
#define GW_INGEST_WORKER_PROCESS_H

#include "base/child.h"

#include <stddef.h>

// The descriptors are the caller's to close.
struct gw_worker_process {
    struct gw_child child;
    int said_fd;   // its standard error; does not block
    int socket_fd; // our end of what it pushes on
};

// Begins `program`. `order` is copied, and fits into a pipe. Returns 0 or -errno: nothing
// runs then.
int gw_worker_process_start(const char *program, const char *order, size_t len,
                            struct gw_worker_process *ret_process);

// Ends here and now what nobody can wait for, and closes all descriptors.
void gw_worker_process_abandon(struct gw_worker_process *process);

#endif
