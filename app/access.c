#include "app/access.h"

#include "app/access_internal.h"
#include "app/sessions.h"
#include "base/clock.h"
#include "base/log.h"
#include "map/accounts.h"
#include "map/secret.h"
#include "ws/live.h"
#include "ws/origin.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct gw_text sign_in = {
    "Sign in first.",
    "请先登录。",
};
static const struct gw_text foreign_origin = {
    "The request came from a page of another origin; sign in and ask from here.",
    "请求来自其他来源的页面，已拒绝；请从本站页面操作。",
};

static const struct gw_text bad_link = {
    "This live link is not good: it was changed, is for another camera, stream or page, "
    "or "
    "whose link it was has other rights now. Ask for a new one.",
    "直播链接无效：内容被改动，或用于其他摄像机、码流、页面，或其所属账户的权限已变更。请"
    "重新"
    "获取。",
};
static const struct gw_text link_is_over = {
    "The time of this live link is over. Ask for a new one.",
    "直播链接已过期，请重新获取。",
};

uint64_t gw_access_now_ms(void)
{
    return gw_clock_unix_us() / GW_MS;
}

// ---- what is kept of sessions ----

// Whether an account is as it was when it was in, or gave a link away.
static bool is_as_it_was(const struct gw_account_rights *rights, uint64_t generation)
{
    return rights && !rights->account.disabled &&
           rights->account.changed_ms == generation &&
           (!rights->account.expires_ms ||
            rights->account.expires_ms > gw_access_now_ms());
}

// What is kept of a guest's session; the digest is the guest's.
struct gw_kept_session gw_access_kept_of(const struct gw_guest *guest)
{
    return (struct gw_kept_session) {
        .digest = gw_guest_session(guest),
        .account = gw_guest_account(guest),
        .generation = gw_guest_generation(guest),
        .heard_ms = gw_guest_heard_ms(guest),
        .until_ms = gw_guest_until_ms(guest),
    };
}

// Nobody waits for it.
static void on_heard_kept(void *arg, const struct gw_registry_result *result)
{
    (void)arg;
    if (result->error)
        gw_log(GW_LOG_ERROR, "session_not_kept", "error=\"%s\"", result->en);
}

// A guest has been heard of: every now and then that is written down.
static void note_heard(struct gw_access *a, struct gw_guest *guest)
{
    if (!gw_guest_is_due(guest, gw_access_now_ms()))
        return;
    const struct gw_kept_session session = gw_access_kept_of(guest);
    if (gw_registry_write_session(a->registry, GW_SESSION_HEARD, &session, on_heard_kept,
                                  NULL) < 0)
        gw_log(GW_LOG_ERROR, "session_not_kept", "error=\"too many changes wait\"");
}

void gw_access_recheck(struct gw_access *a)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    gw_sessions_recheck(a->sessions, accounts, gw_access_now_ms());
    gw_accounts_unref(&accounts);
}

// Lets those in who were in when the engine ended.
static int on_kept_session(void *arg, const struct gw_kept_session *row)
{
    struct gw_access *a = arg;
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *rights = gw_accounts_by_num(accounts, row->account);
    struct gw_guest *guest = NULL;
    int r = 0;
    if (is_as_it_was(rights, row->generation))
        r = gw_sessions_enter(a->sessions, row->digest, rights, row->heard_ms,
                              row->until_ms, &guest);
    if (guest)
        gw_guest_unref(&guest);
    gw_accounts_unref(&accounts);
    return r == -ENOBUFS ? 0 : r;
}

// Without them people sign in again: no reason not to start.
static void load_sessions(struct gw_access *a)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store = NULL;
    int r = gw_store_open(a->settings->data, &store, error);
    if (r == 0)
        r = gw_store_each_session(store, on_kept_session, a);
    gw_store_close(store);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "sessions_unreadable", "error=\"%s\"", strerror(-r));
    gw_access_recheck(a);
}

// ---- what a request brings along ----

// Whether what browsers are told travels by TLS, here or up to the proxy in front of us.
bool gw_access_is_secure(const struct gw_access *a)
{
    return a->settings->tls_cert || a->settings->behind_proxy;
}

// With the prefix browsers themselves see to it that it came by TLS, from this host and
// for all of it (RFC 6265bis section 4.1.3.2).
const char *gw_access_cookie_name(const struct gw_access *a)
{
    return gw_access_is_secure(a) ? "__Host-gridwall" : "gridwall";
}

// The word in "name=WORD; other=..." (RFC 6265 section 5.4). False: there is none.
bool gw_access_read_cookie(const char *header, const char *name,
                           char ret_word[GW_SECRET_TEXT])
{
    size_t len = strlen(name);
    for (const char *p = header; *p; p += strcspn(p, ";"), p += strspn(p, "; ")) {
        if (strncmp(p, name, len) != 0 || p[len] != '=')
            continue;
        size_t word = strcspn(p + len + 1, "; ");
        if (word != GW_SECRET_TEXT - 1)
            continue;
        memcpy(ret_word, p + len + 1, word);
        ret_word[word] = '\0';
        return true;
    }
    return false;
}

