#include "app/api_screens.h"

#include "app/access.h"
#include "app/account_work.h"
#include "app/api_words.h"
#include "app/entrance.h"
#include "app/json_session.h"
#include "app/rights.h"
#include "app/screens.h"
#include "base/clock.h"
#include "ws/json_text.h"
#include "ws/origin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct gw_text forbidden = {
    "Your role does not allow this.",
    "您的角色无权执行此操作。",
};
static const struct gw_text no_such = {
    "There is no screen of this name; the list shows which there are.",
    "没有此名称的大屏，请在列表中查看。",
};
static const struct gw_text bad_method = {
    "This address does not take that method.",
    "该地址不支持此请求方法。",
};
static const struct gw_text foreign_origin = {
    "The request came from a page of another origin.",
    "请求来自其他来源的页面，已拒绝。",
};
static const struct gw_text too_many = {
    "As many screens wait for their code as may. Enter the codes of some, or wait.",
    "等待登记的大屏已达上限，请先登记其中一些，或稍候。",
};
static const struct gw_text no_code = {
    "No screen shows this code now; it may be over ten minutes old. Read it again.",
    "目前没有大屏显示此代码，可能已超过十分钟，请重新查看。",
};
static const struct gw_text code_is_over = {
    "The time of this code is over; ask for another one.",
    "代码已过期，请重新获取。",
};
static const struct gw_text bad_word = {
    "Send a JSON object with the text word.",
    "请发送包含 word 文本字段的 JSON 对象。",
};
static const struct gw_text not_json = {
    "The body is not a JSON object (RFC 8259).",
    "请求正文不是 JSON 对象（RFC 8259）。",
};
static const struct gw_text must_wait = {
    "Too many wrong codes; wait before the next try.",
    "错误代码次数过多，请稍后再试。",
};

static struct gw_screens *screens_of(struct gw_shard *shard)
{
    return gw_access_screens(gw_engine_access(gw_shard_engine(shard)));
}

static uint64_t now_ms(void)
{
    return gw_clock_unix_us() / GW_MS;
}

static void refuse(struct gw_request *request, const struct gw_request_info *info,
                   int status, const char *code, struct gw_text why, uint32_t wait_s)
{
    struct gw_answer answer = gw_answer_problem(status, code, why, info->lang);
    answer.retry_after_s = wait_s;
    gw_answer_send(&answer, request);
}

static void reply_json(struct gw_request *request, int status,
                       const struct gw_json_text *text)
{
    struct gw_answer answer = gw_answer_json(gw_buf_copy(text->data, text->len));
    if (answer.body)
        answer.status = status;
    gw_answer_send(&answer, request);
}

bool gw_is_screens(const char *path)
{
    return strcmp(path, "screens") == 0 || strncmp(path, "screens/", 8) == 0;
}

// ---- for screens: nobody is in yet ----

static void begin(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info)
{
    struct gw_access *access = gw_engine_access(gw_shard_engine(shard));
    char code[GW_SCREEN_CODE], word[GW_SECRET_TEXT], out[256];
    int r = gw_screens_begin(screens_of(shard), gw_access_address(access, &info->arrival),
                             now_ms(), code, word);
    if (r == -EBUSY) {
        refuse(request, info, 429, "too_many", too_many, 60);
        return;
    }
    if (r < 0) {
        refuse(request, info, 503, "busy", gw_words_out_of_memory, 1);
        return;
    }
    struct gw_json_text t = gw_json_text_init(out, sizeof(out));
    gw_json_text_add(&t, "{\"code\":\"%s\",\"word\":\"%s\",\"seconds\":%d}", code, word,
                     GW_SCREEN_CODE_S);
    reply_json(request, 201, &t);
}

// A screen asks whether it was let in.
static void ask(struct gw_shard *shard, struct gw_request *request,
                const struct gw_request_info *info)
{
    struct gw_access *access = gw_engine_access(gw_shard_engine(shard));
    char word[GW_SECRET_TEXT], name[GW_ACCOUNT_NAME_MAX + 1], out[64];
    const struct gw_json_text_field field = { "word", word, sizeof(word) };
    struct gw_entrance entrance;
    size_t which;
    if (gw_json_read_texts(info->body, info->body_len, &field, 1, &which) < 0) {
        refuse(request, info, 422, "bad_body", bad_word, 0);
        return;
    }
    int r = gw_screens_ask(screens_of(shard), word, now_ms(), name);
    if (r == 0)
        r = gw_access_enter(access, name, gw_access_address(access, &info->arrival),
                            &entrance);
    if (r == 0) {
        gw_entrance_reply(shard, request, &entrance);
    } else if (r == -EAGAIN) {
        struct gw_json_text t = gw_json_text_init(out, sizeof(out));
        gw_json_text_add(&t, "{\"state\":\"waiting\"}");
        reply_json(request, 202, &t);
    } else {
        refuse(request, info, 404, "code_is_over", code_is_over, 0);
    }
}

