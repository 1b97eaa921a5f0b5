// Stream addresses of cameras that a list names by vendor, network address and channel.
// No I/O.
#ifndef GW_MAP_VENDOR_URL_H
#define GW_MAP_VENDOR_URL_H

#include "base/stream_url.h"
#include "map/camera_edit.h"

// As the list has it. NULL: not given.
struct gw_device {
    const char *vendor;  // a name that the vendor goes by, Chinese or English
    const char *address; // IPv4, IPv6 or a host name
    const char *port;    // of RTSP; not given: 554
    const char *channel; // of a recorder, from 1; not given: it is the camera itself
    const char *user;
    const char *password; // as it is, not escaped
};

struct gw_device_urls {
    char main[GW_STREAM_URL_MAX + 1];
    char sub[GW_STREAM_URL_MAX + 1];
};

// Returns false with what is wrong; its `field` is a name of the plain CSV header, and
// it holds no password. The vendor and the address must be given.
bool gw_device_urls(const struct gw_device *device, struct gw_device_urls *ret_urls,
                    struct gw_camera_problem *ret_problem);

#endif
