// What a worker is told to do: written by the engine, read by gridwall-source from
// its standard input, so that an address and its password show neither in the
// arguments nor in the environment of a process.
#ifndef GW_INGEST_WORKER_ORDER_H
#define GW_INGEST_WORKER_ORDER_H

#include "base/stream_url.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_WORKER_SOCKET = 3, // descriptor over which a worker pushes to the engine

    // Bytes; less than what a pipe takes in without a reader, which is 64 KB.
    GW_WORKER_ORDER_MAX = GW_STREAM_URL_MAX + PATH_MAX + 64,

    // What libavformat may take, once an address is open, to learn what comes. It
    // must see a key frame: two seconds is the usual group of pictures.
    GW_WORKER_ANALYSE_US = 3 * 1000 * 1000,
};

struct gw_worker_order {
    uint64_t timeout_us;   // until the address is open
    uint64_t stall_us;     // without a picture
    bool audio;            // the sound too, where there is one
    const char *files_dir; // files lie below it; "": there are none
    const char *url;       // with user and password
};

// Writes `order` to `ret_text` and a zero. Returns the length, -EMSGSIZE, or -EBADMSG
// when a text has a line's end in it.
int gw_worker_order_write(const struct gw_worker_order *order,
                          char ret_text[GW_WORKER_ORDER_MAX]);

// Reads what _write() wrote; cuts `text` into the strings of *ret_order. Returns 0 or
// -EBADMSG.
int gw_worker_order_read(char *text, struct gw_worker_order *ret_order);

#endif
