// Device ids of GB/T 28181 (annex on unified coding, rule A), taken apart: 20 digits,
// which are center 8, industry 2, type 3, network 1, serial 6. Ids of another form are
// fine for us and have no parts. No I/O.
#ifndef GW_MAP_DEVICE_ID_H
#define GW_MAP_DEVICE_ID_H

#include "base/text.h"

#include <stdbool.h>

enum {
    GW_DEVICE_ID_DIGITS = 20,
    GW_DEVICE_CENTER_DIGITS = 8, // division 6, base unit 2
    GW_DEVICE_INDUSTRY_DIGITS = 2,
    GW_DEVICE_TYPE_DIGITS = 3,
    GW_DEVICE_SERIAL_DIGITS = 6,
};

struct gw_device_id {
    char center[GW_DEVICE_CENTER_DIGITS + 1];
    char industry[GW_DEVICE_INDUSTRY_DIGITS + 1];
    char type[GW_DEVICE_TYPE_DIGITS + 1];
    char network; // a digit
    char serial[GW_DEVICE_SERIAL_DIGITS + 1];
};

// False for an id of another form.
bool gw_device_id_parse(const char *id, struct gw_device_id *ret_id);

// What the codes mean; "reserved" for those that the standard leaves open.
struct gw_text gw_device_industry(const struct gw_device_id *id);
struct gw_text gw_device_type(const struct gw_device_id *id);
struct gw_text gw_device_network(const struct gw_device_id *id);

// Whether the type is a camera's: 131 or 132.
bool gw_device_is_camera(const struct gw_device_id *id);

#endif
