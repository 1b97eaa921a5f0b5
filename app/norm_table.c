#include "app/norm_table.h"

#include <stdio.h>
#include <stdlib.h>

void gw_norm_table_finish(struct gw_norm_table *t)
{
    gw_norm_groups_finish(&t->groups);
    free(t->steps);
    free(t->figures);
    free(t->delays);
    *t = (struct gw_norm_table) { 0 };
}

const struct gw_norm_figures *gw_norm_table_at(const struct gw_norm_table *t,
                                               size_t group, size_t step)
{
    return &t->figures[group * t->count + step];
}

void gw_norm_time(time_t unix_s, char ret[GW_NORM_LABEL_MAX])
{
    struct tm tm;
    char day[GW_NORM_LABEL_MAX - 8];
    localtime_r(&unix_s, &tm);
    strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
    int minutes = (int)(tm.tm_gmtoff / 60) % (24 * 60);
    int east = minutes < 0 ? -minutes : minutes;
    snprintf(ret, GW_NORM_LABEL_MAX, "%s%c%02d:%02d", day, minutes < 0 ? '-' : '+',
             east / 60, east % 60);
}
