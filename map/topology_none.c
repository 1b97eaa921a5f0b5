// Built without GEOS: areas are not compared.
#include "map/topology.h"

#include <errno.h>

int gw_topology_create(struct gw_topology **ret_topology)
{
    (void)ret_topology;
    return -ENOTSUP;
}

void gw_topology_destroy(struct gw_topology *t)
{
    (void)t;
}

int gw_topology_add_cell(struct gw_topology *t, const struct gw_topology_area *cell)
{
    (void)t;
    (void)cell;
    return -ENOTSUP;
}

int gw_topology_add_village(struct gw_topology *t, const struct gw_topology_area *village)
{
    (void)t;
    (void)village;
    return -ENOTSUP;
}

int gw_topology_check(struct gw_topology *t,
                      int (*on_finding)(void *arg,
                                        const struct gw_topology_finding *finding),
                      void *arg)
{
    (void)t;
    (void)on_finding;
    (void)arg;
    return -ENOTSUP;
}
