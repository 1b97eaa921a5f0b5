#include "map/camera_eye.h"

#include <math.h>

// Degrees, range and height in metres, whether it turns.
static const struct gw_eye_habit habits[GW_KINDS] = {
    [GW_KIND_UNKNOWN] = { 80, 80, 4, false },
    [GW_KIND_FIXED] = { 80, 80, 4, false },
    [GW_KIND_DOME] = { 100, 40, 3.5, false },
    [GW_KIND_PTZ] = { 60, 200, 6, true },
    [GW_KIND_HIGH_POINT] = { 60, 2000, 40, true },
    [GW_KIND_THERMAL] = { 40, 200, 6, false },
    [GW_KIND_MOBILE] = { 80, 40, 2, false },
};

bool gw_camera_eye(const struct gw_camera *camera, struct gw_eye *ret_eye)
{
    const struct gw_camera_pose *pose = &camera->pose;
    if (isnan(camera->lon) || isnan(camera->lat))
        return false;
    struct gw_eye eye = {
        .lon = camera->lon,
        .lat = camera->lat,
        .azimuth_deg = pose->azimuth_deg,
        .tilt_deg = pose->tilt_deg,
        .fov_deg = pose->fov_deg,
        .range_m = pose->range_m,
        .height_m = pose->height_m,
    };
    gw_eye_complete(&eye, &habits[camera->kind]);
    *ret_eye = eye;
    return true;
}
