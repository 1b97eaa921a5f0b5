// Clips from files, through libavformat.
#ifndef GW_TESTS_FARM_CLIP_LOAD_H
#define GW_TESTS_FARM_CLIP_LOAD_H

#include "tests/farm/clip.h"

// Reads the first H.264 stream of any container. Blocks.
//   0         *ret_clip is the caller's
//   -ENOENT   there is no such file
//   -EBADMSG  no container that libavformat knows, or damaged
//   -ENOTSUP  it has no H.264 video
//   -EMSGSIZE, -ENOMEM  see farm_clip_add()
int farm_clip_load(const char *path, struct farm_clip **ret_clip);

#endif
