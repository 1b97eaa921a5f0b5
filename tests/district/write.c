#include "tests/district/write.h"

#include "tests/district/names.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// Degrees with all seven decimals; the district lies north and east of zero.
static void put_lonlat(FILE *f, struct gw_lonlat p)
{
    fprintf(f, "%d.%07d,%d.%07d", p.lon / 10000000, p.lon % 10000000, p.lat / 10000000,
            p.lat % 10000000);
}

static void put_position(FILE *f, struct gw_lonlat p)
{
    fputc('[', f);
    put_lonlat(f, p);
    fputc(']', f);
}

static void begin_features(FILE *f)
{
    fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", f);
}

static void end_features(FILE *f)
{
    fputs("\n]}\n", f);
}

static void begin_feature(FILE *f, bool first)
{
    fputs(first ? "" : ",\n", f);
    fputs("{\"type\":\"Feature\",\"properties\":{", f);
}

// A ring of a polygon: the first point again closes it.
static void put_points(FILE *f, const struct gw_lonlat *points, size_t n)
{
    fputc('[', f);
    for (size_t i = 0; i <= n; i++) {
        fputs(i ? "," : "", f);
        put_position(f, points[i % n]);
    }
    fputc(']', f);
}

// Holes run clockwise (RFC 7946 section 3.1.6).
static void put_hole(FILE *f, const struct gw_lonlat *points, size_t n)
{
    fputc('[', f);
    for (size_t i = 0; i <= n; i++) {
        fputs(i ? "," : "", f);
        put_position(f, points[(n - i) % n]);
    }
    fputc(']', f);
}

// The geometry of a polygon without holes, and the feature's end.
static void put_ring(FILE *f, const struct gw_lonlat *points, size_t n)
{
    fputs("},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[", f);
    put_points(f, points, n);
    fputs("]}}", f);
}

static void put_area(FILE *f, const struct gw_point *points, size_t n)
{
    fputs("},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[", f);
    for (size_t i = 0; i <= n; i++) {
        fputs(i ? "," : "", f);
        put_position(f, gw_to_lonlat(points[i % n]));
    }
    fputs("]]}}", f);
}

static void put_division(FILE *f, bool first, const char *code, const char *name,
                         int level, const char *parent, const struct gw_ring *ring)
{
    begin_feature(f, first);
    fprintf(f, "\"code\":\"%s\",\"name\":\"%s\",\"level\":%d,\"parent\":\"%s\"", code,
            name, level, parent);
    put_ring(f, ring->points, ring->n);
}

static void put_divisions(FILE *f, const struct gw_district *d)
{
    char code[GW_CODE_BYTES];
    snprintf(code, sizeof(code), "%d", GW_DISTRICT_CODE);
    begin_features(f);
    put_division(f, true, code, "示范区", 1, "", &d->ring);
    for (int i = 0; i < GW_TOWN_COUNT; i++)
        put_division(f, false, d->towns[i].code, d->towns[i].name, 2, code,
                     &d->towns[i].ring);
    for (int i = 0; i < GW_VILLAGE_COUNT; i++) {
        const struct gw_division *v = &d->villages[i];
        put_division(f, false, v->code, v->name, 3, d->towns[v->town].code, &v->ring);
    }
    end_features(f);
}

static void begin_cell(FILE *f, bool first, const char *code, const char *name, int level,
                       const char *division, const char *parent)
{
    begin_feature(f, first);
    fprintf(f, "\"code\":\"%s\",\"name\":\"%s\",\"level\":%d,\"division\":\"%s\",", code,
            name, level, division);
    fprintf(f, "\"parent\":\"%s\"", parent);
}

// Streets, and communities: a village that shares its grid with others stands for
// all of them, see docs/demo-district.md.
static void put_upper_cells(FILE *f, const struct gw_district *d)
{
    char code[GW_CODE_BYTES], name[GW_NAME_BYTES];
    for (int i = 0; i < GW_TOWN_COUNT; i++) {
        const struct gw_division *t = &d->towns[i];
        snprintf(code, sizeof(code), "%.9s", t->code);
        begin_cell(f, i == 0, code, t->name, 1, t->code, "");
        put_ring(f, t->ring.points, t->ring.n);
    }
    for (int i = 0; i < GW_CELL_COUNT; i++) {
        const struct gw_cell *c = &d->cells[i];
        const struct gw_division *v = &d->villages[c->village];
        const struct gw_ring *ring = v->grids ? &v->ring : &c->ring;
        if (v->grids && strcmp(c->code + strlen(v->code), "001") != 0)
            continue; // each community once
        snprintf(code, sizeof(code), "%.9s", v->code);
        snprintf(name, sizeof(name), "%.60s%s", v->name, v->grids ? "" : "片区");
        begin_cell(f, false, v->code, name, 2, v->code, code);
        put_ring(f, ring->points, ring->n);
    }
}

