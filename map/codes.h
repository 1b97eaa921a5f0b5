// Division and cell codes: what lies below what.
//
// A division code is the 6 digits of GB/T 2260, then 3 for the street or town,
// then 3 for the village or community. Shorter levels are often padded with
// zeros: 370812001000 is the town 370812001, 370812000000 the district 370812,
// 370800 the city 3708. A cell code goes on in groups of 3 digits.
#ifndef GW_MAP_CODES_H
#define GW_MAP_CODES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    GW_CODE_MAX = 32,       // bytes of a division or cell code
    GW_CELL_LEVELS = 6,     // street, community, grid, compound, building, stairwell
    GW_DISTRICT_DIGITS = 6, // where groups of 3 digits begin
    GW_GROUP_DIGITS = 3,
};

// 1..GW_CODE_MAX of [A-Za-z0-9._-]: codes stand in URLs.
bool gw_code_valid(const char *code);

// How many leading characters of a division code all divisions below it share:
// padding zeros of 6, 9 and 12 digit codes are left out. 0: not such a code, it
// stands for itself only.
size_t gw_division_prefix(const char *code);

// Whether division `code` is `above` or lies below it; both as above.
bool gw_division_within(const char *code, const char *above);

// 1 district (and what is above it), 2 town or street, 3 village or community;
// 0 when the code does not tell.
int gw_division_level(const char *code);

// Whether a cell's code `above` reaches `code` by prefix: both are digits in
// whole groups. A code is not below itself.
bool gw_cell_prefix_of(const char *above, const char *code);

// 1..GW_CELL_LEVELS by length (9 digits street ... 24 stairwell); 0 when the code
// does not tell.
int gw_cell_level(const char *code);

// What a cell is: "street", "community", "grid", "compound", "building",
// "stairwell" by its level (1..GW_CELL_LEVELS), or "special": of the level of grids,
// but with a code of its own.
const char *gw_cell_kind(const char *code, int level);

#endif
