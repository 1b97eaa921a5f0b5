#include "map/rights.h"

#include <string.h>

#define BIT(action) (1u << (action))

struct role {
    const char *name;
    unsigned may; // bits of enum gw_action
};

static const struct role roles[GW_ROLES] = {
    [GW_ROLE_ADMINISTRATOR] = { "administrator", BIT(GW_ACTIONS) - 1 },
    [GW_ROLE_INTEGRATOR] = { "integrator", BIT(GW_MAY_SEE) | BIT(GW_MAY_WATCH) |
                                               BIT(GW_MAY_EDIT) | BIT(GW_MAY_OVERSEE) },
    [GW_ROLE_DISPATCHER] = { "dispatcher",
                             BIT(GW_MAY_SEE) | BIT(GW_MAY_WATCH) | BIT(GW_MAY_OVERSEE) },
    [GW_ROLE_OPERATOR] = { "operator", BIT(GW_MAY_SEE) | BIT(GW_MAY_WATCH) },
    [GW_ROLE_VIEWER] = { "viewer", BIT(GW_MAY_SEE) | BIT(GW_MAY_WATCH) },
    [GW_ROLE_WALL_SCREEN] = { "wall_screen", BIT(GW_MAY_SEE) | BIT(GW_MAY_WATCH) },
};

const char *gw_role_name(enum gw_role role)
{
    return roles[role].name;
}

enum gw_role gw_role_of_name(const char *name)
{
    int role = 0;
    while (role < GW_ROLES && strcmp(roles[role].name, name) != 0)
        role++;
    return (enum gw_role)role;
}

bool gw_role_may(enum gw_role role, enum gw_action action)
{
    return roles[role].may & BIT(action);
}
