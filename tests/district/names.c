// Codes and names of divisions and cells.
//
// Villages are numbered within their town, and cells within theirs, row by row:
// from north to south, in a row from west to east.

#include "tests/district/names.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROW_HEIGHT = 25 * GW_KM / 10,
    FIRST_COMMUNITY = 1, // codes of residents' committees, and of villagers'
    FIRST_VILLAGE = 200,
    FIRST_STREET = 1, // codes of streets, and of towns
    FIRST_TOWN = 100,
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char *const town_names[GW_TOWN_COUNT] = {
    "鼓楼街道", "龙桥街道", "酒仙桥街道", "王因街道", "黄屯街道",
    "兴隆街道", "大安镇",   "新驿镇",     "颜店镇",   "漕河镇",
};

static const char *const families[] = {
    "张", "王", "李", "刘", "陈", "杨", "赵", "孙", "周", "吴", "徐", "朱", "马", "胡",
    "郭", "何", "高", "林", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹",
    "彭", "曾", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏",
    "苏", "吕", "丁", "任", "卢", "姚", "沈", "钟", "姜", "崔", "谭", "陆", "范", "汪",
};
static const char *const hamlets[] = {
    "家村", "家庄", "楼村", "官庄", "屯村", "营村", "堂村", "家集", "家寺", "桥村",
};
static const char *const first_words[] = {
    "兴", "文", "和", "福", "建", "东", "南", "西", "北", "新", "永", "锦", "翠", "金",
};
static const char *const second_words[] = {
    "隆", "化", "平", "安", "设", "苑", "华", "泰", "园", "民", "城", "泉",
};
static const char *const avenues[] = {
    "建设路",   "中山路", "文化路",   "兴隆路", "龙桥路", "扬州路", "育才路",
    "东御桥路", "西浦路", "北护城路", "奎星路", "荆州路", "豫州路", "益州路",
    "梁州路",   "雍州路", "站前路",   "丰兖路", "大禹路",
};
static const char *const streets[] = {
    "九州大街", "人民街", "少陵街", "鼓楼街", "酒仙桥街", "青年街", "府前街",
    "健康街",   "大安街", "西关街", "东关街", "泗河街",   "文昌街", "牛王街",
    "丰收街",   "振兴街", "友谊街", "和平街", "长庆街",
};
static const char *const departments[GW_DEPARTMENT_COUNT] = {
    "公安局",         "教育和体育局",     "卫生健康局",     "自然资源局",
    "行政审批服务局", "住房和城乡建设局", "交通运输局",     "应急管理局",
    "水务局",         "综合行政执法局",   "农业农村局",     "生态环境局",
    "文化和旅游局",   "商务局",           "市场监督管理局", "民政局",
    "发展和改革局",   "工业和信息化局",   "消防救援大队",   "林业保护中心",
};

void gw_numeral(int n, char ret_text[GW_NUMERAL_BYTES])
{
    static const char *const digit[] = { "",   "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九" };
    assert(n >= 1 && n <= 99);
    snprintf(ret_text, GW_NUMERAL_BYTES, "%s%s%s", n >= 20 ? digit[n / 10] : "",
             n >= 10 ? "十" : "", digit[n % 10]);
}

const char *gw_department_name(int department)
{
    return departments[department];
}

const char *gw_avenue_name(int i)
{
    return avenues[(size_t)i % LENGTH(avenues)];
}

const char *gw_street_name(int i)
{
    return streets[(size_t)i % LENGTH(streets)];
}

// For qsort: where an area stands and which it is.
struct standing {
    int town, row;
    int32_t x;
    int index;
};

