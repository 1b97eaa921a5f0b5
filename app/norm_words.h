// What a camera can count as (map/norm_day.h): the one table that says which cause of
// being offline is of which class, and the words for them.
#ifndef GW_APP_NORM_WORDS_H
#define GW_APP_NORM_WORDS_H

#include "base/source.h"
#include "base/text.h"
#include "map/norm_day.h"

// What a camera's cause of being offline counts as.
enum gw_norm_word gw_norm_of_cause(enum gw_cause cause);

// "no_route", "refused", ...: of the words that say why a camera is offline; the stable
// name, and what people read.
const char *gw_norm_name(enum gw_norm_word word);
struct gw_text gw_norm_text(enum gw_norm_word word);

#endif