static bool read_bearer(const char *header, char ret_word[GW_SECRET_TEXT])
{
    if (strncasecmp(header, "Bearer ", 7) != 0 ||
        strlen(header + 7) != GW_SECRET_TEXT - 1)
        return false;
    memcpy(ret_word, header + 7, GW_SECRET_TEXT);
    return true;
}

// Lets in whose account was good a moment ago. It may have changed since, and been
// rechecked before it was in: so once more.
int gw_access_let_in(struct gw_access *a, const char *digest,
                     const struct gw_account_rights *account, struct gw_guest **ret_guest)
{
    struct gw_guest *guest = NULL;
    int r =
        gw_sessions_enter(a->sessions, digest, account, gw_access_now_ms(), 0, &guest);
    if (r < 0)
        return r;
    gw_access_recheck(a);
    if (gw_guest_has_ended(guest, gw_access_now_ms())) {
        gw_guest_unref(&guest);
        return -EAGAIN; // it is as it is now with the next try
    }
    *ret_guest = guest;
    return 0;
}

void gw_access_note(struct gw_access *a, const struct gw_guest *guest,
                    const char *address, const char *action)
{
    const struct gw_audit_person by = gw_audit_guest(guest, address);
    gw_audit_note(a->audit, &by, &(struct gw_audit_deed) { .action = action });
}

// Of a token the first use is noted, of each start of the engine.
static struct gw_guest *let_token_in(struct gw_access *a, const char *digest,
                                     const char *address)
{
    struct gw_guest *guest = gw_sessions_find(a->sessions, digest, gw_access_now_ms());
    if (guest)
        return guest;
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *token = gw_accounts_token(accounts, digest);
    if (token && !token->account.disabled &&
        token->account.expires_ms > gw_access_now_ms() &&
        gw_access_let_in(a, digest, token, &guest) == 0)
        gw_access_note(a, guest, address, "token_used");
    gw_accounts_unref(&accounts);
    return guest;
}

static int refuse(struct gw_problem *ret_problem, int status, const char *code,
                  struct gw_text why)
{
    *ret_problem = (struct gw_problem) { .status = status, .code = code, .why = why };
    return -EACCES;
}

