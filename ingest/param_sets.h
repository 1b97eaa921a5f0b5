// Keeps the parameter sets in force of a stream of NAL units as one immutable
// buffer, in the form of gw_frame.params: kind after kind, each set behind a 32-bit
// length.
#ifndef GW_INGEST_PARAM_SETS_H
#define GW_INGEST_PARAM_SETS_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GW_PARAM_KINDS_MAX = 3,
    GW_PARAM_SETS_MAX = 14,        // of all kinds together
    GW_PARAM_SET_BYTES_MAX = 1024, // of one set; usually under 100
};

// What a codec's parameter sets are.
struct gw_param_syntax {
    size_t kinds;                   // at most GW_PARAM_KINDS_MAX, in order
    size_t max[GW_PARAM_KINDS_MAX]; // sets of each kind; of more the latest are kept

    // Reads kind and id of a set. Returns 0, or -EBADMSG when it is none or its id
    // cannot be read (nothing is set).
    int (*read)(const uint8_t *nal, size_t len, size_t *ret_kind, unsigned *ret_id);
};

// Takes a set: a NAL unit, header included, no start code. One of the same kind and
// id is replaced; *params becomes another buffer only when something truly changed.
// *params may be NULL: none are known yet.
// Returns 0; -EBADMSG as `read` does; -EMSGSIZE when it is over the limit; -ENOMEM.
// *params is untouched on failure.
int gw_param_sets_take(const struct gw_param_syntax *syntax, struct gw_buf **params,
                       const uint8_t *nal, size_t len);

// Whether a decoder can start with them: at least one of each kind. NULL is allowed.
bool gw_param_sets_complete(const struct gw_param_syntax *syntax,
                            const struct gw_buf *params);

#endif
