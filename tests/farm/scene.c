// A place is described in metres: x to the right, y up, z away from the camera.
// It is seen through a pinhole; things are drawn from far to near.

#include "tests/farm/scene.h"

#include "base/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { BUILDINGS_A_SIDE = 9, CARS_MAX = 24, PEOPLE_MAX = 24, TREES_A_SIDE = 10 };

static const double near_m = 2.0;
static const double far_m = 220.0;

struct rgb {
    double r, g, b;
};

struct place {
    const char *name;
    const char *title;
    double height_m;      // of the camera
    double horizon;       // share of the picture above it
    double aim_m;         // how far right of the road's middle the camera stands
    double road_m;        // half the road's width
    double pavement_m;    // from the road's edge to the buildings
    double low_m, high_m; // buildings
    double light;         // 0 night to 1 noon
    struct rgb sky_top, sky_low, ground;
    int cars, people, trees;
    bool crossing; // a zebra crossing and people who use it
    bool canopy;   // a petrol station's roof and pumps on the right
    int noise;
};

static const struct place places[FARM_SCENES] = {
    { "avenue",
      "AVENUE",
      7,
      0.34,
      1.5,
      8,
      6,
      12,
      34,
      1.0,
      { 0.36, 0.58, 0.86 },
      { 0.82, 0.90, 0.97 },
      { 0.50, 0.52, 0.47 },
      14,
      10,
      8,
      false,
      false,
      5 },
    { "night",
      "NIGHT STREET",
      6,
      0.36,
      -2,
      7,
      5,
      10,
      28,
      0.10,
      { 0.02, 0.03, 0.08 },
      { 0.10, 0.10, 0.18 },
      { 0.20, 0.20, 0.21 },
      12,
      8,
      5,
      false,
      false,
      9 },
    { "school",
      "SCHOOL GATE",
      5,
      0.30,
      3,
      5,
      9,
      7,
      14,
      0.92,
      { 0.50, 0.68, 0.90 },
      { 0.92, 0.93, 0.90 },
      { 0.60, 0.57, 0.50 },
      5,
      24,
      10,
      true,
      false,
      5 },
    { "petrol",
      "PETROL STATION",
      5.5,
      0.31,
      -3,
      6,
      16,
      6,
      12,
      0.85,
      { 0.55, 0.63, 0.72 },
      { 0.85, 0.86, 0.86 },
      { 0.47, 0.48, 0.49 },
      8,
      8,
      4,
      false,
      true,
      6 },
    { "dusk",
      "CROSSING DUSK",
      8,
      0.32,
      0,
      9,
      5,
      14,
      42,
      0.42,
      { 0.20, 0.20, 0.42 },
      { 0.95, 0.55, 0.32 },
      { 0.33, 0.31, 0.32 },
      16,
      16,
      6,
      true,
      false,
      7 },
    { "tower",
      "HIGH POINT",
      32,
      0.24,
      10,
      9,
      10,
      8,
      22,
      1.0,
      { 0.42, 0.62, 0.84 },
      { 0.86, 0.91, 0.94 },
      { 0.44, 0.53, 0.38 },
      20,
      6,
      10,
      false,
      false,
      5 },
};

struct view {
    const struct place *place;
    struct farm_canvas *canvas;
    int frame;
    double focal_px;
};

// A stable pseudo-random number of 0 to 1 for the `n`-th thing of a kind.
static double chance(const struct view *v, unsigned kind, unsigned n)
{
    struct gw_rng rng;

    gw_rng_init(&rng, (uint64_t)(v->place - places) << 32 | kind << 16 | n);
    return (double)gw_rng_below(&rng, 10000) / 10000;
}

// Runs from 0 to 1 `laps` times within the clip, so that its end meets its start.
static double lap(const struct view *v, int laps, double phase)
{
    double t = phase + (double)v->frame * laps / FARM_SCENE_FRAMES;
    return t - floor(t);
}

static struct farm_point project(const struct view *v, double x, double y, double z)
{
    double scale = v->focal_px / fmax(z, 0.5);
    return (struct farm_point) {
        v->canvas->width / 2.0 + (x - v->place->aim_m) * scale,
        v->canvas->height * v->place->horizon + (v->place->height_m - y) * scale,
    };
}

// Daylight fades to night, and what is far away takes the colour of the sky.
static struct farm_color lit(const struct view *v, struct rgb c, double z)
{
    const struct place *p = v->place;
    double haze = fmin(fmax(z - 20, 0) / far_m, 0.75);
    double light = 0.22 + 0.78 * p->light;

