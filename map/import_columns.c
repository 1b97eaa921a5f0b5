#include "map/import_columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 14 };

// What lists of places call their ids, also by GB/T 30428.2. A Shapefile has 10 bytes.
#define PLACE_IDS "place_id", "场所编码", "场所编号", "部件编码", "标识码", "ObjID"

// What a column may be called; the first name is our own. Those of the camera record
// (一机一档) are there, and what was seen beside them. No two columns of one list may
// mean the same: 点位俗称 is no name of GW_COLUMN_NAME, lists have it beside 设备名称.
static const char *const known[GW_COLUMNS][NAMES_MAX] = {
    [GW_COLUMN_ID] = { "id", "device_id", "camera_id", "设备编码", "设备编号", "国标编码",
                       "摄像机编码", PLACE_IDS },
    [GW_COLUMN_NAME] = { "name", "设备名称", "点位名称", "摄像机名称", "场所名称",
                         "部件名称", "place_name", "ObjName" },
    [GW_COLUMN_LON] = { "lon", "lng", "longitude", "经度" },
    [GW_COLUMN_LAT] = { "lat", "latitude", "纬度" },
    [GW_COLUMN_DIVISION] = { "division", "行政区域", "行政区划", "行政区划代码",
                             "区划代码" },
    [GW_COLUMN_DEPARTMENT] = { "department", "所属部门", "主管部门", "主管部门名称",
                               "DeptName1" },
    [GW_COLUMN_CELL] = { "cell", "所属网格", "网格编码", "所属单元网格", "BGID" },
    [GW_COLUMN_URL_MAIN] = { "url_main", "main_url", "rtsp", "主码流地址", "主码流" },
    [GW_COLUMN_URL_SUB] = { "url_sub", "sub_url", "辅码流地址", "子码流地址", "辅码流",
                            "子码流" },
    [GW_COLUMN_PULL] = { "pull", "拉流方式" },
    [GW_COLUMN_VENDOR] = { "vendor", "manufacturer", "设备厂商", "厂商" },
    [GW_COLUMN_IP] = { "ip", "ipv4", "ip地址", "设备ip", "ipv4地址" },
    [GW_COLUMN_PORT] = { "port", "rtsp_port", "端口", "rtsp端口" },
    [GW_COLUMN_CHANNEL] = { "channel", "通道号", "通道" },
    [GW_COLUMN_USER] = { "user", "username", "用户名" },
    [GW_COLUMN_PASSWORD] = { "password", "密码" },
    [GW_COLUMN_KIND] = { "kind", "摄像机类型", "场所类型", "场所类别", "部件类型" },
    [GW_COLUMN_TAGS] = { "tags", "标签" },
    [GW_COLUMN_GROUPS] = { "groups", "分组", "所属分组" },
    [GW_COLUMN_ADDRESS] = { "address", "安装地址", "地址", "安装位置" },
    [GW_COLUMN_CLASS] = { "class", "部件类别", "部件小类", "小类代码" },
    [GW_COLUMN_POSE] = { "azimuth_deg", "azimuth", "方位角" },
    [GW_COLUMN_POSE + 1] = { "tilt_deg", "tilt", "俯仰角" },
    [GW_COLUMN_POSE + 2] = { "fov_deg", "fov", "视场角", "水平视场角" },
    [GW_COLUMN_POSE + 3] = { "range_m", "range", "可视距离" },
    [GW_COLUMN_POSE + 4] = { "height_m", "height", "安装高度", "架设高度", "离地高度" },
    // GW_DETAIL_VENDOR and GW_DETAIL_IPV4 have columns above.
    [GW_COLUMN_DETAIL + GW_DETAIL_MODEL] = { "model", "设备型号", "型号" },
    [GW_COLUMN_DETAIL +
        GW_DETAIL_POINT_TYPE] = { "point_type", "监控点位类型", "点位类型" },
    [GW_COLUMN_DETAIL + GW_DETAIL_COMMON_NAME] = { "common_name", "点位俗称" },
    [GW_COLUMN_DETAIL + GW_DETAIL_IPV6] = { "ipv6", "ipv6地址" },
    [GW_COLUMN_DETAIL + GW_DETAIL_MAC] = { "mac", "mac地址" },
    [GW_COLUMN_DETAIL +
        GW_DETAIL_FUNCTION_TYPE] = { "function_type", "摄像机功能类型", "功能类型" },
    [GW_COLUMN_DETAIL + GW_DETAIL_FILL_LIGHT] = { "fill_light", "补光属性" },
    [GW_COLUMN_DETAIL + GW_DETAIL_CODEC] = { "codec", "摄像机编码格式", "编码格式" },
    [GW_COLUMN_DETAIL +
        GW_DETAIL_LOCATION_TYPE] = { "location_type", "摄像机位置类型", "位置类型" },
    [GW_COLUMN_DETAIL + GW_DETAIL_FACING] = { "facing", "监控方位" },
    [GW_COLUMN_DETAIL + GW_DETAIL_NETWORK] = { "network", "联网属性" },
    [GW_COLUMN_DETAIL +
        GW_DETAIL_POLICE_STATION] = { "police_station", "所属辖区公安机关" },
    [GW_COLUMN_DETAIL + GW_DETAIL_INSTALLED] = { "installed", "安装时间", "安装日期" },
    [GW_COLUMN_DETAIL + GW_DETAIL_MANAGING_UNIT] = { "managing_unit", "管理单位" },
    [GW_COLUMN_DETAIL +
        GW_DETAIL_CONTACT] = { "contact", "管理单位联系方式", "联系方式" },
    [GW_COLUMN_DETAIL +
        GW_DETAIL_DAYS_KEPT] = { "days_kept", "录像保存天数", "保存天数" },
    [GW_COLUMN_DETAIL + GW_DETAIL_DEVICE_STATE] = { "device_state", "设备状态" },
};

const char *gw_column_name(enum gw_column column)
{
    return known[column][0];
}

// Up to a remark that forms put behind a name.
static size_t bare_length(const char *name)
{
    static const char *const remarks[] = { "*", "(", "（" };
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++) {
        const char *remark = strstr(name, remarks[i]);
        if (remark && (size_t)(remark - name) < len)
            len = (size_t)(remark - name);
    }
    while (len > 0 && strchr(" \t", name[len - 1]))
        len--;
    return len;
}

static bool is_called(const char *const own[NAMES_MAX], const char *name, size_t len)
{
    for (int i = 0; i < NAMES_MAX && own[i]; i++)
        if (strlen(own[i]) == len && strncasecmp(own[i], name, len) == 0)
            return true;
    return false;
}

enum gw_column gw_column_of(const char *name)
{
    size_t len = bare_length(name);
    int i = 0;
    while (i < GW_COLUMNS && !is_called(known[i], name, len))
        i++;
    return (enum gw_column)i;
}

bool gw_column_is_of_places(const char *name)
{
    static const char *const ids[NAMES_MAX] = { PLACE_IDS };
    return is_called(ids, name, bare_length(name));
}

static const struct gw_column_names_entry *find_entry(const struct gw_column_names *names,
                                                      const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcasecmp(names->entries[i].name, name) == 0)
            return &names->entries[i];
    return NULL;
}

enum gw_column gw_column_names_find(const struct gw_column_names *names, const char *name)
{
    const struct gw_column_names_entry *entry = names ? find_entry(names, name) : NULL;
    if (entry)
        return entry->column;
    enum gw_column column = gw_column_of(name);
    bool has_another = names && column < GW_COLUMNS && names->mapped[column];
    return has_another ? GW_COLUMNS : column;
}
