#include "tests/integration/crowd.h"

#include "tests/harness/live_client.h"
#include "tests/harness/wall_client.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    TILES_MAX = 9, // open at a time
    // What one guest may take in one look: the others wait meanwhile.
    STEPS_MAX = 64,
    SLEEPER_BYTES = 4096, // of a sleeper's receive buffer
};

struct guest {
    enum guest_kind kind;
    bool calm;
    uint64_t slept; // pictures that the farm had left out when he came
    int first_tile; // the oldest one that is open, by number from 0
    struct wall_client wall;
    struct live_client live;
};

void crowd_create(struct crowd *c, const struct world *world)
{
    *c = (struct crowd) {
        .world = world,
        .guests = calloc(CROWD_MAX, sizeof(struct guest)),
    };
    assert_non_null(c->guests);
}

void crowd_destroy(struct crowd *c)
{
    while (c->count > 0)
        crowd_go(c, c->count - 1);
    free(c->guests);
    c->guests = NULL;
}

static void sit_down(struct crowd *c, struct guest *g, const struct sight *sight)
{
    static const char *const forms[] = { ".flv", "/sub.flv", ".mp4", "/sub.mp4" };
    char path[CROWD_ID_MAX + 16];
    size_t form = c->stats.came % (sizeof(forms) / sizeof(*forms));

    if (g->kind == GUEST_SLEEPER)
        form &= ~(size_t)1; // main: what nobody reads shall be much
    snprintf(path, sizeof(path), "/live/%s%s", sight->id, forms[form]);
    live_open(&g->live, c->world->port,
              &(struct live_target) {
                  .path = path,
                  .websocket = g->kind != GUEST_DOWNLOADER,
                  .camera = sight->farm_camera,
                  .profile = form % 2 ? FARM_SUB : FARM_MAIN,
              });
    // The kernel keeps little for a sleeper, so that the engine must.
    if (g->kind == GUEST_SLEEPER)
        assert_int_equal(setsockopt(g->live.ws.fd, SOL_SOCKET, SO_RCVBUF,
                                    &(int) { SLEEPER_BYTES }, sizeof(int)),
                         0);
}

void crowd_come(struct crowd *c, enum guest_kind kind, const struct sight *sight)
{
    assert_true(c->count < CROWD_MAX);
    struct guest *g = &c->guests[c->count];

    *g = (struct guest) { .kind = kind, .calm = sight->calm };
    if (g->calm)
        g->slept = world_farm_figure(c->world, "slept");
    if (kind == GUEST_WALL)
        assert_int_equal(wall_connect(&g->wall, c->world->port), 0);
    else
        sit_down(c, g, sight);
    c->count++;
    c->stats.came++;
    if (kind == GUEST_WALL)
        crowd_open_tile(c, c->count - 1, sight);
}

// Pictures that a calm guest misses and the engine is to answer for.
static uint64_t missing(struct crowd *c, const struct guest *g, uint64_t lost)
{
    if (lost == 0)
        return 0;
    uint64_t slept = world_farm_figure(c->world, "slept") - g->slept;
    uint64_t never_sent = lost < slept ? lost : slept;
    c->stats.never_sent += never_sent;
    return lost - never_sent;
}

static void check_wall(struct crowd *c, const struct guest *g)
{
    for (int i = 0; i < g->wall.count; i++) {
        const struct wall_stream *s = &g->wall.streams[i];
        uint64_t bad = s->wrong - s->unmarked;
        bad += s->disorder + s->first_bad + s->silent_jumps;
        if (g->calm)
            bad += s->unmarked + missing(c, g, s->lost) + s->jumps + s->told_dropped;
        if (bad)
            fail_msg("a %s tile of camera %u: %lu frames, %lu wrong, %lu out of order, "
                     "%lu early, %lu silent jumps, %lu lost, %lu jumps, %lu told dropped",
                     g->calm ? "calm" : "shaken", s->camera, s->frames, s->wrong,
                     s->disorder, s->first_bad, s->silent_jumps, s->lost, s->jumps,
                     s->told_dropped);
        c->stats.frames += s->frames;
        c->stats.calm_frames += g->calm ? s->frames : 0;
    }
}

