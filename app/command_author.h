// Who works at the command line.
#ifndef GW_APP_COMMAND_AUTHOR_H
#define GW_APP_COMMAND_AUTHOR_H

#include "map/registry.h"

// "command: NAME", of the system's user.
void gw_command_author(char ret_name[GW_AUTHOR_MAX + 1]);

#endif
