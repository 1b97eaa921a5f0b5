// Who may do what: one table of roles and actions. What part of the registry an action
// may be done to is the scope's to say (scope.h). No I/O.
#ifndef GW_MAP_RIGHTS_H
#define GW_MAP_RIGHTS_H

#include <stdbool.h>

enum gw_role {
    GW_ROLE_ADMINISTRATOR, // everything, everywhere: has no scope
    GW_ROLE_INTEGRATOR,    // brings cameras and keeps their records right
    GW_ROLE_DISPATCHER,    // sends pictures to the wall and to others
    GW_ROLE_OPERATOR,      // works at the wall
    GW_ROLE_VIEWER,        // looks
    GW_ROLE_WALL_SCREEN,   // a screen that nobody sits at
    GW_ROLES,
};

enum gw_action {
    GW_MAY_SEE,     // that a camera is there: its record, its state, its place in counts
    GW_MAY_WATCH,   // its pictures
    GW_MAY_EDIT,    // its record
    GW_MAY_OVERSEE, // the engine's figures, and who watches what
    GW_MAY_ADMINISTER, // who may do what, and who did it
    GW_ACTIONS,
};

// "administrator", "wall_screen"
const char *gw_role_name(enum gw_role role);

// GW_ROLES for a name that is none.
enum gw_role gw_role_of_name(const char *name);

bool gw_role_may(enum gw_role role, enum gw_action action);

#endif
