// A process that reads what strangers made with a library of a million lines gives away
// what it does not need, before it reads the first byte. Linux only; whoever calls this
// is a program of its own, not the engine.
#ifndef GW_BASE_CONFINE_H
#define GW_BASE_CONFINE_H

#include <stddef.h>

struct gw_confines {
    int last_fd;         // descriptors above are closed
    size_t memory_bytes; // that may be written to: what is mapped costs nothing
    unsigned files;      // descriptors at once
    unsigned cpu_s;      // 0: no bound
};

// Ends with its parent; gains no rights; shows its memory to no other process and leaves
// no dump of it; takes no more than the above. Returns 0 or a negative errno.
int gw_confine(const struct gw_confines *confines);

// From here on the kernel refuses sockets, other programs, and to make, write or remove
// files; what is open stays open. Returns 0 or a negative errno. After gw_confine().
int gw_confine_to_reading(void);

#endif
