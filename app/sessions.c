#include "app/sessions.h"

#include "base/table.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map/secret.h"

#define HOUR_MS (3600 * 1000ull)
#define DAY_MS (24 * HOUR_MS)

struct session {
    char digest[GW_SECRET_TEXT];
    struct gw_guest *guest;
    enum gw_account_kind kind;
    int64_t account;
    uint64_t changed_ms;  // of the account, when it came in
    struct session *next; // of those whose digests begin alike
};

struct gw_sessions {
    pthread_mutex_t lock; // for all below
    struct gw_table by_digest;
    size_t count;
};

struct gw_sessions *gw_sessions_create(void)
{
    struct gw_sessions *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    gw_table_init(&s->by_digest);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

// Ends it, and whoever has a socket by it.
static void free_session(struct session *session)
{
    gw_guest_end(session->guest);
    gw_guest_unref(&session->guest);
    free(session);
}

void gw_sessions_destroy(struct gw_sessions *s)
{
    if (!s)
        return;
    struct session *session;
    for (size_t i = 0; (session = gw_table_next(&s->by_digest, &i));)
        for (struct session *next; session; session = next) {
            next = session->next;
            free_session(session);
        }
    gw_table_finish(&s->by_digest);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static uint32_t key_of(const char *digest)
{
    char start[9];
    snprintf(start, sizeof(start), "%.8s", digest);
    return (uint32_t)strtoul(start, NULL, 16);
}

static struct session *find(struct gw_sessions *s, const char *digest)
{
    struct session *session = gw_table_get(&s->by_digest, key_of(digest));
    while (session && !gw_secret_equal(session->digest, digest))
        session = session->next;
    return session;
}

// Never fails: the entry that is replaced is there already.
static void take_out(struct gw_sessions *s, struct session *session)
{
    uint32_t key = key_of(session->digest);
    struct session *first = gw_table_get(&s->by_digest, key);
    struct session **at = &first;
    while (*at != session)
        at = &(*at)->next;
    *at = session->next;
    if (first)
        (void)gw_table_put(&s->by_digest, key, first);
    else
        gw_table_remove(&s->by_digest, key);
    s->count--;
    free_session(session);
}

// One whom `is_old` names, or NULL. The table may be changed after that.
static struct session *first_old(struct gw_sessions *s,
                                 bool (*is_old)(const void *arg, const struct session *),
                                 const void *arg)
{
    struct session *session;
    for (size_t i = 0; (session = gw_table_next(&s->by_digest, &i));)
        for (; session; session = session->next)
            if (is_old(arg, session))
                return session;
    return NULL;
}

static void make_room(struct gw_sessions *s, const struct gw_account *account)
{
    struct session *session, *oldest = NULL;
    size_t n = 0;
    for (size_t i = 0; (session = gw_table_next(&s->by_digest, &i));)
        for (; session; session = session->next) {
            if (session->kind != account->kind || session->account != account->num)
                continue;
            n++;
            if (!oldest ||
                gw_guest_heard_ms(session->guest) < gw_guest_heard_ms(oldest->guest))
                oldest = session;
        }
    if (n >= GW_SESSIONS_OF_USER)
        take_out(s, oldest);
}

// The first digits of the word's digest tell it from others, and nobody the word.
static struct gw_guest *guest_of(const struct gw_account_rights *rights,
                                 const char *digest, uint64_t now_ms, uint64_t until_ms)
{
    const struct gw_account *a = &rights->account;
    bool screen = a->role == GW_ROLE_WALL_SCREEN;
    char name[GW_GUEST_NAME_MAX + 1];
    struct gw_guest_plan plan = { .name = name,
                                  .tag = digest,
                                  .role = a->role,
                                  .scope = &rights->scope,
                                  .account = (uint32_t)a->num,
                                  .generation = a->changed_ms };

    snprintf(name, sizeof(name), "%s: %s", a->kind == GW_ACCOUNT_USER ? "user" : "token",
             a->name);
    if (a->kind == GW_ACCOUNT_TOKEN) {
        plan.until_ms = a->expires_ms;
    } else {
        plan.idle_ms = screen ? 30 * DAY_MS : 12 * HOUR_MS;
        plan.until_ms = until_ms ? until_ms : now_ms + (screen ? 365 : 7) * DAY_MS;
        plan.session = digest;
    }
    return gw_guest_create(&plan, now_ms);
}

static int enter(struct gw_sessions *s, struct session *session)
{
    uint32_t key = key_of(session->digest);
    if (s->count == GW_SESSIONS_MAX)
        return -ENOBUFS;
    session->next = gw_table_get(&s->by_digest, key);
    int r = gw_table_put(&s->by_digest, key, session);
    if (r == 0)
        s->count++;
    return r;
}

int gw_sessions_enter(struct gw_sessions *s, const char *digest,
                      const struct gw_account_rights *account, uint64_t now_ms,
                      uint64_t until_ms, struct gw_guest **ret_guest)
{
    struct session *session = calloc(1, sizeof(*session));
    if (!session)
        return -ENOMEM;
    snprintf(session->digest, sizeof(session->digest), "%s", digest);
    session->kind = account->account.kind;
    session->account = account->account.num;
    session->changed_ms = account->account.changed_ms;
    session->guest = guest_of(account, digest, now_ms, until_ms);
    if (!session->guest) {
        free(session);
        return -ENOMEM;
    }
    pthread_mutex_lock(&s->lock);
    struct session *there = find(s, digest);
    if (!there)
        make_room(s, &account->account);
    int r = there ? -EEXIST : enter(s, session);
    if (r == 0 || there)
        *ret_guest = gw_guest_ref((there ? there : session)->guest);
    pthread_mutex_unlock(&s->lock);
    if (r < 0)
        free_session(session);
    return there ? 0 : r;
}

struct gw_guest *gw_sessions_find(struct gw_sessions *s, const char *digest,
                                  uint64_t now_ms)
{
    pthread_mutex_lock(&s->lock);
    struct session *session = find(s, digest);
    struct gw_guest *guest = NULL;
    if (session && gw_guest_stands(session->guest, now_ms))
        guest = gw_guest_ref(session->guest);
    pthread_mutex_unlock(&s->lock);
    return guest;
}

void gw_sessions_leave(struct gw_sessions *s, const char *digest)
{
    pthread_mutex_lock(&s->lock);
    struct session *session = find(s, digest);
    if (session)
        take_out(s, session);
    pthread_mutex_unlock(&s->lock);
}

struct check {
    const struct gw_accounts *accounts;
    uint64_t now_ms;
};

static bool is_old(const void *arg, const struct session *session)
{
    const struct check *check = arg;
    const struct gw_account_rights *a =
        gw_accounts_by_num(check->accounts, session->account);
    return !a || a->account.disabled || a->account.changed_ms != session->changed_ms ||
           gw_guest_has_ended(session->guest, check->now_ms);
}

void gw_sessions_recheck(struct gw_sessions *s, const struct gw_accounts *accounts,
                         uint64_t now_ms)
{
    const struct check check = { accounts, now_ms };
    struct session *session;
    pthread_mutex_lock(&s->lock);
    while ((session = first_old(s, is_old, &check)))
        take_out(s, session);
    pthread_mutex_unlock(&s->lock);
}