    return farm_rgb(c.r * light * (1 - haze) + p->sky_low.r * haze,
                    c.g * light * (1 - haze) + p->sky_low.g * haze,
                    c.b * light * (1 - haze) + p->sky_low.b * haze);
}

static struct rgb shade(struct rgb c, double k)
{
    return (struct rgb) { c.r * k, c.g * k, c.b * k };
}

static void quad(const struct view *v, struct farm_point a, struct farm_point b,
                 struct farm_point c, struct farm_point d, struct farm_color color,
                 double alpha)
{
    farm_fill_quad(v->canvas, (struct farm_point[]) { a, b, c, d }, color, alpha);
}

// A piece of the ground.
static void floor_quad(const struct view *v, double left, double right, double z0,
                       double z1, struct farm_color color, double alpha)
{
    quad(v, project(v, left, 0, z0), project(v, right, 0, z0), project(v, right, 0, z1),
         project(v, left, 0, z1), color, alpha);
}

struct box {
    double left, right, bottom, top, near, far; // metres
};

// The faces of a box that can be seen: inner side, top, front.
static void draw_box(const struct view *v, struct box b, struct rgb color)
{
    double side = b.left > v->place->aim_m ? b.left : b.right;

    if (b.left > v->place->aim_m || b.right < v->place->aim_m)
        quad(v, project(v, side, b.bottom, b.near), project(v, side, b.bottom, b.far),
             project(v, side, b.top, b.far), project(v, side, b.top, b.near),
             lit(v, shade(color, 0.72), (b.near + b.far) / 2), 1);
    if (b.top < v->place->height_m)
        quad(v, project(v, b.left, b.top, b.near), project(v, b.right, b.top, b.near),
             project(v, b.right, b.top, b.far), project(v, b.left, b.top, b.far),
             lit(v, shade(color, 1.12), b.near), 1);
    quad(v, project(v, b.left, b.bottom, b.near), project(v, b.right, b.bottom, b.near),
         project(v, b.right, b.top, b.near), project(v, b.left, b.top, b.near),
         lit(v, color, b.near), 1);
}

static void draw_sky(const struct view *v)
{
    const struct place *p = v->place;
    int horizon = (int)(v->canvas->height * p->horizon);

    for (int y = 0; y < horizon; y++) {
        double k = (double)y / horizon;
        farm_fill_rect(v->canvas, 0, y, v->canvas->width, y + 1,
                       farm_rgb(p->sky_top.r + (p->sky_low.r - p->sky_top.r) * k,
                                p->sky_top.g + (p->sky_low.g - p->sky_top.g) * k,
                                p->sky_top.b + (p->sky_low.b - p->sky_top.b) * k),
                       1);
    }
}

static void draw_ground(const struct view *v)
{
    const struct place *p = v->place;
    int horizon = (int)(v->canvas->height * p->horizon);

    for (int y = horizon; y < v->canvas->height; y++) {
        double z = v->focal_px * p->height_m / (y - horizon + 0.5);
        farm_fill_rect(v->canvas, 0, y, v->canvas->width, y + 1, lit(v, p->ground, z), 1);
    }
    for (double z = far_m; z > near_m; z *= 0.7) { // in pieces, for the haze
        double from = fmax(z * 0.7, near_m);
        floor_quad(v, -p->road_m - 2.5, p->road_m + 2.5, from, z,
                   lit(v, (struct rgb) { 0.62, 0.61, 0.59 }, from), 1);
        floor_quad(v, -p->road_m, p->road_m, from, z,
                   lit(v, (struct rgb) { 0.27, 0.28, 0.30 }, from), 1);
    }
}

static void draw_markings(const struct view *v)
{
    const struct place *p = v->place;
    struct rgb white = { 0.88, 0.88, 0.86 };

    floor_quad(v, -0.25, -0.10, near_m, far_m,
               lit(v, (struct rgb) { 0.9, 0.72, 0.2 }, 20), 1);
    floor_quad(v, 0.10, 0.25, near_m, far_m, lit(v, (struct rgb) { 0.9, 0.72, 0.2 }, 20),
               1);
    for (double z = 4; z < 120; z += 8) {
        floor_quad(v, -p->road_m / 2 - 0.1, -p->road_m / 2 + 0.1, z, z + 4,
                   lit(v, white, z), 1);
        floor_quad(v, p->road_m / 2 - 0.1, p->road_m / 2 + 0.1, z, z + 4,
                   lit(v, white, z), 1);
    }
    for (double x = -p->road_m + 0.4; p->crossing && x < p->road_m - 0.4; x += 1.2)
        floor_quad(v, x, x + 0.6, 15, 19, lit(v, white, 15), 1);
}

