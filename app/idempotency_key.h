// The key by which a POST is carried out once, however often it is sent
// (draft-ietf-httpapi-idempotency-key-header).
#ifndef GW_APP_IDEMPOTENCY_KEY_H
#define GW_APP_IDEMPOTENCY_KEY_H

#include "map/editor.h"
#include "map/secret.h"
#include "ws/server.h"

// The text of a header's value: a string as RFC 8941 section 3.3.3 has it, in double
// quotes with \" and \\ within; without quotes, as many clients send it, it is taken as
// it stands. Returns 0, or -EBADMSG when it is neither or not of 1 to GW_ONCE_KEY_MAX
// characters.
int gw_idempotency_key_read(const char *text, char ret_key[GW_ONCE_KEY_MAX + 1]);

// What a request says of itself; once.key is NULL where it has no key.
struct gw_request_once {
    struct gw_once once; // points into the rest
    char key[GW_ONCE_KEY_MAX + 1];
    char digest[GW_SECRET_TEXT]; // of path, query and body
};

// Fills `ret` where it stands. Returns 0, -EBADMSG as above, or -ENOMEM.
int gw_request_once_read(const struct gw_request_info *info, struct gw_request_once *ret);

#endif
