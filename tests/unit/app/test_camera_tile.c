#include "app/camera_tile.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "map/camera_quads.h"
#include "map/scope_view.h"
#include "map/snapshot_builder.h"
#include "mvt_reader.h"

enum { CAMERAS = 150 };

static const char *const departments[] = { "Police", "Health", "Education" };

struct world {
    struct gw_snapshot *snapshot;
    struct gw_states *states;
    uint32_t cameras;
};

static void add(struct gw_snapshot_builder *b, uint32_t num, double lon, double lat)
{
    char id[16], name[32];
    snprintf(id, sizeof(id), "c%u", num);
    snprintf(name, sizeof(name), "门 %u", num);
    const struct gw_camera c = {
        .num = num,
        .id = id,
        .name = name,
        .lon = lon,
        .lat = lat,
        .division = "370812001001",
        .department = departments[num % 3],
        .kind = GW_KIND_PTZ,
        .cell = "370812001001001",
        .url_main = "rtsp://admin:secret@10.0.0.1/",
    };
    assert_int_equal(gw_snapshot_builder_add_camera(b, &c), 0);
}

static void finish(struct world *w, struct gw_snapshot_builder *b, uint32_t n)
{
    assert_int_equal(gw_snapshot_builder_finish(b, &w->snapshot), 0);
    gw_snapshot_builder_destroy(b);
    w->states = gw_states_create();
    assert_non_null(w->states);
    w->cameras = n;
    for (uint32_t i = 1; i <= n; i++)
        gw_states_set(w->states, i,
                      (struct gw_camera_condition) {
                          (enum gw_camera_state)(i % GW_CAMERA_STATES), GW_CAUSE_NONE });
}

static void destroy(struct world *w)
{
    gw_snapshot_unref(&w->snapshot);
    gw_states_destroy(w->states);
}

// A town, some that stand astray, some without a position.
static struct world random_world(struct gw_rng *rng)
{
    struct world w;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    for (uint32_t i = 1; i <= CAMERAS; i++) {
        double lon = 116.5 + (double)gw_rng_below(rng, 100000) / 1e6;
        double lat = 35.5 + (double)gw_rng_below(rng, 100000) / 1e6;
        if (i % 10 == 0)
            lon = i % 20 ? 180 : -180;
        if (i % 15 == 0)
            lat = i % 30 ? 90 : -90;
        add(b, i, i % 17 ? lon : NAN, lat);
    }
    finish(&w, b, CAMERAS);
    return w;
}

// What the tiles of a zoom say, added up.
struct sum {
    const struct world *world;
    struct gw_web_tile tile;
    const struct gw_scope_view *view;
    uint32_t cameras, points, clusters;
    uint32_t by_state[GW_CAMERA_STATES];
    uint64_t ids; // of clusters, all xored: which there are
    bool seen[CAMERAS + 1];
};

static const struct gw_camera *camera_of(const struct world *w, uint64_t num)
{
    return gw_snapshot_camera_by_num(w->snapshot, (uint32_t)num);
}

static void check_point(struct sum *s, const struct mvt_feature *f)
{
    const struct gw_camera *c = camera_of(s->world, f->id);
    assert_non_null(c);
    assert_true(gw_scope_view_has(s->view, c));
    assert_false(s->seen[f->id]); // each once
    s->seen[f->id] = true;
    assert_string_equal(mvt_string(f, "id"), c->id);
    assert_string_equal(mvt_string(f, "name"), c->name);
    assert_string_equal(mvt_string(f, "kind"), "ptz");
    assert_string_equal(mvt_string(f, "division"), c->division);
    assert_string_equal(mvt_string(f, "cell"), c->cell);
    int state = gw_camera_state_of_name(mvt_string(f, "state"));
    assert_int_equal(state, f->id % GW_CAMERA_STATES);
    s->by_state[state]++;
    s->cameras++;
    s->points++;

    struct gw_web_place p = gw_web_place_of((struct gw_point) { c->lon, c->lat });
    double tiles = ldexp(1, s->tile.z);
    assert_true(fabs((p.x * tiles - s->tile.x) * 4096 - f->points[0].x) <= 1);
    assert_true(fabs((p.y * tiles - s->tile.y) * 4096 - f->points[0].y) <= 1);
}

