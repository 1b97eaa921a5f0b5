#include "map/norm_day.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { RUN_HEAD = 3 }; // bytes: hours, words

static unsigned sum_of(const uint8_t minutes[GW_NORM_WORDS])
{
    unsigned sum = 0;
    for (int word = 0; word < GW_NORM_WORDS; word++)
        sum += minutes[word];
    return sum;
}

void gw_norm_day_add(struct gw_norm_day *day, unsigned hour,
                     const uint8_t minutes[GW_NORM_WORDS])
{
    assert(hour < GW_NORM_HOURS);
    uint8_t *into = day->minutes[hour];
    unsigned room = GW_NORM_MINUTES - sum_of(into);
    for (int word = 0; word < GW_NORM_WORDS; word++) {
        unsigned more = minutes[word] < room ? minutes[word] : room;
        into[word] = (uint8_t)(into[word] + more);
        room -= more;
    }
}

static size_t put_run(const uint8_t minutes[GW_NORM_WORDS], unsigned hours, uint8_t *out)
{
    unsigned words = 0;
    size_t len = RUN_HEAD;
    for (int word = 0; word < GW_NORM_WORDS; word++) {
        if (!minutes[word])
            continue;
        words |= 1u << word;
        out[len++] = minutes[word];
    }
    out[0] = (uint8_t)hours;
    out[1] = (uint8_t)words;
    out[2] = (uint8_t)(words >> 8);
    return len;
}

static bool same(const struct gw_norm_day *day, unsigned a, unsigned b)
{
    return memcmp(day->minutes[a], day->minutes[b], GW_NORM_WORDS) == 0;
}

size_t gw_norm_day_encode(const struct gw_norm_day *day,
                          uint8_t ret_bytes[GW_NORM_DAY_MAX])
{
    unsigned end = GW_NORM_HOURS;
    size_t len = 0;
    while (end > 0 && sum_of(day->minutes[end - 1]) == 0)
        end--;
    for (unsigned hour = 0, next; hour < end; hour = next) {
        for (next = hour + 1; next < end && same(day, hour, next);)
            next++;
        len += put_run(day->minutes[hour], next - hour, ret_bytes + len);
    }
    return len;
}

// Reads one run. Returns its bytes, or 0 where it is none.
static size_t take_run(const uint8_t *bytes, size_t len, unsigned *ret_hours,
                       uint8_t ret_minutes[GW_NORM_WORDS])
{
    size_t at = RUN_HEAD;
    if (len < RUN_HEAD)
        return 0;
    unsigned words = bytes[1] | (unsigned)bytes[2] << 8;
    if (bytes[0] == 0 || words >> GW_NORM_WORDS)
        return 0;
    for (int word = 0; word < GW_NORM_WORDS; word++) {
        bool there = words & 1u << word;
        if (there && (at == len || bytes[at] == 0))
            return 0;
        ret_minutes[word] = there ? bytes[at++] : 0;
    }
    *ret_hours = bytes[0];
    return sum_of(ret_minutes) <= GW_NORM_MINUTES ? at : 0;
}

int gw_norm_day_decode(const uint8_t *bytes, size_t len, struct gw_norm_day *ret_day)
{
    struct gw_norm_day day = { 0 };
    unsigned hour = 0;
    for (size_t at = 0, n; at < len; at += n) {
        uint8_t minutes[GW_NORM_WORDS];
        unsigned hours = 0;
        n = take_run(bytes + at, len - at, &hours, minutes);
        if (!n || hours > GW_NORM_HOURS - hour)
            return -EBADMSG;
        for (; hours > 0; hours--)
            memcpy(day.minutes[hour++], minutes, GW_NORM_WORDS);
    }
    *ret_day = day;
    return 0;
}