// ---- for administrators ----

static void on_enrolled(struct gw_account_work *w)
{
    gw_screens_enrol(screens_of(w->shard), w->wish.code,
                     w->result.error ? NULL : w->name);
}

static void enrol(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info)
{
    struct gw_access *access = gw_engine_access(gw_shard_engine(shard));
    const unsigned may = GW_FIELD_CODE | GW_FIELD_NAME | GW_FIELD_SCOPE;
    struct gw_account_work *w = gw_account_work_create(shard, request, info);
    struct gw_text why;
    uint32_t wait_s = 0;
    if (!w)
        return;
    int r = gw_json_read_account(info->body, info->body_len, may, may, &w->wish, &why);
    if (r < 0) {
        gw_account_work_refuse(w, r == -EBADMSG ? 400 : 422,
                               r == -EBADMSG ? "not_json" : "bad_field",
                               r == -EBADMSG ? not_json : why, 0);
        return;
    }
    // Whoever tries codes waits as one who tries passwords.
    if (gw_access_may_guess(access, w->author, &wait_s) < 0) {
        gw_account_work_refuse(w, 429, "wait", must_wait, wait_s);
        return;
    }
    r = gw_screens_claim(screens_of(shard), w->wish.code, now_ms());
    gw_access_note_guess(access, w->author, r == 0);
    if (r < 0) {
        gw_account_work_refuse(w, 404, "no_such_code", no_code, 0);
        return;
    }
    w->kind = GW_ACCOUNT_USER;
    w->verb = GW_ACCOUNT_CREATE;
    w->role = GW_ROLE_WALL_SCREEN;
    w->wish.edit.has_role = true;
    w->on_done = on_enrolled;
    snprintf(w->name, sizeof(w->name), "%s", w->wish.name);
    gw_account_work_start(w);
}

static void start(struct gw_shard *shard, struct gw_request *request,
                  const struct gw_request_info *info, const char *name, bool read)
{
    struct gw_account_work *w = gw_account_work_create(shard, request, info);
    if (!w)
        return;
    w->kind = GW_ACCOUNT_USER;
    w->role = GW_ROLE_WALL_SCREEN;
    w->read = read;
    w->verb = GW_ACCOUNT_REMOVE;
    snprintf(w->name, sizeof(w->name), "%s", name);
    gw_account_work_start(w);
}

static void administer(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_request_info *info, const char *path)
{
    const char *name = strchr(path, '/');
    bool read = strcmp(info->method, "GET") == 0 || strcmp(info->method, "HEAD") == 0;
    if (!gw_rights_allow(info->guest, GW_MAY_ADMINISTER))
        refuse(request, info, 403, "forbidden", forbidden, 0);
    else if (strcmp(path, "screens/enrol") == 0 && strcmp(info->method, "POST") == 0)
        enrol(shard, request, info);
    else if (name && strlen(name + 1) > GW_ACCOUNT_NAME_MAX)
        refuse(request, info, 404, "no_such_account", no_such, 0);
    else if (read)
        start(shard, request, info, name ? name + 1 : "", true);
    else if (name && strcmp(info->method, "DELETE") == 0)
        start(shard, request, info, name + 1, false);
    else
        refuse(request, info, 405, "method_not_allowed", bad_method, 0);
}

void gw_api_screens(struct gw_shard *shard, struct gw_request *request,
                    const struct gw_request_info *info, const char *path)
{
    const struct gw_arrival *arrival = &info->arrival;
    bool post = strcmp(info->method, "POST") == 0;
    bool is_begin = post && strcmp(path, "screens/code") == 0;
    bool is_ask = post && strcmp(path, "screens/sign-in") == 0;
    // A page of another origin could make its visitor's browser a screen.
    if ((is_begin || is_ask) && *arrival->origin &&
        !gw_origin_is_host(arrival->origin, arrival->host))
        refuse(request, info, 403, "foreign_origin", foreign_origin, 0);
    else if (is_begin)
        begin(shard, request, info);
    else if (is_ask)
        ask(shard, request, info);
    else
        administer(shard, request, info, path);
}
