#include "app/time_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LAST_S 253402300799ll // 9999-12-31T23:59:59Z

void gw_time_write(uint64_t unix_ms, char ret_text[GW_TIME_TEXT])
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm tm = { 0 };
    gmtime_r(&seconds, &tm);
    size_t len = strftime(ret_text, GW_TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(ret_text + len, GW_TIME_TEXT - len, ".%03uZ", (unsigned)(unix_ms % 1000));
}

// `digits` digits at *p, from `low` to `high`; moves behind them. Returns -1 for others.
static int number(const char **p, int digits, int low, int high)
{
    int n = 0;
    for (; digits > 0; digits--, (*p)++) {
        if (!isdigit((unsigned char)**p))
            return -1;
        n = n * 10 + (**p - '0');
    }
    return n >= low && n <= high ? n : -1;
}

static bool skip(const char **p, char c)
{
    bool is = **p == c;
    *p += is;
    return is;
}

static bool read_day(const char **p, struct tm *tm)
{
    tm->tm_year = number(p, 4, 1970, 9999) - 1900;
    if (tm->tm_year < 0 || !skip(p, '-'))
        return false;
    tm->tm_mon = number(p, 2, 1, 12) - 1;
    if (tm->tm_mon < 0 || !skip(p, '-'))
        return false;
    tm->tm_mday = number(p, 2, 1, 31);
    return tm->tm_mday > 0;
}

static bool read_clock(const char **p, struct tm *tm, unsigned *ret_ms)
{
    unsigned ms = 0, worth = 100;
    tm->tm_hour = number(p, 2, 0, 23);
    if (tm->tm_hour < 0 || !skip(p, ':'))
        return false;
    tm->tm_min = number(p, 2, 0, 59);
    if (tm->tm_min < 0 || !skip(p, ':'))
        return false;
    tm->tm_sec = number(p, 2, 0, 59);
    if (tm->tm_sec < 0)
        return false;
    if (skip(p, '.')) {
        if (!isdigit((unsigned char)**p))
            return false;
        for (; isdigit((unsigned char)**p); (*p)++, worth /= 10)
            ms += worth * (unsigned)(**p - '0');
    }
    *ret_ms = ms;
    return true;
}

// "Z", or hours and minutes that the clock is ahead of UTC.
static bool read_zone(const char **p, int *ret_s)
{
    if (skip(p, 'Z')) {
        *ret_s = 0;
        return true;
    }
    bool ahead = **p == '+';
    if (!ahead && **p != '-')
        return false;
    (*p)++;
    int hours = number(p, 2, 0, 23);
    if (hours < 0 || !skip(p, ':'))
        return false;
    int minutes = number(p, 2, 0, 59);
    if (minutes < 0)
        return false;
    int s = (hours * 60 + minutes) * 60;
    *ret_s = ahead ? s : -s;
    return true;
}

int gw_time_read(const char *text, uint64_t *ret_unix_ms)
{
    struct tm tm = { 0 };
    unsigned ms = 0;
    int zone_s = 0;
    const char *p = text;
    if (!read_day(&p, &tm))
        return -EBADMSG;
    int day = tm.tm_mday;
    if (*p && (!skip(&p, 'T') || !read_clock(&p, &tm, &ms) || !read_zone(&p, &zone_s)))
        return -EBADMSG;
    long long s = timegm(&tm) - zone_s;
    // The 31st of February would become a day in March.
    if (*p || tm.tm_mday != day || s < 0 || s > LAST_S)
        return -EBADMSG;
    *ret_unix_ms = (uint64_t)s * 1000 + ms;
    return 0;
}
