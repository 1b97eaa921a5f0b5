#include "map/device_id.h"

#include <stdlib.h>
#include <string.h>

// Codes `first` to `last` mean the same.
struct meaning {
    int first, last;
    struct gw_text text;
};

static const struct meaning industries[] = {
    { 0, 0, { "public security, roads", "社会治安路面接入" } },
    { 1, 1, { "public security, communities", "社会治安社区接入" } },
    { 2, 2, { "public security, premises", "社会治安内部接入" } },
    { 3, 3, { "public security, other", "社会治安其他接入" } },
    { 4, 4, { "traffic, roads", "交通路面接入" } },
    { 5, 5, { "traffic, checkpoints", "交通卡口接入" } },
    { 6, 6, { "traffic, premises", "交通内部接入" } },
    { 7, 7, { "traffic, other", "交通其他接入" } },
    { 8, 8, { "city management", "城市管理接入" } },
    { 9, 9, { "health and environment", "卫生环保接入" } },
    { 10, 10, { "inspection and customs", "商检海关接入" } },
    { 11, 11, { "education", "教育部门接入" } },
    { 40, 40, { "farming, forestry and fishing", "农林牧渔业接入" } },
    { 41, 41, { "mining", "采矿企业接入" } },
    { 42, 42, { "manufacturing", "制造企业接入" } },
    { 43, 43, { "metallurgy", "冶金企业接入" } },
    { 44, 44, { "electric power", "电力企业接入" } },
    { 45, 45, { "gas", "燃气企业接入" } },
    { 46, 46, { "building", "建筑企业接入" } },
    { 47, 47, { "logistics", "物流企业接入" } },
    { 48, 48, { "post", "邮政企业接入" } },
    { 49, 49, { "information", "信息企业接入" } },
    { 50, 50, { "hotels and restaurants", "住宿和餐饮业接入" } },
    { 51, 51, { "finance", "金融企业接入" } },
    { 52, 52, { "real estate", "房地产业接入" } },
    { 53, 53, { "business services", "商务服务业接入" } },
    { 54, 54, { "water", "水利企业接入" } },
    { 55, 55, { "entertainment", "娱乐企业接入" } },
    { 80, 89, { "residents", "居民自建" } },
    { 90, 99, { "others", "其他主体" } },
};

static const struct meaning types[] = {
    { 111, 111, { "digital video recorder", "DVR" } },
    { 112, 112, { "video server", "视频服务器" } },
    { 113, 113, { "encoder", "编码器" } },
    { 114, 114, { "decoder", "解码器" } },
    { 115, 115, { "video switching matrix", "视频切换矩阵" } },
    { 116, 116, { "audio switching matrix", "音频切换矩阵" } },
    { 117, 117, { "alarm controller", "报警控制器" } },
    { 118, 118, { "network video recorder", "NVR" } },
    { 131, 131, { "camera", "摄像机" } },
    { 132, 132, { "network camera", "网络摄像机" } },
    { 133, 133, { "display", "显示器" } },
    { 134, 134, { "alarm input", "报警输入设备" } },
    { 135, 135, { "alarm output", "报警输出设备" } },
    { 136, 136, { "audio input", "语音输入设备" } },
    { 137, 137, { "audio output", "语音输出设备" } },
    { 138, 138, { "mobile transmission", "移动传输设备" } },
    { 139, 139, { "other peripheral", "其他外围设备" } },
    { 200, 200, { "signalling control server", "中心信令控制服务器" } },
    { 201, 201, { "web application server", "Web 应用服务器" } },
    { 202, 202, { "media server", "媒体分发服务器" } },
    { 203, 203, { "proxy server", "代理服务器" } },
    { 204, 204, { "security server", "安全服务器" } },
    { 205, 205, { "alarm server", "报警服务器" } },
    { 206, 206, { "database server", "数据库服务器" } },
    { 207, 207, { "GIS server", "GIS 服务器" } },
    { 208, 208, { "management server", "管理服务器" } },
    { 209, 209, { "access gateway", "接入网关" } },
    { 210, 210, { "media storage server", "媒体存储服务器" } },
    { 211, 211, { "signalling security gateway", "信令安全路由网关" } },
    { 215, 215, { "business group", "业务分组" } },
    { 216, 216, { "virtual organisation", "虚拟组织" } },
};

static const struct meaning networks[] = {
    { 0, 4, { "video and alarm network", "监控报警专网" } },
    { 5, 5, { "public security network", "公安信息网" } },
    { 6, 6, { "government network", "政务网" } },
    { 7, 7, { "Internet", "Internet 网" } },
    { 8, 8, { "network for others' resources", "社会资源接入网" } },
};

static struct gw_text look_up(const struct meaning *table, size_t n, int code)
{
    for (size_t i = 0; i < n; i++)
        if (code >= table[i].first && code <= table[i].last)
            return table[i].text;
    return (struct gw_text) { "reserved", "预留" };
}

bool gw_device_id_parse(const char *id, struct gw_device_id *ret_id)
{
    if (strlen(id) != GW_DEVICE_ID_DIGITS ||
        strspn(id, "0123456789") != GW_DEVICE_ID_DIGITS)
        return false;
    memset(ret_id, 0, sizeof(*ret_id));
    memcpy(ret_id->center, id, GW_DEVICE_CENTER_DIGITS);
    memcpy(ret_id->industry, id += GW_DEVICE_CENTER_DIGITS, GW_DEVICE_INDUSTRY_DIGITS);
    memcpy(ret_id->type, id += GW_DEVICE_INDUSTRY_DIGITS, GW_DEVICE_TYPE_DIGITS);
    ret_id->network = *(id += GW_DEVICE_TYPE_DIGITS);
    memcpy(ret_id->serial, id + 1, GW_DEVICE_SERIAL_DIGITS);
    return true;
}

struct gw_text gw_device_industry(const struct gw_device_id *id)
{
    return look_up(industries, sizeof(industries) / sizeof(*industries),
                   atoi(id->industry));
}

struct gw_text gw_device_type(const struct gw_device_id *id)
{
    return look_up(types, sizeof(types) / sizeof(*types), atoi(id->type));
}

struct gw_text gw_device_network(const struct gw_device_id *id)
{
    return look_up(networks, sizeof(networks) / sizeof(*networks), id->network - '0');
}

bool gw_device_is_camera(const struct gw_device_id *id)
{
    return strcmp(id->type, "131") == 0 || strcmp(id->type, "132") == 0;
}
