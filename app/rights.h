// The one place that decides: whether a guest may do an action, to the registry as a
// whole or to one camera. Everything that answers asks here. No I/O, any thread.
//
// A camera that a guest may not see is answered as one that does not exist.
#ifndef GW_APP_RIGHTS_H
#define GW_APP_RIGHTS_H

#include "app/guest.h"
#include "map/scope_view.h"

// By its role alone, whatever it is done to. Figures of the engine tell of all cameras,
// so GW_MAY_OVERSEE is for who sees all.
bool gw_rights_allow(const struct gw_guest *guest, enum gw_action action);

// By its role and its scope; `camera` is of `snapshot`.
bool gw_rights_may(const struct gw_guest *guest, enum gw_action action,
                   const struct gw_snapshot *snapshot, const struct gw_camera *camera);

// The view through which lists and counts are made: `room`, filled, or NULL where the
// guest sees everything.
const struct gw_scope_view *gw_rights_view(const struct gw_guest *guest,
                                           const struct gw_snapshot *snapshot,
                                           struct gw_scope_view *room);

#endif
