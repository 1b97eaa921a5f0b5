// Churn for a long time, and nothing is left of it: cameras and viewers come and go, 50
// a second, while some cameras misbehave and others are registered, changed and removed.
//
//   test_soak SECONDS    or by the environment: GW_SOAK_S, half an hour without it
//
// The state to which all must come back is that after a warm-up of the same churn, not
// that of a process without a past: threads of look-ups, the files of the registry and
// the allocator's first pages come with the first need, and stay.

#include "base/clock.h"
#include "tests/harness/http_client.h"
#include "tests/harness/resources.h"
#include "tests/integration/crowd.h"
#include "tests/integration/world.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    SECONDS = 30 * 60,
    EVENTS_A_SECOND = 50,
    ASK_AGAIN_MS = 50,
    SETTLE_LOOKS = 40,
    FARM_ORDER_EVENTS = 50, // one order to the farm in so many events

    // The farm's cameras, by what is done to them.
    CALM = 40,   // nothing
    SHAKEN = 20, // the farm's faults
    EDITED = 20, // no camera of the start's: registered and removed over and over
    CAMERAS = CALM + SHAKEN + EDITED,
    SLOTS = 16, // registered at a time
    // Each third one of the farm shows a main stream of 8 Mbit/s: what a sleeper looks
    // at, so that there is a queue left when he goes. Nobody else does.
    HEAVY_EACH = 3,

};

struct slot {
    uint32_t serial; // 0: nobody is registered
    uint32_t farm_camera;
};

struct soak {
    struct world world;
    struct crowd crowd;
    uint64_t random;
    struct slot slots[SLOTS];
    uint32_t serials;
    uint64_t events;
    uint64_t registered;
    uint64_t changed;
    uint64_t removed;
    uint64_t orders;
    double queued_max; // bytes that were seen to wait for viewers
    char heavy_clip[SCRATCH_PATH_MAX];
};

static struct soak soak;
static unsigned seconds = SECONDS;

// What RSS may grow by. Blocks of all sizes lie at other places after the churn than
// before it. An object of 64 bytes lost in each event would be 5.5 MB in half an hour,
// before what hangs on it: a lost queue or picture shows within a minute. Under
// AddressSanitizer each new place also costs shadow, and the worst moment's blocks stay:
// its warm-up is longer, and of a slow loss the plain build is the judge.
#ifdef __SANITIZE_ADDRESS__
enum { WARM_UP_MAX_S = 600, RSS_GROWTH_KB = 16 * 1024 };
#else
enum { WARM_UP_MAX_S = 60, RSS_GROWTH_KB = 6 * 1024 };
#endif

static uint32_t random_below(struct soak *s, uint32_t below)
{
    s->random ^= s->random << 13;
    s->random ^= s->random >> 7;
    s->random ^= s->random << 17;
    return (uint32_t)((s->random >> 32) * below >> 32);
}

// One of the farm's `count` cameras behind the first `before` that is not heavy.
static uint32_t light_camera(struct soak *s, uint32_t before, uint32_t count)
{
    uint32_t camera;
    do
        camera = before + 1 + random_below(s, count);
    while (camera % HEAVY_EACH == 0);
    return camera;
}

// ---- cameras of the registry ----

static void id_of(uint32_t serial, char id[CROWD_ID_MAX])
{
    snprintf(id, CROWD_ID_MAX, "soak-%u", serial);
}

static void ask(struct soak *s, const char *method, const char *path, const char *body,
                int status)
{
    struct http_answer answer;
    http_request(s->world.port, method, path, body, &answer);
    if (answer.status != status)
        fail_msg("%s %s: %d %s", method, path, answer.status, answer.body);
    http_answer_free(&answer);
}

