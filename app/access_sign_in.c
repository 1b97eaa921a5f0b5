// Signing in and out, and the first administrator: the half of access.h that has to do
// with passwords.
#include "app/access.h"

#include "app/access_internal.h"
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BUSY_S = 1, KEY_MAX = GW_LOCKOUT_KEY_MAX + 1 };

// ---- signing in ----

static void make_keys(const char *name, const char *address, char of_name[KEY_MAX],
                      char of_address[KEY_MAX])
{
    snprintf(of_name, KEY_MAX, "user %s", name);
    snprintf(of_address, KEY_MAX, "from %s", address);
}

// A name that is nobody's is not noted: it may be a password that was typed in the wrong
// field.
static void note_refused(struct gw_access *a, const char *name, const char *address,
                         const char *outcome)
{
    char who[GW_GUEST_NAME_MAX + 1] = "";
    if (name)
        snprintf(who, sizeof(who), "user: %s", name);
    gw_audit_refuse(a->audit,
                    &(struct gw_audit_person) { .who = who, .address = address },
                    &(struct gw_audit_deed) { .action = "sign_in", .outcome = outcome });
}

static bool is_user(struct gw_access *a, const char *name)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    bool is = gw_accounts_user(accounts, name) != NULL;
    gw_accounts_unref(&accounts);
    return is;
}

int gw_access_may_try(struct gw_access *a, const char *name, const char *address,
                      uint32_t *ret_wait_s)
{
    char of_name[KEY_MAX], of_address[KEY_MAX];
    make_keys(name, address, of_name, of_address);
    pthread_mutex_lock(&a->lock);
    uint32_t by_name = gw_lockout_wait_s(a->lockout, of_name, gw_access_now_ms());
    uint32_t by_address = gw_lockout_wait_s(a->lockout, of_address, gw_access_now_ms());
    uint32_t wait_s = by_name > by_address ? by_name : by_address;
    bool busy = !wait_s && a->checks == GW_ACCESS_CHECKS_MAX;
    if (!wait_s && !busy)
        a->checks++;
    pthread_mutex_unlock(&a->lock);
    if (wait_s)
        note_refused(a, is_user(a, name) ? name : NULL, address, "locked_out");
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
        gw_lockout_fail(a->lockout, of_name, GW_LOCKOUT_FREE_NAME, gw_access_now_ms());
        gw_lockout_fail(a->lockout, of_address, GW_LOCKOUT_FREE_ADDRESS,
                        gw_access_now_ms());
    } else if (r == 0) {
        gw_lockout_clear(a->lockout, of_name);
    }
    pthread_mutex_unlock(&a->lock);
}

static void write_cookie(const struct gw_access *a, const char *word, unsigned max_age_s,
                         char ret_cookie[GW_COOKIE_MAX])
{
    snprintf(ret_cookie, GW_COOKIE_MAX,
             "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%u%s",
             gw_access_cookie_name(a), word, max_age_s,
             gw_access_is_secure(a) ? "; Secure" : "");
}

// What is noted is on disk with the session, before anybody is told that it is good.
static int let_user_in(struct gw_access *a, const struct gw_account_rights *user,
                       const char *address, struct gw_entrance *ret_entrance)
{
    enum { YEAR_S = 365 * 24 * 3600 }; // how long it is good for is the session's to say
    char word[GW_SECRET_TEXT], digest[GW_SECRET_TEXT];
    struct gw_guest *guest = NULL;
    int r = gw_secret_word(word);
    if (r == 0)
        r = gw_secret_digest(word, strlen(word), digest);
    if (r == 0)
        r = gw_access_let_in(a, digest, user, &guest);
    if (r < 0)
        return r;
    struct gw_entrance *e = ret_entrance;
    *e = (struct gw_entrance) { .verb = GW_SESSION_ENTER };
    write_cookie(a, word, YEAR_S, e->cookie);
    memcpy(e->digest, digest, sizeof(e->digest));
    e->session = gw_access_kept_of(guest);
    gw_access_note(a, guest, address, "sign_in");
    gw_guest_unref(&guest);
    return 0;
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
    if (r == -EACCES)
        note_refused(a, user ? name : NULL, address, user ? "wrong" : "no_such_user");
    note_try(a, name, address, r);
    return r;
}

