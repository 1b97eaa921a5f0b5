// Where a ticket stands, one arrow per `t->state =` below:
//
//           ask                  turn           take              connected
//   IDLE ---------> WAITING ----------> GRANTED ------> ATTEMPT -----------> UP
//     ^               |                    |               |                 |
//     +---------------+----- release ------+---------------+-----------------+
//
// WAITING tickets stand in the lines of their host, one a priority, ordered by when they
// asked. A host that has room for a priority stands in its subnet's line of it, at the
// place of its own first, and a subnet likewise in the line of all: so whoever comes
// first there has room everywhere, and nobody waits behind one that has none.

#include "ingest/admission.h"

#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

enum ticket_state { IDLE, WAITING, GRANTED, ATTEMPT, UP };

struct gw_ticket {
    struct gw_admission_client *client;
    void *owner;
    struct gw_group *host;
    enum ticket_state state;
    enum gw_priority priority;
    struct gw_deadline place; // WAITING: in a line of the host, "at" `number`
    uint64_t number;
    uint64_t granted_us;
    struct gw_list member;   // of host->inside
    struct gw_list line;     // GRANTED: at the client
    struct gw_list recalled; // at the client
};

struct gw_admission_client {
    struct gw_admission *admission;
    struct gw_list link; // in admission->clients
    void (*on_wake)(void *arg);
    void *arg;
    struct gw_list granted;
    struct gw_list recalled;
    uint32_t waiting;
};

struct gw_admission {
    pthread_mutex_t lock;
    struct gw_admission_config config;
    struct gw_groups groups;
    struct gw_list clients;
    struct gw_deadlines trials; // of full hosts
    size_t tickets;
    uint64_t asked; // numbers the tickets

    // Pace, by the generic cell rate algorithm (ITU-T I.371): when the next turn
    // would be due if all had kept their distance.
    uint64_t pace_us;
    uint64_t distance_us;
    struct gw_admission_stats stats;

    const struct gw_admission_client *caller; // NULL: none of them

    // Who was told last to come, and for when.
    const struct gw_admission_client *told;
    uint64_t told_us;
};

// Failures in a row, without a success, after which a success means that the whole
// group is back: one is enough for a host, not for a district.
static const uint32_t down_failures[GW_GROUP_LEVELS] = {
    [GW_GROUP_HOST] = 1,
    [GW_GROUP_SUBNET] = 3,
    [GW_GROUP_ALL] = 10,
};

struct gw_admission_config gw_admission_config_default(void)
{
    return (struct gw_admission_config) {
        .attempts_per_s = 200,
        .attempts_max = { [GW_GROUP_HOST] = 16,
                          [GW_GROUP_SUBNET] = 64,
                          [GW_GROUP_ALL] = 256 },
        .full_us = 2 * GW_SECOND,
    };
}

int gw_admission_create(const struct gw_admission_config *config,
                        struct gw_admission **ret_admission)
{
    assert(config->attempts_per_s > 0);
    struct gw_admission *a = calloc(1, sizeof(*a));
    if (!a || gw_groups_init(&a->groups)) {
        free(a);
        return -ENOMEM;
    }
    (void)pthread_mutex_init(&a->lock, NULL);
    a->config = *config;
    // A second, with the burst and what is late before it, holds attempts_per_s
    // distances: so no more attempts than that fall into any second.
    a->distance_us = (GW_SECOND + GW_ADMISSION_BURST_US + GW_ADMISSION_LATE_US) /
                         config->attempts_per_s +
                     1;
    gw_list_init(&a->clients, NULL);
    *ret_admission = a;
    return 0;
}

void gw_admission_destroy(struct gw_admission *a)
{
    if (!a)
        return;
    assert(gw_list_is_alone(&a->clients));
    gw_groups_finish(&a->groups);
    gw_deadlines_finish(&a->trials);
    (void)pthread_mutex_destroy(&a->lock);
    free(a);
}

static void lock(struct gw_admission *a, const struct gw_admission_client *caller)
{
    (void)pthread_mutex_lock(&a->lock);
    a->caller = caller;
}

static void unlock(struct gw_admission *a)
{
    (void)pthread_mutex_unlock(&a->lock);
}

void gw_admission_stats(struct gw_admission *a, struct gw_admission_stats *ret_stats)
{
    lock(a, NULL);
    *ret_stats = a->stats;
    ret_stats->attempts = a->groups.all->attempts;
    ret_stats->connections = a->groups.all->connections;
    unlock(a);
}

