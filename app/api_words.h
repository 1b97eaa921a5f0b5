// What several parts of the API say in the same case.
#ifndef GW_APP_API_WORDS_H
#define GW_APP_API_WORDS_H

#include "base/text.h"

extern const struct gw_text gw_words_out_of_memory; // 503 busy
extern const struct gw_text gw_words_writes_wait;   // 503 busy
extern const struct gw_text gw_words_bad_query;     // 400 bad_query
extern const struct gw_text gw_words_bad_key;       // 400 bad_key
extern const struct gw_text gw_words_bad_tags;      // 400 bad_tags

#endif
