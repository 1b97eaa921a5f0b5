// Words and numerals for names.
#ifndef GW_DISTRICT_NAMES_H
#define GW_DISTRICT_NAMES_H

#include "tests/district/district.h"

// Chinese numeral of 1..99.
enum { GW_NUMERAL_BYTES = 16 };
void gw_numeral(int n, char ret_text[GW_NUMERAL_BYTES]);

const char *gw_department_name(int department);

// Names of streets that run north-south and west-east; any index.
const char *gw_avenue_name(int i);
const char *gw_street_name(int i);

#endif
