#include "map/mvt.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mvt_reader.h"

static struct gw_buf *finish(struct gw_mvt *m)
{
    struct gw_buf *tile = NULL;
    assert_int_equal(gw_mvt_finish(m, &tile), 0);
    gw_mvt_destroy(m);
    return tile;
}

// The example of the specification, section 4.2 and 4.4, byte by byte: a point at 25, 17
// with two tags, as its protocol buffers say it.
static void bytes_are_those_of_the_specification(void **state)
{
    static const uint8_t wanted[] = {
        0x1a, 0x29,                                       // layers
        0x78, 0x02,                                       // version 2
        0x0a, 0x03, 'p',  't',  's',                      // name
        0x12, 0x0d,                                       // feature
        0x08, 0x01,                                       // id
        0x12, 0x02, 0x00, 0x00,                           // tags
        0x18, 0x01,                                       // point
        0x22, 0x03, 0x09, 0x32, 0x22,                     // MoveTo(+25, +17)
        0x1a, 0x05, 'h',  'e',  'l',  'l', 'o',           // key
        0x22, 0x07, 0x0a, 0x05, 'w',  'o', 'r', 'l', 'd', // value
        0x28, 0x80, 0x20,                                 // extent 4096
    };
    (void)state;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "pts");
    gw_mvt_feature(m, GW_MVT_POINT, 1);
    gw_mvt_text(m, "hello", "world");
    gw_mvt_point(m, (struct gw_mvt_point) { 25, 17 });
    struct gw_buf *tile = finish(m);
    assert_int_equal(gw_buf_len(tile), sizeof(wanted));
    assert_memory_equal(gw_buf_data(tile), wanted, sizeof(wanted));
    gw_buf_unref(&tile);
}

// Section 4.3.5: the polygon with a hole and a second part.
static void rings_are_those_of_the_specification(void **state)
{
    static const uint8_t wanted[] = { 9, 0,  0,  26, 20, 0, 0, 20, 19, 0, 15,
                                      9, 22, 2,  26, 18, 0, 0, 18, 17, 0, 15,
                                      9, 4,  13, 26, 0,  8, 8, 0,  0,  7, 15 };
    static const struct gw_mvt_point a[] = { { 0, 0 }, { 10, 0 }, { 10, 10 }, { 0, 10 } };
    static const struct gw_mvt_point b[] = {
        { 11, 11 }, { 20, 11 }, { 20, 20 }, { 11, 20 }
    };
    static const struct gw_mvt_point hole[] = {
        { 13, 13 }, { 13, 17 }, { 17, 17 }, { 17, 13 }
    };
    struct gw_protobuf commands = { 0 };
    struct gw_mvt_point cursor = { 0, 0 };
    (void)state;
    gw_mvt_ring(&commands, a, 4, &cursor);
    gw_mvt_ring(&commands, b, 4, &cursor);
    gw_mvt_ring(&commands, hole, 4, &cursor);
    assert_int_equal(commands.error, 0);
    assert_int_equal(commands.len, sizeof(wanted));
    assert_memory_equal(commands.data, wanted, sizeof(wanted));
    gw_protobuf_finish(&commands);
}

enum { MANY = 3000 };

static void on_many(void *arg, const struct mvt_feature *f)
{
    size_t *next = arg;
    char name[32];
    snprintf(name, sizeof(name), "camera %zu", *next);
    assert_int_equal(f->id, *next);
    assert_string_equal(mvt_string(f, "name"), name);
    assert_string_equal(mvt_string(f, "state"), *next % 2 ? "live" : "offline");
    assert_true(mvt_number(f, "count") == (double)(*next % 7));
    assert_true(mvt_number(f, "lon") == -0.125 * (double)*next);
    assert_int_equal(f->points[0].x, (int)*next - 1500);
    assert_int_equal(f->points[0].y, 4096);
    ++*next;
}

static void what_is_tagged_is_read_again(void **state)
{
    size_t next = 0;
    (void)state;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "nothing");
    gw_mvt_layer(m, "many");
    for (size_t i = 0; i < MANY; i++) {
        char name[32];
        snprintf(name, sizeof(name), "camera %zu", i);
        gw_mvt_feature(m, GW_MVT_POINT, i);
        gw_mvt_text(m, "name", name);
        gw_mvt_text(m, "state", i % 2 ? "live" : "offline");
        gw_mvt_count(m, "count", i % 7);
        gw_mvt_number(m, "lon", -0.125 * (double)i);
        gw_mvt_point(m, (struct gw_mvt_point) { (int32_t)i - 1500, 4096 });
    }
    struct gw_buf *tile = finish(m);
    assert_int_equal(mvt_read(gw_buf_data(tile), gw_buf_len(tile), on_many, &next), MANY);
    gw_buf_unref(&tile);
}

static void on_second(void *arg, const struct mvt_feature *f)
{
    *(int *)arg += mvt_in_layer(f, "b") && strcmp(mvt_string(f, "key"), "two") == 0;
}

static void layers_have_keys_and_values_of_their_own(void **state)
{
    int found = 0;
    (void)state;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "a");
    gw_mvt_feature(m, GW_MVT_POINT, 1);
    gw_mvt_text(m, "other", "one");
    gw_mvt_point(m, (struct gw_mvt_point) { 1, 1 });
    gw_mvt_layer(m, "b");
    gw_mvt_feature(m, GW_MVT_POINT, 1);
    gw_mvt_text(m, "key", "two");
    gw_mvt_point(m, (struct gw_mvt_point) { 1, 1 });
    struct gw_buf *tile = finish(m);
    assert_int_equal(mvt_read(gw_buf_data(tile), gw_buf_len(tile), on_second, &found), 2);
    assert_int_equal(found, 1);
    gw_buf_unref(&tile);
}

static void a_tile_without_features_is_empty(void **state)
{
    (void)state;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "nothing");
    struct gw_buf *tile = finish(m);
    assert_int_equal(gw_buf_len(tile), 0);
    gw_buf_unref(&tile);
}

static void a_tile_that_is_too_large_is_told(void **state)
{
    struct gw_buf *tile = (struct gw_buf *)&tile;
    static const char bytes[1024 * 1024];
    (void)state;
    struct gw_mvt *m = gw_mvt_create();
    gw_mvt_layer(m, "large");
    for (uint64_t i = 0; i * sizeof(bytes) <= GW_PROTOBUF_MAX; i++) {
        gw_mvt_feature(m, GW_MVT_POLYGON, i);
        gw_mvt_geometry(m, bytes, sizeof(bytes));
    }
    assert_int_equal(gw_mvt_finish(m, &tile), -EMSGSIZE);
    assert_ptr_equal(tile, &tile); // untouched
    gw_mvt_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_those_of_the_specification),
        cmocka_unit_test(rings_are_those_of_the_specification),
        cmocka_unit_test(what_is_tagged_is_read_again),
        cmocka_unit_test(layers_have_keys_and_values_of_their_own),
        cmocka_unit_test(a_tile_without_features_is_empty),
        cmocka_unit_test(a_tile_that_is_too_large_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
