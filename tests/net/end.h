// One end of a wire: a network of its own (a network namespace without a name, which is
// gone with the processes in it) and a TUN device whose packets are ours to carry.
#ifndef GW_TESTS_NET_END_H
#define GW_TESTS_NET_END_H

#include "tests/net/packet.h"

#include <stddef.h>
#include <stdint.h>

struct end {
    int space;  // descriptor of the namespace; others enter by /proc/PID/fd/N. -1: none
    int device; // packets, one a read or write, never blocks. -1: none
};

// Makes both, with loopback and `address` (dotted, /24) up. On failure `what` says what
// failed, and the errno of that is returned, negative. Finish it in either case. The
// process is in the new namespace then.
int end_open(struct end *e, const char *address, const char **ret_what);

// Takes another address in place of the one it has. 0 or -errno.
int end_set_address(const struct end *e, const char *address);

// A packet that its network sends; 0: none. Longer ones than WIRE_PACKET_MAX do not
// occur.
size_t end_read(const struct end *e, uint8_t bytes[WIRE_PACKET_MAX]);

// What its network does not take is lost.
void end_write(const struct end *e, const uint8_t *bytes, size_t len);

void end_close(struct end *e);

#endif