static void check_live(struct crowd *c, const struct guest *g)
{
    const struct live_client *l = &g->live;
    uint64_t bad = l->wrong - l->unmarked + l->disorder + l->first_bad;
    if (g->calm)
        bad += l->unmarked + missing(c, g, l->lost);
    if (bad)
        fail_msg("a %s player of camera %u: %lu frames, %lu wrong, %lu out of order, %lu "
                 "early, %lu lost",
                 g->calm ? "calm" : "shaken", l->camera, l->frames, l->wrong, l->disorder,
                 l->first_bad, l->lost);
    c->stats.frames += l->frames;
    c->stats.calm_frames += g->calm ? l->frames : 0;
}

void crowd_go(struct crowd *c, unsigned index)
{
    assert_true(index < c->count);
    struct guest *g = &c->guests[index];

    if (g->kind == GUEST_WALL) {
        check_wall(c, g);
        wall_close(&g->wall);
    } else {
        check_live(c, g);
        live_close(&g->live);
    }
    // Nothing points into a guest, so that he can be moved.
    *g = c->guests[--c->count];
}

// Frames name the camera's stream, not the tile: of a camera that was closed and opened
// again nobody could tell to which of both tiles a frame belongs.
static bool has_looked_at(const struct guest *g, const struct sight *sight)
{
    for (int i = 0; i < g->wall.count; i++)
        if (g->wall.streams[i].camera == sight->farm_camera)
            return true;
    return false;
}

static bool can_open(const struct guest *g, const struct sight *sight)
{
    return g->kind == GUEST_WALL && g->wall.count < WALL_STREAMS_MAX &&
           g->wall.count - g->first_tile < TILES_MAX && (sight->calm || !g->calm) &&
           !has_looked_at(g, sight);
}

void crowd_open_tile(struct crowd *c, unsigned index, const struct sight *sight)
{
    struct guest *g = &c->guests[index];

    if (!can_open(g, sight))
        return;
    wall_open_form(&g->wall, sight->id, c->stats.opened % 2 ? "main" : "sub",
                   c->stats.opened % 3 ? "avcc" : "mp4", sight->farm_camera);
    c->stats.opened++;
}

void crowd_close_tile(struct crowd *c, unsigned index)
{
    struct guest *g = &c->guests[index];
    char text[64];

    if (g->kind != GUEST_WALL || g->wall.count - g->first_tile < 2)
        return;
    snprintf(text, sizeof(text), "{\"type\":\"close\",\"ref\":%d}",
             g->wall.streams[g->first_tile++].ref);
    ws_send_text(&g->wall.ws, text);
    c->stats.closed++;
}

static int step(struct guest *g)
{
    return g->kind == GUEST_WALL ? wall_step(&g->wall, 0) : live_step(&g->live, 0);
}

// Returns -ETIMEDOUT when all is taken, 0 when there is more, -EPIPE at the end.
static int take(struct guest *g)
{
    int r = 0;
    for (int i = 0; i < STEPS_MAX && r == 0; i++)
        r = step(g);
    return r;
}

static int descriptor_of(const struct guest *g)
{
    if (g->kind == GUEST_SLEEPER)
        return -1; // poll() passes over it
    return g->kind == GUEST_WALL ? g->wall.ws.fd : g->live.ws.fd;
}

void crowd_look(struct crowd *c, int timeout_ms)
{
    struct pollfd fds[CROWD_MAX];

    for (unsigned i = 0; i < c->count; i++)
        fds[i] = (struct pollfd) { .fd = descriptor_of(&c->guests[i]), .events = POLLIN };
    assert_true(poll(fds, c->count, timeout_ms) >= 0);
    // From the last one down: who goes is replaced by one who has been looked at.
    for (unsigned i = c->count; i-- > 0;) {
        if (!fds[i].revents || take(&c->guests[i]) != -EPIPE)
            continue;
        if (c->guests[i].calm || c->guests[i].kind == GUEST_WALL)
            fail_msg("the engine closed the stream of a guest who had done nothing");
        c->stats.turned_away++;
        crowd_go(c, i);
    }
}
