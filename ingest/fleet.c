// What is known of a stream is `wanted`, `probe`, its link, and its status. The links:
//
//             its turn came          connected
//   QUEUED ----------------> ATTEMPT ----------> UP
//     ^                         |                 |
//     | due, wanted or probe    | failed, probed  | failed
//     +---------- DOWN <--------+-----------------+
//
//   unwanted: QUEUED goes DOWN at once; DOWN, ATTEMPT and UP are forgotten when
//   their linger ends. Another URL: ATTEMPT and UP are closed, then DOWN and due.
//
// A stream that is only probed stays IDLE, which is said once it is forgotten; wanted
// meanwhile, it becomes as any other, and the probe under way is let finish.
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
#include "base/stream_url.h"
#include "base/table.h"
#include "ingest/backoff.h"
#include "ingest/deadlines.h"

enum link { DOWN, QUEUED, ATTEMPT, UP };

struct pull {
    struct gw_source_status status;
    enum link link;
    bool wanted;
    bool probe;   // it is to be probed, or is being
    bool probing; // ATTEMPT: it is a probe's
    bool renew;   // the URL changed: what stands under the old one is to be closed
    enum gw_priority priority;
    char *url;
    struct gw_ticket *ticket; // QUEUED, ATTEMPT, UP: holds what its name says
    struct gw_ticket *heir;   // renew: the one for the new URL

    struct gw_backoff backoff;
    uint64_t forget_us; // unwanted: the linger's end
    struct gw_deadline due;
};

struct gw_fleet {
    struct gw_fleet_config config;
    struct gw_backoff_limits limits; // the config's
    struct gw_rng rng;
    struct gw_table pulls; // by stream number
    struct gw_deadlines deadlines;
    struct gw_admission_client *client;
    struct gw_fleet_stats stats;
};

struct gw_fleet_config gw_fleet_config_default(void)
{
    return (struct gw_fleet_config) {
        .linger_us = 10 * GW_SECOND,
        .backoff_min_us = 1 * GW_SECOND,
        .backoff_max_us = 60 * GW_SECOND,
        .backoff_wall_max_us = 2 * GW_SECOND,
        .settled_us = 30 * GW_SECOND,
    };
}

int gw_fleet_create(const struct gw_fleet_config *config, struct gw_fleet **ret_fleet)
{
    assert(config->backoff_min_us > 0);
    assert(config->backoff_max_us >= config->backoff_min_us);

    struct gw_fleet *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    if (gw_admission_enter(config->admission, config->on_wake, config->arg, &f->client)) {
        free(f);
        return -ENOMEM;
    }
    f->config = *config;
    f->limits = (struct gw_backoff_limits) {
        .min_us = config->backoff_min_us,
        .max_us = config->backoff_max_us,
        .wall_max_us = config->backoff_wall_max_us,
    };
    gw_rng_init(&f->rng, config->seed);

    gw_table_init(&f->pulls);
    *ret_fleet = f;
    return 0;
}

static void pull_free(struct pull *p, uint64_t now_us)
{
    if (!p)
        return;
    gw_ticket_destroy(p->ticket, now_us);
    gw_ticket_destroy(p->heir, now_us);
    free(p->url);
    free(p);
}

void gw_fleet_destroy(struct gw_fleet *f, uint64_t now_us)
{
    if (!f)
        return;
    size_t pos = 0;
    for (struct pull *p; (p = gw_table_next(&f->pulls, &pos));)
        pull_free(p, now_us);
    gw_table_finish(&f->pulls);
    gw_deadlines_finish(&f->deadlines);
    gw_admission_leave(f->client);
    free(f);
}

// The only place where a link changes: the counters go with it.
static void set_link(struct gw_fleet *f, struct pull *p, enum link link)
{
    f->stats.queued -= p->link == QUEUED;
    f->stats.connecting -= p->link == ATTEMPT;
    f->stats.connected -= p->link == UP;

    p->link = link;
    f->stats.queued += link == QUEUED;
    f->stats.connecting += link == ATTEMPT;
    f->stats.connected += link == UP;
}

static void take_down(struct gw_fleet *f, struct pull *p, enum gw_release how,
                      uint64_t now_us)
{
    if (p->link == DOWN)
        return;
    set_link(f, p, DOWN);
    gw_ticket_release(p->ticket, how, now_us);
}

