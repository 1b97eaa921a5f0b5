// Programs under test as child processes. They die with the test that started
// them, even when it crashes.
#ifndef GW_TESTS_HARNESS_PROCESS_H
#define GW_TESTS_HARNESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROCESS_LINE_MAX = 1024 };

struct process {
    pid_t pid; // 0: not running
    int out;   // its standard output
    int err;   // a file that holds its standard error
};

// Starts argv[0] (NULL-terminated). Its standard error goes to a file that
// process_errors() reads.
void process_start(struct process *p, const char *const argv[]);

// Reads its standard output up to the first line that begins with `prefix` and
// copies that line, without its end. Fails the test when the program ends first
// or says nothing for 60 s.
void process_await(struct process *p, const char *prefix, char line[PROCESS_LINE_MAX]);

// The number behind the last colon of such a line: "listening on 127.0.0.1:8554".
unsigned process_await_port(struct process *p, const char *prefix);

// What it wrote to standard error so far; free() it.
char *process_errors(const struct process *p);

// Sends `sig` and waits for the end. Returns the exit status, or -signal. A
// process that does not end within 60 s fails the test.
int process_stop(struct process *p, int sig);

// Waits for it to end by itself; likewise.
int process_wait(struct process *p);

// As process_stop() with `sig`, or process_wait() with 0, and what it wrote to
// standard error up to its end; free() it.
char *process_end(struct process *p, int sig, int *ret_status);

#endif