// Rows of windows on the side that faces the road; some are lit after dark.
static void draw_windows(const struct view *v, struct box b, unsigned building)
{
    double side = b.left > v->place->aim_m ? b.left : b.right;
    unsigned n = 0;

    for (double y = 2.5; y < b.top - 1.5; y += 3.2) {
        for (double z = b.near + 1.5; z < b.far - 2; z += 3.5, n++) {
            bool on = chance(v, 100 + building, n) > 0.45 + 0.55 * v->place->light;
            struct farm_color color = on ? farm_rgb(0.98, 0.83, 0.50)
                                         : lit(v, (struct rgb) { 0.24, 0.30, 0.38 }, z);
            quad(v, project(v, side, y, z), project(v, side, y, z + 1.9),
                 project(v, side, y + 1.7, z + 1.9), project(v, side, y + 1.7, z), color,
                 0.9);
        }
    }
}

static void draw_building(const struct view *v, unsigned row, bool right)
{
    static const struct rgb walls[] = {
        { 0.74, 0.66, 0.55 }, { 0.62, 0.40, 0.33 }, { 0.70, 0.71, 0.72 },
        { 0.82, 0.78, 0.68 }, { 0.46, 0.50, 0.56 }, { 0.66, 0.55, 0.48 },
    };
    const struct place *p = v->place;
    unsigned n = 2 * row + right;
    double inner = p->road_m + p->pavement_m + 3 * chance(v, 1, n);
    double top = p->low_m + (p->high_m - p->low_m) * chance(v, 2, n);
    double near = 14 + 22.0 * row;
    struct box b = { inner, inner + 16, 0, top, near, near + 14 + 7 * chance(v, 3, n) };

    if (right && p->canopy && row < 2)
        return; // the petrol station stands there
    if (!right) {
        b.left = -inner - 16;
        b.right = -inner;
    }
    draw_box(v, b, walls[(unsigned)(chance(v, 4, n) * 5.99)]);
    draw_windows(v, b, n);
}

static void draw_tree(const struct view *v, unsigned row, bool right)
{
    unsigned n = 2 * row + right;
    double side = v->place->road_m + 2.2;
    double x = right ? side : -side;
    double z = 10 + 11.0 * row + 3 * chance(v, 5, n);
    double sway = 0.12 * sin(2 * M_PI * lap(v, 2, chance(v, 6, n)));
    double size = 1.5 + chance(v, 7, n);
    double scale = v->focal_px / z;
    struct rgb leaf = { 0.20 + 0.1 * chance(v, 8, n), 0.42, 0.18 };

    if (right && v->place->canopy && row < 5)
        return;
    draw_box(v, (struct box) { x - 0.15, x + 0.15, 0, 3, z, z + 0.3 },
             (struct rgb) { 0.33, 0.25, 0.18 });
    farm_fill_disc(v->canvas, project(v, x + sway, 4.2, z), size * scale,
                   size * 1.1 * scale, lit(v, shade(leaf, 0.8), z), 1, false);
    farm_fill_disc(v->canvas, project(v, x + sway - 0.4, 4.7, z), size * 0.7 * scale,
                   size * 0.7 * scale, lit(v, shade(leaf, 1.15), z), 1, false);
}

static void draw_lamp(const struct view *v, double z, bool right)
{
    double side = v->place->road_m + 1.0;
    double x = right ? side : -side;
    double arm = right ? x - 2 : x + 2;

    draw_box(v, (struct box) { x - 0.08, x + 0.08, 0, 7, z, z + 0.16 },
             (struct rgb) { 0.42, 0.43, 0.45 });
    quad(v, project(v, x, 7, z), project(v, arm, 7.3, z), project(v, arm, 7.1, z),
         project(v, x, 6.8, z), lit(v, (struct rgb) { 0.42, 0.43, 0.45 }, z), 1);
    if (v->place->light > 0.5)
        return;
    double scale = v->focal_px / z;
    farm_fill_disc(v->canvas, project(v, arm, 7.1, z), 2.2 * scale, 2.2 * scale,
                   farm_rgb(1.0, 0.86, 0.58), 0.9, true);
    farm_fill_disc(v->canvas, project(v, arm, 0, z), 6 * scale,
                   6 * scale * v->place->height_m / z, farm_rgb(0.95, 0.80, 0.52), 0.35,
                   true);
}