static void register_camera(struct soak *s, struct slot *slot)
{
    char id[CROWD_ID_MAX], main_url[SCRATCH_PATH_MAX], sub_url[SCRATCH_PATH_MAX];
    char *body;

    *slot = (struct slot) {
        .serial = ++s->serials,
        .farm_camera = light_camera(s, CALM + SHAKEN, EDITED),
    };
    id_of(slot->serial, id);
    world_url(&s->world, slot->farm_camera, "main", main_url);
    world_url(&s->world, slot->farm_camera, "sub", sub_url);
    assert_true(asprintf(&body,
                         "{\"id\":\"%s\",\"name\":\"soak\",\"lon\":116.8,\"lat\":35.5,"
                         "\"streams\":{\"main\":{\"url\":\"%s\"},\"sub\":{\"url\":\"%s\"}"
                         "}}",
                         id, main_url, sub_url) > 0);
    ask(s, "POST", "/api/v1/cameras", body, 201);
    free(body);
    s->registered++;
}

static void camera_path(const struct slot *slot, char path[2 * CROWD_ID_MAX])
{
    char id[CROWD_ID_MAX];
    id_of(slot->serial, id);
    snprintf(path, 2 * CROWD_ID_MAX, "/api/v1/cameras/%s", id);
}

static void remove_camera(struct soak *s, struct slot *slot)
{
    char path[2 * CROWD_ID_MAX];
    camera_path(slot, path);
    ask(s, "DELETE", path, NULL, 204);
    slot->serial = 0;
    s->removed++;
}

// How it is pulled, or how its media come: the pictures stay the same camera's.
static void change_camera(struct soak *s, const struct slot *slot)
{
    static const char *const pulls[] = { "always", "on_demand", "warm" };
    char path[2 * CROWD_ID_MAX], url[SCRATCH_PATH_MAX], body[2 * SCRATCH_PATH_MAX];

    camera_path(slot, path);
    world_url(&s->world, slot->farm_camera, "main", url);
    if (random_below(s, 2))
        snprintf(body, sizeof(body), "{\"pull\":\"%s\"}", pulls[random_below(s, 3)]);
    else
        snprintf(body, sizeof(body), "{\"streams\":{\"main\":{\"url\":\"%s%s\"}}}", url,
                 random_below(s, 2) ? "#transport=tcp" : "");
    ask(s, "PATCH", path, body, 200);
    s->changed++;
}

static void a_camera_comes_changes_or_goes(struct soak *s)
{
    struct slot *slot = &s->slots[random_below(s, SLOTS)];
    if (!slot->serial)
        register_camera(s, slot);
    else if (random_below(s, 2))
        change_camera(s, slot);
    else
        remove_camera(s, slot);
}

// ---- cameras that misbehave ----

static void a_camera_misbehaves(struct soak *s)
{
    static const char *const orders[] = {
        "stall", "refuse", "drop 0.05", "garbage", "close", "resume", "resume",
    };
    char order[64];
    uint32_t first = CALM + 1 + random_below(s, SHAKEN);
    uint32_t last = first + random_below(s, CALM + SHAKEN - first + 1);

    snprintf(order, sizeof(order), "%s %u-%u",
             orders[random_below(s, sizeof(orders) / sizeof(*orders))], first, last);
    world_order(&s->world, order);
    s->orders++;
}

// ---- guests ----

static struct sight calm_sight(struct soak *s)
{
    struct sight sight = { .farm_camera = light_camera(s, 0, CALM), .calm = true };
    struct world_id id = world_id(sight.farm_camera);
    snprintf(sight.id, sizeof(sight.id), "%s", id.text);
    return sight;
}

static struct sight heavy_sight(struct soak *s)
{
    struct sight sight = {
        .farm_camera = HEAVY_EACH * (1 + random_below(s, CALM / HEAVY_EACH)),
    };
    struct world_id id = world_id(sight.farm_camera);
    snprintf(sight.id, sizeof(sight.id), "%s", id.text);
    return sight;
}

static struct sight shaken_sight(struct soak *s)
{
    struct sight sight = { .farm_camera = light_camera(s, CALM, SHAKEN) };
    const struct slot *slot = &s->slots[random_below(s, SLOTS)];

    if (slot->serial && random_below(s, 2)) {
        sight.farm_camera = slot->farm_camera;
        id_of(slot->serial, sight.id);
    } else {
        struct world_id id = world_id(sight.farm_camera);
        snprintf(sight.id, sizeof(sight.id), "%s", id.text);
    }
    return sight;
}

