// The session description (RFC 4566, RFC 6184 section 8.2.1) of a clip.
#ifndef GW_TESTS_FARM_SDP_H
#define GW_TESTS_FARM_SDP_H

#include "tests/farm/clip.h"

#include <stddef.h>

enum { FARM_SDP_MAX = 4096 }; // bytes with the final zero; FARM_PARAM_MAX keeps it below

// Returns the length. The track's control URL is "track1".
size_t farm_sdp_write(const struct farm_clip *clip, char ret_sdp[FARM_SDP_MAX]);

#endif
