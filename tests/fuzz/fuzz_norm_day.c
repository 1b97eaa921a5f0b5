// Property: what is taken for a day is one. No hour has more than its minutes, and
// written again it is the same day, in no more bytes.
#include "map/norm_day.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gw_norm_day day, again;
    uint8_t bytes[GW_NORM_DAY_MAX];
    if (gw_norm_day_decode(data, size, &day) < 0)
        return 0;
    for (int hour = 0; hour < GW_NORM_HOURS; hour++) {
        unsigned sum = 0;
        for (int word = 0; word < GW_NORM_WORDS; word++)
            sum += day.minutes[hour][word];
        if (sum > GW_NORM_MINUTES)
            abort();
    }
    size_t len = gw_norm_day_encode(&day, bytes);
    if (len > size || gw_norm_day_decode(bytes, len, &again) < 0 ||
        memcmp(&again, &day, sizeof(day)) != 0)
        abort();
    return 0;
}
