#include "map/codes.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static bool is_code_char(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-';
}

bool gw_code_valid(const char *code)
{
    size_t len = 0;
    while (code[len] && len <= GW_CODE_MAX && is_code_char(code[len]))
        len++;
    return len > 0 && len <= GW_CODE_MAX && !code[len];
}

static bool all_digits(const char *s, size_t len)
{
    return strspn(s, "0123456789") == len;
}

static bool zeros_end(const char *code, size_t len, size_t count)
{
    return len >= count && strspn(code + len - count, "0") >= count;
}

size_t gw_division_prefix(const char *code)
{
    size_t len = strlen(code);
    if (!all_digits(code, len))
        return 0;
    if (len == 2 || len == 4)
        return len;
    if (len != 6 && len != 9 && len != 12)
        return 0;

    while (len > GW_DISTRICT_DIGITS && zeros_end(code, len, GW_GROUP_DIGITS))
        len -= GW_GROUP_DIGITS;
    // Provinces and cities by GB/T 2260: 370000, 370800.
    while (len <= GW_DISTRICT_DIGITS && len > 2 && zeros_end(code, len, 2))
        len -= 2;
    return len;
}

bool gw_division_within(const char *code, const char *above)
{
    size_t prefix = gw_division_prefix(above);
    if (!prefix)
        return strcmp(code, above) == 0;
    return gw_division_prefix(code) >= prefix && memcmp(code, above, prefix) == 0;
}

int gw_division_level(const char *code)
{
    switch (gw_division_prefix(code)) {
    case 2:
    case 4:
    case 6: return 1;
    case 9: return 2;
    case 12: return 3;
    default: return 0;
    }
}

static bool whole_groups(const char *code, size_t len)
{
    return len >= GW_DISTRICT_DIGITS && len % GW_GROUP_DIGITS == 0 &&
           all_digits(code, len);
}

bool gw_cell_prefix_of(const char *above, const char *code)
{
    size_t prefix = strlen(above);
    size_t len = strlen(code);
    return prefix < len && whole_groups(above, prefix) && whole_groups(code, len) &&
           memcmp(above, code, prefix) == 0;
}

int gw_cell_level(const char *code)
{
    size_t len = strlen(code);
    if (!whole_groups(code, len) || len <= GW_DISTRICT_DIGITS)
        return 0;
    size_t level = (len - GW_DISTRICT_DIGITS) / GW_GROUP_DIGITS;
    return level <= GW_CELL_LEVELS ? (int)level : 0;
}

const char *gw_cell_kind(const char *code, int level)
{
    enum { LEVEL_GRID = 3 };
    static const char *const kinds[GW_CELL_LEVELS] = {
        "street", "community", "grid", "compound", "building", "stairwell",
    };
    assert(level >= 1 && level <= GW_CELL_LEVELS);
    if (level == LEVEL_GRID && gw_cell_level(code) != LEVEL_GRID)
        return "special";
    return kinds[level - 1];
}