static void draw_lights(const struct view *v, double x, double z, bool coming)
{
    struct farm_color color =
        coming ? farm_rgb(1, 0.97, 0.85) : farm_rgb(0.95, 0.12, 0.08);
    double scale = v->focal_px / z;
    double glow = v->place->light < 0.5 ? (coming ? 1.1 : 0.5) : 0.22;

    for (int k = -1; k <= 1; k += 2)
        farm_fill_disc(v->canvas, project(v, x + 0.65 * k, 0.7, z), glow * scale,
                       glow * scale, color, 0.95, true);
    if (coming && v->place->light < 0.5)
        floor_quad(v, x - 1.3, x + 1.3, fmax(z - 9, near_m), z, color, 0.14);
}

static void draw_car(const struct view *v, double x, double z, bool coming, unsigned n)
{
    static const struct rgb paints[] = {
        { 0.82, 0.83, 0.85 }, { 0.12, 0.13, 0.15 }, { 0.62, 0.10, 0.10 },
        { 0.16, 0.28, 0.55 }, { 0.92, 0.92, 0.90 }, { 0.90, 0.62, 0.10 },
    };
    struct rgb paint = paints[(unsigned)(chance(v, 20, n) * 5.99)];
    bool bus = chance(v, 21, n) > 0.86;
    double length = bus ? 9 : 4.3;
    double roof = bus ? 2.9 : 1.45;

    floor_quad(v, x - 1.1, x + 1.1, z - 0.2, z + length, farm_rgb(0.05, 0.05, 0.06), 0.5);
    draw_box(v, (struct box) { x - 0.9, x + 0.9, 0.25, bus ? roof : 0.9, z, z + length },
             paint);
    if (!bus)
        draw_box(v, (struct box) { x - 0.75, x + 0.75, 0.9, roof, z + 1.1, z + 3.5 },
                 shade(paint, 0.8));
    double glass = bus ? 0 : 1.1;
    quad(v, project(v, x - 0.7, roof - 0.5, z + glass),
         project(v, x + 0.7, roof - 0.5, z + glass),
         project(v, x + 0.65, roof - 0.1, z + glass),
         project(v, x - 0.65, roof - 0.1, z + glass),
         lit(v, (struct rgb) { 0.16, 0.20, 0.25 }, z), 1);
    draw_lights(v, x, z, coming);
}

static void draw_person(const struct view *v, double x, double z, unsigned n)
{
    struct rgb coat = { chance(v, 30, n), chance(v, 31, n) * 0.8, chance(v, 32, n) };
    double step = 0.12 * sin(2 * M_PI * lap(v, 18, chance(v, 33, n)));
    double scale = v->focal_px / z;

    floor_quad(v, x - 0.3, x + 0.3, z - 0.1, z + 0.4, farm_rgb(0.05, 0.05, 0.06), 0.4);
    for (int k = -1; k <= 1; k += 2)
        draw_box(v,
                 (struct box) { x + k * (0.1 + step) - 0.08, x + k * (0.1 + step) + 0.08,
                                0, 0.85, z, z + 0.1 },
                 (struct rgb) { 0.15, 0.17, 0.24 });
    draw_box(v, (struct box) { x - 0.23, x + 0.23, 0.8, 1.45, z, z + 0.2 }, coat);
    farm_fill_disc(v->canvas, project(v, x, 1.62, z), 0.14 * scale, 0.16 * scale,
                   lit(v, (struct rgb) { 0.80, 0.62, 0.50 }, z), 1, false);
}

struct mover {
    bool car;
    bool coming;
    unsigned n;
    double x, z;
};

static struct mover car_at(const struct view *v, unsigned n)
{
    bool coming = n % 2 == 0;
    bool fast = n % 4 < 2;
    double lane = v->place->road_m * (fast ? 0.25 : 0.75);
    double along = lap(v, 1, (n / 2 + 0.5 * chance(v, 22, n)) * 2 / v->place->cars);
    double z = coming ? far_m * (1 - along) * 0.8 : far_m * along * 0.8;

