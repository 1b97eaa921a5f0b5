// What the end of a worker process means: it tells its cause by its exit status.
#ifndef GW_INGEST_WORKER_ENDING_H
#define GW_INGEST_WORKER_ENDING_H

#include "base/source.h"

#include <stdbool.h>

// For exit(): never a status that libraries, shells or sanitizers use, so that their
// ends are not taken for ours.
int gw_worker_exit_status(enum gw_cause cause);

// `exited`: with that status; else killed by a signal. Whatever no worker says means
// that it crashed: CAUSE_WORKER.
enum gw_cause gw_worker_ending(bool exited, int status);

#endif
