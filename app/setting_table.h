// What there is to set: the one table that the command line, the configuration file and
// the help are read from and written by (settings.c). To add a setting, add its field to
// settings.h, its default to gw_settings_init() and its row here.
#ifndef GW_APP_SETTING_TABLE_H
#define GW_APP_SETTING_TABLE_H

#include "app/settings.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum {
    GW_SETTINGS = 42,
    GW_MEGABYTE = 1024 * 1024, // bytes: the unit of what is set in MB
};

enum gw_setting_type {
    GW_SETTING_FLAG,   // bool
    GW_SETTING_STRING, // char *, allocated
    GW_SETTING_NUMBER, // uint64_t
};

struct gw_setting {
    const char *key;
    enum gw_setting_type type;
    const char *argument; // what help calls it; NULL: a FLAG has none
    size_t offset;        // of the field in struct gw_settings
    uint64_t unit;        // NUMBER: what one of it is in the field's unit
    uint64_t min, max;    // NUMBER, in the user's unit
    struct gw_text help;
};

// In the order of the help.
extern const struct gw_setting gw_setting_table[GW_SETTINGS];

#endif
