#include "map/import_columns.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 8 };

// What a column may be called; the first name is our own. Those of the camera record
// (一机一档) are there, and what was seen beside them. No two columns of one list may
// mean the same: 点位俗称 is no name of GW_COLUMN_NAME, lists have it beside 设备名称.
static const char *const names[GW_COLUMNS][NAMES_MAX] = {
    [GW_COLUMN_ID] = { "id", "device_id", "camera_id", "设备编码", "设备编号", "国标编码",
                       "摄像机编码" },
    [GW_COLUMN_NAME] = { "name", "设备名称", "点位名称", "摄像机名称" },
    [GW_COLUMN_LON] = { "lon", "lng", "longitude", "经度" },
    [GW_COLUMN_LAT] = { "lat", "latitude", "纬度" },
    [GW_COLUMN_DIVISION] = { "division", "行政区域", "行政区划", "行政区划代码",
                             "区划代码" },
    [GW_COLUMN_DEPARTMENT] = { "department", "所属部门" },
    [GW_COLUMN_CELL] = { "cell", "所属网格", "网格编码" },
    [GW_COLUMN_URL_MAIN] = { "url_main", "main_url", "rtsp", "主码流地址", "主码流" },
    [GW_COLUMN_URL_SUB] = { "url_sub", "sub_url", "辅码流地址", "子码流地址", "辅码流",
                            "子码流" },
    [GW_COLUMN_PULL] = { "pull", "拉流方式" },
    [GW_COLUMN_VENDOR] = { "vendor", "manufacturer", "设备厂商", "厂商" },
    [GW_COLUMN_IP] = { "ip", "ipv4", "ip地址", "设备ip" },
    [GW_COLUMN_PORT] = { "port", "rtsp_port", "端口", "rtsp端口" },
    [GW_COLUMN_CHANNEL] = { "channel", "通道号", "通道" },
    [GW_COLUMN_USER] = { "user", "username", "用户名" },
    [GW_COLUMN_PASSWORD] = { "password", "密码" },
};

const char *gw_column_name(enum gw_column column)
{
    return names[column][0];
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
    while (i < GW_COLUMNS && !is_called(names[i], name, len))
        i++;
    return (enum gw_column)i;
}
