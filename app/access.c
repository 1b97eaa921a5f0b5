#include "app/access.h"

#include "app/link_keys.h"
#include "app/lockout.h"
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

enum { BUSY_S = 1, KEY_MAX = GW_LOCKOUT_KEY_MAX + 1 };

struct gw_access {
    const struct gw_settings *settings;
    struct gw_registry *registry;
    struct gw_sessions *sessions;
    struct gw_guest *anybody; // while nobody signs in; else NULL
    struct gw_link_keys *link_keys;

    pthread_mutex_t lock; // for all below
    struct gw_lockout *lockout;
    unsigned checks;             // passwords that are being checked
    char set_up[GW_SECRET_TEXT]; // digest of the link's word; "": there is none
    uint64_t set_up_until_ms;
};

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

static uint64_t now_ms(void)
{
    return gw_clock_unix_us() / GW_MS;
}

struct gw_access *gw_access_create(const struct gw_settings *settings,
                                   struct gw_registry *registry)
{
    struct gw_access *a = calloc(1, sizeof(*a));
    if (!a)
        return NULL;
    a->settings = settings;
    a->registry = registry;
    pthread_mutex_init(&a->lock, NULL);
    a->sessions = gw_sessions_create();
    a->lockout = gw_lockout_create();
    a->link_keys = gw_link_keys_open(settings->data);
    if (settings->no_auth)
        a->anybody = gw_guest_create(
            &(struct gw_guest_plan) { .name = "no-auth", .role = GW_ROLE_ADMINISTRATOR },
            now_ms());
    if (!a->sessions || !a->lockout || !a->link_keys ||
        (settings->no_auth && !a->anybody)) {
        gw_access_destroy(a);
        return NULL;
    }
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
    pthread_mutex_destroy(&a->lock);
    free(a);
}

// ---- what a request brings along ----

// Whether what browsers are told travels by TLS, here or up to the proxy in front of us.
static bool is_secure(const struct gw_access *a)
{
    return a->settings->tls_cert || a->settings->behind_proxy;
}

// With the prefix browsers themselves see to it that it came by TLS, from this host and
// for all of it (RFC 6265bis section 4.1.3.2).
static const char *cookie_name(const struct gw_access *a)
{
    return is_secure(a) ? "__Host-gridwall" : "gridwall";
}

// The word in "name=WORD; other=..." (RFC 6265 section 5.4). False: there is none.
static bool read_cookie(const char *header, const char *name,
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

void gw_access_recheck(struct gw_access *a)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    gw_sessions_recheck(a->sessions, accounts, now_ms());
    gw_accounts_unref(&accounts);
}

// Lets in whose account was good a moment ago. It may have changed since, and been
// rechecked before it was in: so once more.
static int let_in(struct gw_access *a, const char *digest,
                  const struct gw_account_rights *account, struct gw_guest **ret_guest)
{
    struct gw_guest *guest = NULL;
    int r = gw_sessions_enter(a->sessions, digest, account, now_ms(), &guest);
    if (r < 0)
        return r;
    gw_access_recheck(a);
    if (gw_guest_has_ended(guest, now_ms())) {
        gw_guest_unref(&guest);
        return -EAGAIN; // it is as it is now with the next try
    }
    *ret_guest = guest;
    return 0;
}

static struct gw_guest *let_token_in(struct gw_access *a, const char *digest)
{
    struct gw_guest *guest = gw_sessions_find(a->sessions, digest, now_ms());
    if (guest)
        return guest;
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *token = gw_accounts_token(accounts, digest);
    if (token && !token->account.disabled && token->account.expires_ms > now_ms() &&
        let_in(a, digest, token, &guest) < 0)
        guest = NULL;
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
        guest = gw_sessions_find(a->sessions, digest, now_ms());
    if (!guest)
        return refuse(ret_problem, 401, "sign_in", sign_in);
    *ret_guest = guest;
    return 0;
}

static int arrive_by_token(struct gw_access *a, const char *word,
                           struct gw_guest **ret_guest, struct gw_problem *ret_problem)
{
    char digest[GW_SECRET_TEXT];
    struct gw_guest *guest = NULL;
    if (gw_secret_digest(word, strlen(word), digest) == 0)
        guest = let_token_in(a, digest);
    if (!guest)
        return refuse(ret_problem, 401, "sign_in", sign_in);
    *ret_guest = guest;
    return 0;
}

