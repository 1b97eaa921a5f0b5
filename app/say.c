#include "app/say.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

void gw_say_to(char *ret, const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    vsnprintf(ret, GW_SAY_MAX, gw_lang_of_terminal() == GW_LANG_ZH ? zh : en, args);
    va_end(args);
}

void gw_complain(const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    fputs("gridwall: ", stderr);
    vfprintf(stderr, gw_lang_of_terminal() == GW_LANG_ZH ? zh : en, args);
    fputc('\n', stderr);
    va_end(args);
}
