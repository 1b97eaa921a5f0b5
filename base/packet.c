#include "base/packet.h"

#include <assert.h>
#include <stdlib.h>

struct gw_packet *gw_packet_create(size_t len)
{
    struct gw_packet *p = malloc(sizeof(*p) + GW_PACKET_HEADROOM + len);
    if (!p)
        return NULL;
    *p = (struct gw_packet) { .refs = 1, .len = len };
    return p;
}

uint8_t *gw_packet_payload(struct gw_packet *p)
{
    return p->block + GW_PACKET_HEADROOM;
}

struct gw_packet *gw_packet_ref(struct gw_packet *p)
{
    assert(p->refs > 0);
    p->refs++;
    return p;
}

void gw_packet_unref(struct gw_packet **pp)
{
    struct gw_packet *p = *pp;
    *pp = NULL;
    if (p && --p->refs == 0)
        free(p);
}