// The cameras of a cluster are those seen that lie in the box that it tells, and no
// other.
static void check_cluster(struct sum *s, const struct mvt_feature *f)
{
    uint32_t inside = 0, states[GW_CAMERA_STATES] = { 0 };
    for (uint32_t num = 1; num <= s->world->cameras; num++) {
        const struct gw_camera *c = camera_of(s->world, num);
        double lat = fmax(-85.05112877980659, fmin(85.05112877980659, c->lat));
        const double slack = 1e-9;
        if (!(c->lon >= mvt_number(f, "west") - slack &&
              c->lon <= mvt_number(f, "east") + slack &&
              lat >= mvt_number(f, "south") - slack &&
              lat <= mvt_number(f, "north") + slack) ||
            !gw_scope_view_has(s->view, c))
            continue;
        inside++;
        states[num % GW_CAMERA_STATES]++;
        assert_false(s->seen[num]);
        s->seen[num] = true;
    }
    assert_true(inside >= 2);
    assert_true(mvt_number(f, "cameras") == inside);
    for (int i = 0; i < GW_CAMERA_STATES; i++) {
        assert_true(mvt_number(f, gw_camera_state_name((enum gw_camera_state)i)) ==
                    states[i]);
        s->by_state[i] += states[i];
    }
    s->cameras += inside;
    s->clusters++;
    s->ids ^= f->id;
    assert_true(f->id < (uint64_t)1 << 53);
}

static void on_feature(void *arg, const struct mvt_feature *f)
{
    assert_int_equal(f->type, 1);
    assert_int_equal(f->point_count, 1);
    assert_true(f->points[0].x >= 0 && f->points[0].x < 4096);
    assert_true(f->points[0].y >= 0 && f->points[0].y < 4096);
    if (mvt_in_layer(f, "cameras"))
        check_point(arg, f);
    else if (mvt_in_layer(f, "clusters"))
        check_cluster(arg, f);
    else
        fail();
}

static void look(struct sum *s, const struct gw_web_tile *tile)
{
    const struct gw_json_world w = { .snapshot = s->world->snapshot,
                                     .states = s->world->states,
                                     .view = s->view };
    struct gw_buf *body;
    s->tile = *tile;
    assert_int_equal(gw_camera_tile(&w, tile, &body), 0);
    long n = mvt_read(gw_buf_data(body), gw_buf_len(body), on_feature, s);
    assert_true(n >= 0);
    assert_int_equal(n == 0, gw_buf_len(body) == 0);
    gw_buf_unref(&body);
}

// Every tile of a zoom, but for those in which there is nothing.
static struct sum look_at_zoom(const struct world *w, const struct gw_scope_view *view,
                               int z)
{
    struct sum s = { .world = w, .view = view };
    size_t n;
    const struct gw_web_tile all = { 0, 0, 0 };
    const struct gw_camera_quads *quads = gw_snapshot_quads(w->snapshot);
    const struct gw_camera_quad *items = gw_camera_quads_in(quads, &all, &n);
    for (size_t i = 0; i < n;) {
        uint32_t column, row;
        size_t in;
        gw_quad_split(items[i].key, &column, &row);
        struct gw_web_tile t = { z, z ? column >> (32 - z) : 0, z ? row >> (32 - z) : 0 };
        gw_camera_quads_in(quads, &t, &in);
        look(&s, &t);
        i += in;
    }
    return s;
}

static void check_sums(const struct world *w, const struct gw_scope_view *view)
{
    for (int z = 0; z <= GW_WEB_ZOOM_MAX; z++) {
        struct sum s = look_at_zoom(w, view, z);
        uint32_t placed = 0, by_state[GW_CAMERA_STATES] = { 0 };
        for (uint32_t num = 1; num <= w->cameras; num++) {
            const struct gw_camera *c = camera_of(w, num);
            if (isnan(c->lon) || !gw_scope_view_has(view, c))
                continue;
            placed++;
            by_state[num % GW_CAMERA_STATES]++;
            assert_true(s.seen[num]);
        }
        assert_int_equal(s.cameras, placed);
        assert_memory_equal(s.by_state, by_state, sizeof(by_state));
        if (z > GW_CLUSTER_ZOOM_MAX)
            assert_int_equal(s.clusters, 0);
        else if (z < 10 && placed > 0)
            assert_true(s.clusters > 0);
    }
}