// ---- live links ----

// Whether an account is as it was when it was in, or gave a link away.
static bool is_as_it_was(const struct gw_account_rights *rights, uint64_t generation)
{
    return rights && !rights->account.disabled &&
           rights->account.changed_ms == generation &&
           (!rights->account.expires_ms || rights->account.expires_ms > now_ms());
}

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
                           now_ms());
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
        r = gw_link_keys_check(a->link_keys, text, &link, now_ms());
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
    return r < 0 ? r : gw_link_keys_sign(a->link_keys, link, now_ms(), ret_text);
}

bool gw_access_is_welcome(struct gw_access *a, struct gw_guest *guest)
{
    if (!gw_guest_stands(guest, now_ms()))
        return false;
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
        (strcmp(path, "/api/v1/session") == 0 || strcmp(path, "/api/v1/set-up") == 0))
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
        return arrive_by_token(a, word, ret_guest, ret_problem);
    if (read_cookie(arrival->cookie, cookie_name(a), word))
        return arrive_by_cookie(a, arrival, word, ret_guest, ret_problem);
    return refuse(ret_problem, 401, "sign_in", sign_in);
}

// ---- signing in ----

static void make_keys(const char *name, const char *address, char of_name[KEY_MAX],
                      char of_address[KEY_MAX])
{
    snprintf(of_name, KEY_MAX, "user %s", name);
    snprintf(of_address, KEY_MAX, "from %s", address);
}

int gw_access_may_try(struct gw_access *a, const char *name, const char *address,
                      uint32_t *ret_wait_s)
{
    char of_name[KEY_MAX], of_address[KEY_MAX];
    make_keys(name, address, of_name, of_address);
    pthread_mutex_lock(&a->lock);
    uint32_t by_name = gw_lockout_wait_s(a->lockout, of_name, now_ms());
    uint32_t by_address = gw_lockout_wait_s(a->lockout, of_address, now_ms());
    uint32_t wait_s = by_name > by_address ? by_name : by_address;
    bool busy = !wait_s && a->checks == GW_ACCESS_CHECKS_MAX;
    if (!wait_s && !busy)
        a->checks++;
    pthread_mutex_unlock(&a->lock);
    *ret_wait_s = busy ? BUSY_S : wait_s;
    return busy ? -EBUSY : wait_s ? -EAGAIN : 0;
}

static void note_try(struct gw_access *a, const char *name, const char *address, int r)
{
    char of_name[KEY_MAX], of_address[KEY_MAX];
    make_keys(name, address, of_name, of_address);
    pthread_mutex_lock(&a->lock);
    a->checks--;
    if (r == -EACCES) {
        gw_lockout_fail(a->lockout, of_name, GW_LOCKOUT_FREE_NAME, now_ms());
        gw_lockout_fail(a->lockout, of_address, GW_LOCKOUT_FREE_ADDRESS, now_ms());
    } else if (r == 0) {
        gw_lockout_clear(a->lockout, of_name);
    }
    pthread_mutex_unlock(&a->lock);
}

static void write_cookie(const struct gw_access *a, const char *word, unsigned max_age_s,
                         char ret_cookie[GW_COOKIE_MAX])
{
    snprintf(ret_cookie, GW_COOKIE_MAX,
             "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%u%s", cookie_name(a),
             word, max_age_s, is_secure(a) ? "; Secure" : "");
}

static int let_user_in(struct gw_access *a, const struct gw_account_rights *user,
                       char ret_cookie[GW_COOKIE_MAX])
{
    enum { YEAR_S = 365 * 24 * 3600 }; // how long it is good for is the session's to say
    char word[GW_SECRET_TEXT], digest[GW_SECRET_TEXT];
    struct gw_guest *guest = NULL;
    int r = gw_secret_word(word);
    if (r == 0)
        r = gw_secret_digest(word, strlen(word), digest);
    if (r == 0)
        r = let_in(a, digest, user, &guest);
    if (r == 0)
        write_cookie(a, word, YEAR_S, ret_cookie);
    gw_guest_unref(&guest);
    return r;
}

