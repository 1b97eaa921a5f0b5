// The parameters of GET /api/v1/places, read into a question for map/places.h.
#ifndef GW_APP_PLACE_QUERY_H
#define GW_APP_PLACE_QUERY_H

#include "app/query_string.h"
#include "base/text.h"
#include "map/place_words.h"
#include "map/places.h"

struct gw_place_asked {
    struct gw_place_query query; // strings borrowed from the parameters
    char needle[GW_PLACE_NEEDLE_BYTES];
    double *polygon; // owned
};

enum { GW_PLACE_CURSOR_MAX = 32 };

// Returns 0, -ENOMEM, or -EINVAL with the name of the parameter in `ret_bad`. The
// question borrows from `ret_asked`: it stays where it is.
int gw_place_asked_read(const struct gw_query_string *params,
                        struct gw_place_asked *ret_asked, const char **ret_bad);

void gw_place_asked_finish(struct gw_place_asked *asked);

// How the parameter `name` is to be written.
struct gw_text gw_place_asked_help(const char *name);

// A cursor as it is given out, and as it is read.
void gw_place_cursor_write(const struct gw_place_cursor *cursor,
                           char ret_text[GW_PLACE_CURSOR_MAX]);

#endif
