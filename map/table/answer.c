#include "map/table/answer.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

// Above what tools use (1, 2, 23 of LeakSanitizer), below a shell's 126 and above.
enum { FIRST_STATUS = 64 };

static const char *const names[GW_TABLE_NOTES] = {
    [GW_TABLE_ONE_OF_MANY] = "note one-of-many ",
    [GW_TABLE_CRS_MISSING] = "note crs-missing ",
    [GW_TABLE_TWO_PLACES] = "note two-places ",
    [GW_TABLE_NOT_A_POINT] = "note not-a-point ",
};

int gw_table_exit_status(enum gw_table_ending ending)
{
    return ending == GW_TABLE_READ ? 0 : FIRST_STATUS + (int)ending;
}

enum gw_table_ending gw_table_ending_of(bool exited, int status)
{
    if (!exited)
        return status == SIGXCPU ? GW_TABLE_OUT_OF_TIME : GW_TABLE_CRASHED;
    if (status == 0)
        return GW_TABLE_READ;
    int ending = status - FIRST_STATUS;
    return ending > GW_TABLE_READ && ending < GW_TABLE_CRASHED
               ? (enum gw_table_ending)ending
               : GW_TABLE_CRASHED;
}

void gw_table_say(enum gw_table_note note, const char *value)
{
    fprintf(stderr, "%s%s\n", names[note], value);
}

bool gw_table_note_of(const char *line, enum gw_table_note *ret_note,
                      const char **ret_value)
{
    for (int i = 0; i < GW_TABLE_NOTES; i++) {
        size_t len = strlen(names[i]);
        if (strncmp(line, names[i], len) != 0)
            continue;
        *ret_note = (enum gw_table_note)i;
        *ret_value = line + len;
        return true;
    }
    return false;
}
