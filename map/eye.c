#include "map/eye.h"

#include <math.h>

#define RADIANS (M_PI / 180)
#define PICTURE_RATIO (9.0 / 16)
// Wider lenses are fish-eyes; their picture is not flat.
#define FLAT_FOV_MAX 120.0
// A lens this close to the target's height sees it at any tilt that shows the horizon.
#define LEVEL_M 0.5

static double or_habit(double value, double least, double most, double habit)
{
    return value > least && value <= most ? value : habit;
}

void gw_eye_complete(struct gw_eye *eye, const struct gw_eye_habit *habit)
{
    eye->turns = habit->turns;
    eye->azimuth_deg = isfinite(eye->azimuth_deg) ? fmod(eye->azimuth_deg, 360) : NAN;
    eye->tilt_deg = eye->tilt_deg >= -90 && eye->tilt_deg <= 90 ? eye->tilt_deg : NAN;
    eye->fov_deg = or_habit(eye->fov_deg, 0, 360, habit->fov_deg);
    eye->range_m = or_habit(eye->range_m, 0, GW_EYE_RANGE_MAX_M, habit->range_m);
    eye->height_m = or_habit(eye->height_m, 0, GW_EYE_HEIGHT_MAX_M, habit->height_m);
    eye->height_m = fmax(eye->height_m, GW_TARGET_HEIGHT_M);
}

bool gw_eye_aimed(const struct gw_eye *eye)
{
    return !eye->turns && !isnan(eye->azimuth_deg);
}

static double vertical_deg(double fov_deg)
{
    if (fov_deg > FLAT_FOV_MAX)
        return fmin(fov_deg * PICTURE_RATIO, 180);
    return 2 * atan(tan(fov_deg / 2 * RADIANS) * PICTURE_RATIO) / RADIANS;
}

void gw_eye_ground(const struct gw_eye *eye, double *ret_near_m, double *ret_far_m)
{
    double near_m = 0, far_m = eye->range_m;
    double above_m = eye->height_m - GW_TARGET_HEIGHT_M;
    if (!eye->turns && !isnan(eye->tilt_deg) && above_m > LEVEL_M) {
        double half = vertical_deg(eye->fov_deg) / 2;
        double lowest = -eye->tilt_deg + half, highest = -eye->tilt_deg - half;
        if (lowest < 90)
            near_m = lowest > 0 ? above_m / tan(lowest * RADIANS) : INFINITY;
        if (highest > 0)
            far_m = fmin(far_m, above_m / tan(fmin(highest, 90) * RADIANS));
    }
    *ret_near_m = near_m;
    *ret_far_m = far_m;
}
