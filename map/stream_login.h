// The stream addresses of the registry: which ones it takes, and how the login in
// them outlives an edit by somebody who is never shown it.
#ifndef GW_MAP_STREAM_LOGIN_H
#define GW_MAP_STREAM_LOGIN_H

#include "base/stream_url.h"

#include <stdbool.h>

enum { GW_PUSH_KEY_MIN = 12 }; // bytes of a source's key; a shorter one can be guessed

// A URL of base/stream_url.h; one that a source pushes to has a key. False, too,
// when out of memory.
bool gw_stream_login_valid(const char *url);

// Gives `url` the user and password of `stored` when it has none itself and scheme,
// host and port are the same; otherwise copies `url`. Each is valid or "". Returns
// 0, -EMSGSIZE when the result is longer than GW_STREAM_URL_MAX, or -ENOMEM.
int gw_stream_login_keep(const char *url, const char *stored,
                         char ret_url[GW_STREAM_URL_MAX + 1]);

#endif
