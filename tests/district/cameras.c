// Cameras where they are in life: at crossings, along streets, at the gates of
// schools and hospitals, at the entrances of villages, on high points.
//
// First all spots that deserve a camera are listed, the most deserving ones of
// each site first; then the list is cut at the number asked for.

#include "tests/district/names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 40, // 40 times each site's share: more than the most asked for
    TRIES = 40,
    ROAD_STEP = 5, // every fifth point of a country road
};

// Indices of gw_department_name().
enum {
    POLICE,
    EDUCATION,
    HEALTH,
    RESOURCES,
    APPROVAL,
    HOUSING,
    TRANSPORT,
    EMERGENCY,
    WATER,
    URBAN,
    FARMING,
    ECOLOGY,
    CULTURE,
    COMMERCE,
    MARKET,
    CIVIL,
    REFORM,
    INDUSTRY,
    FIRE,
    FORESTRY,
};

// One kind of site: how many cameras it has at first, how far they stand from its
// middle, what they are called, whose they are (of every four, in turn).
struct site_kind {
    int share;
    int spread_m;
    const char *aspect[4];
    uint8_t department[4];
};

enum { CROSSING, ROADSIDE, VILLAGE, HIGH_POINT, WATERSIDE, FIELD, FIRST_PLACE };

static const struct site_kind kinds[FIRST_PLACE + GW_PLACE_KINDS] = {
    [CROSSING] = { 4,
                   18,
                   { "东向", "西向", "南向", "北向" },
                   { POLICE, POLICE, POLICE, TRANSPORT } },
    [ROADSIDE] = { 1,
                   8,
                   { "路段", "人行道", "公交站", "非机动车道" },
                   { POLICE, URBAN, TRANSPORT, POLICE } },
    [VILLAGE] = { 5,
                  110,
                  { "村口", "广场", "服务中心", "主街" },
                  { POLICE, POLICE, POLICE, FARMING } },
    [HIGH_POINT] = { 1,
                     90,
                     { "高点鹰眼", "高点鹰眼东", "高点鹰眼西", "高点鹰眼南" },
                     { POLICE, EMERGENCY, POLICE, FORESTRY } },
    [WATERSIDE] = { 1,
                    40,
                    { "水位", "岸线", "闸口", "排口" },
                    { WATER, WATER, WATER, ECOLOGY } },
    [FIELD] = { 1,
                60,
                { "田间", "林地", "耕地", "防火" },
                { RESOURCES, FORESTRY, FARMING, FIRE } },
    [FIRST_PLACE + GW_PLACE_GOVERNMENT] = { 6,
                                            35,
                                            { "大门", "大厅", "窗口", "停车场" },
                                            { CIVIL, APPROVAL, APPROVAL, REFORM } },
    [FIRST_PLACE + GW_PLACE_SCHOOL] = { 6,
                                        40,
                                        { "南门", "北门", "操场", "门前路" },
                                        { EDUCATION, EDUCATION, EDUCATION, POLICE } },
    [FIRST_PLACE + GW_PLACE_HOSPITAL] = { 8,
                                          40,
                                          { "大门", "急诊", "门诊大厅", "停车场" },
                                          { HEALTH, HEALTH, HEALTH, POLICE } },
    [FIRST_PLACE + GW_PLACE_MALL] = { 6,
                                      35,
                                      { "正门", "广场", "停车场", "后门" },
                                      { COMMERCE, POLICE, MARKET, FIRE } },
    [FIRST_PLACE + GW_PLACE_HOTEL] = { 3,
                                       20,
                                       { "大堂", "正门", "停车场", "后门" },
                                       { POLICE, CULTURE, FIRE, POLICE } },
    [FIRST_PLACE + GW_PLACE_FUEL] = { 4,
                                      22,
                                      { "加油区", "出口", "卸油区", "进口" },
                                      { EMERGENCY, COMMERCE, EMERGENCY, POLICE } },
    [FIRST_PLACE + GW_PLACE_PLANT] = { 6,
                                       50,
                                       { "大门", "周界", "厂区", "排口" },
                                       { INDUSTRY, EMERGENCY, REFORM, ECOLOGY } },
    [FIRST_PLACE + GW_PLACE_STATION] = { 4,
                                         35,
                                         { "进站口", "站前", "候车厅", "出站口" },
                                         { TRANSPORT, POLICE, TRANSPORT, TRANSPORT } },
    [FIRST_PLACE + GW_PLACE_PARK] = { 4,
                                      60,
                                      { "入口", "广场", "步道", "绿地" },
                                      { URBAN, URBAN, CULTURE, RESOURCES } },
    [FIRST_PLACE + GW_PLACE_COMPOUND] = { 5,
                                          70,
                                          { "大门", "主路", "消防通道", "周界" },
                                          { HOUSING, CIVIL, FIRE, POLICE } },
};