int gw_admission_enter(struct gw_admission *a, void (*on_wake)(void *arg), void *arg,
                       struct gw_admission_client **ret_client)
{
    struct gw_admission_client *client = calloc(1, sizeof(*client));
    if (!client)
        return -ENOMEM;
    client->admission = a;
    client->on_wake = on_wake;
    client->arg = arg;
    gw_list_init(&client->granted, NULL);
    gw_list_init(&client->recalled, NULL);
    gw_list_init(&client->link, client);
    lock(a, NULL);
    gw_list_append(&a->clients, &client->link);
    unlock(a);
    *ret_client = client;
    return 0;
}

void gw_admission_leave(struct gw_admission_client *client)
{
    if (!client)
        return;
    struct gw_admission *a = client->admission;
    assert(gw_list_is_alone(&client->granted) && client->waiting == 0);
    lock(a, NULL);
    gw_list_remove(&client->link);
    if (a->told == client)
        a->told = NULL;
    unlock(a);
    free(client);
}

static void wake(const struct gw_admission_client *client)
{
    if (client->on_wake && client != client->admission->caller)
        client->on_wake(client->arg);
}

static void count_waiting(struct gw_ticket *t, bool waits)
{
    t->client->waiting += waits ? 1 : -1;
    t->client->admission->stats.waiting += waits ? 1 : -1;
}

// What a priority may use of a limit.
static uint32_t share(uint32_t limit, enum gw_priority priority)
{
    uint32_t part = limit;
    if (priority == GW_PRIORITY_PROBE)
        part = limit / 4;
    else if (priority != GW_PRIORITY_WALL)
        part = limit - limit / 4;
    return part ? part : 1;
}

static bool has_room(const struct gw_admission *a, const struct gw_group *g,
                     enum gw_priority priority)
{
    uint32_t connections_max = a->config.connections_max[g->level];

    return g->attempts < share(a->config.attempts_max[g->level], priority) &&
           (!g->full || g->attempts < g->trial) &&
           (!connections_max || g->attempts + g->connections < connections_max);
}

// After the counts or lines of a host changed: where it and its subnet stand now.
static void refresh(const struct gw_admission *a, struct gw_group *host)
{
    for (struct gw_group *g = host; g->parent; g = g->parent) {
        for (int i = 0; i < GW_PRIORITIES; i++) {
            const struct gw_deadline *d = gw_deadlines_first(&g->line[i]);
            bool waits = d && has_room(a, g, (enum gw_priority)i);
            gw_deadlines_set(&g->parent->line[i], &g->place[i],
                             waits ? d->at_us : UINT64_MAX);
        }
    }
}

static void stand_in_line(const struct gw_admission *a, struct gw_ticket *t)
{
    t->state = WAITING;
    gw_deadlines_set(&t->host->line[t->priority], &t->place, t->number);
    refresh(a, t->host);
}

static void leave_line(struct gw_ticket *t)
{
    gw_deadlines_set(&t->host->line[t->priority], &t->place, UINT64_MAX);
}

// The first of a priority whose host and subnet have room.
static struct gw_ticket *first_with_room(const struct gw_admission *a,
                                         enum gw_priority priority)
{
    const struct gw_group *g = a->groups.all;
    const struct gw_deadline *d;

    while ((d = gw_deadlines_first(&g->line[priority])) && g->level != GW_GROUP_HOST)
        g = d->owner;
    return d ? d->owner : NULL;
}

// Whose turn is next, or NULL.
static struct gw_ticket *next_in_line(const struct gw_admission *a)
{
    bool fair = a->stats.turns % GW_ADMISSION_FAIR_EVERY == GW_ADMISSION_FAIR_EVERY - 1;
    struct gw_ticket *best = NULL;

    for (int i = 0; i < GW_PRIORITIES && (fair || !best); i++) {
        if (!has_room(a, a->groups.all, (enum gw_priority)i))
            continue;
        struct gw_ticket *t = first_with_room(a, (enum gw_priority)i);
        if (t && (!best || t->number < best->number))
            best = t;
    }
    return best;
}

static uint64_t pace_allows_us(const struct gw_admission *a)
{
    return a->pace_us > GW_ADMISSION_BURST_US ? a->pace_us - GW_ADMISSION_BURST_US : 0;
}

static void grant(struct gw_admission *a, struct gw_ticket *t, uint64_t now_us)
{
    a->pace_us = (a->pace_us > now_us ? a->pace_us : now_us) + a->distance_us;
    a->stats.turns++;
    leave_line(t);
    count_waiting(t, false);
    t->state = GRANTED;
    t->granted_us = now_us;
    for (struct gw_group *g = t->host; g; g = g->parent)
        g->attempts++;
    refresh(a, t->host);
    gw_list_append(&t->client->granted, &t->line);
    wake(t->client);
}

