// Parameter sets as frames carry them (gw_frame.params): 32-bit length, NAL unit, and
// so on. For avc_record.c and hevc_record.c.
#ifndef GW_MUX_NAL_SETS_H
#define GW_MUX_NAL_SETS_H

#include "base/bytes.h"

#include <stddef.h>
#include <stdint.h>

enum { GW_NAL_SET_KINDS_MAX = 3 };

// The kinds that a codec has, in order.
struct gw_nal_set_kinds {
    size_t count;
    uint8_t type[GW_NAL_SET_KINDS_MAX];     // nal_unit_type
    unsigned max[GW_NAL_SET_KINDS_MAX];     // sets of each
    uint8_t (*type_of)(const uint8_t *nal); // of a NAL unit of at least one byte
};

struct gw_nal_sets {
    unsigned count[GW_NAL_SET_KINDS_MAX];
    const uint8_t *first[GW_NAL_SET_KINDS_MAX]; // set of each kind; borrowed
    size_t first_len[GW_NAL_SET_KINDS_MAX];     // bytes
};

// Looks through all sets. Returns 0, -EBADMSG (a kind is missing or unknown, a length
// does not fit) or -EMSGSIZE (more than `max`).
int gw_nal_sets_count(const struct gw_nal_set_kinds *kinds, struct gw_reader sets,
                      struct gw_nal_sets *ret_sets);

// Writes the sets of one kind, each behind a 16-bit length. They were counted.
void gw_nal_sets_write(const struct gw_nal_set_kinds *kinds, size_t kind,
                       struct gw_reader sets, struct gw_writer *w);

#endif
