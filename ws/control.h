// Control messages of the wall's socket, as docs/wire.md has them: those of the
// page are read into a plain struct, those of the engine are written. No I/O, no
// clock.
#ifndef GW_WS_CONTROL_H
#define GW_WS_CONTROL_H

#include "base/packet.h"
#include "base/source.h"
#include "base/text.h"
#include "ws/server.h"
#include "ws/viewer_queue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_CONTROL_IN_MAX = 4096,  // bytes of a message from the page
    GW_CONTROL_OUT_MAX = 2048, // bytes that suffice for any message written here
};

enum gw_control_type {
    GW_CONTROL_OPEN,
    GW_CONTROL_CLOSE,
    GW_CONTROL_URGENT,
    GW_CONTROL_CREDIT,
    GW_CONTROL_AUDIO,
    GW_CONTROL_PING,
};

struct gw_control {
    enum gw_control_type type;
    uint32_t ref;        // all but PING; at most 2^31-1
    struct gw_wish wish; // OPEN; its form is one of GW_FORM_WALL_*. AUDIO: its audio
    bool urgent;         // OPEN, URGENT: its frames wait for no others
    bool limited;        // OPEN: the page grants credit
    uint32_t frames;     // OPEN when limited, CREDIT: granted, at most GW_CREDIT_MAX
    double t;            // PING: the page's own number
};

// Reads one message. Fields that are not known are passed over.
// Returns 0, -EMSGSIZE when it is longer than GW_CONTROL_IN_MAX, -EBADMSG when it
// breaks the rules, -ENOMEM.
int gw_control_parse(const char *text, size_t len, struct gw_control *ret_control);

// The `ref` of a message that gw_control_parse() refused, so that the refusal can
// name it. Returns 0, or negative errno when there is none to be read.
int gw_control_parse_ref(const char *text, size_t len, uint32_t *ret_ref);

// Whether `id` may be a camera's id: 1 to GW_CAMERA_ID_MAX bytes, none of them a
// control character, '/' or '\'.
bool gw_control_is_camera_id(const char *id);

// Each of the following writes one message with a NUL behind it into `out`,
// GW_CONTROL_OUT_MAX bytes, and returns its length without the NUL.
// `audio`: whether the engine pulls it.
size_t gw_control_hello(char *out, uint64_t unix_us, bool audio);
size_t gw_control_opened(char *out, uint32_t ref, const struct gw_source_status *status,
                         uint64_t now_us);
size_t gw_control_state(char *out, const struct gw_source_status *status,
                        uint64_t now_us);
size_t gw_control_dropped(char *out, uint32_t stream, uint64_t frames,
                          enum gw_drop_reason reason);
size_t gw_control_closed(char *out, uint32_t ref);
size_t gw_control_pong(char *out, double t, uint64_t unix_us);

// `ref` NULL: it could not be read.
size_t gw_control_error(char *out, const uint32_t *ref, const char *code,
                        struct gw_text why);

// The error `cannot_carry`: `codec` goes not into the form of `ref`.
size_t gw_control_cannot_carry(char *out, uint32_t ref, enum gw_codec codec,
                               struct gw_text why);

#endif
