#include "tests/farm/canvas.h"

#include "base/rng.h"
#include "tests/farm/font.h"

#include <math.h>
#include <stdbool.h>

static uint8_t level(double v, double low, double high)
{
    return (uint8_t)lround(v < low ? low : v > high ? high : v);
}

struct farm_color farm_rgb(double r, double g, double b)
{
    r = fmin(fmax(r, 0), 1);
    g = fmin(fmax(g, 0), 1);
    b = fmin(fmax(b, 0), 1);
    double y = 0.299 * r + 0.587 * g + 0.114 * b;
    return (struct farm_color) {
        level(16 + 219 * y, 16, 235),
        level(128 + 224 * 0.564 * (b - y), 16, 240),
        level(128 + 224 * 0.713 * (r - y), 16, 240),
    };
}

static void blend(uint8_t *to, uint8_t color, int alpha_256)
{
    *to = (uint8_t)(*to + (((int)color - *to) * alpha_256 + 128) / 256);
}

// Pixels [left, right) of one row; chroma goes with the even ones.
static void fill_span(struct farm_canvas *c, int y, int left, int right,
                      struct farm_color color, int alpha_256)
{
    if (y < 0 || y >= c->height)
        return;
    left = left < 0 ? 0 : left;
    right = right > c->width ? c->width : right;

    uint8_t *luma = c->i420 + (size_t)y * c->width;
    for (int x = left; x < right; x++)
        blend(luma + x, color.y, alpha_256);
    if (y % 2)
        return;

    size_t plane = (size_t)c->width * c->height;
    uint8_t *u = c->i420 + plane + (size_t)(y / 2) * (c->width / 2);
    uint8_t *v = u + plane / 4;
    for (int x = left / 2; x < right / 2; x++) {
        blend(u + x, color.u, alpha_256);
        blend(v + x, color.v, alpha_256);
    }
}

static int edge(double v)
{
    return (int)lround(fmin(fmax(v, -1e6), 1e6));
}

void farm_fill_rect(struct farm_canvas *c, double left, double top, double right,
                    double bottom, struct farm_color color, double alpha)
{
    for (int y = edge(top); y < edge(bottom); y++)
        fill_span(c, y, edge(left), edge(right), color, (int)(alpha * 256));
}

// Where the edge a-b crosses the middle of row `y`.
static bool crossing(struct farm_point a, struct farm_point b, double y, double *ret_x)
{
    if ((a.y <= y) == (b.y <= y))
        return false;
    *ret_x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
    return true;
}

void farm_fill_quad(struct farm_canvas *c, const struct farm_point p[4],
                    struct farm_color color, double alpha)
{
    int top = edge(fmax(fmin(fmin(p[0].y, p[1].y), fmin(p[2].y, p[3].y)), -1));
    int bottom = edge(fmin(fmax(fmax(p[0].y, p[1].y), fmax(p[2].y, p[3].y)), c->height));

    for (int y = top; y <= bottom; y++) {
        double left = INFINITY;
        double right = -INFINITY;
        for (int i = 0; i < 4; i++) {
            double x;
            if (crossing(p[i], p[(i + 1) % 4], y + 0.5, &x)) {
                left = fmin(left, x);
                right = fmax(right, x);
            }
        }
        if (left < right)
            fill_span(c, y, edge(left), edge(right), color, (int)(alpha * 256));
    }
}

static void soft_row(struct farm_canvas *c, int y, struct farm_point middle, double rx,
                     double ry, struct farm_color color, double alpha)
{
    double dy = (y + 0.5 - middle.y) / ry;
    int right = edge(fmin(middle.x + rx, c->width));

    // Two pixels at a time: chroma has no finer steps.
    for (int x = edge(fmax(middle.x - rx, 0)) & ~1; x < right; x += 2) {
        double dx = (x + 1 - middle.x) / rx;
        double fade = 1 - sqrt(dx * dx + dy * dy);
        if (fade > 0)
            fill_span(c, y, x, x + 2, color, (int)(alpha * fade * fade * 256));
    }
}

void farm_fill_disc(struct farm_canvas *c, struct farm_point middle, double rx, double ry,
                    struct farm_color color, double alpha, int soft)
{
    int top = edge(fmax(middle.y - ry, 0));
    int bottom = edge(fmin(middle.y + ry, c->height));

    for (int y = top; y < bottom; y++) {
        double dy = (y + 0.5 - middle.y) / ry;
        double half = rx * sqrt(fmax(1 - dy * dy, 0));
        if (soft)
            soft_row(c, y, middle, rx, ry, color, alpha);
        else
            fill_span(c, y, edge(middle.x - half), edge(middle.x + half), color,
                      (int)(alpha * 256));
    }
}

static void draw_glyph(struct farm_canvas *c, int left, int top, int scale, char ch,
                       struct farm_color color)
{
    const uint8_t *rows = farm_glyph(ch);

    for (int row = 0; row < FARM_GLYPH_HEIGHT; row++) {
        for (int column = 0; column < FARM_GLYPH_WIDTH; column++) {
            int x = left + column * scale;
            int y = top + row * scale;
            if (rows[row] >> (FARM_GLYPH_WIDTH - 1 - column) & 1)
                farm_fill_rect(c, x, y, x + scale, y + scale, color, 1);
        }
    }
}

void farm_draw_text(struct farm_canvas *c, int left, int top, int scale, const char *text)
{
    struct farm_color black = farm_rgb(0, 0, 0);
    struct farm_color white = farm_rgb(1, 1, 1);
    int edge_px = (scale + 1) / 2;

    for (int i = 0; text[i]; i++) {
        int x = left + i * (FARM_GLYPH_WIDTH + 1) * scale;
        draw_glyph(c, x + edge_px, top + edge_px, scale, text[i], black);
        draw_glyph(c, x - edge_px, top - edge_px, scale, text[i], black);
        draw_glyph(c, x, top, scale, text[i], white);
    }
}

void farm_add_noise(struct farm_canvas *c, int strength, uint64_t seed)
{
    size_t count = (size_t)c->width * c->height;
    struct gw_rng rng;

    gw_rng_init(&rng, seed);
    for (size_t i = 0; i + 8 <= count; i += 8) {
        uint64_t bits = gw_rng_next(&rng);
        for (size_t k = 0; k < 8; k++, bits >>= 8) {
            int v = c->i420[i + k] + ((int)(bits & 0xff) - 128) * strength / 128;
            c->i420[i + k] = (uint8_t)(v < 16 ? 16 : v > 235 ? 235 : v);
        }
    }
}