static void start_trials(struct gw_admission *a, uint64_t now_us)
{
    for (struct gw_deadline *d;
         (d = gw_deadlines_first(&a->trials)) && d->at_us <= now_us;) {
        struct gw_group *host = d->owner;
        gw_deadlines_set(&a->trials, d, UINT64_MAX);
        host->trial = 1;
        refresh(a, host);
    }
}

// After anything changed: gives the turns that can be given, and sees to it that
// whoever has the next one comes for it.
static void settle(struct gw_admission *a, uint64_t now_us)
{
    struct gw_ticket *t;

    start_trials(a, now_us);
    while ((t = next_in_line(a)) && pace_allows_us(a) <= now_us)
        grant(a, t, now_us);
    if (!t) {
        a->told = NULL;
    } else if (a->told != t->client || a->told_us != pace_allows_us(a)) {
        a->told = t->client;
        a->told_us = pace_allows_us(a);
        wake(t->client);
    }
}

static int enter(struct gw_admission *a, struct gw_ticket *t, const char *host)
{
    if (gw_deadlines_reserve(&a->trials, a->tickets + 1))
        return -ENOMEM;
    struct gw_group *group = gw_groups_host(&a->groups, host);
    if (!group)
        return -ENOMEM;
    if (gw_group_reserve(group)) {
        gw_groups_release(&a->groups, group);
        return -ENOMEM;
    }
    t->host = group;
    gw_group_enter(group, &t->member);
    a->tickets++;
    return 0;
}

int gw_ticket_create(struct gw_admission_client *client, const char *host, void *owner,
                     struct gw_ticket **ret_ticket)
{
    struct gw_admission *a = client->admission;
    struct gw_ticket *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->client = client;
    t->owner = owner;
    t->place.owner = t;
    gw_list_init(&t->member, t);
    gw_list_init(&t->line, t);
    gw_list_init(&t->recalled, t);

    lock(a, client);
    int r = enter(a, t, host);
    unlock(a);
    if (r)
        free(t);
    else
        *ret_ticket = t;
    return r;
}

// Those who wait for their back-off in a group that answers again. Recursion ends
// at the hosts, two levels down.
static void recall(struct gw_group *g)
{
    for (struct gw_list *l = g->inside.next; l != &g->inside; l = l->next) {
        if (g->level != GW_GROUP_HOST) {
            recall(l->owner);
            continue;
        }
        struct gw_ticket *t = l->owner;
        if (t->state != IDLE || !gw_list_is_alone(&t->recalled))
            continue;
        gw_list_append(&t->client->recalled, &t->recalled);
        wake(t->client);
    }
}

// The host of `t` answered.
static void note_answer(struct gw_admission *a, struct gw_ticket *t)
{
    struct gw_group *returned = NULL;

    for (struct gw_group *g = t->host; g; g = g->parent) {
        if (g->connections == 0 && g->failures >= down_failures[g->level])
            returned = g;
        g->failures = 0;
    }
    if (!returned)
        return;
    a->stats.returns++;
    recall(returned);
}

static void give_back(struct gw_admission *a, struct gw_ticket *t)
{
    bool attempt = t->state == GRANTED || t->state == ATTEMPT;
    bool stands = t->state == UP;

    if (t->state == WAITING)
        count_waiting(t, false);
    leave_line(t);
    gw_list_remove(&t->line);
    for (struct gw_group *g = t->host; g; g = g->parent) {
        g->attempts -= attempt;
        g->connections -= stands;
    }
    t->state = IDLE;
    refresh(a, t->host);
}

static void note_full(struct gw_admission *a, struct gw_group *host, uint64_t now_us)
{
    a->stats.full++;
    host->full = true;
    host->trial = 0;
    gw_deadlines_set(&a->trials, &host->trial_at, now_us + a->config.full_us);
    refresh(a, host);
    // Whoever waits for this host needs the new time.
    for (struct gw_list *l = a->clients.next; l != &a->clients; l = l->next)
        wake(l->owner);
}

// A full host that took one more is asked by twice as many next time.
static void note_room(struct gw_admission *a, struct gw_group *host)
{
    if (!host->full)
        return;
    host->trial = host->trial ? host->trial * 2 : 1;
    gw_deadlines_set(&a->trials, &host->trial_at, UINT64_MAX);
    if (host->trial >= a->config.attempts_max[GW_GROUP_HOST])
        host->full = false;
    refresh(a, host);
}

