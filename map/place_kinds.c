#include "map/place_kinds.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { ALIASES = 6, PART_DIGITS = 16, CLASS_AT = 6, CLASS_DIGITS = 4 };

struct kind {
    const char *name;
    struct gw_text text;
    const char *aliases[ALIASES]; // beside the three above
    const char *large_class;      // of city parts
};

static const struct kind kinds[GW_PLACE_KINDS] = {
    [GW_PLACE_OTHER] = { "other", { "other place", "其他场所" }, { "其他" }, NULL },
    [GW_PLACE_SCHOOL] = { "school",
                          { "school", "学校" },
                          { "中学", "小学", "中小学", "大学", "高校", "职业学校" },
                          NULL },
    [GW_PLACE_KINDERGARTEN] = { "kindergarten",
                                { "kindergarten", "幼儿园" },
                                { "托育机构", "托儿所" },
                                NULL },
    [GW_PLACE_HOSPITAL] = { "hospital",
                            { "hospital", "医院" },
                            { "医疗机构", "卫生院", "诊所", "卫生室" },
                            NULL },
    [GW_PLACE_MALL] = { "mall",
                        { "mall", "商场" },
                        { "商超", "超市", "购物中心" },
                        NULL },
    [GW_PLACE_MARKET] = { "market",
                          { "market", "市场" },
                          { "农贸市场", "菜市场", "批发市场" },
                          NULL },
    [GW_PLACE_HOTEL] = { "hotel",
                         { "hotel", "宾馆" },
                         { "酒店", "旅馆", "旅店", "民宿", "宾馆酒店" },
                         NULL },
    [GW_PLACE_PETROL_STATION] = { "petrol_station",
                                  { "petrol station", "加油站" },
                                  { "加气站", "加油加气站", "gas_station" },
                                  NULL },
    [GW_PLACE_WATER_PLANT] = { "water_plant",
                               { "water plant", "水厂" },
                               { "供水", "自来水厂", "泵站", "供水单位" },
                               NULL },
    [GW_PLACE_POWER_PLANT] = { "power_plant",
                               { "power plant", "电力设施" },
                               { "供电", "变电站", "电厂", "配电室", "供电单位" },
                               NULL },
    [GW_PLACE_GAS_PLANT] = { "gas_plant",
                             { "gas plant", "燃气设施" },
                             { "燃气", "供气", "调压站", "供气单位" },
                             NULL },
    [GW_PLACE_HEATING_PLANT] = { "heating_plant",
                                 { "heating plant", "供热设施" },
                                 { "供热", "供暖", "热力站", "换热站", "供热单位" },
                                 NULL },
    [GW_PLACE_STATION] = { "station",
                           { "station", "车站" },
                           { "客运站", "火车站", "汽车站" },
                           NULL },
    [GW_PLACE_GOVERNMENT] = { "government",
                              { "government office", "党政机关" },
                              { "政府机关", "机关单位", "机关" },
                              NULL },
    [GW_PLACE_BANK] = { "bank", { "bank", "银行" }, { "金融机构", "金融网点" }, NULL },
    [GW_PLACE_PARK] = { "park",
                        { "park", "公园" },
                        { "广场", "公园广场", "景区", "景点" },
                        NULL },
    [GW_PLACE_ENTERTAINMENT] = { "entertainment",
                                 { "entertainment", "娱乐场所" },
                                 { "网吧", "KTV", "影院", "歌舞厅" },
                                 NULL },
    [GW_PLACE_CARE_HOME] = { "care_home",
                             { "care home", "养老院" },
                             { "敬老院", "福利院", "养老机构" },
                             NULL },
    [GW_PLACE_WORSHIP] = { "worship",
                           { "place of worship", "宗教场所" },
                           { "宗教活动场所", "寺庙", "教堂", "清真寺" },
                           NULL },
    [GW_PLACE_FACTORY] = { "factory",
                           { "factory", "工厂" },
                           { "企业", "工业企业", "厂矿" },
                           NULL },
    [GW_PLACE_HAZARDOUS] = { "hazardous",
                             { "hazardous goods", "危化品单位" },
                             { "危化品", "危险化学品企业", "烟花爆竹" },
                             NULL },
    [GW_PLACE_PART_PUBLIC] = { "part_public",
                               { "public utility part", "公用设施" },
                               { "公用设施类" },
                               "01" },
    [GW_PLACE_PART_TRAFFIC] = { "part_traffic",
                                { "road and traffic part", "道路交通设施" },
                                { "道路交通", "道路交通类", "交通设施", "交通设施类" },
                                "02" },
    [GW_PLACE_PART_ENVIRONMENT] = { "part_environment",
                                    { "city environment part", "市容环境设施" },
                                    { "市容环境", "市容环境类", "市容环境设施类" },
                                    "03" },
    [GW_PLACE_PART_GREEN] = { "part_green",
                              { "greenery part", "园林绿化设施" },
                              { "园林绿化", "园林绿化类", "园林绿化设施类" },
                              "04" },
    [GW_PLACE_PART_HOUSING] = { "part_housing",
                                { "housing and land part", "房屋土地设施" },
                                { "房屋土地", "房屋土地类" },
                                "05" },
    [GW_PLACE_PART_OTHER] = { "part_other",
                              { "other city part", "其他设施" },
                              { "其他设施类", "其他部件", "其他部件类" },
                              "06" },
    [GW_PLACE_PART_EXTENDED] = { "part_extended",
                                 { "extended city part", "扩展部件" },
                                 { "扩展部件类" },
                                 "21" },
};

