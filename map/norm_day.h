// How one camera fared on one day, for the norms (docs/norms.md): hour by hour, how many
// minutes it counted as what; and the few bytes that this is kept as. No I/O.
#ifndef GW_MAP_NORM_DAY_H
#define GW_MAP_NORM_DAY_H

#include <stddef.h>
#include <stdint.h>

// What a camera counts as at one moment; exactly one of these. Numbers are in the
// registry file: new ones go to the end, and there is room for 16.
enum gw_norm_word {
    GW_NORM_UNJUDGED, // nobody tried it lately
    GW_NORM_INTACT,   // online, and its pictures are whole as far as known
    GW_NORM_BROKEN,   // online, but its last pictures were not whole
    // Offline, by class of cause.
    GW_NORM_NO_ROUTE, // cannot be reached, or does not answer
    GW_NORM_REFUSED,
    GW_NORM_PASSWORD, // our user or password is refused, or may not watch
    GW_NORM_NOT_FOUND,
    GW_NORM_NO_VIDEO, // what it sends is no video that we can carry
    GW_NORM_STALLED,  // it plays, and no whole pictures come
    GW_NORM_OTHER,
    GW_NORM_WORDS,
};

enum {
    GW_NORM_HOURS = 24,                                    // of a day in UTC
    GW_NORM_MINUTES = 60,                                  // of an hour
    GW_NORM_DAY_MAX = GW_NORM_HOURS * (3 + GW_NORM_WORDS), // bytes
};

// No hour has more than 60 minutes; those that are missing were not looked at.
struct gw_norm_day {
    uint8_t minutes[GW_NORM_HOURS][GW_NORM_WORDS];
};

// Adds minutes to an hour, as many as it has room for.
void gw_norm_day_add(struct gw_norm_day *day, unsigned hour,
                     const uint8_t minutes[GW_NORM_WORDS]);

// Runs of equal hours, from the first on: how many (1 byte), which words occur (2 bytes,
// the lower ones first), and for each of these the minutes (1 byte). Hours behind the
// last run were not looked at. Returns how many bytes: 4 for a day on which nothing
// happened.
size_t gw_norm_day_encode(const struct gw_norm_day *day,
                          uint8_t ret_bytes[GW_NORM_DAY_MAX]);

// Returns 0, or -EBADMSG for bytes that are none of the above.
int gw_norm_day_decode(const uint8_t *bytes, size_t len, struct gw_norm_day *ret_day);

#endif
