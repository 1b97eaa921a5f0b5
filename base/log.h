// One line an event on standard error, in logfmt:
//   time=2026-01-31T08:15:02.123456Z level=info event=camera_live stream=12
//
// Only app/ and the top object of each folder log; parsers return errors.
// Nothing secret may be passed in: no URL with a password, no header of one.
#ifndef GW_BASE_LOG_H
#define GW_BASE_LOG_H

enum gw_log_level { GW_LOG_ERROR, GW_LOG_WARN, GW_LOG_INFO, GW_LOG_DEBUG };

enum { GW_LOG_LINE_MAX = 1024 }; // bytes; longer lines end in "..."

// Lines above `level` are not written. Before threads start.
void gw_log_set_level(enum gw_log_level level);

// `event` is a stable identifier. `format` gives key=value pairs; write
// key="%s" for what may hold spaces. Control characters from outside are
// replaced, so one event cannot forge a second line. Any thread.
void gw_log(enum gw_log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
