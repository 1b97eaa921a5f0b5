// What to tell an operator about a data directory that does not work.
#ifndef GW_MAP_STORE_WORDS_H
#define GW_MAP_STORE_WORDS_H

#include "base/text.h"

#include <stddef.h>

// Writes one sentence: what happened (an error of map/store.h), to which path,
// and how to mend it. Always terminated.
void gw_store_words(int error, const char *path, enum gw_lang lang, char *ret_words,
                    size_t size);

#endif
