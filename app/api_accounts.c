// One request's way:
//
//   shard: body, rights ──► pool: hash, or the answer ──► shard ──► store thread: written
//                                                           │                    │
//                                                           └──────► reply ◄─────┘ shard
#include "app/api_accounts.h"

#include "app/access.h"
#include "app/account_work.h"
#include "app/rights.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// What an address names.
struct place {
    enum gw_account_kind kind;
    bool one; // of this name
    char name[GW_ACCOUNT_NAME_MAX + 1];
    bool password; // its password
};

static const struct gw_text forbidden = {
    "Your role does not allow this.",
    "您的角色无权执行此操作。",
};
static const struct gw_text bad_method = {
    "This address does not take that method.",
    "该地址不支持此请求方法。",
};
static const struct gw_text no_such = {
    "There is no account of this name; the list shows which there are.",
    "没有此名称的账户，请在列表中查看。",
};
static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text must_wait = {
    "Too many wrong passwords; wait before the next try.",
    "密码错误次数过多，请稍后再试。",
};

bool gw_is_accounts(const char *path)
{
    return strcmp(path, "users") == 0 || strcmp(path, "tokens") == 0 ||
           strncmp(path, "users/", 6) == 0 || strncmp(path, "tokens/", 7) == 0;
}

// False: no account can have such a name.
static bool read_place(const char *path, struct place *ret_place)
{
    static const char password[] = "/password";
    struct place p = { .kind = *path == 'u' ? GW_ACCOUNT_USER : GW_ACCOUNT_TOKEN };
    const char *name = strchr(path, '/');
    if (name) {
        size_t len = strlen(++name), tail = sizeof(password) - 1;
        p.password = p.kind == GW_ACCOUNT_USER && len > tail &&
                     strcmp(name + len - tail, password) == 0;
        len -= p.password ? tail : 0;
        if (len > GW_ACCOUNT_NAME_MAX)
            return false;
        p.one = true;
        snprintf(p.name, sizeof(p.name), "%.*s", (int)len, name);
        if (!gw_account_name_valid(p.name))
            return false;
    }
    *ret_place = p;
    return true;
}

// What an address takes; 0: not that method.
struct taking {
    const char *method;
    bool one, password;
    enum gw_account_verb verb;
    unsigned may[GW_ACCOUNT_KINDS], must[GW_ACCOUNT_KINDS];
};

#define RIGHTS (GW_FIELD_ROLE | GW_FIELD_SCOPE | GW_FIELD_DISABLED)
static const struct taking takings[] = {
    { "POST",
      false,
      false,
      GW_ACCOUNT_CREATE,
      { RIGHTS | GW_FIELD_NAME | GW_FIELD_PASSWORD,
        RIGHTS | GW_FIELD_NAME | GW_FIELD_DAYS },
      { GW_FIELD_NAME | GW_FIELD_PASSWORD | GW_FIELD_ROLE,
        GW_FIELD_NAME | GW_FIELD_ROLE } },
    { "PUT",
      true,
      false,
      GW_ACCOUNT_REPLACE,
      { RIGHTS | GW_FIELD_PASSWORD, RIGHTS | GW_FIELD_DAYS },
      { GW_FIELD_ROLE, GW_FIELD_ROLE } },
    { "PATCH",
      true,
      false,
      GW_ACCOUNT_PATCH,
      { RIGHTS | GW_FIELD_PASSWORD, RIGHTS | GW_FIELD_DAYS },
      { 0, 0 } },
    { "PUT",
      true,
      true,
      GW_ACCOUNT_PATCH,
      { GW_FIELD_PASSWORD | GW_FIELD_OLD_PASSWORD, 0 },
      { GW_FIELD_PASSWORD | GW_FIELD_OLD_PASSWORD, 0 } },
    { "DELETE", true, false, GW_ACCOUNT_REMOVE, { 0, 0 }, { 0, 0 } },
};

