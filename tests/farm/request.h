// RTSP requests (RFC 2326) and interleaved packets as a client sends them.
// No I/O.
#ifndef GW_TESTS_FARM_REQUEST_H
#define GW_TESTS_FARM_REQUEST_H

#include <stddef.h>

enum {
    FARM_REQUEST_MAX = 8 * 1024, // bytes of a request, body included
    FARM_METHOD_MAX = 32,
    FARM_URI_MAX = 1024,
    FARM_VALUE_MAX = 1024, // bytes of a header's value that we read
};

struct farm_request {
    char method[FARM_METHOD_MAX];
    char uri[FARM_URI_MAX];
    char cseq[32];
    char transport[FARM_VALUE_MAX]; // "" where a header is missing
    char session[64];
    char authorization[FARM_VALUE_MAX];
};

// Reads what the bytes begin with. *ret_used is how many of them to discard.
//   0          a request
//   -EAGAIN    feed more
//   -ENOMSG    an interleaved packet or a blank line: discard *ret_used bytes, of
//              which some may be still to come
//   -EBADMSG   no RTSP
//   -EMSGSIZE  over a limit
int farm_request_parse(const char *data, size_t len, struct farm_request *ret_request,
                       size_t *ret_used);

#endif
