// Sentences for whoever sits at the terminal, in their language.
#ifndef GW_APP_SAY_H
#define GW_APP_SAY_H

#include <stddef.h>

enum { GW_SAY_MAX = 1024 }; // bytes of a sentence, NUL included; longer is cut

// Formats `en` or `zh`, whichever the terminal speaks, into `ret` (room for
// GW_SAY_MAX bytes). Both take the same arguments in the same order.
void gw_say_to(char *ret, const char *en, const char *zh, ...)
    __attribute__((format(printf, 2, 4), format(printf, 3, 4)));

// The same to standard error, with "gridwall: " in front and a line end behind.
void gw_complain(const char *en, const char *zh, ...)
    __attribute__((format(printf, 1, 3), format(printf, 2, 3)));

#endif
