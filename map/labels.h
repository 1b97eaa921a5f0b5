// Tags of a camera, and the groups it is in: a few words each, kept as one text,
// "bridge,school", sorted and without repetition. No I/O.
#ifndef GW_MAP_LABELS_H
#define GW_MAP_LABELS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    GW_LABEL_MAX = 64,                                    // bytes of one, UTF-8
    GW_LABELS_MAX = 16,                                   // of one camera
    GW_LABELS_BYTES = GW_LABELS_MAX * (GW_LABEL_MAX + 1), // with the end
};

// Reads words between commas, semicolons, bars, and 、，；｜. Returns 0, -EMSGSIZE (a
// word too long, or too many) or -EBADMSG (control characters, not UTF-8).
int gw_labels_read(const char *text, char ret_labels[GW_LABELS_BYTES]);

// Whether a text holds one word that labels can be made of: no separator in it.
bool gw_label_valid(const char *word);

// Whether `label` is one of `labels`, which gw_labels_read() made.
bool gw_labels_contain(const char *labels, const char *label);

// The first word of `labels` and its length, 0 at the end; go on behind it with
// gw_labels_next().
size_t gw_labels_first(const char *labels);
const char *gw_labels_next(const char *labels);

#endif
