// Clips for the simulated cameras, drawn (scene.h) and encoded by a GStreamer
// pipeline once, then kept in a directory.
#ifndef GW_TESTS_FARM_CLIP_MAKE_H
#define GW_TESTS_FARM_CLIP_MAKE_H

enum { FARM_PATH_MAX = 4096 }; // bytes with the final zero

struct farm_clip_spec {
    int scene;  // 0 to FARM_SCENES - 1
    int width;  // pixels, even
    int height; // pixels, even
    int kbps;   // kbit/s
};

// Makes the directory with its parents. Returns 0 or -errno.
int farm_clips_dir(const char *dir);

// Makes the clip unless it is in `dir` already; a file under its final name is
// always whole. Says on standard error what takes time. Blocks.
//   0              *ret_path names the file
//   -ENAMETOOLONG  of `dir`
//   -ENOTSUP       a GStreamer plugin is missing
//   -ENOMEM
//   -EIO           encoding or writing failed; a line on standard error says why
int farm_clip_make(const char *dir, const struct farm_clip_spec *spec,
                   char ret_path[FARM_PATH_MAX]);

#endif
