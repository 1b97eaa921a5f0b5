// Base64 (RFC 4648 section 4).
#ifndef GW_INGEST_BASE64_H
#define GW_INGEST_BASE64_H

#include <stddef.h>
#include <stdint.h>

// Bytes of room that gw_base64_encode() needs for `len` bytes, its zero included.
#define GW_BASE64_ENCODED(len) (((len) + 2) / 3 * 4 + 1)

// Writes padded text and a zero.
void gw_base64_encode(const void *data, size_t len, char *buf);

// Decodes `len` characters; padding may be missing. `buf` has room for len / 4 * 3
// + 2 bytes. Returns 0, or -EBADMSG for any other character or a length that no
// encoder makes.
int gw_base64_decode(const char *text, size_t len, uint8_t *buf, size_t *ret_len);

#endif
