// One connection of a scripted camera: blocking, with requests taken out of what
// the client sends. One thread.
#ifndef GW_TESTS_CAMERA_LINE_H
#define GW_TESTS_CAMERA_LINE_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CAMERA_REQUEST_MAX = 8 * 1024, // bytes of a request's head
    CAMERA_METHOD_MAX = 32,        // letters, with the final zero
};

struct camera_line {
    int fd;       // -1: none
    size_t split; // send in pieces of so many bytes; 0: as it comes

    // The latest request.
    char request[CAMERA_REQUEST_MAX]; // head without its blank line
    char method[CAMERA_METHOD_MAX];
    unsigned cseq;

    char in[2 * CAMERA_REQUEST_MAX]; // received and not used
    size_t in_len;
};

enum camera_heard {
    CAMERA_REQUEST,  // in `request`
    CAMERA_QUIET,    // nothing came in time
    CAMERA_HUNG_UP,  // the client closed
    CAMERA_NONSENSE, // no request of RTSP, or too long a one
};

// Takes the socket over.
void camera_line_open(struct camera_line *line, int fd);

// Orderly, or with a reset. Nothing when there is no connection.
void camera_line_close(struct camera_line *line, bool reset);

// Sends all of it. False when the client is gone.
bool camera_line_send(struct camera_line *line, const void *data, size_t len);

// Waits for the next request, at most so many milliseconds. Interleaved packets of
// the client (receiver reports) are passed over.
enum camera_heard camera_line_hear(struct camera_line *line, int wait_ms);

// The value of a header of the latest request, up to the line's end; NULL when it
// has none.
const char *camera_line_header(const struct camera_line *line, const char *name);

#endif
