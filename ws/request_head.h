// The head of a request, taken out of the library's tables into one struct that the
// rest of the folder reads (http_admit.h).
#ifndef GW_WS_REQUEST_HEAD_H
#define GW_WS_REQUEST_HEAD_H

#include "ws/http_admit.h"
#include "ws/server.h"

#include <stdbool.h>

struct lws;

enum { GW_REQUEST_HEAD_MAX = 8 * 1024 }; // bytes, the library's tables aside

// `head` points into the rest: what does not fit is empty, and head.too_long says so.
struct gw_request_head {
    struct gw_http_head head;
    char path[GW_CAMERA_ID_MAX + 1024 + 1];
    char query[GW_REQUEST_HEAD_MAX * 3];
    char host[256];
    char origin[256];
    char content_type[128];
    char if_match[1024]; // RFC 9110 section 13.1; some twenty of our tags
    char if_none_match[1024];
    char idempotency_key[256];
    char accept_encoding[256];
    char accept_language[256];
    char subprotocol[64];
    char cookie[2048];
    char authorization[256];
    char forwarded_for[512];
    char address[64];
};

// Reads the head of the request that `wsi` has in hand. `upgrade`: it asks for a
// WebSocket.
void gw_request_head_read(struct gw_request_head *h, struct lws *wsi, bool upgrade);

#endif