static struct sight some_sight(struct soak *s)
{
    return random_below(s, 2) ? calm_sight(s) : shaken_sight(s);
}

static struct sight sight_for(struct soak *s, enum guest_kind kind)
{
    switch (kind) {
    case GUEST_DOWNLOADER: return calm_sight(s);
    case GUEST_SLEEPER: return heavy_sight(s);
    case GUEST_WALL:
    case GUEST_PLAYER:
    case GUEST_KINDS: break;
    }
    return some_sight(s);
}

static void a_guest_comes_or_goes(struct soak *s)
{
    if (random_below(s, CROWD_MAX) < s->crowd.count) {
        crowd_go(&s->crowd, random_below(s, s->crowd.count));
        return;
    }
    enum guest_kind kind = (enum guest_kind)random_below(s, GUEST_KINDS);
    struct sight sight = sight_for(s, kind);
    crowd_come(&s->crowd, kind, &sight);
}

static void a_tile_is_opened_or_closed(struct soak *s)
{
    if (s->crowd.count == 0)
        return;
    unsigned guest = random_below(s, s->crowd.count);
    struct sight sight = some_sight(s);
    if (random_below(s, 2))
        crowd_open_tile(&s->crowd, guest, &sight);
    else
        crowd_close_tile(&s->crowd, guest);
}

static void somebody_asks(struct soak *s)
{
    static const char *const paths[] = {
        "/metrics",
        "/api/v1/viewers",
        "/api/v1/cameras?limit=20",
        "/api/v1/map/cameras",
    };
    ask(s, "GET", paths[random_below(s, sizeof(paths) / sizeof(*paths))], NULL, 200);
    double queued = http_get_metric(s->world.port, "gridwall_viewer_queued_bytes");
    s->queued_max = queued > s->queued_max ? queued : s->queued_max;
}

// ---- the churn ----

static void happen(struct soak *s)
{
    uint32_t what = random_below(s, 10);

    if (what < 4)
        a_guest_comes_or_goes(s);
    else if (what < 6)
        a_tile_is_opened_or_closed(s);
    else if (what < 9)
        a_camera_comes_changes_or_goes(s);
    else
        somebody_asks(s);
    if (++s->events % FARM_ORDER_EVENTS == 0)
        a_camera_misbehaves(s);
}

// A machine that cannot keep up takes longer; what happens stays the same.
static void churn(struct soak *s, unsigned for_s)
{
    const uint64_t step_us = GW_SECOND / EVENTS_A_SECOND;
    uint64_t begin_us = gw_clock_now_us();

    for (uint64_t done = 0; done < (uint64_t)for_s * EVENTS_A_SECOND;) {
        bool due = done < (gw_clock_now_us() - begin_us) / step_us;
        if (due) {
            happen(s);
            done++;
        }
        crowd_look(&s->crowd, due ? 0 : (int)(step_us / GW_MS));
    }
}

// ---- before and after ----

static void everybody_goes(struct soak *s)
{
    static const char *const gone[] = {
        "gridwall_viewers",
        "gridwall_hub_subscriptions",
        "gridwall_camera_queued",
        "gridwall_hub_streams",
        "gridwall_hub_gop_bytes",
        "gridwall_camera_sessions",
        "gridwall_camera_live",
        "gridwall_wall_sockets",
        "gridwall_workers",
        "gridwall_camera_long_gop",
        "gridwall_viewer_queued_bytes",
    };

    while (s->crowd.count > 0)
        crowd_go(&s->crowd, s->crowd.count - 1);
    for (int i = 0; i < SLOTS; i++)
        if (s->slots[i].serial)
            remove_camera(s, &s->slots[i]);
    world_order(&s->world, "resume all");
    for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
        http_await_metric(s->world.port, gone[i], 0, 0);
    http_await_metric(s->world.port, "gridwall_connections", 1, 1); // who asks
    assert_true(http_get_metric(s->world.port, "gridwall_cameras") == CALM + SHAKEN);
}

