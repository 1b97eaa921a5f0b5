#include "mux/gop_cache.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_ROOM = 32 };

void gw_gop_cache_init(struct gw_gop_cache *c, size_t max_bytes)
{
    *c = (struct gw_gop_cache) { .max_bytes = max_bytes };
}

void gw_gop_cache_clear(struct gw_gop_cache *c)
{
    for (size_t i = 0; i < c->count; i++) {
        gw_frame_unref(&c->units[i].frame);
        gw_params_unref(&c->units[i].params);
    }
    c->count = 0;
    c->bytes = 0;
}

void gw_gop_cache_finish(struct gw_gop_cache *c)
{
    gw_gop_cache_clear(c);
    free(c->units);
    gw_gop_cache_init(c, c->max_bytes);
}

static int make_room(struct gw_gop_cache *c)
{
    if (c->count < c->room)
        return 0;
    if (c->count == GW_GOP_FRAMES_MAX)
        return -EMSGSIZE;
    size_t room = c->room ? c->room * 2 : FIRST_ROOM;
    struct gw_unit *units = realloc(c->units, room * sizeof(*units));
    if (!units)
        return -ENOMEM;
    c->units = units;
    c->room = room;
    return 0;
}

int gw_gop_cache_push(struct gw_gop_cache *c, const struct gw_unit *unit)
{
    size_t bytes = sizeof(*unit->frame) + unit->frame->cap;
    int r;

    if (unit->frame->key)
        gw_gop_cache_clear(c);
    else if (c->count == 0)
        return 0;

    if (bytes > c->max_bytes - c->bytes) {
        r = -EMSGSIZE;
        goto fail;
    }
    r = make_room(c);
    if (r < 0)
        goto fail;

    struct gw_unit *u = &c->units[c->count++];
    *u = *unit;
    gw_frame_ref(u->frame);
    if (u->params)
        gw_params_ref(u->params);
    c->bytes += bytes;
    return 0;

fail:
    gw_gop_cache_clear(c);
    return r;
}