static int in_reading_order(const void *pa, const void *pb)
{
    const struct standing *a = pa, *b = pb;
    if (a->town != b->town)
        return a->town < b->town ? -1 : 1;
    if (a->row != b->row)
        return a->row > b->row ? -1 : 1;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

static struct standing standing(int town, struct gw_point at, int index)
{
    return (struct standing) { town, (at.y + 20 * GW_KM) / ROW_HEIGHT, at.x, index };
}

static void name_towns(struct gw_district *d)
{
    for (int i = 0; i < GW_TOWN_COUNT; i++) {
        struct gw_division *t = &d->towns[i];
        bool street = i < GW_STREET_COUNT;
        int number = street ? FIRST_STREET + i : FIRST_TOWN + i - GW_STREET_COUNT;
        snprintf(t->code, sizeof(t->code), "%d%03d000", GW_DISTRICT_CODE, number);
        snprintf(t->name, sizeof(t->name), "%s", town_names[i]);
    }
}

static void shuffle(struct gw_district *d, int *order, int n)
{
    for (int i = 0; i < n; i++)
        order[i] = i;
    for (int i = n - 1; i > 0; i--) {
        int j = gw_district_random(d, 0, i), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
}

// Every pair of words is used once: no two villages of the district share a name.
static void name_villages(struct gw_district *d)
{
    enum {
        VILLAGE_NAMES = LENGTH(families) * LENGTH(hamlets),
        COMMUNITY_NAMES = LENGTH(first_words) * LENGTH(second_words)
    };
    int village_order[VILLAGE_NAMES], community_order[COMMUNITY_NAMES];
    int villages = 0, communities = 0;
    shuffle(d, village_order, VILLAGE_NAMES);
    shuffle(d, community_order, COMMUNITY_NAMES);

    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        struct gw_division *v = &d->villages[i];
        if (v->community) {
            assert(communities < COMMUNITY_NAMES);
            size_t pick = (size_t)community_order[communities++];
            snprintf(v->name, sizeof(v->name), "%s%s社区",
                     first_words[pick % LENGTH(first_words)],
                     second_words[pick / LENGTH(first_words)]);
        } else {
            size_t pick = (size_t)village_order[villages++];
            snprintf(v->name, sizeof(v->name), "%s%s", families[pick % LENGTH(families)],
                     hamlets[pick / LENGTH(families)]);
        }
    }
}

static void number_villages(struct gw_district *d)
{
    struct standing order[GW_VILLAGE_COUNT];
    int communities[GW_TOWN_COUNT] = { 0 }, villages[GW_TOWN_COUNT] = { 0 };
    for (int i = 0; i < GW_VILLAGE_COUNT; i++)
        order[i] = standing(d->villages[i].town, d->villages[i].seat, i);
    qsort(order, GW_VILLAGE_COUNT, sizeof(order[0]), in_reading_order);

    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        struct gw_division *v = &d->villages[order[i].index];
        int number = v->community ? FIRST_COMMUNITY + communities[v->town]++
                                  : FIRST_VILLAGE + villages[v->town]++;
        snprintf(v->code, sizeof(v->code), "%.9s%03d", d->towns[v->town].code, number);
    }
}

static void number_cells(struct gw_district *d)
{
    struct standing order[GW_CELL_COUNT];
    int in_town[GW_TOWN_COUNT] = { 0 }, in_village[GW_VILLAGE_COUNT] = { 0 };
    for (int i = 0; i < GW_CELL_COUNT; i++)
        order[i] = standing(d->villages[d->cells[i].village].town, d->cells[i].seat, i);
    qsort(order, GW_CELL_COUNT, sizeof(order[0]), in_reading_order);

    for (int i = 0; i < GW_CELL_COUNT; i++) {
        struct gw_cell *c = &d->cells[order[i].index];
        const struct gw_division *v = &d->villages[c->village];
        snprintf(c->code, sizeof(c->code), "%.12s%03d", v->code,
                 ++in_village[c->village]);
        char numeral[GW_NUMERAL_BYTES];
        gw_numeral(++in_town[v->town], numeral);
        snprintf(c->name, sizeof(c->name), "%.60s第%s网格", d->towns[v->town].name,
                 numeral);
    }
}

void gw_district_name(struct gw_district *d)
{
    name_towns(d);
    name_villages(d);
    number_villages(d);
    number_cells(d);
}
