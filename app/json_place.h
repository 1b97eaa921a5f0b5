// Places as JSON: answers, and what a client writes.
#ifndef GW_APP_JSON_PLACE_H
#define GW_APP_JSON_PLACE_H

#include "app/json_page.h"
#include "map/place.h"
#include "map/places.h"

#include <stddef.h>

struct gw_buf *gw_json_place(const struct gw_place *place);

// {"items": [...], "cursor": "...", "refine": false}, place by place.
// `distance_m` NAN: nothing is near anything. Returns 0 or -ENOMEM.
int gw_json_places_add(struct gw_json_page *page, const struct gw_place *place,
                       double distance_m);

// `cursor` NULL: there is no more to have. Takes the page.
struct gw_buf *gw_json_places_print(struct gw_json_page *page, const char *cursor,
                                    bool refine);

// Returns 0, -ENOMEM, -EBADMSG when it is not a JSON object, or -EINVAL with the field
// that has the wrong type in `ret_field`, "" when there is one that no place has. On
// success `ret_edit` borrows from *ret_doc, which gw_json_place_free() frees.
struct gw_json_place_edit;
int gw_json_parse_place(const char *text, size_t len, struct gw_place_edit *ret_edit,
                        struct gw_json_place_edit **ret_doc, const char **ret_field);
void gw_json_place_free(struct gw_json_place_edit *doc);

#endif
