#include "map/camera_record.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "map/utf8.h"

enum { WORDS_MAX = 8, DAYS_MAX = 36500 };

// The first word is our own, the second one what people read.
static const char *const kinds[GW_KINDS][WORDS_MAX] = {
    [GW_KIND_UNKNOWN] = { "unknown", "未知", "99" },
    [GW_KIND_FIXED] = { "fixed", "固定枪机", "枪机", "固定", "3" },
    [GW_KIND_DOME] = { "dome", "半球", "半球机", "2" },
    [GW_KIND_PTZ] = { "ptz", "球机", "云台", "遥控枪机", "快球", "1", "4" },
    [GW_KIND_HIGH_POINT] = { "high_point", "鹰眼", "高点", "高空瞭望", "高点监控" },
    [GW_KIND_THERMAL] = { "thermal", "热成像", "热感" },
    [GW_KIND_MOBILE] = { "mobile", "移动", "车载", "无人机", "执法记录仪" },
};

const char *gw_camera_kind_name(enum gw_camera_kind kind)
{
    return kinds[kind][0];
}

const char *gw_camera_kind_word(enum gw_camera_kind kind)
{
    return kinds[kind][1];
}

enum gw_camera_kind gw_camera_kind_of_name(const char *name)
{
    for (int kind = 0; kind < GW_KINDS; kind++)
        for (int i = 0; i < WORDS_MAX && kinds[kind][i]; i++)
            if (strcmp(kinds[kind][i], name) == 0)
                return (enum gw_camera_kind)kind;
    return GW_KINDS;
}

// ---- pose ----

const struct gw_camera_pose gw_camera_pose_unknown = { NAN, NAN, NAN, NAN, NAN };

static const struct {
    const char *name;
    size_t offset;
    double least, most;
    bool above; // `least` itself is out
    struct gw_text help;
} pose_fields[GW_POSE_FIELDS] = {
    { "azimuth_deg",
      offsetof(struct gw_camera_pose, azimuth_deg),
      0,
      360,
      false,
      { "azimuth goes from 0 to 360 degrees, clockwise from north; correct it",
        "方位角为 0 至 360 度，自正北顺时针，请更正" } },
    { "tilt_deg",
      offsetof(struct gw_camera_pose, tilt_deg),
      -90,
      90,
      false,
      { "tilt goes from -90 (straight down) to 90 degrees; correct it",
        "俯仰角为 -90（垂直向下）至 90 度，请更正" } },
    { "fov_deg",
      offsetof(struct gw_camera_pose, fov_deg),
      0,
      360,
      true,
      { "the horizontal angle of view is above 0 and at most 360 degrees; correct it",
        "水平视场角须大于 0 且不超过 360 度，请更正" } },
    { "range_m",
      offsetof(struct gw_camera_pose, range_m),
      0,
      50000,
      true,
      { "the range is above 0 and at most 50,000 metres; correct it",
        "可视距离须大于 0 且不超过 50000 米，请更正" } },
    { "height_m",
      offsetof(struct gw_camera_pose, height_m),
      -500,
      2000,
      false,
      { "the height above ground goes from -500 to 2,000 metres; correct it",
        "离地高度为 -500 至 2000 米，请更正" } },
};

const char *gw_pose_field_name(int field)
{
    return pose_fields[field].name;
}

double *gw_pose_field(struct gw_camera_pose *pose, int field)
{
    return (double *)((char *)pose + pose_fields[field].offset);
}

bool gw_pose_field_valid(int field, double value)
{
    if (isnan(value))
        return true;
    return value <= pose_fields[field].most &&
           (pose_fields[field].above ? value > pose_fields[field].least
                                     : value >= pose_fields[field].least);
}

struct gw_text gw_pose_field_help(int field)
{
    return pose_fields[field].help;
}

// ---- details ----

static bool is_text(const char *s)
{
    (void)s; // what every detail must be was looked at before
    return true;
}

static bool is_point_type(const char *s)
{
    return strlen(s) == 1 && strchr("12349", s[0]);
}

static bool is_ipv4(const char *s)
{
    struct in_addr address;
    return inet_pton(AF_INET, s, &address) == 1;
}

static bool is_ipv6(const char *s)
{
    struct in6_addr address;
    return inet_pton(AF_INET6, s, &address) == 1;
}

static bool is_mac(const char *s)
{
    size_t digits = 0, i = 0;
    for (; s[i]; i++) {
        if (isxdigit((unsigned char)s[i]))
            digits++;
        else if (!strchr(":-.", s[i]) || digits == 0)
            return false;
    }
    return digits == 12 && i <= 17 && isxdigit((unsigned char)s[i - 1]);
}