static void line_up(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    set_link(f, p, QUEUED);
    gw_ticket_ask(p->ticket, p->wanted ? p->priority : GW_PRIORITY_PROBE, now_us);
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

// What a failure tells of the host.
static enum gw_release release_of(enum gw_cause cause)
{
    if (cause == GW_CAUSE_BUSY)
        return GW_RELEASE_FULL;
    if (cause == GW_CAUSE_BAD_URL || cause == GW_CAUSE_FILES ||
        cause == GW_CAUSE_WORKER || cause == GW_CAUSE_OUR_LIMIT)
        return GW_RELEASE_CLOSED;
    return gw_cause_is_lasting(cause) ? GW_RELEASE_ANSWERED : GW_RELEASE_LOST;
}

static uint64_t due_us(const struct pull *p)
{
    if (p->renew)
        return 0;
    if (p->wanted || p->probe)
        return p->link == DOWN ? p->backoff.retry_us : UINT64_MAX;
    if (p->link == DOWN && p->backoff.retry_us > p->forget_us)
        return p->backoff.retry_us;
    return p->forget_us;
}

// After anything about a stream changed: into the line, or when to look again.
static void settle(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    if ((p->wanted || p->probe) && !p->renew && p->link == DOWN &&
        p->backoff.retry_us <= now_us)
        line_up(f, p, now_us);
    gw_deadlines_set(&f->deadlines, &p->due, due_us(p));
}

// For the host that a URL names. All URLs that cannot be read are one host: their
// attempts fail at once.
static int create_ticket(struct gw_fleet *f, struct pull *p, const char *text,
                         struct gw_ticket **ret_ticket)
{
    struct gw_stream_url *url = NULL;

    int r = gw_stream_url_parse(text, &url);
    if (r == -ENOMEM)
        return r;
    r = gw_ticket_create(f->client, url ? url->host : "", p, ret_ticket);
    gw_stream_url_destroy(url);
    return r;
}

static int create_pull(struct gw_fleet *f, uint32_t stream, const char *url,
                       uint64_t now_us, struct pull **ret_pull)
{
    struct pull *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->due.owner = p;
    p->url = strdup(url);
    if (!p->url || create_ticket(f, p, url, &p->ticket) ||
        gw_deadlines_reserve(&f->deadlines, f->stats.streams + 1) ||
        gw_table_put(&f->pulls, stream, p)) {
        pull_free(p, now_us);
        return -ENOMEM;
    }
    f->stats.streams++;

    p->status.stream = stream;
    p->backoff.retry_us = now_us;
    *ret_pull = p;
    return 0;
}

int gw_fleet_probe(struct gw_fleet *f, uint32_t stream, const char *url, uint64_t now_us)
{
    struct pull *p;

    if (gw_table_get(&f->pulls, stream))
        return -EALREADY;
    int r = create_pull(f, stream, url, now_us, &p);
    if (r)
        return r;
    p->probe = true;
    settle(f, p, now_us);
    return 0;
}

static int change_url(struct gw_fleet *f, struct pull *p, const char *url,
                      uint64_t now_us)
{
    struct gw_ticket *ticket;
    char *copy = strdup(url);

    if (!copy || create_ticket(f, p, url, &ticket)) {
        free(copy);
        return -ENOMEM;
    }
    free(p->url);
    p->url = copy;
    gw_ticket_destroy(p->heir, now_us);
    p->heir = ticket;
    p->renew = true;
    return 0;
}

// Somebody looks now, and waits.
static void hurry(struct gw_fleet *f, struct pull *p)
{
    if (p->priority != GW_PRIORITY_WALL || p->link != DOWN ||
        gw_cause_is_lasting(p->status.cause) ||
        !gw_backoff_hurry(&p->backoff, &f->limits))
        return;
    p->status.retry_at_us = p->backoff.retry_us;
    if (p->status.state == GW_SOURCE_RETRYING)
        notify(f, p);
}

int gw_fleet_want(struct gw_fleet *f, uint32_t stream, const char *url,
                  enum gw_priority priority, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    int r = 0;

    assert(priority < GW_PRIORITY_PROBE);
    if (!p)
        r = create_pull(f, stream, url, now_us, &p);
    else if (strcmp(p->url, url) != 0)
        r = change_url(f, p, url, now_us);
    if (r)
        return r;

    bool urgency_changed = !p->wanted || p->priority != priority;
    p->wanted = true;
    p->probe = false;
    p->priority = priority;
    if (urgency_changed) {
        hurry(f, p);
        if (p->link == QUEUED)
            gw_ticket_ask(p->ticket, priority, now_us);
    }
    settle(f, p, now_us);
    if (p->status.state == GW_SOURCE_IDLE) {
        bool failed = p->link == DOWN && p->backoff.failures; // when it was probed
        set_state(f, p, failed ? GW_SOURCE_RETRYING : GW_SOURCE_CONNECTING, now_us);
        notify(f, p);
    }
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
        take_down(f, p, GW_RELEASE_CLOSED, now_us);
    settle(f, p, now_us);
}

void gw_fleet_drop(struct gw_fleet *f, uint32_t stream, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p)
        return;

    p->wanted = false;
    p->probe = false;
    p->renew = false;
    p->backoff.retry_us = now_us;
    p->forget_us = now_us;
    settle(f, p, now_us);
}

