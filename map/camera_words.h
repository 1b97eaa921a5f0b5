// Cameras by what is written of them: three letters of id, name, initials or address,
// a tag, a group, a kind. A question for one of these then looks at the cameras that may
// have it, not at all.
//
// A text is taken apart into all runs of three bytes (a Chinese character in UTF-8 is
// three), and those of two where both are ASCII, ASCII letters in lower case. Runs and
// words are spread over buckets by a hash: a bucket holds all cameras that have the word,
// and now and then one that has another.
#ifndef GW_MAP_CAMERA_WORDS_H
#define GW_MAP_CAMERA_WORDS_H

#include "map/snapshot.h"

// All zero is the index of no cameras.
struct gw_camera_words {
    uint32_t mask;    // buckets - 1, a power of two
    uint32_t *starts; // of each bucket in `items`; one more
    uint32_t *items;  // positions in the table of cameras, ascending within a bucket
};

// Returns 0 or -ENOMEM.
int gw_camera_words_init(struct gw_camera_words *words, const struct gw_camera *cameras,
                         size_t n);

void gw_camera_words_finish(struct gw_camera_words *words);

// All cameras that can have it are among these: positions, ascending, borrowed.
struct gw_camera_bucket {
    const uint32_t *items;
    size_t count;
};

// Those of the two rarest runs in `text`, the rarest first: who has the text is in both.
// Returns false for a text that has none: it is too short. Where it has but one, both are
// its.
bool gw_camera_words_with_text(const struct gw_camera_words *words, const char *text,
                               struct gw_camera_bucket ret_buckets[2]);

struct gw_camera_bucket gw_camera_words_tagged(const struct gw_camera_words *words,
                                               const char *tag);
struct gw_camera_bucket gw_camera_words_grouped(const struct gw_camera_words *words,
                                                const char *group);
struct gw_camera_bucket gw_camera_words_of_kind(const struct gw_camera_words *words,
                                                enum gw_camera_kind kind);

#endif
