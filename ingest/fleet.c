// What is known of a stream is `wanted`, its link, and its status. The links:
//
//             its turn came          connected
//   QUEUED ----------------> ATTEMPT ----------> UP
//     ^                         |                 |
//     | due, wanted             | failed          | failed
//     +---------- DOWN <--------+-----------------+
//
//   unwanted: QUEUED goes DOWN at once; DOWN, ATTEMPT and UP are forgotten when
//   their linger ends. Another URL: ATTEMPT and UP are closed, then DOWN and due.
//
// The status that others see follows: CONNECTING until the first attempt is
// decided, then WAITING and LIVE while UP, RETRYING from a failure until UP again.

#include "ingest/fleet.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "base/table.h"
#include "ingest/deadlines.h"

enum link { DOWN, QUEUED, ATTEMPT, UP };

struct pull {
    struct gw_source_status status;
    enum link link;
    bool wanted;
    bool renew; // the URL changed: what stands under the old one is to be closed
    char *url;

    unsigned failures;  // in a row, for the back-off
    uint64_t retry_us;  // no attempt before
    uint64_t forget_us; // unwanted: the linger's end
    struct gw_deadline due;

    struct pull *ahead; // QUEUED: neighbours in the line
    struct pull *behind;
};

struct gw_fleet {
    struct gw_fleet_config config;
    struct gw_rng rng;
    struct gw_table pulls; // by stream number
    struct gw_deadlines deadlines;
    struct pull *first; // of the line for their turn
    struct pull *last;
    struct gw_fleet_stats stats;

    // Pace of attempts, by the generic cell rate algorithm (ITU-T I.371): when
    // the next attempt would be due if they had all kept their distance.
    uint64_t pace_us;
};

struct gw_fleet_config gw_fleet_config_default(void)
{
    return (struct gw_fleet_config) {
        .linger_us = 10 * GW_SECOND,
        .backoff_min_us = 1 * GW_SECOND,
        .backoff_max_us = 60 * GW_SECOND,
        .settled_us = 30 * GW_SECOND,
        .max_connecting = 64,
        .attempts_per_s = 200,
    };
}

int gw_fleet_create(const struct gw_fleet_config *config, struct gw_fleet **ret_fleet)
{
    assert(config->backoff_min_us > 0);
    assert(config->backoff_max_us >= config->backoff_min_us);
    assert(config->max_connecting > 0 && config->attempts_per_s > 0);

    struct gw_fleet *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    f->config = *config;
    gw_rng_init(&f->rng, config->seed);

    gw_table_init(&f->pulls);
    *ret_fleet = f;
    return 0;
}

static void pull_free(struct pull *p)
{
    if (!p)
        return;
    free(p->url);
    free(p);
}

void gw_fleet_destroy(struct gw_fleet *f)
{
    if (!f)
        return;
    size_t pos = 0;
    for (struct pull *p; (p = gw_table_next(&f->pulls, &pos));)
        pull_free(p);
    gw_table_finish(&f->pulls);
    gw_deadlines_finish(&f->deadlines);
    free(f);
}

static void line_push(struct gw_fleet *f, struct pull *p)
{
    p->ahead = f->last;
    p->behind = NULL;
    if (f->last)
        f->last->behind = p;
    else
        f->first = p;
    f->last = p;
    f->stats.queued++;
}

static void line_remove(struct gw_fleet *f, struct pull *p)
{
    if (p->ahead)
        p->ahead->behind = p->behind;
    else
        f->first = p->behind;
    if (p->behind)
        p->behind->ahead = p->ahead;
    else
        f->last = p->ahead;
    f->stats.queued--;
}

// The only place where a link changes: the counters go with it.
static void set_link(struct gw_fleet *f, struct pull *p, enum link link)
{
    if (p->link == QUEUED)
        line_remove(f, p);
    f->stats.connecting -= p->link == ATTEMPT;
    f->stats.connected -= p->link == UP;

    p->link = link;
    f->stats.connecting += link == ATTEMPT;
    f->stats.connected += link == UP;
    if (link == QUEUED)
        line_push(f, p);
}