static void the_tiles_of_a_zoom_add_up_to_the_cameras_that_are_seen(void **state)
{
    static const char *const scopes[] = { "all\n", "department=Health\n",
                                          "division=370812001\ndepartment=Police\n",
                                          "division=370813\n", "" };
    struct gw_rng rng;
    (void)state;
    gw_rng_init(&rng, 7);
    struct world w = random_world(&rng);
    check_sums(&w, NULL);
    for (size_t i = 0; i < sizeof(scopes) / sizeof(*scopes); i++) {
        struct gw_scope scope;
        struct gw_scope_view view;
        size_t line;
        assert_int_equal(gw_scope_read(scopes[i], &scope, &line), 0);
        gw_scope_view_init(&view, w.snapshot, &scope);
        check_sums(&w, &view);
        gw_scope_finish(&scope);
    }
    destroy(&w);
}

// So that a map can keep what it knows of a cluster.
static void a_cluster_keeps_its_id_when_others_come(void **state)
{
    struct world few, more;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    (void)state;
    for (uint32_t i = 1; i <= 9; i++)
        add(b, i, 116.5 + 1e-6 * i, 35.5);
    finish(&few, b, 9);
    b = gw_snapshot_builder_create();
    for (uint32_t i = 1; i <= 10; i++)
        add(b, i, 116.5 + 1e-6 * i, 35.5);
    finish(&more, b, 10);
    struct sum first = look_at_zoom(&few, NULL, 12),
               second = look_at_zoom(&more, NULL, 12);
    assert_int_equal(first.clusters, 1);
    assert_int_equal(second.clusters, 1);
    assert_true(first.ids == second.ids);
    assert_true(first.ids != look_at_zoom(&few, NULL, 11).ids);
    destroy(&few);
    destroy(&more);
}

static void on_stack(void *arg, const struct mvt_feature *f)
{
    uint32_t *counts = arg;
    counts[mvt_in_layer(f, "clusters")] +=
        mvt_in_layer(f, "clusters") ? (uint32_t)mvt_number(f, "cameras") : 1;
}

// What a deep tile holds when so many cameras were entered on one position.
static void stack(uint32_t n, uint32_t counts[2])
{
    struct world w;
    struct gw_buf *body;
    struct gw_snapshot_builder *b = gw_snapshot_builder_create();
    for (uint32_t i = 1; i <= n; i++)
        add(b, i, 116.5, 35.5);
    finish(&w, b, n);
    const struct gw_json_world world = { .snapshot = w.snapshot, .states = w.states };
    struct gw_web_place p = gw_web_place_of((struct gw_point) { 116.5, 35.5 });
    struct gw_web_tile t = { 22, (uint32_t)ldexp(p.x, 22), (uint32_t)ldexp(p.y, 22) };
    assert_int_equal(gw_camera_tile(&world, &t, &body), 0);
    assert_true(mvt_read(gw_buf_data(body), gw_buf_len(body), on_stack, counts) > 0);
    gw_buf_unref(&body);
    destroy(&w);
}

static void more_points_than_a_tile_has_room_for_stay_together(void **state)
{
    uint32_t fits[2] = { 0 }, too_many[2] = { 0 };
    (void)state;
    stack(GW_TILE_POINTS_MAX, fits);
    assert_int_equal(fits[0], GW_TILE_POINTS_MAX);
    assert_int_equal(fits[1], 0);
    stack(GW_TILE_POINTS_MAX + 1, too_many);
    assert_int_equal(too_many[0], 0);
    assert_int_equal(too_many[1], GW_TILE_POINTS_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tiles_of_a_zoom_add_up_to_the_cameras_that_are_seen),
        cmocka_unit_test(a_cluster_keeps_its_id_when_others_come),
        cmocka_unit_test(more_points_than_a_tile_has_room_for_stay_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