// Reads digits; moves *ps behind them.
static int number(const char **ps, int digits_max)
{
    int v = 0;
    for (int i = 0; i < digits_max && isdigit((unsigned char)**ps); i++)
        v = v * 10 + *(*ps)++ - '0';
    return v;
}

static bool is_date(const char *s)
{
    int year = number(&s, 4);
    s += *s && strchr("-/.", *s);
    int month = number(&s, 2);
    s += *s && strchr("-/.", *s);
    int day = number(&s, 2);
    return year >= 1980 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
           s[strspn(s, " T:0123456789.")] == '\0';
}

static bool is_days(const char *s)
{
    size_t len = strspn(s, "0123456789");
    return len > 0 && len <= 5 && !s[len] && atoi(s) <= DAYS_MAX;
}

#define PLAIN_HELP                                                                       \
    {                                                                                    \
        "it has at most 256 bytes and no line breaks or control characters; shorten or " \
        "clean it",                                                                      \
            "最多 256 字节，不得含换行或控制字符，请缩短或清理"    \
    }

static const struct {
    const char *name;
    bool (*valid)(const char *s);
    struct gw_text help;
} details[GW_DETAILS] = {
    [GW_DETAIL_VENDOR] = { "vendor", is_text, PLAIN_HELP },
    [GW_DETAIL_MODEL] = { "model", is_text, PLAIN_HELP },
    [GW_DETAIL_POINT_TYPE] = { "point_type",
                               is_point_type,
                               { "a point type is 1, 2, 3, 4 or 9; correct it",
                                 "监控点位类型为 1、2、3、4 或 9，请更正" } },
    [GW_DETAIL_COMMON_NAME] = { "common_name", is_text, PLAIN_HELP },
    [GW_DETAIL_IPV4] = { "ipv4",
                         is_ipv4,
                         { "an IPv4 address looks like 10.1.2.3; correct it",
                           "IPv4 地址形如 10.1.2.3，请更正" } },
    [GW_DETAIL_IPV6] = { "ipv6",
                         is_ipv6,
                         { "an IPv6 address looks like 2001:db8::1; correct it",
                           "IPv6 地址形如 2001:db8::1，请更正" } },
    [GW_DETAIL_MAC] = { "mac",
                        is_mac,
                        { "a MAC address has 12 hexadecimal digits, 00:11:22:33:44:55; "
                          "correct it",
                          "MAC 地址为 12 位十六进制数，形如 "
                          "00:11:22:33:44:55，请更正" } },
    [GW_DETAIL_FUNCTION_TYPE] = { "function_type", is_text, PLAIN_HELP },
    [GW_DETAIL_FILL_LIGHT] = { "fill_light", is_text, PLAIN_HELP },
    [GW_DETAIL_CODEC] = { "codec", is_text, PLAIN_HELP },
    [GW_DETAIL_LOCATION_TYPE] = { "location_type", is_text, PLAIN_HELP },
    [GW_DETAIL_FACING] = { "facing", is_text, PLAIN_HELP },
    [GW_DETAIL_NETWORK] = { "network", is_text, PLAIN_HELP },
    [GW_DETAIL_POLICE_STATION] = { "police_station", is_text, PLAIN_HELP },
    [GW_DETAIL_INSTALLED] = { "installed",
                              is_date,
                              { "a date looks like 2019-05-01; correct it",
                                "日期形如 2019-05-01，请更正" } },
    [GW_DETAIL_MANAGING_UNIT] = { "managing_unit", is_text, PLAIN_HELP },
    [GW_DETAIL_CONTACT] = { "contact", is_text, PLAIN_HELP },
    [GW_DETAIL_DAYS_KEPT] = { "days_kept",
                              is_days,
                              { "days are a whole number up to 36500; correct it",
                                "天数为不超过 36500 的整数，请更正" } },
    [GW_DETAIL_DEVICE_STATE] = { "device_state", is_text, PLAIN_HELP },
};

const char *gw_detail_name(enum gw_detail detail)
{
    return details[detail].name;
}

bool gw_detail_valid(enum gw_detail detail, const char *value)
{
    return !*value ||
           (gw_is_plain_text(value, GW_DETAIL_MAX) && details[detail].valid(value));
}

struct gw_text gw_detail_help(enum gw_detail detail)
{
    return details[detail].help;
}
