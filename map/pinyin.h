// The initials of Chinese words as they are typed: 兖州区中医院 is yzqzyy. The readings
// are ICU's (transform Han-Latin), of each character by itself.
#ifndef GW_MAP_PINYIN_H
#define GW_MAP_PINYIN_H

#include <stddef.h>

enum { GW_INITIALS_MAX = 256 }; // characters that are kept; longer texts are cut

// Writes the initials of `text` (UTF-8) in lower case. ASCII letters and digits stand for
// themselves, all else is left out. Any thread. Returns 0, -ENOMEM, or -ENOTSUP when ICU
// has no such readings here.
int gw_pinyin_initials(const char *text, char ret_initials[GW_INITIALS_MAX + 1]);

#endif
