#include "app/account_work.h"

#include "app/api_words.h"
#include "app/entrance.h"
#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_DAYS = 365 }; // that a token is good for where nothing is said
#define DAY_MS (24 * 3600 * 1000ull)

static const struct gw_text wrong = {
    "The old password is wrong.",
    "原密码错误。",
};
static const struct gw_text no_such = {
    "There is no account of this name; the list shows which there are.",
    "没有此名称的账户，请在列表中查看。",
};

static struct gw_engine *engine_of(const struct gw_account_work *w)
{
    return gw_shard_engine(w->shard);
}

struct gw_account_work *gw_account_work_create(struct gw_shard *shard,
                                               struct gw_request *request,
                                               const struct gw_request_info *info)
{
    struct gw_account_work *w = calloc(1, sizeof(*w));
    if (!w) {
        struct gw_answer answer =
            gw_answer_problem(503, "busy", gw_words_out_of_memory, info->lang);
        gw_answer_send(&answer, request);
        return NULL;
    }
    w->work.data = w;
    w->shard = shard;
    w->request = request;
    w->lang = info->lang;
    w->role = GW_ROLES;
    snprintf(w->author, sizeof(w->author), "%s", gw_guest_name(info->guest));
    snprintf(w->session, sizeof(w->session), "%s", gw_guest_tag(info->guest));
    snprintf(w->address, sizeof(w->address), "%s",
             gw_access_address(gw_engine_access(gw_shard_engine(shard)), &info->arrival));
    gw_shard_begin_work(shard);
    return w;
}

// Passwords shall not be found in memory that was used again.
static void end(struct gw_account_work *w)
{
    struct gw_shard *shard = w->shard;
    explicit_bzero(w, sizeof(*w));
    free(w);
    gw_shard_end_work(shard);
}

static void reply(struct gw_account_work *w, struct gw_answer *answer)
{
    gw_answer_send(answer, w->request);
    end(w);
}

void gw_account_work_refuse(struct gw_account_work *w, int status, const char *code,
                            struct gw_text why, uint32_t wait_s)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, w->lang);
    answer.retry_after_s = wait_s;
    reply(w, &answer);
}

// ---- in a thread of the pool ----

static void set_answer(struct gw_account_work *w, struct gw_answer answer)
{
    w->answer = answer;
    w->answered = true;
}

static struct gw_answer one(const struct gw_account_work *w,
                            const struct gw_accounts *accounts)
{
    const struct gw_account_rights *account =
        gw_accounts_find(accounts, w->kind, w->name);
    if (!account || (w->role < GW_ROLES && account->account.role != w->role))
        return gw_answer_problem(404, "no_such_account", no_such, w->lang);
    return gw_answer_json(gw_json_account(&account->account, *w->word ? w->word : NULL));
}

static void read_accounts(struct gw_account_work *w)
{
    struct gw_accounts *accounts = gw_registry_accounts(gw_engine_registry(engine_of(w)));
    set_answer(w, *w->name
                      ? one(w, accounts)
                      : gw_answer_json(gw_json_accounts(accounts, w->kind, w->role)));
    gw_accounts_unref(&accounts);
}

static int make_secret(struct gw_account_work *w)
{
    bool token = w->kind == GW_ACCOUNT_TOKEN;
    int r = 0;
    if (w->wish.has & GW_FIELD_PASSWORD)
        r = gw_password_hash(w->wish.password, w->secret);
    else if (token && w->verb == GW_ACCOUNT_CREATE)
        r = gw_secret_word(w->word);
    if (r == 0 && *w->word)
        r = gw_secret_digest(w->word, strlen(w->word), w->secret);
    return r;
}

static void on_work(uv_work_t *work)
{
    struct gw_account_work *w = work->data;
    int r = 0;
    if (w->read) {
        read_accounts(w);
        return;
    }
    if (w->checks_old)
        r = gw_access_check_password(gw_engine_access(engine_of(w)), w->name,
                                     w->wish.old_password, w->address);
    if (r == -EACCES)
        set_answer(w, gw_answer_problem(403, "wrong", wrong, w->lang));
    else if (r < 0 || make_secret(w) < 0)
        set_answer(w, gw_answer_problem(503, "busy", gw_words_out_of_memory, w->lang));
}

// ---- back on the shard ----

static struct gw_answer failure(const struct gw_account_work *w)
{
    const struct gw_text why = { w->result.en, w->result.zh };
    switch (w->result.error) {
    case -EEXIST: return gw_answer_problem(409, "exists", why, w->lang);
    case -ENOENT: return gw_answer_problem(404, "no_such_account", why, w->lang);
    case -EPERM: return gw_answer_problem(409, "last_administrator", why, w->lang);
    case -ENOBUFS: return gw_answer_problem(409, "too_many", why, w->lang);
    case -ENOSPC: return gw_answer_problem(507, "disk_full", why, w->lang);
    default: return gw_answer_problem(500, "not_written", why, w->lang);
    }
}

static struct gw_answer success(struct gw_account_work *w)
{
    struct gw_answer answer = { .status = 204 };
    if (w->verb == GW_ACCOUNT_REMOVE || w->checks_old)
        return answer;
    struct gw_accounts *accounts = gw_registry_accounts(gw_engine_registry(engine_of(w)));
    answer = one(w, accounts);
    gw_accounts_unref(&accounts);
    if (w->verb == GW_ACCOUNT_CREATE && answer.status == 200)
        answer.status = 201;
    return answer;
}

static void finish(struct gw_shard *shard, void *arg)
{
    struct gw_account_work *w = arg;
    struct gw_entrance entrance;
    if (w->on_done)
        w->on_done(w);
    // All sessions ended with the old password; who changed it stays in by a new one.
    if (!w->result.error && w->checks_old &&
        gw_access_enter(gw_engine_access(engine_of(w)), w->name, w->address, &entrance) ==
            0) {
        gw_entrance_reply(shard, w->request, &entrance);
        end(w);
        return;
    }
    struct gw_answer answer = w->result.error ? failure(w) : success(w);
    reply(w, &answer);
}

// On the store thread.
static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct gw_account_work *w = arg;
    w->result = *result;
    gw_shard_reply(w->shard, finish, w);
}

static void on_worked(uv_work_t *work, int status)
{
    struct gw_account_work *w = work->data;
    (void)status; // nothing cancels it
    if (w->answered) {
        reply(w, &w->answer);
        return;
    }
    struct gw_account_edit *edit = &w->wish.edit;
    edit->kind = w->kind;
    edit->name = w->name;
    edit->secret = *w->secret ? w->secret : NULL;
    if (w->role < GW_ROLES) {
        edit->role = w->role;
        edit->only_role = true;
    }
    edit->has_expires =
        w->kind == GW_ACCOUNT_TOKEN && (w->wish.days || w->verb == GW_ACCOUNT_CREATE);
    if (edit->has_expires)
        edit->expires_ms = gw_clock_unix_us() / GW_MS +
                           (w->wish.days ? w->wish.days : TOKEN_DAYS) * DAY_MS;
    const struct gw_editor editor = { .name = w->author,
                                      .address = w->address,
                                      .session = w->session };
    if (gw_registry_write_account(gw_engine_registry(engine_of(w)), w->verb, edit,
                                  &editor, on_written, w) < 0)
        gw_account_work_refuse(w, 503, "busy", gw_words_writes_wait, 1);
}

void gw_account_work_start(struct gw_account_work *w)
{
    // It fails for a missing callback only.
    (void)uv_queue_work(gw_shard_loop(w->shard), &w->work, on_work, on_worked);
}