static bool is_read(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static int arrive_by_cookie(struct gw_access *a, const struct gw_arrival *arrival,
                            const char *word, struct gw_guest **ret_guest,
                            struct gw_problem *ret_problem)
{
    char digest[GW_SECRET_TEXT];
    bool harmless = is_read(arrival->method) && !arrival->upgrade;
    if (!harmless && !gw_origin_is_host(arrival->origin, arrival->host))
        return refuse(ret_problem, 403, "foreign_origin", foreign_origin);
    struct gw_guest *guest = NULL;
    if (gw_secret_digest(word, strlen(word), digest) == 0)
        guest = gw_sessions_find(a->sessions, digest, gw_access_now_ms());
    if (!guest)
        return refuse(ret_problem, 401, "sign_in", sign_in);
    note_heard(a, guest);
    *ret_guest = guest;
    return 0;
}

static int arrive_by_token(struct gw_access *a, const char *word, const char *address,
                           struct gw_guest **ret_guest, struct gw_problem *ret_problem)
{
    char digest[GW_SECRET_TEXT];
    struct gw_guest *guest = NULL;
    if (gw_secret_digest(word, strlen(word), digest) == 0)
        guest = let_token_in(a, digest, address);
    if (!guest)
        return refuse(ret_problem, 401, "sign_in", sign_in);
    *ret_guest = guest;
    return 0;
}

// ---- life ----

struct gw_access *gw_access_create(const struct gw_settings *settings,
                                   struct gw_registry *registry, struct gw_audit *audit)
{
    struct gw_access *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->settings = settings;
    a->registry = registry;
    a->audit = audit;
    pthread_mutex_init(&a->lock, NULL);
    a->sessions = gw_sessions_create();
    a->lockout = gw_lockout_create();
    a->link_keys = gw_link_keys_open(settings->data);
    a->screens = gw_screens_create();
    if (settings->no_auth)
        a->anybody = gw_guest_create(
            &(struct gw_guest_plan) { .name = "no-auth", .role = GW_ROLE_ADMINISTRATOR },
            gw_access_now_ms());
    if (!a->sessions || !a->lockout || !a->link_keys || !a->screens ||
        (settings->no_auth && !a->anybody)) {
        gw_access_destroy(a);
        return NULL;
    }
    if (!settings->no_auth)
        load_sessions(a);
    return a;
}

void gw_access_destroy(struct gw_access *a)
{
    if (!a)
        return;
    gw_guest_unref(&a->anybody);
    gw_sessions_destroy(a->sessions);
    gw_lockout_destroy(a->lockout);
    gw_link_keys_close(a->link_keys);
    gw_screens_destroy(a->screens);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

// ---- live links ----

static struct gw_guest *guest_of_link(const struct gw_account_rights *rights,
                                      const struct gw_live_link *link)
{
    char name[GW_GUEST_NAME_MAX + 1];
    snprintf(name, sizeof(name), "link of %s: %s",
             rights->account.kind == GW_ACCOUNT_USER ? "user" : "token",
             rights->account.name);
    return gw_guest_create(&(struct gw_guest_plan) { .name = name,
                                                     .role = rights->account.role,
                                                     .scope = &rights->scope,
                                                     .until_ms = link->until_ms,
                                                     .account = link->account,
                                                     .generation = link->generation,
                                                     .by_link = true },
                           gw_access_now_ms());
}

static int arrive_by_link(struct gw_access *a, const struct gw_arrival *arrival,
                          const char *text, struct gw_guest **ret_guest,
                          struct gw_problem *ret_problem)
{
    struct gw_wish wish;
    struct gw_guest *guest = NULL;
    int r = gw_live_parse(arrival->path, &wish) < 0 ? -EACCES : 0;
    struct gw_live_link link = { .camera = wish.camera,
                                 .profile = wish.profile,
                                 .origin = arrival->origin };
    if (r == 0)
        r = gw_link_keys_check(a->link_keys, text, &link, gw_access_now_ms());
    if (r == 0) {
        struct gw_accounts *accounts = gw_registry_accounts(a->registry);
        const struct gw_account_rights *rights =
            gw_accounts_by_num(accounts, link.account);
        if (is_as_it_was(rights, link.generation))
            guest = guest_of_link(rights, &link);
        gw_accounts_unref(&accounts);
    }
    if (guest) {
        *ret_guest = guest;
        return 0;
    }
    return r == -ETIME ? refuse(ret_problem, 403, "link_is_over", link_is_over)
                       : refuse(ret_problem, 403, "bad_link", bad_link);
}

int gw_access_make_link(struct gw_access *a, const struct gw_guest *guest,
                        struct gw_live_link *link, char ret_text[GW_LIVE_LINK_TEXT])
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *rights =
        gw_accounts_by_num(accounts, gw_guest_account(guest));
    int r = is_as_it_was(rights, gw_guest_generation(guest)) ? 0 : -EACCES;
    if (r == 0) {
        link->account = gw_guest_account(guest);
        link->generation = gw_guest_generation(guest);
        uint64_t ends_ms = rights->account.expires_ms;
        if (ends_ms && ends_ms < link->until_ms)
            link->until_ms = ends_ms;
    }
    gw_accounts_unref(&accounts);
    return r < 0 ? r
                 : gw_link_keys_sign(a->link_keys, link, gw_access_now_ms(), ret_text);
}

bool gw_access_is_welcome(struct gw_access *a, struct gw_guest *guest)
{
    if (!gw_guest_stands(guest, gw_access_now_ms()))
        return false;
    note_heard(a, guest);
    if (!gw_guest_is_by_link(guest))
        return true;
    // Nobody keeps a list of links: whoever came by one is looked at.
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    bool welcome = is_as_it_was(gw_accounts_by_num(accounts, gw_guest_account(guest)),
                                gw_guest_generation(guest));
    gw_accounts_unref(&accounts);
    return welcome;
}

// ---- the hooks ----

static bool starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

// What is everybody's: the program of the pages, which shows nothing without the API, and
// what has to be asked before one is in. The map below them is not.
static bool is_public(const struct gw_arrival *arrival)
{
    static const char *const files[] = { "/api/", "/ws/", "/live/", "/basemap/" };
    const char *path = arrival->path;
    if (strcmp(path, "/healthz") == 0 || strcmp(path, "/api/v1/openapi.yaml") == 0)
        return true;
    if (strcmp(arrival->method, "POST") == 0 &&
        (strcmp(path, "/api/v1/session") == 0 || strcmp(path, "/api/v1/set-up") == 0 ||
         strcmp(path, "/api/v1/screens/code") == 0 ||
         strcmp(path, "/api/v1/screens/sign-in") == 0))
        return true;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        if (starts_with(path, files[i]))
            return false;
    return strcmp(path, "/metrics") != 0;
}

int gw_access_arrive(struct gw_access *a, const struct gw_arrival *arrival,
                     struct gw_guest **ret_guest, struct gw_problem *ret_problem)
{
    char word[GW_SECRET_TEXT], link[GW_LIVE_LINK_TEXT];
    if (a->anybody) {
        *ret_guest = gw_guest_ref(a->anybody);
        return 0;
    }
    if (is_public(arrival))
        return 0;
    if (starts_with(arrival->path, "/live/") && gw_live_link_find(arrival->query, link))
        return arrive_by_link(a, arrival, link, ret_guest, ret_problem);
    if (read_bearer(arrival->authorization, word))
        return arrive_by_token(a, word, gw_access_address(a, arrival), ret_guest,
                               ret_problem);
    if (gw_access_read_cookie(arrival->cookie, gw_access_cookie_name(a), word))
        return arrive_by_cookie(a, arrival, word, ret_guest, ret_problem);
    return refuse(ret_problem, 401, "sign_in", sign_in);
}