void gw_fleet_on_connected(struct gw_fleet *f, uint32_t stream, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p || p->link != ATTEMPT || p->probing)
        return;

    set_link(f, p, UP);
    gw_ticket_connected(p->ticket, now_us);
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

static void start_wait(struct gw_fleet *f, struct pull *p, enum gw_cause cause,
                       uint64_t now_us)
{
    bool wall =
        p->wanted && p->priority == GW_PRIORITY_WALL && !gw_cause_is_lasting(cause);
    gw_backoff_fail(&p->backoff, &f->limits, wall, &f->rng, now_us);
}

// A probe ended; the stream is forgotten, after a failure not before its back-off.
static void end_probe(struct gw_fleet *f, struct pull *p, enum gw_cause cause,
                      uint64_t now_us)
{
    p->probe = false;
    p->probing = false;
    f->stats.probe_failures += cause != GW_CAUSE_NONE;
    if (p->wanted || p->status.state != GW_SOURCE_IDLE)
        return;
    p->forget_us = now_us;
    if (f->config.on_probed)
        f->config.on_probed(f->config.arg, p->status.stream, cause);
}

void gw_fleet_on_probed(struct gw_fleet *f, uint32_t stream, uint64_t now_us)
{
    struct pull *p = gw_table_get(&f->pulls, stream);
    if (!p || p->link != ATTEMPT || !p->probing)
        return;

    take_down(f, p, GW_RELEASE_ANSWERED, now_us);
    p->backoff.retry_us = now_us;
    end_probe(f, p, GW_CAUSE_NONE, now_us);
    settle(f, p, now_us);
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
        p->backoff.failures = 0;
    start_wait(f, p, cause, now_us);
    take_down(f, p, release_of(cause), now_us);
    if (p->probing)
        end_probe(f, p, cause, now_us);
    p->status.cause = cause;
    p->status.rtsp_status = cause == GW_CAUSE_STATUS ? rtsp_status : 0;
    p->status.retry_at_us = p->backoff.retry_us;
    bool reported = p->status.state != GW_SOURCE_IDLE;
    if (reported)
        set_state(f, p, GW_SOURCE_RETRYING, now_us);
    settle(f, p, now_us);
    if (reported)
        notify(f, p);
}

static void close_link(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    bool stands = p->link == ATTEMPT || p->link == UP;

    take_down(f, p, GW_RELEASE_CLOSED, now_us);
    p->probing = false;
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
    p->backoff.retry_us = now_us;
    settle(f, p, now_us);
    notify(f, p);
}

static void renew(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    p->renew = false;
    p->backoff.failures = 0;
    p->backoff.recalled = false;
    close_link(f, p, now_us);
    gw_ticket_destroy(p->ticket, now_us);
    p->ticket = p->heir;
    p->heir = NULL;
    start_over(f, p, now_us);
}

static void forget(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    close_link(f, p, now_us);
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
    pull_free(p, now_us);
}

static void on_due(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    if (p->renew)
        renew(f, p, now_us);
    else if (p->wanted || p->probe)
        settle(f, p, now_us);
    else
        forget(f, p, now_us);
}

// Its host, or all around it, answers again.
static void cut_wait_short(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    if (p->link != DOWN || !p->wanted || gw_cause_is_lasting(p->status.cause) ||
        !gw_backoff_recall(&p->backoff, &f->limits, now_us))
        return;
    f->stats.recalls++;
    p->status.retry_at_us = p->backoff.retry_us;
    settle(f, p, now_us);
    notify(f, p);
}

static void begin(struct gw_fleet *f, struct pull *p, uint64_t now_us)
{
    f->stats.attempts++;
    set_link(f, p, ATTEMPT);
    p->probing = p->probe;
    f->stats.probes += p->probing;
    p->status.attempt++;
    p->status.retry_at_us = 0;
    settle(f, p, now_us);
    if (p->status.state != GW_SOURCE_IDLE)
        notify(f, p);
    f->config.on_connect(f->config.arg, p->status.stream, p->url, p->probing);
}

void gw_fleet_run(struct gw_fleet *f, uint64_t now_us)
{
    struct pull *p;

    for (struct gw_deadline *d;
         (d = gw_deadlines_first(&f->deadlines)) && d->at_us <= now_us;)
        on_due(f, d->owner, now_us);
    while ((p = gw_admission_take_recalled(f->client)))
        cut_wait_short(f, p, now_us);
    while ((p = gw_admission_take(f->client, now_us)))
        begin(f, p, now_us);
}

uint64_t gw_fleet_next_us(const struct gw_fleet *f)
{
    const struct gw_deadline *d = gw_deadlines_first(&f->deadlines);
    uint64_t due = d ? d->at_us : UINT64_MAX;
    uint64_t turn = gw_admission_next_us(f->client);

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
