#include "app/api_audit.h"

#include "app/audit.h"
#include "app/audit_question.h"
#include "app/json_audit.h"
#include "map/audit_verify.h"
#include "map/store_audit.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_S = 10 };

static const struct gw_text busy = {
    "The log is being verified for somebody else. Try again in a moment.",
    "正在为他人校验日志，请稍后再试。",
};
static const struct gw_text bad_limit = {
    "limit is a number from 1 to 100.",
    "limit 应为 1 到 100 的数。",
};

bool gw_is_audit(const char *path)
{
    return strcmp(path, "audit") == 0 || strcmp(path, "audit/verify") == 0;
}

static int open_store(const struct gw_read_request *request, struct gw_store **ret_store)
{
    char words[GW_STORE_ERROR_MAX];
    return gw_store_open(request->data, ret_store, words);
}

// ---- entries ----

static int read_limit(const char *text, size_t *ret_limit)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text < '1' || *text > '9' || *end || n > GW_AUDIT_PAGE)
        return -EINVAL;
    *ret_limit = n;
    return 0;
}

// Returns 0, or -EINVAL with what is wrong in *ret_help.
static int read_question(const struct gw_query_string *params, struct gw_audit_query *q,
                         struct gw_text *ret_help)
{
    static const char *const keys[] = {
        "from", "to", "who", "camera", "action", "cursor"
    };
    const char *limit = gw_query_string_get(params, "limit");
    *q = (struct gw_audit_query) { .limit = GW_AUDIT_PAGE };
    *ret_help = bad_limit;
    if (limit && read_limit(limit, &q->limit) < 0)
        return -EINVAL;
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        const char *value = gw_query_string_get(params, keys[i]);
        if (value && gw_audit_question_set(q, keys[i], value, ret_help) < 0)
            return -EINVAL;
    }
    return 0;
}

static int on_entry(void *arg, const struct gw_audit_entry *entry)
{
    return gw_json_audit_add(arg, entry);
}

static struct gw_answer list(const struct gw_read_request *request,
                             const struct gw_audit_query *q)
{
    struct gw_audit_place next;
    struct gw_store *store = NULL;
    struct gw_json_page *page = gw_json_page_create();
    int r = page ? open_store(request, &store) : -ENOMEM;
    if (r == 0)
        r = gw_store_each_audit(store, q, on_entry, page, &next);
    gw_store_close(store);
    if (r == 0)
        return gw_answer_json(gw_json_audit_print(page, &next));
    gw_json_page_destroy(page);
    return gw_answer_not_read(r, request->data, request->lang);
}

// ---- verification ----

static struct gw_answer verify(const struct gw_read_request *request)
{
    static atomic_flag running = ATOMIC_FLAG_INIT;
    struct gw_audit_verdict verdict;
    struct gw_store *store = NULL;
    if (atomic_flag_test_and_set(&running)) {
        struct gw_answer answer = gw_answer_problem(503, "busy", busy, request->lang);
        answer.retry_after_s = BUSY_S;
        return answer;
    }
    int r = open_store(request, &store);
    if (r == 0)
        r = gw_audit_verify(store, &(struct gw_audit_check) { 0 }, &verdict);
    gw_store_close(store);
    atomic_flag_clear(&running);
    return r < 0 ? gw_answer_not_read(r, request->data, request->lang)
                 : gw_answer_json(gw_json_audit_verdict(&verdict, request->lang));
}

struct gw_answer gw_api_audit(const struct gw_read_request *request,
                              const struct gw_query_string *params)
{
    const struct gw_audit_person by = gw_audit_guest(request->guest, request->address);
    bool verification = strcmp(request->path, "audit") != 0;
    struct gw_audit_query q;
    struct gw_text help;
    if (!verification && read_question(params, &q, &help) < 0)
        return gw_answer_problem(400, "bad_parameter", help, request->lang);
    gw_audit_note_kept(request->audit, &by,
                       &(struct gw_audit_deed) { .action = verification ? "audit_verified"
                                                                        : "audit_read" });
    return verification ? verify(request) : list(request, &q);
}
