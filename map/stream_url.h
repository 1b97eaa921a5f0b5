// Stream addresses as people write them: passwords with '@', '#' or '%' in them
// occur, so the last '@' before the path ends user and password.
#ifndef GW_MAP_STREAM_URL_H
#define GW_MAP_STREAM_URL_H

#include <stdbool.h>
#include <stddef.h>

enum { GW_STREAM_URL_MAX = 2048 }; // bytes

// rtsp:// or rtsps://, a host, no control characters or spaces, not too long.
bool gw_stream_url_valid(const char *url);

// Gives `url` the user and password of `stored` when it has none itself and host
// and port are the same: whoever edits a camera is never shown its password, and
// must not erase it thereby. Otherwise copies `url`. Both are valid or "".
// Returns 0, or -EMSGSIZE when the result is longer than GW_STREAM_URL_MAX.
int gw_stream_url_keep_login(const char *url, const char *stored,
                             char ret_url[GW_STREAM_URL_MAX + 1]);

#endif
