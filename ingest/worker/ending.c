#include "ingest/worker/ending.h"

// Above what tools use (1, 2, 23 of LeakSanitizer), below a shell's 126 and above.
enum { FIRST_STATUS = 64 };

int gw_worker_exit_status(enum gw_cause cause)
{
    return FIRST_STATUS + (int)cause;
}

enum gw_cause gw_worker_ending(bool exited, int status)
{
    int cause = status - FIRST_STATUS;

    // NONE is no end that a worker tells: a source that ends has closed.
    if (!exited || cause <= GW_CAUSE_NONE || cause >= GW_CAUSES)
        return GW_CAUSE_WORKER;
    return (enum gw_cause)cause;
}
