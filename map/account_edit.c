#include "map/account_edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct gw_text missing = {
    "There is no account of this name; the list shows which there are.",
    "没有此名称的账户，请在列表中查看。",
};
static const struct gw_text taken = {
    "The name is taken; choose another one, or change that account.",
    "名称已被使用；请换一个名称，或修改已有账户。",
};
static const struct gw_text too_many = {
    "There are 10,000 accounts, which is as many as there may be; remove some.",
    "账户已达上限 10000 个，请先删除一些。",
};
static const struct gw_text last_one = {
    "This is the last administrator who may sign in: nobody could undo it. Make another "
    "one first.",
    "这是最后一个可登录的管理员，操作后无人能恢复；请先设置另一名管理员。",
};
static const struct gw_text founded = {
    "There is an administrator or a user of that name already: sign in.",
    "管理员或同名用户已存在，请直接登录。",
};

static void refuse(struct gw_account_refusal *ret_refusal, int error, struct gw_text why)
{
    *ret_refusal = (struct gw_account_refusal) { error, why };
}

// ---- the last administrator ----

struct search {
    const char *but; // this one does not count; NULL: all do
    bool found;
};

static bool is_administrator(const struct gw_account *a)
{
    return a->kind == GW_ACCOUNT_USER && !a->disabled && a->role == GW_ROLE_ADMINISTRATOR;
}

static int on_account(void *arg, const struct gw_account *row)
{
    struct search *s = arg;
    if (is_administrator(row) && (!s->but || strcmp(s->but, row->name) != 0))
        s->found = true;
    return 0;
}

// ---- what becomes of an account ----

static bool is_equal(const struct gw_account *a, const struct gw_account *b)
{
    return a->role == b->role && a->disabled == b->disabled &&
           a->expires_ms == b->expires_ms && strcmp(a->secret, b->secret) == 0 &&
           strcmp(a->scope, b->scope) == 0;
}

static struct gw_account edited(enum gw_account_verb verb,
                                const struct gw_account_edit *edit,
                                const struct gw_account *before)
{
    bool patch = verb == GW_ACCOUNT_PATCH;
    return (struct gw_account) {
        .kind = edit->kind,
        .name = edit->name,
        .secret = edit->secret ? edit->secret
                  : before     ? before->secret
                               : "",
        .role = edit->has_role || !before ? edit->role : before->role,
        .disabled = edit->has_disabled ? edit->disabled : patch && before->disabled,
        .expires_ms = edit->has_expires ? edit->expires_ms
                      : before          ? before->expires_ms
                                        : 0,
        .scope = edit->scope ? edit->scope
                 : patch     ? before->scope
                             : "",
    };
}

static int create(struct gw_store *store, const struct gw_account_edit *edit,
                  const struct gw_author *author, struct gw_account_refusal *ret_refusal)
{
    const struct gw_account account = edited(GW_ACCOUNT_CREATE, edit, NULL);
    int r = gw_store_insert_account(store, &account, author);
    if (r == -EEXIST)
        refuse(ret_refusal, r, taken);
    else if (r == -ENOBUFS)
        refuse(ret_refusal, r, too_many);
    else
        return r;
    return 0;
}

// `before` is the store's: its strings go with the next find.
static int change(struct gw_store *store, enum gw_account_verb verb,
                  const struct gw_account_edit *edit, const struct gw_account *before,
                  const struct gw_author *author, struct gw_account_refusal *ret_refusal)
{
    const struct gw_account after = edited(verb, edit, before);
    bool loses = verb == GW_ACCOUNT_REMOVE || !is_administrator(&after);
    struct search others = { edit->name, false };
    int r = 0;
    if (verb != GW_ACCOUNT_REMOVE && is_equal(&after, before))
        return 0;
    if (is_administrator(before) && loses) {
        r = gw_store_each_account(store, on_account, &others);
        if (r == 0 && !others.found) {
            refuse(ret_refusal, -EPERM, last_one);
            return 0;
        }
    }
    if (r < 0)
        return r;
    return verb == GW_ACCOUNT_REMOVE ? gw_store_delete_account(store, before, author)
                                     : gw_store_update_account(store, &after, author);
}

// The strings of a found account, for as long as it is being changed.
static int copy(const struct gw_account *account, struct gw_account *ret_copy,
                char **ret_strings)
{
    size_t secret = strlen(account->secret) + 1, scope = strlen(account->scope) + 1;
    size_t name = strlen(account->name) + 1;
    char *strings = malloc(secret + scope + name);
    if (!strings)
        return -ENOMEM;
    *ret_copy = *account;
    ret_copy->secret = memcpy(strings, account->secret, secret);
    ret_copy->scope = memcpy(strings + secret, account->scope, scope);
    ret_copy->name = memcpy(strings + secret + scope, account->name, name);
    *ret_strings = strings;
    return 0;
}

int gw_account_edit_apply(struct gw_store *store, enum gw_account_verb verb,
                          const struct gw_account_edit *edit,
                          const struct gw_author *author,
                          struct gw_account_refusal *ret_refusal)
{
    struct gw_account found, before;
    char *strings = NULL;
    *ret_refusal = (struct gw_account_refusal) { 0 };
    if (verb == GW_ACCOUNT_CREATE)
        return create(store, edit, author, ret_refusal);
    int r = gw_store_find_account(store, edit->kind, edit->name, &found);
    if (r == 0 && edit->only_role && found.role != edit->role)
        r = -ENOENT;
    if (r == -ENOENT) {
        refuse(ret_refusal, r, missing);
        return 0;
    }
    if (r == 0)
        r = copy(&found, &before, &strings);
    if (r == 0)
        r = change(store, verb, edit, &before, author, ret_refusal);
    free(strings);
    return r;
}

int gw_account_found(struct gw_store *store, const struct gw_account *account,
                     const struct gw_author *author,
                     struct gw_account_refusal *ret_refusal)
{
    struct search any = { NULL, false };
    int r = gw_store_each_account(store, on_account, &any);
    if (r == 0 && !any.found)
        r = gw_store_insert_account(store, account, author);
    *ret_refusal = (struct gw_account_refusal) { 0 };
    if (any.found || r == -EEXIST) {
        refuse(ret_refusal, -EEXIST, founded);
        return 0;
    }
    return r;
}
