// Names to addresses, some at a time. A look-up takes a thread of libuv's pool, which a
// name server that does not answer holds up for many seconds, and others need the pool
// too; so further ones wait for their turn, the oldest first. One loop's thread.
#ifndef GW_INGEST_LOOKUP_H
#define GW_INGEST_LOOKUP_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

enum { GW_LOOKUPS_MAX = 2 }; // of a loop under way

struct gw_lookup;

// All zero at first but for the loop; the other fields are private.
struct gw_lookups {
    uv_loop_t *loop;
    unsigned under_way;
    struct gw_lookup *first; // that waits; the oldest
    struct gw_lookup *last;
};

// Looks `host` up, which must stay until on_done, or until it is cancelled. on_done
// comes from the loop, once: with 0 and addresses that it owns (uv_freeaddrinfo()), or
// with a libuv error and NULL. Returns 0 or -ENOMEM.
int gw_lookup_start(struct gw_lookups *all, const char *host, uint16_t port,
                    void (*on_done)(void *arg, int status, struct addrinfo *addresses),
                    void *arg, struct gw_lookup **ret_lookup);

// Returns true when it is gone; else it is under way, and on_done comes all the same.
bool gw_lookup_cancel(struct gw_lookup *l);

#endif
