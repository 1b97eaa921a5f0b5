// Who comes in: by a session's cookie or a token. It joins the registry's
// accounts with the sessions, and answers for the one engine. Any thread.
//
// A browser's cookie goes along with whatever page asks, so what changes something or
// opens a socket must come from our own pages, by its Origin (RFC 6454); the cookie is
// SameSite=Strict besides. Tokens come from programs and need none of that.
#ifndef GW_APP_ACCESS_H
#define GW_APP_ACCESS_H

#include "app/audit.h"
#include "app/guest.h"
#include "app/live_link.h"
#include "app/screens.h"
#include "app/settings.h"
#include "map/registry.h"
#include "map/secret.h"
#include "ws/server.h"

enum {
    GW_ACCESS_CHECKS_MAX = 4, // passwords that are checked at once: 32 MiB each
    GW_COOKIE_MAX = 256,      // bytes of a Set-Cookie
    GW_SET_UP_HOURS = 24,     // that the link of the first start is good for
};

struct gw_access;

// Somebody came in, or went: what the browser is told, and what is to be kept of it.
struct gw_entrance {
    enum gw_session_verb verb;
    char cookie[GW_COOKIE_MAX];
    char digest[GW_SECRET_TEXT];    // of the session's word; "": there is nothing to keep
    struct gw_kept_session session; // but for its digest
};

// All are borrowed. Returns NULL when out of memory.
struct gw_access *gw_access_create(const struct gw_settings *settings,
                                   struct gw_registry *registry, struct gw_audit *audit);
void gw_access_destroy(struct gw_access *a);

// The hooks of ws/guest.h.
int gw_access_arrive(struct gw_access *a, const struct gw_arrival *arrival,
                     struct gw_guest **ret_guest, struct gw_problem *ret_problem);

// The registry has changed: whose account did is out.
void gw_access_recheck(struct gw_access *a);

// The hook: whether a guest may stay where it watches. Cheap.
bool gw_access_is_welcome(struct gw_access *a, struct gw_guest *guest);

// ---- live links ----

// Makes the text of a link to what `link` says of camera, stream, time and origin, with
// the rights of `guest`: they end together, so link->until_ms may come back smaller. That
// the guest may watch it is the caller's to see. It may write a file: in a thread of the
// pool. Returns 0, -EACCES when the guest is nobody's account or has other rights by now,
// -ENOMEM or -EIO.
int gw_access_make_link(struct gw_access *a, const struct gw_guest *guest,
                        struct gw_live_link *link, char ret_text[GW_LIVE_LINK_TEXT]);

// ---- signing in ----

// Where a password is asked for, before it is checked: whether name and address may try.
// Returns 0; -EBUSY when as many as may be are checked, -EAGAIN when they must wait: both
// with the seconds. 0 takes a place, which gw_access_sign_in() gives back.
int gw_access_may_try(struct gw_access *a, const char *name, const char *address,
                      uint32_t *ret_wait_s);

// Checks a password, for some 100 ms: in a thread of the pool. Returns 0 with the
// entrance that lets the user in, -EACCES for a wrong name or password, -ENOMEM,
// -ENOBUFS, or -EAGAIN when the account was changed meanwhile.
int gw_access_sign_in(struct gw_access *a, const char *name, const char *password,
                      const char *address, struct gw_entrance *ret_entrance);

// The password alone, likewise; 0, -EACCES or -ENOMEM. It gives the place back, too.
int gw_access_check_password(struct gw_access *a, const char *name, const char *password,
                             const char *address);

// Lets a user in who has shown by other means that he is it. Returns 0 with the entrance,
// -ENOENT when there is no such user who may, -ENOMEM, -ENOBUFS or -EAGAIN.
int gw_access_enter(struct gw_access *a, const char *name, const char *address,
                    struct gw_entrance *ret_entrance);

// Whether a guest is the user of that name.
bool gw_access_is_user(struct gw_access *a, const struct gw_guest *guest,
                       const char *name);

// Ends the session that the request came by, and makes the cookie that says so.
void gw_access_sign_out(struct gw_access *a, const struct gw_arrival *arrival,
                        struct gw_entrance *ret_entrance);

// Writes down what an entrance says, on the store thread; as gw_registry_write_session().
int gw_access_keep(struct gw_access *a, const struct gw_entrance *entrance,
                   gw_registry_done *done, void *arg);

// The address whose failures are counted: the peer's, or what the proxy in front of us
// says it is.
const char *gw_access_address(const struct gw_access *a,
                              const struct gw_arrival *arrival);

// ---- screens ----

// Those that wait to be let in.
struct gw_screens *gw_access_screens(const struct gw_access *a);

// Whether somebody (`who`, as in the list of changes) may try a screen's code. Returns 0,
// or -EAGAIN with the seconds that he must wait.
int gw_access_may_guess(struct gw_access *a, const char *who, uint32_t *ret_wait_s);

// What came of it.
void gw_access_note_guess(struct gw_access *a, const char *who, bool right);

// ---- the first start ----

// While there is no administrator: makes the word of the one link that lets somebody
// become it, good for GW_SET_UP_HOURS. Returns 1, 0 when there is an administrator, or
// negative errno.
int gw_access_begin_set_up(struct gw_access *a, char ret_word[GW_SECRET_TEXT]);

// Whether `word` is the link's, still good and not yet followed to its end.
bool gw_access_may_set_up(struct gw_access *a, const char *word);

// Somebody did: the link is good for nothing any more.
void gw_access_end_set_up(struct gw_access *a);

#endif
