#include "app/api_session.h"

#include "app/access.h"
#include "app/api_answer.h"
#include "app/api_words.h"
#include "app/entrance.h"
#include "app/json_session.h"
#include "map/secret.h"
#include "map/store_accounts.h"
#include "ws/origin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_MAX = 64, FIELDS = 3 };

// One who signs in, or becomes the first administrator, on the way to the pool and back.
struct entry {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    enum gw_lang lang;
    char name[GW_ACCOUNT_NAME_MAX + 1];
    char password[GW_PASSWORD_MAX + 1];
    char word[GW_SECRET_TEXT]; // of the set-up link
    char address[ADDRESS_MAX];
    struct gw_entrance entrance;
    char hash[GW_PASSWORD_HASH];
    int result;
    struct gw_registry_result written;
};

static const struct gw_text wrong = {
    "User name or password is wrong.",
    "用户名或密码错误。",
};
static const struct gw_text must_wait = {
    "Too many wrong passwords; wait before the next try.",
    "密码错误次数过多，请稍后再试。",
};
static const struct gw_text busy = {
    "Many are signing in just now. Try again in a moment.",
    "登录人数较多，请稍后再试。",
};
static const struct gw_text bad_body = {
    "Send a JSON object with the texts name and password (for the set-up also word).",
    "请发送包含 name、password（初始设置另需 word）文本字段的 JSON 对象。",
};
static const struct gw_text foreign_origin = {
    "The request came from a page of another origin.",
    "请求来自其他来源的页面，已拒绝。",
};
static const struct gw_text bad_link = {
    "This set-up link is not good, or not good any more. The engine prints a new one "
    "when "
    "it starts.",
    "初始设置链接无效或已失效；引擎启动时会打印新的链接。",
};
static const struct gw_text bad_name = {
    "A name is 1 to 64 bytes of text, a password 10 to 256 bytes.",
    "用户名须为 1 到 64 字节的文本，密码须为 10 到 256 字节。",
};
static const struct gw_text bad_method = {
    "This address does not take that method.",
    "该地址不支持此请求方法。",
};

static void refuse(struct gw_request *request, enum gw_lang lang, int status,
                   const char *code, struct gw_text why, uint32_t wait_s)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, lang);
    answer.retry_after_s = wait_s;
    gw_answer_send(&answer, request);
}

static struct gw_access *access_of(struct gw_shard *shard)
{
    return gw_engine_access(gw_shard_engine(shard));
}

// Nobody shall find it in memory that was used again.
static void free_entry(struct entry *e)
{
    explicit_bzero(e->password, sizeof(e->password));
    free(e);
}

// Reads the body. Returns NULL after it has replied.
static struct entry *read_entry(struct gw_shard *shard, struct gw_request *request,
                                const struct gw_request_info *info, bool set_up)
{
    struct entry *e = calloc(1, sizeof(*e));
    size_t field;
    if (!e) {
        refuse(request, info->lang, 503, "busy", gw_words_out_of_memory, 0);
        return NULL;
    }
    const struct gw_json_text_field fields[FIELDS] = {
        { "name", e->name, sizeof(e->name) },
        { "password", e->password, sizeof(e->password) },
        { "word", e->word, sizeof(e->word) },
    };
    e->work.data = e;
    e->shard = shard;
    e->request = request;
    e->lang = info->lang;
    snprintf(e->address, sizeof(e->address), "%s",
             gw_access_address(access_of(shard), &info->arrival));
    // A page of another origin could sign its visitor in as somebody else.
    bool foreign = *info->arrival.origin &&
                   !gw_origin_is_host(info->arrival.origin, info->arrival.host);
    int r = foreign ? -EPERM
                    : gw_json_read_texts(info->body, info->body_len, fields,
                                         set_up ? FIELDS : FIELDS - 1, &field);
    if (r == 0)
        return e;
    free_entry(e);
    if (r == -EPERM)
        refuse(request, info->lang, 403, "foreign_origin", foreign_origin, 0);
    else
        refuse(request, info->lang, r == -EINVAL ? 422 : 400, "bad_body", bad_body, 0);
    return NULL;
}

// ---- signing in ----

static void on_check(uv_work_t *work)
{
    struct entry *e = work->data;
    e->result = gw_access_sign_in(access_of(e->shard), e->name, e->password, e->address,
                                  &e->entrance);
}

static void on_checked(uv_work_t *work, int status)
{
    struct entry *e = work->data;
    struct gw_shard *shard = e->shard;
    (void)status; // nothing cancels it
    if (e->result == 0) {
        gw_entrance_reply(shard, e->request, &e->entrance);
    } else if (e->result == -EACCES) {
        refuse(e->request, e->lang, 401, "wrong", wrong, 0);
    } else {
        refuse(e->request, e->lang, 503, "busy", busy, 1);
    }
    free_entry(e);
    gw_shard_end_work(shard);
}

