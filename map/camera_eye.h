// A camera of the registry as one that looks.
#ifndef GW_MAP_CAMERA_EYE_H
#define GW_MAP_CAMERA_EYE_H

#include "map/eye.h"
#include "map/snapshot.h"

// What is not recorded is taken from its kind (docs/visibility.md). False, and nothing
// set: nobody knows where it is.
bool gw_camera_eye(const struct gw_camera *camera, struct gw_eye *ret_eye);

#endif