static const struct taking *find_taking(const char *method, const struct place *place)
{
    for (size_t i = 0; i < sizeof(takings) / sizeof(*takings); i++)
        if (strcmp(takings[i].method, method) == 0 && takings[i].one == place->one &&
            takings[i].password == place->password)
            return &takings[i];
    return NULL;
}

static void start_read(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_request_info *info, const struct place *place)
{
    struct gw_account_work *w = gw_account_work_create(shard, request, info);
    if (!w)
        return;
    w->kind = place->kind;
    w->role = GW_ROLES;
    w->read = true;
    snprintf(w->name, sizeof(w->name), "%s", place->name);
    gw_account_work_start(w);
}

// Who asks is the user, or sees the list of users anyway.
static bool is_there(const struct gw_account_work *w)
{
    struct gw_registry *registry = gw_engine_registry(gw_shard_engine(w->shard));
    struct gw_accounts *accounts = gw_registry_accounts(registry);
    bool there = gw_accounts_find(accounts, w->kind, w->name);
    gw_accounts_unref(&accounts);
    return there;
}

// Who gives his old password is counted as one who signs in. Returns 0, or an error
// after it has replied.
static int take_turn(struct gw_account_work *w)
{
    struct gw_access *access = gw_engine_access(gw_shard_engine(w->shard));
    uint32_t wait_s = 0;
    if (!is_there(w)) {
        gw_account_work_refuse(w, 404, "no_such_account", no_such, 0);
        return -ENOENT;
    }
    int r = gw_access_may_try(access, w->name, w->address, &wait_s);
    if (r == 0)
        return 0;
    gw_account_work_refuse(w, 429, "wait", must_wait, wait_s);
    return r;
}

static void start_write(struct gw_shard *shard, struct gw_request *request,
                        const struct gw_request_info *info, const struct place *place,
                        const struct taking *taking)
{
    struct gw_account_work *w = gw_account_work_create(shard, request, info);
    struct gw_text why = { "", "" };
    int r = 0;
    if (!w)
        return;
    w->kind = place->kind;
    w->verb = taking->verb;
    w->checks_old = taking->password;
    if (taking->verb != GW_ACCOUNT_REMOVE)
        r = gw_json_read_account(info->body, info->body_len, taking->may[place->kind],
                                 taking->must[place->kind], &w->wish, &why);
    snprintf(w->name, sizeof(w->name), "%s", place->one ? place->name : w->wish.name);
    if (r < 0)
        gw_account_work_refuse(w, r == -EBADMSG ? 400 : 422,
                               r == -EBADMSG ? "not_json" : "bad_field",
                               r == -EBADMSG ? not_json : why, 0);
    else if (!taking->password || take_turn(w) == 0)
        gw_account_work_start(w);
}

static bool is_own_password(struct gw_shard *shard, const struct gw_guest *guest,
                            const struct place *place)
{
    return place->password && gw_access_is_user(gw_engine_access(gw_shard_engine(shard)),
                                                guest, place->name);
}

void gw_api_accounts(struct gw_shard *shard, struct gw_request *request,
                     const struct gw_request_info *info, const char *path)
{
    struct place place = { 0 };
    bool good = read_place(path, &place);
    bool read = strcmp(info->method, "GET") == 0 || strcmp(info->method, "HEAD") == 0;
    struct gw_answer answer;

    if (!gw_rights_allow(info->guest, GW_MAY_ADMINISTER) &&
        !(good && is_own_password(shard, info->guest, &place))) {
        answer = gw_answer_problem(403, "forbidden", forbidden, info->lang);
        gw_answer_send(&answer, request);
        return;
    }
    const struct taking *taking = good ? find_taking(info->method, &place) : NULL;
    if (good && read && !place.password) {
        start_read(shard, request, info, &place);
    } else if (taking) {
        start_write(shard, request, info, &place, taking);
    } else {
        answer =
            good ? gw_answer_problem(405, "method_not_allowed", bad_method, info->lang)
                 : gw_answer_problem(404, "no_such_account", no_such, info->lang);
        gw_answer_send(&answer, request);
    }
}