// A basic grid, without the special grids that are cut out of it.
static void put_grid(FILE *f, const struct gw_district *d, int cell)
{
    const struct gw_cell *c = &d->cells[cell];
    const char *village = d->villages[c->village].code;
    begin_cell(f, false, c->code, c->name, 3, village, village);
    fputs("},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[", f);
    put_points(f, c->ring.points, c->ring.n);
    for (size_t i = 0; i < d->subcell_count; i++) {
        const struct gw_subcell *s = &d->subcells[i];
        if (s->kind != GW_SUBCELL_SPECIAL || s->parent != cell)
            continue;
        fputc(',', f);
        put_hole(f, &d->subcell_points[s->first], s->n);
    }
    fputs("]}}", f);
}

static void put_subcell(FILE *f, const struct gw_district *d, const struct gw_subcell *s)
{
    static const int level[GW_SUBCELL_KINDS] = { 3, 4, 5, 6 };
    const struct gw_subcell *top = s;
    while (top->kind > GW_SUBCELL_COMPOUND)
        top = &d->subcells[top->parent];
    const struct gw_cell *grid = &d->cells[top->parent];
    const char *village = d->villages[grid->village].code;
    const char *parent = s->kind == GW_SUBCELL_SPECIAL ? village
                         : s == top                    ? grid->code
                                                       : d->subcells[s->parent].code;
    begin_cell(f, false, s->code, s->name, level[s->kind], village, parent);
    put_ring(f, &d->subcell_points[s->first], s->n);
}

static void put_cells(FILE *f, const struct gw_district *d)
{
    begin_features(f);
    put_upper_cells(f, d);
    for (int i = 0; i < GW_CELL_COUNT; i++)
        put_grid(f, d, i);
    for (size_t i = 0; i < d->subcell_count; i++)
        put_subcell(f, d, &d->subcells[i]);
    end_features(f);
}

static void put_roads(FILE *f, const struct gw_district *d)
{
    static const char *const class_name[] = { "trunk", "main", "street" };
    begin_features(f);
    for (size_t i = 0; i < d->road_count; i++) {
        const struct gw_road *r = &d->roads[i];
        begin_feature(f, i == 0);
        fprintf(f, "\"name\":\"%s\",\"class\":\"%s\"},\"geometry\":", r->name,
                class_name[r->rank]);
        fputs("{\"type\":\"LineString\",\"coordinates\":[", f);
        for (size_t k = 0; k < r->n; k++) {
            fputs(k ? "," : "", f);
            put_position(f, gw_to_lonlat(d->road_points[r->first + k]));
        }
        fputs("]}}", f);
    }
    end_features(f);
}

static void put_areas(FILE *f, const struct gw_district *d, bool water)
{
    bool first = true;
    begin_features(f);
    for (size_t i = 0; i < d->area_count; i++) {
        const struct gw_area *a = &d->areas[i];
        if (a->water != water)
            continue;
        begin_feature(f, first);
        first = false;
        fprintf(f, "\"kind\":\"%s\"", a->kind);
        put_area(f, &d->area_points[a->first], a->n);
    }
    end_features(f);
}

static void put_water(FILE *f, const struct gw_district *d)
{
    put_areas(f, d, true);
}

static void put_green(FILE *f, const struct gw_district *d)
{
    put_areas(f, d, false);
}

static void put_buildings(FILE *f, const struct gw_district *d)
{
    begin_features(f);
    for (size_t i = 0; i < d->building_count; i++) {
        begin_feature(f, i == 0);
        fprintf(f, "\"height\":%d", d->buildings[i].height_m);
        put_area(f, d->buildings[i].corner, 4);
    }
    end_features(f);
}

static void put_places(FILE *f, const struct gw_district *d)
{
    static const char *const kind_name[GW_PLACE_KINDS] = {
        "government", "school", "hospital", "mall", "hotel",
        "fuel",       "plant",  "station",  "park", "compound",
    };
    begin_features(f);
    for (size_t i = 0; i < d->place_count; i++) {
        const struct gw_place *p = &d->places[i];
        begin_feature(f, i == 0);
        fprintf(f, "\"name\":\"%s\",\"kind\":\"%s\"},\"geometry\":", p->name,
                kind_name[p->kind]);
        fputs("{\"type\":\"Point\",\"coordinates\":", f);
        put_position(f, gw_to_lonlat(p->at));
        fputs("}}", f);
    }
    end_features(f);
}

// RFC 3986 section 2.3: all but the unreserved letters as %XX.
static void put_escaped(FILE *f, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < 0x80 && (isalnum(*p) || strchr("-._~", *p)))
            fputc(*p, f);
        else
            fprintf(f, "%%%02X", *p);
}

static void put_url(FILE *f, const struct gw_district_output *out, size_t n,
                    const char *stream)
{
    static const char scheme[] = "rtsp://";
    fputs(scheme, f);
    if (out->user) {
        put_escaped(f, out->user);
        if (out->password) {
            fputc(':', f);
            put_escaped(f, out->password);
        }
        fputc('@', f);
    }
    fprintf(f, "%s/cam/%05zu/%s", out->farm + strlen(scheme), n, stream);
}