    return (struct mover) { true, coming, n, coming ? -lane : lane, near_m + 0.5 + z };
}

static struct mover person_at(const struct view *v, unsigned n)
{
    const struct place *p = v->place;
    double along = lap(v, n % 3 ? 1 : -1, chance(v, 34, n));
    double side = p->road_m + 0.8 + chance(v, 35, n) * (p->pavement_m - 1.5);

    if (p->crossing && n % 2) // over the road, and back where nobody looks
        return (struct mover) { false, false, n, (along - 0.5) * 3 * p->road_m,
                                15.3 + 3.4 * chance(v, 36, n) };
    return (struct mover) { false, false, n, n % 4 < 2 ? side : -side,
                            6 + 6 * chance(v, 37, n) + 14 * along + 8 * (n % 5) };
}

// Far ones first.
static void sort_movers(struct mover *m, int count)
{
    for (int i = 1; i < count; i++) {
        struct mover one = m[i];
        int k = i;
        for (; k > 0 && m[k - 1].z < one.z; k--)
            m[k] = m[k - 1];
        m[k] = one;
    }
}

static void draw_movers(const struct view *v)
{
    struct mover movers[CARS_MAX + PEOPLE_MAX];
    int count = 0;

    for (int n = 0; n < v->place->cars; n++)
        movers[count++] = car_at(v, (unsigned)n);
    for (int n = 0; n < v->place->people; n++)
        movers[count++] = person_at(v, (unsigned)n);
    sort_movers(movers, count);
    for (int i = 0; i < count; i++) {
        if (movers[i].car)
            draw_car(v, movers[i].x, movers[i].z, movers[i].coming, movers[i].n);
        else
            draw_person(v, movers[i].x, movers[i].z, movers[i].n);
    }
}

static void draw_canopy(const struct view *v)
{
    struct rgb red = { 0.78, 0.12, 0.12 };
    struct rgb steel = { 0.78, 0.79, 0.80 };
    double left = v->place->road_m + 4;

    for (double z = 34; z >= 18; z -= 8) {
        draw_box(v, (struct box) { left + 3, left + 4, 0, 1.7, z, z + 1.2 }, red);
        draw_box(v, (struct box) { left + 1, left + 1.5, 0, 5, z, z + 0.5 }, steel);
        draw_box(v, (struct box) { left + 11, left + 11.5, 0, 5, z, z + 0.5 }, steel);
    }
    draw_box(v, (struct box) { left, left + 13, 5, 5.4, 16, 38 },
             (struct rgb) { 0.9, 0.9, 0.9 });
    draw_box(v, (struct box) { left, left + 13, 4.9, 5.9, 15.8, 16 }, red);
}

static void draw_captions(const struct view *v)
{
    char text[48];
    int scale = v->canvas->height / 120 > 1 ? v->canvas->height / 120 : 1;
    int margin = 4 * scale;
    // Clear of the corners, where a page writes number, name and state of a tile.
    int inset = v->canvas->height / 5;
    int tenths = v->frame * 10 / FARM_SCENE_FPS;

    (void)snprintf(text, sizeof(text), "%s  00:%02d.%d", v->place->title, tenths / 10,
                   tenths % 10);
    farm_draw_text(v->canvas, margin, inset, scale, text);
    (void)snprintf(text, sizeof(text), "%04d", v->frame);
    farm_draw_text(v->canvas, margin, v->canvas->height - inset - 14 * scale, 2 * scale,
                   text);
}

const char *farm_scene_name(int scene)
{
    return places[scene].name;
}

void farm_scene_draw(int scene, int frame, struct farm_canvas *canvas)
{
    const struct view v = { &places[scene], canvas, frame, 0.8 * canvas->width };

    draw_sky(&v);
    draw_ground(&v);
    draw_markings(&v);
    for (unsigned row = BUILDINGS_A_SIDE; row-- > 0;) {
        draw_building(&v, row, false);
        draw_building(&v, row, true);
    }
    for (unsigned row = TREES_A_SIDE; row-- > 0;) {
        if ((int)row < v.place->trees) {
            draw_tree(&v, row, false);
            draw_tree(&v, row, true);
        }
        draw_lamp(&v, 9 + 18.0 * row, row % 2);
    }
    if (v.place->canopy)
        draw_canopy(&v);
    draw_movers(&v);
    farm_add_noise(canvas, v.place->noise, (uint64_t)frame);
    draw_captions(&v);
}