static void set_state(struct gw_fleet *f, struct pull *p, enum gw_source_state state,
                      uint64_t now_us)
{
    if (p->status.state == state)
        return;
    f->stats.live -= p->status.state == GW_SOURCE_LIVE;
    f->stats.live += state == GW_SOURCE_LIVE;
    p->status.state = state;
    p->status.since_us = now_us;
}

static void notify(struct gw_fleet *f, const struct pull *p)
{
    if (f->config.on_status)
        f->config.on_status(f->config.arg, &p->status);
}

static uint64_t due_us(const struct pull *p)
{
    if (p->renew)
        return 0;
    if (p->wanted)
        return p->link == DOWN ? p->retry_us : UINT64_MAX;
    if (p->link == DOWN && p->retry_us > p->forget_us)
        return p->retry_us;
    return p->forget_us;
}

// After anything about a stream changed: into the line, or when to look again.
static void settle(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    if (p->wanted && !p->renew && p->link == DOWN && p->retry_us <= now_us)
        set_link(f, p, QUEUED);
    gw_deadlines_set(&f->deadlines, &p->due, due_us(p));
}

static int add_pull(struct gw_fleet *f, uint32_t stream, const char *url, uint64_t now_us)
{
    struct pull *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->due.owner = p;
    p->url = strdup(url);
    if (!p->url || gw_deadlines_reserve(&f->deadlines, f->stats.streams + 1) ||
        gw_table_put(&f->pulls, stream, p)) {
        pull_free(p);
        return -ENOMEM;
    }
    f->stats.streams++;

    p->status.stream = stream;
    p->wanted = true;
    p->retry_us = now_us;
    set_state(f, p, GW_SOURCE_CONNECTING, now_us);
    settle(f, p, now_us);
    notify(f, p);
    return 0;
}

static int change_url(struct pull *p, const char *url)
{
    char *copy = strdup(url);
    if (!copy)
        return -ENOMEM;
    free(p->url);
    p->url = copy;
    p->renew = p->link != QUEUED;
    return 0;
}

int gw_fleet_want(struct gw_fleet *f, uint32_t stream, const char *url, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p)
        return add_pull(f, stream, url, now_us);

    if (strcmp(p->url, url) != 0) {
        int r = change_url(p, url);
        if (r)
            return r;
    }
    p->wanted = true;
    settle(f, p, now_us);
    return 0;
}

void gw_fleet_unwant(struct gw_fleet *f, uint32_t stream, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p || !p->wanted)
        return;

    p->wanted = false;
    p->forget_us = now_us + f->config.linger_us;
    if (p->link == QUEUED)
        set_link(f, p, DOWN);
    settle(f, p, now_us);
}

void gw_fleet_on_connected(struct gw_fleet *f, uint32_t stream, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p || p->link != ATTEMPT)
        return;

    set_link(f, p, UP);
    set_state(f, p, GW_SOURCE_WAITING, now_us);
    p->status.cause = GW_CAUSE_NONE;
    p->status.rtsp_status = 0;
    settle(f, p, now_us);
    notify(f, p);
}

void gw_fleet_on_first_frame(struct gw_fleet *f, uint32_t stream, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p || p->link != UP || p->status.state != GW_SOURCE_WAITING)
        return;

    set_state(f, p, GW_SOURCE_LIVE, now_us);
    p->status.attempt = 0;
    notify(f, p);
}

// Full jitter: anywhere between the minimum and a ceiling that doubles with each
// failure. Cameras that fell silent together do not come back together.
static uint64_t backoff_us(struct gw_fleet *f, unsigned failures)
{
    uint64_t min = f->config.backoff_min_us;
    uint64_t ceiling = min;

    for (unsigned i = 0; i < failures && ceiling < f->config.backoff_max_us; i++)
        ceiling = ceiling > UINT64_MAX / 2 ? UINT64_MAX : ceiling * 2;
    if (ceiling > f->config.backoff_max_us)
        ceiling = f->config.backoff_max_us;
    return min + gw_rng_below(&f->rng, ceiling - min + 1);
}

