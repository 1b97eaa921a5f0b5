// Makes the clips that the integration tests' cameras show, once for all of them:
// DIR/main0.mp4, main1.mp4 and sub0.mp4, small enough for a slow machine.

#include "tests/farm/clip_make.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    struct farm_clip_spec spec;
} clips[] = {
    { "main0.mp4", { .scene = 0, .width = 320, .height = 180, .kbps = 300 } },
    { "main1.mp4", { .scene = 1, .width = 320, .height = 180, .kbps = 300 } },
    { "sub0.mp4", { .scene = 2, .width = 160, .height = 90, .kbps = 60 } },
    // For those who must fall behind: as much as an encoder makes of that size.
    { "heavy.mp4", { .scene = 3, .width = 320, .height = 180, .kbps = 8000 } },
};

int main(int argc, char **argv)
{
    char made[FARM_PATH_MAX], path[FARM_PATH_MAX];

    if (argc != 2)
        return 2;
    int r = farm_clips_dir(argv[1]);
    for (size_t i = 0; i < sizeof(clips) / sizeof(*clips) && r == 0; i++) {
        r = farm_clip_make(argv[1], &clips[i].spec, made);
        snprintf(path, sizeof(path), "%s/%s", argv[1], clips[i].name);
        if (r == 0 && rename(made, path) < 0)
            r = -errno;
    }
    if (r < 0)
        fprintf(stderr, "cannot make clips in %s: %s\n", argv[1], strerror(-r));
    return r < 0;
}
