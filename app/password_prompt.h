// A new password from whoever sits at the terminal, or from standard input.
#ifndef GW_APP_PASSWORD_PROMPT_H
#define GW_APP_PASSWORD_PROMPT_H

#include "map/secret.h"

// At a terminal asks twice, without showing what is typed; else reads the first line of
// standard input. Returns 0, or -EINVAL after it has said what is wrong with it: shorter
// than GW_PASSWORD_MIN, longer than GW_PASSWORD_MAX, not the same twice.
int gw_password_prompt(char ret_password[GW_PASSWORD_MAX + 1]);

#endif
