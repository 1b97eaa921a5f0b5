#include "app/command_author.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

void gw_command_author(char ret_name[GW_AUTHOR_MAX + 1])
{
    const struct passwd *who = getpwuid(getuid());
    snprintf(ret_name, GW_AUTHOR_MAX + 1, "command: %s", who ? who->pw_name : "unknown");
}
