// A small bitmap font: capital letters, digits and ": . - /".
#ifndef GW_TESTS_FARM_FONT_H
#define GW_TESTS_FARM_FONT_H

#include <stdint.h>

enum { FARM_GLYPH_WIDTH = 5, FARM_GLYPH_HEIGHT = 7 }; // pixels

// Seven rows from the top, the lowest bit of each the rightmost pixel. What the
// font lacks is blank.
const uint8_t *farm_glyph(char c);

#endif
