// Makes packets of a form out of frames and parameter sets: a header by hand, then
// the access unit, copied once.
#ifndef GW_MUX_PACKAGER_H
#define GW_MUX_PACKAGER_H

#include "base/packet.h"
#include "mux/params.h"
#include "mux/unit.h"

#include <stdbool.h>
#include <stdint.h>

// Whether packets of `form` can hold frames of that codec.
bool gw_form_carries(enum gw_form form, enum gw_codec codec);

// Whether one config packet of `form` describes video and audio, instead of one each.
bool gw_form_joins_config(enum gw_form form);

struct gw_package_config {
    uint32_t stream;
    const struct gw_params *params;
    const struct gw_params *audio; // beside them, if the form joins both; or NULL
    int64_t dts_90k;               // of the frame that follows, 0 when none is known
    bool first;                    // the subscriber has had none yet: an FLV file begins
    bool with_audio;               // such a file announces an audio
};

// Makes the config packet of `form`; the caller owns it.
// Returns 0 or -ENOMEM. *ret_packet is touched on success only.
int gw_package_config(enum gw_form form, const struct gw_package_config *config,
                      struct gw_packet **ret_packet);

// Makes the packet of one access unit; the caller owns it.
// Returns 0, -ENOMEM, -ENOTSUP (a codec that the form cannot carry) or -EMSGSIZE
// (too large, or times that the form has no room for). *ret_packet is touched on
// success only.
int gw_package_unit(enum gw_form form, uint32_t stream, const struct gw_unit *unit,
                    struct gw_packet **ret_packet);

#endif