void gw_fleet_on_failed(struct gw_fleet *f, uint32_t stream, enum gw_cause cause,
                        uint16_t rtsp_status, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p || (p->link != ATTEMPT && p->link != UP))
        return;

    f->stats.failures++;
    if (p->status.state == GW_SOURCE_LIVE &&
        now_us - p->status.since_us >= f->config.settled_us)
        p->failures = 0;
    p->failures++;
    p->retry_us = now_us + backoff_us(f, p->failures);

    set_link(f, p, DOWN);
    set_state(f, p, GW_SOURCE_RETRYING, now_us);
    p->status.cause = cause;
    p->status.rtsp_status = cause == GW_CAUSE_STATUS ? rtsp_status : 0;
    p->status.retry_at_us = p->retry_us;
    settle(f, p, now_us);
    notify(f, p);
}

static void close_link(struct gw_fleet *f, struct pull *p)
{
    bool stands = p->link == ATTEMPT || p->link == UP;

    set_link(f, p, DOWN);
    if (stands)
        f->config.on_close(f->config.arg, p->status.stream);
}

// As if it had just been asked for.
static void start_over(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    set_state(f, p, GW_SOURCE_CONNECTING, now_us);
    p->status = (struct gw_source_status) {
        .stream = p->status.stream,
        .state = p->status.state,
        .since_us = p->status.since_us,
    };
    p->retry_us = now_us;
    settle(f, p, now_us);
    notify(f, p);
}

static void renew(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    p->renew = false;
    p->failures = 0;
    close_link(f, p);
    start_over(f, p, now_us);
}

static void forget(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    close_link(f, p);
    if (p->wanted) { // since on_close
        start_over(f, p, now_us);
        return;
    }

    gw_deadlines_set(&f->deadlines, &p->due, UINT64_MAX);
    gw_table_remove(&f->pulls, p->status.stream);
    f->stats.streams--;
    set_state(f, p, GW_SOURCE_IDLE, now_us);
    p->status = (struct gw_source_status) {
        .stream = p->status.stream,
        .since_us = now_us,
    };
    notify(f, p);
    pull_free(p);
}

static void on_due(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    if (p->renew)
        renew(f, p, now_us);
    else if (p->wanted)
        settle(f, p, now_us);
    else
        forget(f, p, now_us);
}

// When the pace allows the next attempt.
static uint64_t pace_allows_us(const struct gw_fleet *f)
{
    return f->pace_us > GW_FLEET_BURST_US ? f->pace_us - GW_FLEET_BURST_US : 0;
}

static bool has_turn(const struct gw_fleet *f)
{
    return f->first && f->stats.connecting < f->config.max_connecting;
}

static void begin(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    uint64_t distance_us =
        (GW_SECOND + f->config.attempts_per_s - 1) / f->config.attempts_per_s;
    f->pace_us = (f->pace_us > now_us ? f->pace_us : now_us) + distance_us;
    f->stats.attempts++;

    set_link(f, p, ATTEMPT);
    p->status.attempt++;
    p->status.retry_at_us = 0;
    settle(f, p, now_us);
    notify(f, p);
    f->config.on_connect(f->config.arg, p->status.stream, p->url);
}

void gw_fleet_run(struct gw_fleet *f, uint64_t now_us)
{
    for (struct gw_deadline *d;
         (d = gw_deadlines_first(&f->deadlines)) && d->at_us <= now_us;)
        on_due(f, d->owner, now_us);

    while (has_turn(f) && pace_allows_us(f) <= now_us)
        begin(f, f->first, now_us);
}

uint64_t gw_fleet_next_us(const struct gw_fleet *f)
{
    const struct gw_deadline *d = gw_deadlines_first(&f->deadlines);
    uint64_t due = d ? d->at_us : UINT64_MAX;
    uint64_t turn = has_turn(f) ? pace_allows_us(f) : UINT64_MAX;

    return due < turn ? due : turn;
}

int gw_fleet_status(const struct gw_fleet *f, uint32_t stream,
                    struct gw_source_status *ret_status)
{
    const struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p)
        return -ENOENT;
    *ret_status = p->status;
    return 0;
}

void gw_fleet_stats(const struct gw_fleet *f, struct gw_fleet_stats *ret_stats)
{
    *ret_stats = f->stats;
}