// A spot that may get a camera. `order` decides who goes first.
struct spot {
    uint64_t order;
    uint32_t site, serial;
    struct gw_point at;
    const char *aspect;
    int department, village;
};

struct spots {
    struct gw_district *d;
    struct spot *all; // owned
    size_t n, max;
    uint32_t sites;
    int round;
};

static int village_of(const struct gw_district *d, struct gw_point p)
{
    struct gw_lonlat at = gw_to_lonlat(p);
    for (int i = 0; i < GW_VILLAGE_COUNT; i++)
        if (gw_ring_has(&d->villages[i].ring, at))
            return i;
    return -1;
}

// A point near `middle` that stands in the district, on dry land if it may be.
static int stand(struct spots *s, struct gw_point middle, int spread_m,
                 struct gw_point *ret_at)
{
    for (int k = 0; k < TRIES; k++) {
        int32_t radius = gw_district_random(s->d, spread_m * GW_M / 3, spread_m * GW_M);
        struct gw_point p =
            gw_polar(middle, gw_district_random(s->d, 0, GW_DIRECTIONS - 1), radius);
        int village = village_of(s->d, p);
        if (village < 0 || (k < TRIES / 2 && gw_district_in_water(s->d, p)))
            continue;
        *ret_at = p;
        return village;
    }
    return -1;
}

static void add_site(struct spots *s, const struct site_kind *kind,
                     struct gw_point middle)
{
    uint32_t site = s->sites++;
    for (int k = 0; k < kind->share && s->n < s->max; k++) {
        struct spot *spot = &s->all[s->n];
        spot->serial = (uint32_t)(s->round * kind->share + k);
        spot->site = site;
        spot->village = stand(s, middle, kind->spread_m, &spot->at);
        if (spot->village < 0)
            continue;
        spot->aspect = kind->aspect[spot->serial % 4];
        spot->department = kind->department[(spot->serial + site) % 4];
        spot->order = gw_rng_next(&s->d->rng) >> 1 | (uint64_t)(s->round > 0) << 63;
        s->n++;
    }
}

static void add_country_roads(struct spots *s)
{
    const struct gw_district *d = s->d;
    for (size_t i = 0; i < d->road_count; i++)
        for (size_t k = ROAD_STEP / 2; k < d->roads[i].n; k += ROAD_STEP)
            add_site(s, &kinds[ROADSIDE], d->road_points[d->roads[i].first + k]);
}

static void add_areas(struct spots *s)
{
    const struct gw_district *d = s->d;
    for (size_t i = 0; i < d->area_count; i++) {
        const struct gw_area *a = &d->areas[i];
        for (size_t k = 0; k < a->n; k += 16)
            add_site(s, &kinds[a->water ? WATERSIDE : FIELD],
                     d->area_points[a->first + k]);
    }
}

// The same sites in the same order in each round: `sites` restarts at 0.
static void add_round(struct spots *s)
{
    const struct gw_district *d = s->d;
    s->sites = 0;
    for (size_t i = 0; i < d->crossing_count; i++)
        add_site(s, &kinds[CROSSING], d->crossings[i].at);
    for (size_t i = 0; i < d->place_count; i++)
        add_site(s, &kinds[FIRST_PLACE + d->places[i].kind], d->places[i].at);
    for (int i = 0; i < GW_VILLAGE_COUNT; i++)
        add_site(s, &kinds[VILLAGE], d->villages[i].seat);
    for (int i = 0; i < GW_CELL_COUNT; i++)
        add_site(s, &kinds[HIGH_POINT], d->cells[i].seat);
    add_country_roads(s);
    add_areas(s);
}