void gw_ticket_ask(struct gw_ticket *t, enum gw_priority priority, uint64_t now_us)
{
    struct gw_admission *a = t->client->admission;

    lock(a, t->client);
    if (t->state != IDLE && t->state != WAITING) { // granted meanwhile
        unlock(a);
        return;
    }
    leave_line(t);
    gw_list_remove(&t->recalled);
    if (t->state == IDLE) {
        t->number = a->asked++;
        count_waiting(t, true);
    }
    t->priority = priority;
    stand_in_line(a, t);
    settle(a, now_us);
    unlock(a);
}

void gw_ticket_connected(struct gw_ticket *t, uint64_t now_us)
{
    struct gw_admission *a = t->client->admission;

    lock(a, t->client);
    assert(t->state == ATTEMPT);
    note_answer(a, t);
    note_room(a, t->host);
    t->state = UP;
    for (struct gw_group *g = t->host; g; g = g->parent) {
        g->attempts--;
        g->connections++;
    }
    refresh(a, t->host);
    settle(a, now_us);
    unlock(a);
}

static void release(struct gw_admission *a, struct gw_ticket *t, enum gw_release how,
                    uint64_t now_us)
{
    bool stood = t->state == UP;

    give_back(a, t);
    switch (how) {
    case GW_RELEASE_CLOSED:
        if (stood && t->host->trial == 0)
            note_room(a, t->host); // a session less there
        break;
    case GW_RELEASE_ANSWERED:
        note_answer(a, t);
        note_room(a, t->host);
        break;
    case GW_RELEASE_LOST:
        for (struct gw_group *g = t->host; g; g = g->parent)
            g->failures++;
        break;
    case GW_RELEASE_FULL:
        t->host->failures++; // of the host alone: the network brought us its answer
        note_full(a, t->host, now_us);
        break;
    }
}

void gw_ticket_release(struct gw_ticket *t, enum gw_release how, uint64_t now_us)
{
    struct gw_admission *a = t->client->admission;

    lock(a, t->client);
    release(a, t, how, now_us);
    settle(a, now_us);
    unlock(a);
}

void gw_ticket_destroy(struct gw_ticket *t, uint64_t now_us)
{
    if (!t)
        return;
    struct gw_admission *a = t->client->admission;
    struct gw_group *host = t->host;

    lock(a, t->client);
    release(a, t, GW_RELEASE_CLOSED, now_us);
    gw_group_leave(host, &t->member);
    gw_list_remove(&t->recalled);
    a->tickets--;
    if (gw_list_is_alone(&host->inside))
        gw_deadlines_set(&a->trials, &host->trial_at, UINT64_MAX);
    gw_groups_release(&a->groups, host);
    settle(a, now_us);
    unlock(a);
    free(t);
}

// Turns that a busy thread did not take in time are over: it stands in line again, at
// its old place.
static void take_back_late(struct gw_admission *a, struct gw_admission_client *client,
                           uint64_t now_us)
{
    for (struct gw_ticket *t; (t = gw_list_first(&client->granted)) &&
                              now_us > t->granted_us + GW_ADMISSION_LATE_US;) {
        give_back(a, t);
        count_waiting(t, true);
        stand_in_line(a, t);
    }
}

void *gw_admission_take(struct gw_admission_client *client, uint64_t now_us)
{
    struct gw_admission *a = client->admission;
    void *owner = NULL;

    lock(a, client);
    take_back_late(a, client, now_us);
    settle(a, now_us);
    struct gw_ticket *t = gw_list_first(&client->granted);
    if (t) {
        gw_list_remove(&t->line);
        t->state = ATTEMPT;
        owner = t->owner;
    }
    unlock(a);
    return owner;
}

void *gw_admission_take_recalled(struct gw_admission_client *client)
{
    struct gw_admission *a = client->admission;

    lock(a, client);
    struct gw_ticket *t = gw_list_first(&client->recalled);
    if (t)
        gw_list_remove(&t->recalled);
    unlock(a);
    return t ? t->owner : NULL;
}

uint64_t gw_admission_next_us(struct gw_admission_client *client)
{
    struct gw_admission *a = client->admission;
    uint64_t next_us = UINT64_MAX;

    lock(a, client);
    const struct gw_ticket *t = next_in_line(a);
    const struct gw_deadline *trial = gw_deadlines_first(&a->trials);
    if (!gw_list_is_alone(&client->granted) || !gw_list_is_alone(&client->recalled))
        next_us = 0;
    else if (t && t->client == client)
        next_us = pace_allows_us(a);
    if (client->waiting && trial && trial->at_us < next_us)
        next_us = trial->at_us;
    unlock(a);
    return next_us;
}