static void start_sign_in(struct gw_shard *shard, struct gw_request *request,
                          const struct gw_request_info *info)
{
    struct entry *e = read_entry(shard, request, info, false);
    uint32_t wait_s = 0;
    if (!e)
        return;
    int r = gw_access_may_try(access_of(shard), e->name, e->address, &wait_s);
    if (r < 0) {
        bool wait = r == -EAGAIN;
        refuse(request, info->lang, wait ? 429 : 503, wait ? "wait" : "busy",
               wait ? must_wait : busy, wait_s);
        free_entry(e);
        return;
    }
    gw_shard_begin_work(shard);
    // It fails for a missing callback only.
    (void)uv_queue_work(gw_shard_loop(shard), &e->work, on_check, on_checked);
}

static void sign_out(struct gw_shard *shard, struct gw_request *request,
                     const struct gw_request_info *info)
{
    struct gw_entrance entrance;
    gw_access_sign_out(access_of(shard), &info->arrival, &entrance);
    gw_entrance_reply(shard, request, &entrance);
}

// ---- the first administrator ----

static void finish_set_up(struct gw_shard *shard, void *arg)
{
    struct entry *e = arg;
    const struct gw_text why = { e->written.en, e->written.zh };
    if (e->written.error == 0) {
        gw_access_end_set_up(access_of(shard));
        struct gw_answer answer = { .status = 204 };
        gw_answer_send(&answer, e->request);
    } else {
        refuse(e->request, e->lang, e->written.error == -EEXIST ? 409 : 500,
               e->written.error == -EEXIST ? "exists" : "not_written", why, 0);
    }
    free_entry(e);
    gw_shard_end_work(shard);
}

// On the store thread.
static void on_written(void *arg, const struct gw_registry_result *result)
{
    struct entry *e = arg;
    e->written = *result;
    gw_shard_reply(e->shard, finish_set_up, e);
}

static void on_hash(uv_work_t *work)
{
    struct entry *e = work->data;
    e->result = gw_password_hash(e->password, e->hash);
}

static void on_hashed(uv_work_t *work, int status)
{
    struct entry *e = work->data;
    struct gw_shard *shard = e->shard;
    const struct gw_account account = {
        .kind = GW_ACCOUNT_USER,
        .name = e->name,
        .secret = e->hash,
        .role = GW_ROLE_ADMINISTRATOR,
        .scope = "",
    };
    (void)status;
    if (e->result == 0)
        e->result = gw_registry_found(gw_engine_registry(gw_shard_engine(shard)),
                                      &account, e->address, on_written, e);
    if (e->result == 0)
        return;
    refuse(e->request, e->lang, 503, "busy", busy, 1);
    free_entry(e);
    gw_shard_end_work(shard);
}

static void start_set_up(struct gw_shard *shard, struct gw_request *request,
                         const struct gw_request_info *info)
{
    struct entry *e = read_entry(shard, request, info, true);
    if (!e)
        return;
    bool good = gw_account_name_valid(e->name) && strlen(e->password) >= GW_PASSWORD_MIN;
    if (gw_access_may_set_up(access_of(shard), e->word) && good) {
        gw_shard_begin_work(shard);
        (void)uv_queue_work(gw_shard_loop(shard), &e->work, on_hash, on_hashed);
        return;
    }
    if (good)
        refuse(request, info->lang, 403, "bad_link", bad_link, 0);
    else
        refuse(request, info->lang, 422, "bad_field", bad_name, 0);
    free_entry(e);
}

bool gw_is_session(const char *path)
{
    return strcmp(path, "session") == 0 || strcmp(path, "set-up") == 0;
}

void gw_api_session(struct gw_shard *shard, struct gw_request *request,
                    const struct gw_request_info *info, const char *path)
{
    bool set_up = strcmp(path, "set-up") == 0;
    if (strcmp(info->method, "POST") == 0 && set_up) {
        start_set_up(shard, request, info);
    } else if (strcmp(info->method, "POST") == 0) {
        start_sign_in(shard, request, info);
    } else if (strcmp(info->method, "DELETE") == 0 && !set_up) {
        sign_out(shard, request, info);
    } else if (!set_up &&
               (strcmp(info->method, "GET") == 0 || strcmp(info->method, "HEAD") == 0)) {
        struct gw_answer answer = gw_answer_json(gw_json_session(info->guest));
        gw_answer_send(&answer, request);
    } else {
        refuse(request, info->lang, 405, "method_not_allowed", bad_method, 0);
    }
}
