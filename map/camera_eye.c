#include "map/camera_eye.h"

#include <math.h>

static const struct gw_eye_habit habit = { 80, 80, 4, false };

bool gw_camera_eye(const struct gw_camera *camera, struct gw_eye *ret_eye)
{
    if (isnan(camera->lon) || isnan(camera->lat))
        return false;
    struct gw_eye eye = { camera->lon, camera->lat, NAN, NAN, NAN, NAN, NAN, false };
    gw_eye_complete(&eye, &habit);
    *ret_eye = eye;
    return true;
}
