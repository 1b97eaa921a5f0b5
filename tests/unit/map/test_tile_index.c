#include "map/tile_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/geo.h"

enum { BOXES = 300, QUESTIONS = 300 };

static double between(struct gw_rng *rng, double least, double most)
{
    return least + (most - least) * (double)gw_rng_below(rng, 1 << 20) / (1 << 20);
}

// Some sheds, some districts, some at the ends of the world.
static struct gw_box random_box(struct gw_rng *rng)
{
    static const double sides[] = { 0, 0.0005, 0.003, 0.1, 3, 100 };
    double side = sides[gw_rng_below(rng, 6)];
    bool far = gw_rng_below(rng, 8) == 0;
    double west = far ? between(rng, -180, 180) : between(rng, 116.8, 116.9);
    double south = far ? between(rng, -90, 90) : between(rng, 35.5, 35.6);
    struct gw_box box = { west, south, west + side, south + between(rng, 0, side) };
    if (box.east > 180)
        box.east = 180;
    if (box.north > 90)
        box.north = 90;
    return box;
}

static void count(void *arg, uint32_t item)
{
    unsigned char *times = arg;
    times[item]++;
}

static bool meet(const struct gw_box *a, const struct gw_box *b)
{
    return a->west <= b->east && b->west <= a->east && a->south <= b->north &&
           b->south <= a->north;
}

static void finds_each_box_once_that_a_look_at_all_finds(void **state)
{
    static struct gw_box boxes[BOXES];
    struct gw_tile_index index;
    struct gw_rng rng;
    size_t found = 0;
    (void)state;
    gw_rng_init(&rng, 1);
    for (size_t i = 0; i < BOXES; i++)
        boxes[i] = random_box(&rng);
    boxes[7] = gw_box_globe;
    assert_int_equal(gw_tile_index_init(&index, boxes, BOXES), 0);
    for (int k = 0; k < QUESTIONS; k++) {
        unsigned char times[BOXES] = { 0 };
        struct gw_box where = random_box(&rng);
        gw_tile_index_visit(&index, &where, count, times);
        for (size_t i = 0; i < BOXES; i++) {
            assert_int_equal(times[i], meet(&boxes[i], &where));
            found += times[i];
        }
    }
    assert_true(found > QUESTIONS * 3);
    gw_tile_index_finish(&index);
}

static void across_the_date_line_is_around_the_globe(void **state)
{
    const struct gw_box boxes[] = { { 179, 0, -179, 1 }, { 10, 0, 11, 1 } };
    struct gw_tile_index index;
    unsigned char times[2] = { 0 };
    const struct gw_box where = { 50, 50, 51, 51 }, line = { 178, 0, -178, 1 };
    (void)state;
    assert_int_equal(gw_tile_index_init(&index, boxes, 2), 0);
    gw_tile_index_visit(&index, &where, count, times);
    assert_int_equal(times[0], 1); // one too many rather than one too few
    assert_int_equal(times[1], 0);
    gw_tile_index_visit(&index, &line, count, times);
    assert_int_equal(times[0], 2);
    gw_tile_index_finish(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_box_once_that_a_look_at_all_finds),
        cmocka_unit_test(across_the_date_line_is_around_the_globe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
