// Drawing into an I420 picture (ITU-R BT.601, limited range). Coordinates are
// pixels; whatever lies outside is cut off.
#ifndef GW_TESTS_FARM_CANVAS_H
#define GW_TESTS_FARM_CANVAS_H

#include <stddef.h>
#include <stdint.h>

struct farm_canvas {
    uint8_t *i420; // borrowed; Y, then U, then V without padding
    int width;     // even
    int height;    // even
};

struct farm_color {
    uint8_t y, u, v;
};

struct farm_point {
    double x, y;
};

static inline size_t farm_canvas_bytes(int width, int height)
{
    return (size_t)width * (size_t)height * 3 / 2;
}

// From red, green and blue of 0 to 1; more is cut off.
struct farm_color farm_rgb(double r, double g, double b);

// `alpha` of 0 to 1 is how much of the colour covers what was there.
void farm_fill_rect(struct farm_canvas *c, double left, double top, double right,
                    double bottom, struct farm_color color, double alpha);

// Corners in either direction around a convex shape.
void farm_fill_quad(struct farm_canvas *c, const struct farm_point corners[4],
                    struct farm_color color, double alpha);

// An ellipse; with `soft`, it fades out from the middle as a light does.
void farm_fill_disc(struct farm_canvas *c, struct farm_point middle, double rx, double ry,
                    struct farm_color color, double alpha, int soft);

// Text of font.h, each pixel of the font `scale` pixels wide, with a dark edge.
void farm_draw_text(struct farm_canvas *c, int left, int top, int scale,
                    const char *text);

// Sensor noise of about `strength` levels, the same for the same `seed`.
void farm_add_noise(struct farm_canvas *c, int strength, uint64_t seed);

#endif