int gw_access_sign_in(struct gw_access *a, const char *name, const char *password,
                      const char *address, struct gw_entrance *ret_entrance)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *user = gw_accounts_user(accounts, name);
    int r = check_password(a, user, name, password, address);
    if (r == 0)
        r = let_user_in(a, user, address, ret_entrance);
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

int gw_access_enter(struct gw_access *a, const char *name, const char *address,
                    struct gw_entrance *ret_entrance)
{
    struct gw_accounts *accounts = gw_registry_accounts(a->registry);
    const struct gw_account_rights *user = gw_accounts_user(accounts, name);
    int r = user && !user->account.disabled ? let_user_in(a, user, address, ret_entrance)
                                            : -ENOENT;
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

static void leave(struct gw_access *a, const char *digest, const char *address)
{
    struct gw_guest *guest = gw_sessions_find(a->sessions, digest, gw_access_now_ms());
    if (guest)
        gw_access_note(a, guest, address, "sign_out");
    gw_guest_unref(&guest);
    gw_sessions_leave(a->sessions, digest);
}

void gw_access_sign_out(struct gw_access *a, const struct gw_arrival *arrival,
                        struct gw_entrance *ret_entrance)
{
    struct gw_entrance *e = ret_entrance;
    char word[GW_SECRET_TEXT];
    *e = (struct gw_entrance) { .verb = GW_SESSION_LEAVE };
    if (gw_access_read_cookie(arrival->cookie, gw_access_cookie_name(a), word) &&
        gw_secret_digest(word, strlen(word), e->digest) == 0)
        leave(a, e->digest, gw_access_address(a, arrival));
    write_cookie(a, "", 0, e->cookie);
}

int gw_access_keep(struct gw_access *a, const struct gw_entrance *entrance,
                   gw_registry_done *done, void *arg)
{
    struct gw_kept_session session = entrance->session;
    session.digest = entrance->digest;
    return gw_registry_write_session(a->registry, entrance->verb, &session, done, arg);
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

// ---- screens ----

struct gw_screens *gw_access_screens(const struct gw_access *a)
{
    return a->screens;
}

int gw_access_may_guess(struct gw_access *a, const char *who, uint32_t *ret_wait_s)
{
    char key[KEY_MAX];
    snprintf(key, sizeof(key), "code %s", who);
    pthread_mutex_lock(&a->lock);
    uint32_t wait_s = gw_lockout_wait_s(a->lockout, key, gw_access_now_ms());
    pthread_mutex_unlock(&a->lock);
    *ret_wait_s = wait_s;
    return wait_s ? -EAGAIN : 0;
}

void gw_access_note_guess(struct gw_access *a, const char *who, bool right)
{
    char key[KEY_MAX];
    snprintf(key, sizeof(key), "code %s", who);
    pthread_mutex_lock(&a->lock);
    if (right)
        gw_lockout_clear(a->lockout, key);
    else
        gw_lockout_fail(a->lockout, key, GW_LOCKOUT_FREE_NAME, gw_access_now_ms());
    pthread_mutex_unlock(&a->lock);
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
    a->set_up_until_ms = gw_access_now_ms() + GW_SET_UP_HOURS * 3600 * 1000ull;
    pthread_mutex_unlock(&a->lock);
    return r < 0 ? r : 1;
}

bool gw_access_may_set_up(struct gw_access *a, const char *word)
{
    char digest[GW_SECRET_TEXT];
    if (gw_secret_digest(word, strlen(word), digest) < 0)
        return false;
    pthread_mutex_lock(&a->lock);
    bool may = *a->set_up && gw_access_now_ms() < a->set_up_until_ms &&
               gw_secret_equal(a->set_up, digest);
    pthread_mutex_unlock(&a->lock);
    return may;
}

void gw_access_end_set_up(struct gw_access *a)
{
    pthread_mutex_lock(&a->lock);
    *a->set_up = '\0';
    pthread_mutex_unlock(&a->lock);
}
