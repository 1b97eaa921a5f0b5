// /api/v1/places: key places and city parts (docs/api.md). They are read from their file,
// in a thread of the pool, and written there too: there is one of them for ten thousand
// questions.
#ifndef GW_APP_API_PLACES_H
#define GW_APP_API_PLACES_H

#include "app/api_read.h"
#include "app/query_string.h"
#include "app/shard.h"

#include <stdbool.h>

// Writes that are under way at once; more are told to come again, so that threads of the
// pool stay free for who reads.
enum { GW_PLACE_WRITES_MAX = 2 };

// Whether an address below /api/v1/ is one of these.
bool gw_is_places(const char *path);

// GET places, places/{id} and places/{id}/cameras. In a thread of the pool.
struct gw_answer gw_api_places(const struct gw_json_world *world,
                               const struct gw_read_request *request,
                               const struct gw_query_string *params);

// POST places, PUT and DELETE places/{id}, POST places/{id}/restore. On the shard; it
// takes over the duty to reply.
void gw_api_write_place(struct gw_shard *shard, struct gw_request *request,
                        const struct gw_request_info *info, const char *path);

#endif