static int check_password(struct gw_access *a, const struct gw_account_rights *user,
                          const char *name, const char *password, const char *address)
{
    // Who does not exist, may not come in or is a screen without a password takes as long
    // as a wrong password.
    bool may = user && !user->account.disabled && *user->account.secret;
    int r = gw_password_check(password, may ? user->account.secret : NULL);
    if (r == -EBADMSG) {
        gw_log(GW_LOG_ERROR, "password_unreadable", "mend=\"gridwall user passwd\"");
        r = -EACCES;
    }
    note_try(a, name, address, r);
    return r;
}

int gw_access_sign_in(struct gw_access *a, const char *name, const char *password,
                      const char *address, char ret_cookie[GW_COOKIE_MAX])
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *user = gw_accounts_user(accounts, name);
    int r = check_password(a, user, name, password, address);
    if (r == 0)
        r = let_user_in(a, user, ret_cookie);
    gw_accounts_unref(&accounts);
    return r;
}

int gw_access_check_password(struct gw_access *a, const char *name, const char *password,
                             const char *address)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    int r = check_password(a, gw_accounts_user(accounts, name), name, password, address);
    gw_accounts_unref(&accounts);
    return r;
}

int gw_access_enter(struct gw_access *a, const char *name, char ret_cookie[GW_COOKIE_MAX])
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *user = gw_accounts_user(accounts, name);
    int r = user && !user->account.disabled ? let_user_in(a, user, ret_cookie) : -ENOENT;
    gw_accounts_unref(&accounts);
    return r;
}

bool gw_access_is_user(struct gw_access *a, const struct gw_guest *guest,
                       const char *name)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *user = gw_accounts_user(accounts, name);
    bool is = user && user->account.num == gw_guest_account(guest);
    gw_accounts_unref(&accounts);
    return is;
}

void gw_access_sign_out(struct gw_access *a, const struct gw_arrival *arrival,
                        char ret_cookie[GW_COOKIE_MAX])
{
    char word[GW_SECRET_TEXT], digest[GW_SECRET_TEXT];
    if (read_cookie(arrival->cookie, cookie_name(a), word) &&
        gw_secret_digest(word, strlen(word), digest) == 0)
        gw_sessions_leave(a->sessions, digest);
    write_cookie(a, "", 0, ret_cookie);
}

const char *gw_access_address(const struct gw_access *a, const struct gw_arrival *arrival)
{
    // The proxy adds the address it sees behind those that it was told.
    const char *last = strrchr(arrival->forwarded_for, ',');
    if (!a->settings->behind_proxy || !*arrival->forwarded_for)
        return arrival->address;
    last = last ? last + 1 : arrival->forwarded_for;
    return last + strspn(last, " ");
}

// ---- the first start ----

int gw_access_begin_set_up(struct gw_access *a, char ret_word[GW_SECRET_TEXT])
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    bool founded = gw_accounts_has_administrator(accounts);
    gw_accounts_unref(&accounts);
    if (founded || a->anybody)
        return 0;
    int r = gw_secret_word(ret_word);
    if (r < 0)
        return r;
    pthread_mutex_lock(&a->lock);
    r = gw_secret_digest(ret_word, strlen(ret_word), a->set_up);
    a->set_up_until_ms = now_ms() + GW_SET_UP_HOURS * 3600 * 1000ull;
    pthread_mutex_unlock(&a->lock);
    return r < 0 ? r : 1;
}

bool gw_access_may_set_up(struct gw_access *a, const char *word)
{
    char digest[GW_SECRET_TEXT];
    if (gw_secret_digest(word, strlen(word), digest) < 0)
        return false;
    pthread_mutex_lock(&a->lock);
    bool may =
        *a->set_up && now_ms() < a->set_up_until_ms && gw_secret_equal(a->set_up, digest);
    pthread_mutex_unlock(&a->lock);
    return may;
}

void gw_access_end_set_up(struct gw_access *a)
{
    pthread_mutex_lock(&a->lock);
    *a->set_up = '\0';
    pthread_mutex_unlock(&a->lock);
}
