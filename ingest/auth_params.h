// The lists that HTTP-style authentication headers are made of (RFC 9110 section
// 11.2): tokens, and values with or without quotes. No copies, no I/O.
#ifndef GW_INGEST_AUTH_PARAMS_H
#define GW_INGEST_AUTH_PARAMS_H

#include "ingest/rtsp_message.h"

// Takes `len` <= rest->len bytes off the front.
void gw_auth_skip(struct gw_rtsp_text *rest, size_t len);

// Takes all bytes off the front that are in `chars`.
void gw_auth_skip_any(struct gw_rtsp_text *rest, const char *chars);

// Takes a token off the front: up to a blank, a comma or an equals sign.
struct gw_rtsp_text gw_auth_cut_token(struct gw_rtsp_text *rest);

// Takes a value off the front, blanks before it and its quotes too. Escapes stay
// in it: it is compared and echoed as it was sent.
struct gw_rtsp_text gw_auth_cut_value(struct gw_rtsp_text *rest);

#endif
