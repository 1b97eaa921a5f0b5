#include "app/rights.h"

bool gw_rights_allow(const struct gw_guest *guest, enum gw_action action)
{
    if (action == GW_MAY_OVERSEE && gw_guest_scope(guest))
        return false;
    return gw_role_may(gw_guest_role(guest), action);
}

const struct gw_scope_view *gw_rights_view(const struct gw_guest *guest,
                                           const struct gw_snapshot *snapshot,
                                           struct gw_scope_view *room)
{
    const struct gw_scope *scope = gw_guest_scope(guest);
    if (!scope)
        return NULL;
    gw_scope_view_init(room, snapshot, scope);
    return room;
}

bool gw_rights_may(const struct gw_guest *guest, enum gw_action action,
                   const struct gw_snapshot *snapshot, const struct gw_camera *camera)
{
    struct gw_scope_view view;
    return gw_rights_allow(guest, action) &&
           gw_scope_view_has(gw_rights_view(guest, snapshot, &view), camera);
}