static int write_cameras(FILE *f, const struct gw_district *d,
                         const struct gw_district_output *out)
{
    fputs("id,name,lon,lat,division,department,url_main,url_sub\n", f);
    for (size_t i = 0; i < d->camera_count; i++) {
        const struct gw_camera_spot *c = &d->cameras[i];
        fprintf(f, "%s,%s,", c->id, c->name);
        put_lonlat(f, gw_to_lonlat(c->at));
        fprintf(f, ",%s,%s,", d->villages[c->village].code,
                gw_department_name(c->department));
        put_url(f, out, i + 1, "main");
        fputc(',', f);
        put_url(f, out, i + 1, "sub");
        fputc('\n', f);
    }
    return ferror(f) ? -EIO : 0;
}

static size_t count(const struct gw_district *d, enum gw_subcell_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < d->subcell_count; i++)
        n += d->subcells[i].kind == kind;
    return n;
}

static void write_summary(FILE *f, const struct gw_district *d, uint64_t seed)
{
    fprintf(f, "{\"code\":\"%d\",\"name\":\"示范区\",\"bounds\":[", GW_DISTRICT_CODE);
    put_lonlat(f, d->ring.min);
    fputc(',', f);
    put_lonlat(f, d->ring.max);
    fputs("],\"center\":", f);
    put_position(f, gw_to_lonlat((struct gw_point) { 0, 0 }));
    fprintf(f, ",\"seed\":%" PRIu64 ",\"counts\":{\"towns\":%d,\"villages\":%d,", seed,
            GW_TOWN_COUNT, GW_VILLAGE_COUNT);
    fprintf(f, "\"cells\":%d,\"cameras\":%zu,\"departments\":%d,\"buildings\":%zu,",
            GW_CELL_COUNT, d->camera_count, GW_DEPARTMENT_COUNT, d->building_count);
    fprintf(f, "\"roads\":%zu,\"places\":%zu,", d->road_count, d->place_count);
    fprintf(f, "\"special_grids\":%zu,\"compounds\":%zu,", count(d, GW_SUBCELL_SPECIAL),
            count(d, GW_SUBCELL_COMPOUND));
    fprintf(f, "\"buildings_with_code\":%zu,\"stairwells\":%zu}}\n",
            count(d, GW_SUBCELL_BUILDING), count(d, GW_SUBCELL_STAIRWELL));
}

static int open_file(const char *dir, const char *name, char ret_path[GW_WRITE_FILE_MAX],
                     FILE **ret_file)
{
    int n = snprintf(ret_path, GW_WRITE_FILE_MAX, "%s/%s", dir, name);
    if (n < 0 || n >= GW_WRITE_FILE_MAX)
        return -ENAMETOOLONG;
    FILE *f = fopen(ret_path, "w");
    if (!f)
        return -errno;
    *ret_file = f;
    return 0;
}

static int close_file(FILE *f)
{
    bool failed = ferror(f);
    return fclose(f) || failed ? -EIO : 0;
}

static int make_dir(const char *dir, const char *name, char ret_path[GW_WRITE_FILE_MAX])
{
    int n = snprintf(ret_path, GW_WRITE_FILE_MAX, "%s%s", dir, name);
    if (n < 0 || n >= GW_WRITE_FILE_MAX)
        return -ENAMETOOLONG;
    return mkdir(ret_path, 0777) && errno != EEXIST ? -errno : 0;
}

static int write_layers(const struct gw_district *d, const char *dir,
                        char ret_path[GW_WRITE_FILE_MAX])
{
    static const struct {
        const char *name;
        void (*put)(FILE *f, const struct gw_district *d);
    } layers[] = {
        { "divisions.geojson", put_divisions },
        { "cells.geojson", put_cells },
        { "basemap/buildings.geojson", put_buildings },
        { "basemap/roads.geojson", put_roads },
        { "basemap/water.geojson", put_water },
        { "basemap/green.geojson", put_green },
        { "basemap/places.geojson", put_places },
    };
    int r = 0;
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]) && r == 0; i++) {
        FILE *f = NULL;
        r = open_file(dir, layers[i].name, ret_path, &f);
        if (r)
            break;
        layers[i].put(f, d);
        r = close_file(f);
    }
    return r;
}

int gw_district_write(const struct gw_district *d, const struct gw_district_output *out,
                      char ret_file[GW_WRITE_FILE_MAX])
{
    FILE *f = NULL;
    int r = make_dir(out->dir, "", ret_file);
    if (!r)
        r = make_dir(out->dir, "/basemap", ret_file);
    if (!r)
        r = write_layers(d, out->dir, ret_file);
    if (r)
        return r;

    r = open_file(out->dir, "cameras.csv", ret_file, &f);
    if (r)
        return r;
    int written = write_cameras(f, d, out);
    r = close_file(f);
    if (r || written)
        return r ? r : written;

    r = open_file(out->dir, "district.json", ret_file, &f);
    if (r)
        return r;
    write_summary(f, d, out->seed);
    return close_file(f);
}
