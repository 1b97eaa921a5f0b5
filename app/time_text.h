// Moments as text, RFC 3339. No clock, no time zones but what the text says.
#ifndef GW_APP_TIME_TEXT_H
#define GW_APP_TIME_TEXT_H

#include <stdint.h>

enum { GW_TIME_TEXT = 32 }; // bytes of "2026-11-28T16:00:00.123Z", NUL included, and room

// In UTC. `unix_ms` is before the year 10000.
void gw_time_write(uint64_t unix_ms, char ret_text[GW_TIME_TEXT]);

// "2026-11-28T16:00:00Z", with a fraction of a second, with "+08:00" in place of "Z", or
// the day alone, which begins in UTC. From 1970 to 9999. Returns 0 or -EBADMSG.
int gw_time_read(const char *text, uint64_t *ret_unix_ms);

#endif
