// What a place is: a key place (重点场所) such as a school, or a city part (城市部件)
// such as a manhole cover. No I/O.
//
// City parts are told by the large classes of CJ/T 214 (GB/T 30428.2): the first two of
// the four digits of a class, which are digits 7 to 10 of a part's 16-digit code.
#ifndef GW_MAP_PLACE_KINDS_H
#define GW_MAP_PLACE_KINDS_H

#include "base/text.h"

#include <stdbool.h>

enum gw_place_kind {
    GW_PLACE_OTHER,
    GW_PLACE_SCHOOL,
    GW_PLACE_KINDERGARTEN,
    GW_PLACE_HOSPITAL,
    GW_PLACE_MALL,
    GW_PLACE_MARKET,
    GW_PLACE_HOTEL,
    GW_PLACE_PETROL_STATION,
    GW_PLACE_WATER_PLANT,
    GW_PLACE_POWER_PLANT,
    GW_PLACE_GAS_PLANT,
    GW_PLACE_HEATING_PLANT,
    GW_PLACE_STATION,
    GW_PLACE_GOVERNMENT,
    GW_PLACE_BANK,
    GW_PLACE_PARK,
    GW_PLACE_ENTERTAINMENT,
    GW_PLACE_CARE_HOME,
    GW_PLACE_WORSHIP,
    GW_PLACE_FACTORY,
    GW_PLACE_HAZARDOUS,
    GW_PLACE_PART_PUBLIC, // the first of the city parts
    GW_PLACE_PART_TRAFFIC,
    GW_PLACE_PART_ENVIRONMENT,
    GW_PLACE_PART_GREEN,
    GW_PLACE_PART_HOUSING,
    GW_PLACE_PART_OTHER,
    GW_PLACE_PART_EXTENDED,
    GW_PLACE_KINDS,
};

enum gw_place_group { GW_PLACE_NO_GROUP, GW_PLACE_KEY, GW_PLACE_PART, GW_PLACE_GROUPS };

// "school", "part_public"; stable, as the API has it.
const char *gw_place_kind_name(enum gw_place_kind kind);

// What people call it.
struct gw_text gw_place_kind_text(enum gw_place_kind kind);

// By that name alone. GW_PLACE_KINDS: none.
enum gw_place_kind gw_place_kind_of_key(const char *name);

// By its name or what a list calls it, in Chinese or English. GW_PLACE_KINDS: none.
enum gw_place_kind gw_place_kind_of_name(const char *name);

// "other" belongs to none.
enum gw_place_group gw_place_kind_group(enum gw_place_kind kind);

// "key_place", "city_part"; NULL for GW_PLACE_NO_GROUP.
const char *gw_place_group_name(enum gw_place_group group);

// GW_PLACE_NO_GROUP: none is called so.
enum gw_place_group gw_place_group_of_name(const char *name);

// Whether a text is a class of city parts: two or four digits.
bool gw_place_class_valid(const char *text);

// The kind of a class. GW_PLACE_KINDS for a large class that there is not.
enum gw_place_kind gw_place_kind_of_class(const char *text);

// Takes the class out of a part's code, 16 digits. Returns false for another id.
bool gw_place_class_of_id(const char *id, char ret_class[5]);

#endif