// The name of a site, found from its number as add_round() counts them.
static void site_name(const struct gw_district *d, uint32_t site, char ret_name[64])
{
    size_t i = site;
    if (i < d->crossing_count) {
        const struct gw_crossing *c = &d->crossings[i];
        snprintf(ret_name, 64, "%.27s与%.27s路口", d->roads[c->road].name,
                 d->roads[c->other].name);
        return;
    }
    i -= d->crossing_count;
    if (i < d->place_count) {
        snprintf(ret_name, 64, "%.60s", d->places[i].name);
        return;
    }
    i -= d->place_count;
    if (i < GW_VILLAGE_COUNT) {
        snprintf(ret_name, 64, "%.60s", d->villages[i].name);
        return;
    }
    i -= GW_VILLAGE_COUNT;
    if (i < GW_CELL_COUNT) {
        snprintf(ret_name, 64, "%.60s", d->cells[i].name);
        return;
    }
    i -= GW_CELL_COUNT;
    for (size_t r = 0; r < d->road_count; r++) {
        size_t here = (d->roads[r].n + ROAD_STEP - 1 - ROAD_STEP / 2) / ROAD_STEP;
        if (i < here) {
            snprintf(ret_name, 64, "%.54s%zu段", d->roads[r].name, i + 1);
            return;
        }
        i -= here;
    }
    snprintf(ret_name, 64, "巡护点%zu号", i + 1);
}

static int by_order(const void *pa, const void *pb)
{
    const struct spot *a = pa, *b = pb;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return a->site != b->site ? (a->site < b->site ? -1 : 1)
                              : (a->serial < b->serial ? -1 : 1);
}

static int by_site(const void *pa, const void *pb)
{
    const struct spot *a = pa, *b = pb;
    if (a->site != b->site)
        return a->site < b->site ? -1 : 1;
    return a->serial < b->serial ? -1 : 1;
}

// GB/T 28181 annex D: center 8, industry 2, type 3, network 1, serial 6.
static void make_id(const struct gw_district *d, const struct spot *s, size_t n,
                    char ret_id[GW_CODE_BYTES])
{
    int industry = s->department == POLICE      ? 0
                   : s->department == TRANSPORT ? 4
                   : s->department == URBAN     ? 8
                   : s->department == HEALTH    ? 9
                   : s->department == EDUCATION ? 11
                                                : 3;
    int town = d->villages[s->village].town + 1;
    snprintf(ret_id, GW_CODE_BYTES, "%d%02d%02d%d0%06zu", GW_DISTRICT_CODE, town,
             industry, n % 6 ? 132 : 131, n);
}

static void take(struct gw_district *d, const struct spot *s)
{
    char site[64];
    struct gw_camera_spot *c = &d->cameras[d->camera_count++];
    make_id(d, s, d->camera_count, c->id);
    site_name(d, s->site, site);
    if (s->serial < 4)
        snprintf(c->name, sizeof(c->name), "%s %s", site, s->aspect);
    else
        snprintf(c->name, sizeof(c->name), "%s %s%u", site, s->aspect, s->serial / 4 + 1);
    c->at = s->at;
    c->village = s->village;
    c->department = s->department;
}

int gw_district_place_cameras(struct gw_district *d, size_t n)
{
    enum { SPOT_MAX = GW_CAMERA_MAX + 20000 };
    struct spots s = { .d = d, .max = SPOT_MAX };
    s.all = malloc(sizeof(*s.all) * SPOT_MAX);
    d->cameras = calloc(n, sizeof(*d->cameras));
    if (!s.all || !d->cameras) {
        free(s.all);
        return -ENOMEM;
    }
    for (s.round = 0; s.n < n && s.round < ROUNDS; s.round++)
        add_round(&s);
    if (s.n < n) {
        free(s.all);
        return -ERANGE;
    }
    qsort(s.all, s.n, sizeof(*s.all), by_order);
    qsort(s.all, n, sizeof(*s.all), by_site);
    for (size_t i = 0; i < n; i++)
        take(d, &s.all[i]);
    free(s.all);
    return 0;
}
