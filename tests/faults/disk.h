// What becomes of a program whose disk fails, or that is killed, at one of its calls that
// change files.
//
// The functions of the C library that make them are defined here once more: those of a
// program come before those of its libraries, so SQLite calls these. Counted are calls of
// all threads that write, cut, sync, create, rename or remove a file.
#ifndef GW_TESTS_FAULTS_DISK_H
#define GW_TESTS_FAULTS_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_fault {
    DISK_KILL, // SIGKILL ahead of the call
    DISK_TORN, // half of what is written, then SIGKILL
    DISK_FULL, // this and all that follow that need room fail with ENOSPC
};

// From now on, at the nth call (0: the next).
void disk_arm(uint64_t nth, enum disk_fault fault);

// All is well again. Returns whether the nth call came.
bool disk_disarm(void);

#endif