static const char *const groups[GW_PLACE_GROUPS] = {
    [GW_PLACE_KEY] = "key_place",
    [GW_PLACE_PART] = "city_part",
};

const char *gw_place_kind_name(enum gw_place_kind kind)
{
    return kinds[kind].name;
}

struct gw_text gw_place_kind_text(enum gw_place_kind kind)
{
    return kinds[kind].text;
}

static bool is_called(const struct kind *kind, const char *name)
{
    if (strcasecmp(kind->name, name) == 0 || strcasecmp(kind->text.en, name) == 0 ||
        strcmp(kind->text.zh, name) == 0)
        return true;
    for (int i = 0; i < ALIASES && kind->aliases[i]; i++)
        if (strcasecmp(kind->aliases[i], name) == 0)
            return true;
    return false;
}

enum gw_place_kind gw_place_kind_of_key(const char *name)
{
    int kind = 0;
    while (kind < GW_PLACE_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return (enum gw_place_kind)kind;
}

enum gw_place_kind gw_place_kind_of_name(const char *name)
{
    int kind = 0;
    while (kind < GW_PLACE_KINDS && !is_called(&kinds[kind], name))
        kind++;
    return (enum gw_place_kind)kind;
}

enum gw_place_group gw_place_kind_group(enum gw_place_kind kind)
{
    if (kind == GW_PLACE_OTHER)
        return GW_PLACE_NO_GROUP;
    return kind < GW_PLACE_PART_PUBLIC ? GW_PLACE_KEY : GW_PLACE_PART;
}

const char *gw_place_group_name(enum gw_place_group group)
{
    return groups[group];
}

enum gw_place_group gw_place_group_of_name(const char *name)
{
    for (int i = GW_PLACE_KEY; i < GW_PLACE_GROUPS; i++)
        if (strcmp(groups[i], name) == 0)
            return (enum gw_place_group)i;
    return GW_PLACE_NO_GROUP;
}

bool gw_place_class_valid(const char *text)
{
    size_t len = strlen(text);
    return (len == 2 || len == CLASS_DIGITS) && strspn(text, "0123456789") == len;
}

enum gw_place_kind gw_place_kind_of_class(const char *text)
{
    int kind = GW_PLACE_PART_PUBLIC;
    while (kind < GW_PLACE_KINDS && strncmp(kinds[kind].large_class, text, 2) != 0)
        kind++;
    return (enum gw_place_kind)kind;
}

bool gw_place_class_of_id(const char *id, char ret_class[5])
{
    if (strlen(id) != PART_DIGITS || strspn(id, "0123456789") != PART_DIGITS)
        return false;
    char text[CLASS_DIGITS + 1] = { 0 };
    memcpy(text, id + CLASS_AT, CLASS_DIGITS);
    if (gw_place_kind_of_class(text) == GW_PLACE_KINDS)
        return false;
    memcpy(ret_class, text, sizeof(text));
    return true;
}
