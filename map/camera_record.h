// What a camera's record holds beside its place and streams: its kind, which way it
// looks, labels, and the rest of the record in common use (一机一档, 27 columns). No I/O.
#ifndef GW_MAP_CAMERA_RECORD_H
#define GW_MAP_CAMERA_RECORD_H

#include "base/text.h"

#include <stdbool.h>

// Numbers are in the registry file.
enum gw_camera_kind {
    GW_KIND_UNKNOWN,
    GW_KIND_FIXED,      // 固定枪机
    GW_KIND_DOME,       // 半球: fixed, under a dome
    GW_KIND_PTZ,        // 球机, 云台: turns and zooms
    GW_KIND_HIGH_POINT, // 鹰眼, 高点: looks over a whole quarter, and turns
    GW_KIND_THERMAL,
    GW_KIND_MOBILE, // on a vehicle, a drone or a person
    GW_KINDS,
};

// "unknown", "fixed", "dome", "ptz", "high_point", "thermal", "mobile".
const char *gw_camera_kind_name(enum gw_camera_kind kind);

// The same in Chinese: 球机.
const char *gw_camera_kind_word(enum gw_camera_kind kind);

// Also Chinese words and the codes of the record (摄像机类型: 1 球机, 2 半球, 3 固定枪机,
// 4 遥控枪机). GW_KINDS for a name that is none.
enum gw_camera_kind gw_camera_kind_of_name(const char *name);

// Which way it looks. NAN = not known.
struct gw_camera_pose {
    double azimuth_deg; // of the picture's middle, clockwise from north, 0 to 360
    double tilt_deg;    // -90 straight down, 0 level, 90 straight up
    double fov_deg;     // horizontal angle of view, above 0, to 360
    double range_m;     // how far somebody is recognised, above 0
    double height_m;    // of the lens above ground
};

enum { GW_POSE_FIELDS = 5 };

extern const struct gw_camera_pose gw_camera_pose_unknown;

// The fields by number, for tables of columns and members: names as the struct has them.
const char *gw_pose_field_name(int field);
double *gw_pose_field(struct gw_camera_pose *pose, int field);

// Whether `value` is in the range above. NAN is.
bool gw_pose_field_valid(int field, double value);
struct gw_text gw_pose_field_help(int field);

// Further columns, all text. Codes are kept as they come: forms differ in them.
enum gw_detail {
    GW_DETAIL_VENDOR,      // 设备厂商
    GW_DETAIL_MODEL,       // 设备型号
    GW_DETAIL_POINT_TYPE,  // 监控点位类型: 1, 2, 3, 4 or 9
    GW_DETAIL_COMMON_NAME, // 点位俗称
    GW_DETAIL_IPV4,        // of the device, without port
    GW_DETAIL_IPV6,
    GW_DETAIL_MAC,            // 00:11:22:33:44:55, also with - or without
    GW_DETAIL_FUNCTION_TYPE,  // 摄像机功能类型
    GW_DETAIL_FILL_LIGHT,     // 补光属性
    GW_DETAIL_CODEC,          // 摄像机编码格式
    GW_DETAIL_LOCATION_TYPE,  // 摄像机位置类型
    GW_DETAIL_FACING,         // 监控方位, where no azimuth was measured
    GW_DETAIL_NETWORK,        // 联网属性
    GW_DETAIL_POLICE_STATION, // 所属辖区公安机关
    GW_DETAIL_INSTALLED, // 安装时间: 2019-05-01, also with / or without, and a time
    GW_DETAIL_MANAGING_UNIT, // 管理单位
    GW_DETAIL_CONTACT,       // 管理单位联系方式
    GW_DETAIL_DAYS_KEPT,     // 录像保存天数: a whole number
    GW_DETAIL_DEVICE_STATE,  // 设备状态
    GW_DETAILS,
};

enum { GW_DETAIL_MAX = 256 }; // bytes of UTF-8

// "vendor", "model", ...: the name in the database, the API and lists.
const char *gw_detail_name(enum gw_detail detail);

// Whether a detail may hold that; an empty one may.
bool gw_detail_valid(enum gw_detail detail, const char *value);

// What it should look like.
struct gw_text gw_detail_help(enum gw_detail detail);

#endif