static void show(const char *when, const struct resources *r)
{
    fprintf(stderr, "%s: %u descriptors, %u threads, RSS %" PRIu64 " kB\n", when,
            r->descriptors, r->threads, r->rss_kb);
}

// Threads and descriptors end a moment after what they served: the least of a while.
static struct resources settled(pid_t pid)
{
    struct resources now = resources_of(pid);
    struct resources least = now;

    for (int i = 0; i < SETTLE_LOOKS; i++) {
        poll(NULL, 0, ASK_AGAIN_MS);
        now = resources_of(pid);
        if (now.descriptors < least.descriptors)
            least.descriptors = now.descriptors;
        if (now.threads < least.threads)
            least.threads = now.threads;
    }
    least.rss_kb = now.rss_kb;
    return least;
}

static void expect_no_error_in_the_log(const struct soak *s)
{
    char *log = process_errors(&s->world.engine);
    assert_non_null(strstr(log, "event=started")); // so this is the log
    char *error = strstr(log, "level=error");
    if (error)
        fail_msg("the log has: %.*s", (int)strcspn(error, "\n"), error);
    free(log);
}

// A sanitizer's books are not the engine's memory: ThreadSanitizer's grow with each
// address that was ever touched.
static bool rss_tells(void)
{
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    return false;
#endif
#endif
#ifdef __SANITIZE_THREAD__
    return false;
#endif
    return true;
}

static void nothing_is_left_of_the_churn(void **state)
{
    struct soak *s = &soak;
    unsigned warm_up_s = seconds < WARM_UP_MAX_S ? seconds / 2 : WARM_UP_MAX_S;
    (void)state;

    churn(s, warm_up_s);
    everybody_goes(s);
    struct resources before = settled(s->world.engine.pid);
    show("before", &before);

    churn(s, seconds);
    everybody_goes(s);
    struct resources after = settled(s->world.engine.pid);
    show("after", &after);
    fprintf(stderr,
            "%u s, %" PRIu64 " events: %" PRIu64 " guests, %" PRIu64 " turned away, "
            "%" PRIu64 " tiles opened, %" PRIu64 " closed; cameras: %" PRIu64
            " registered, %" PRIu64 " changed, %" PRIu64 " removed; %" PRIu64
            " orders to the farm; %" PRIu64 " pictures, %" PRIu64
            " of calm cameras, %" PRIu64 " never sent; at most %.0f bytes waited\n",
            seconds, s->events, s->crowd.stats.came, s->crowd.stats.turned_away,
            s->crowd.stats.opened, s->crowd.stats.closed, s->registered, s->changed,
            s->removed, s->orders, s->crowd.stats.frames, s->crowd.stats.calm_frames,
            s->crowd.stats.never_sent, s->queued_max);

    assert_true(after.descriptors <= before.descriptors);
    assert_true(after.threads <= before.threads);
    if (rss_tells())
        assert_true(after.rss_kb <= before.rss_kb + RSS_GROWTH_KB);
    assert_true(s->crowd.stats.calm_frames > s->events);
    assert_true(s->queued_max > 0); // so guests did leave queues behind
    expect_no_error_in_the_log(s);
}

static int set_up(void **state)
{
    (void)state;
    soak = (struct soak) { .random = UINT64_C(0x9e3779b97f4a7c15) };
    snprintf(soak.heavy_clip, sizeof(soak.heavy_clip), "%s/heavy.mp4",
             getenv("GW_CLIPS"));
    world_start(&soak.world,
                &(struct world_config) {
                    .farm = { "--clip", soak.heavy_clip },
                    .cameras = CAMERAS,
                    .registered = CALM + SHAKEN,
                    .engine = { "--shards", "2", "--linger", "1", "--stall", "3",
                                "--backoff-max", "2000", "--viewer-stuck", "5" },
                });
    crowd_create(&soak.crowd, &soak.world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    crowd_destroy(&soak.crowd);
    world_stop(&soak.world);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_left_of_the_churn, set_up, tear_down),
    };
    const char *asked = argc > 1 ? argv[1] : getenv("GW_SOAK_S");
    if (asked)
        seconds = (unsigned)strtoul(asked, NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
