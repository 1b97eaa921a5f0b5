#include "map/precondition.h"

static bool names(const struct gw_revisions *list, int64_t revision)
{
    bool found = list->any;
    for (size_t i = 0; i < list->count; i++)
        found = found || list->list[i] == revision;
    return found;
}

bool gw_precondition_holds(const struct gw_precondition *p, bool exists, int64_t revision)
{
    if (p->match.given && !(exists && names(&p->match, revision)))
        return false;
    return !(p->none.given && exists && names(&p->none, revision));
}
