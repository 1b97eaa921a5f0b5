#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static enum gw_log_level max_level = GW_LOG_INFO;

static const char *const level_names[] = { "error", "warn", "info", "debug" };

void gw_log_set_level(enum gw_log_level level)
{
    max_level = level;
}

static size_t write_head(char *line, size_t cap, enum gw_log_level level,
                         const char *event)
{
    struct timespec now;
    struct tm utc;
    char stamp[32];

    (void)clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
    int n = snprintf(line, cap, "time=%s.%06ldZ level=%s event=%s ", stamp,
                     now.tv_nsec / 1000, level_names[level], event);
    return n < 0 ? 0 : (size_t)n < cap ? (size_t)n : cap - 1;
}

void gw_log(enum gw_log_level level, const char *event, const char *format, ...)
{
    if (level > max_level)
        return;

    char line[GW_LOG_LINE_MAX + 1];
    size_t len = write_head(line, GW_LOG_LINE_MAX, level, event);

    va_list args;
    va_start(args, format);
    int n = vsnprintf(line + len, GW_LOG_LINE_MAX - len, format, args);
    va_end(args);
    if (n >= 0 && len + (size_t)n >= GW_LOG_LINE_MAX) {
        len = GW_LOG_LINE_MAX - 1;
        memcpy(line + len - 3, "...", 3);
    } else if (n > 0) {
        len += (size_t)n;
    }

    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = '?';
    line[len++] = '\n';

    // One write a line: lines of several threads do not mix.
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written; // nowhere left to complain
}
