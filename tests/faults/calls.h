// Makes one system call fail, with an error that it can have in life.
//
// The functions of the C library that make them are defined here once more: those of
// a program come before those of its libraries, so libuv calls these. What a thread
// arms holds for that thread only. Not counted are calls that cannot fail on a good
// descriptor (getsockopt), that only release (close), and epoll_ctl: libuv calls
// abort() when it fails, and nothing of ours comes in between.
#ifndef GW_TESTS_FAULTS_CALLS_H
#define GW_TESTS_FAULTS_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The nth call of this thread from now on fails, once; `seed` chooses among the
// errors that it may have. Until it fails, a read takes at most `read_max` bytes: a
// session then makes thousands of calls.
void calls_arm(uint64_t nth, unsigned seed, size_t read_max);

// No call fails any more. Returns whether one did since it was armed.
bool calls_disarm(void);

// One has failed since it was armed.
bool calls_fired(void);

// Sockets that this thread opened and has not closed.
unsigned calls_sockets(void);

// Which call failed, and how: "read: ECONNRESET"; "" when none did.
const char *calls_what(void);

#endif
