// A camera as one that looks: where its lens is, which way, and how far. Pure numbers;
// what a registry does not know is taken from its kind.
#ifndef GW_MAP_EYE_H
#define GW_MAP_EYE_H

#include <stdbool.h>

// What is looked for: somebody's chest. Ground is flat and at 0.
#define GW_TARGET_HEIGHT_M 1.5

// Bounds for what is believed of a pose.
#define GW_EYE_RANGE_MAX_M 20000.0
#define GW_EYE_HEIGHT_MAX_M 2000.0

struct gw_eye {
    double lon, lat;    // degrees, WGS-84
    double azimuth_deg; // of the axis, clockwise from north; NAN: not known
    double tilt_deg;    // of the axis: 0 level, -90 straight down; NAN: not known
    double fov_deg;     // horizontal, above 0, to 360
    double range_m;     // above 0
    double height_m;    // of the lens above ground, GW_TARGET_HEIGHT_M or more
    bool turns;         // it can be turned to any side
};

// How a kind of camera is taken to be where nothing is recorded.
struct gw_eye_habit {
    double fov_deg, range_m, height_m;
    bool turns;
};

// Sets what is NAN or out of bounds in `eye` by habit. A height below the target's is
// taken for the target's: the line of sight is then level.
void gw_eye_complete(struct gw_eye *eye, const struct gw_eye_habit *habit);

// Whether it looks one way only, and which is known.
bool gw_eye_aimed(const struct gw_eye *eye);

// The band of ground that the picture shows along its axis, metres from the foot of the
// camera: from tilt and vertical angle, which is that of a 16:9 picture. All of it where
// the camera turns or the tilt is not known.
void gw_eye_ground(const struct gw_eye *eye, double *ret_near_m, double *ret_far_m);

#endif
