#include "app/api_answer.h"

#include "app/api_words.h"
#include "app/json.h"
#include "map/store.h"
#include "map/store_words.h"

#include <errno.h>
#include <stdio.h>

struct gw_answer gw_answer_json(struct gw_buf *body)
{
    return (struct gw_answer) {
        .status = body ? 200 : 503,
        .content_type = "application/json",
        .body = body,
    };
}

struct gw_answer gw_answer_record(struct gw_buf *body, int64_t revision)
{
    struct gw_answer answer = gw_answer_json(body);
    if (body)
        gw_entity_tag_write(revision, body, answer.etag);
    return answer;
}

void gw_answer_spare(struct gw_answer *answer, const char *if_none_match)
{
    if (answer->status != 200 || !*answer->etag ||
        !gw_entity_tags_have(if_none_match, answer->etag))
        return;
    gw_buf_unref(&answer->body);
    answer->status = 304;
    answer->content_type = NULL;
}

struct gw_answer gw_answer_problem(int status, const char *code, struct gw_text detail,
                                   enum gw_lang lang)
{
    return (struct gw_answer) {
        .status = status,
        .content_type = "application/problem+json",
        .body = gw_json_problem(status, code, detail, lang),
    };
}

struct gw_answer gw_answer_not_read(int error, const char *data, enum gw_lang lang)
{
    char en[GW_STORE_ERROR_MAX], zh[GW_STORE_ERROR_MAX];
    if (error == -ENOMEM)
        return gw_answer_problem(503, "busy", gw_words_out_of_memory, lang);
    gw_store_words(error, data, GW_LANG_EN, en, sizeof(en));
    gw_store_words(error, data, GW_LANG_ZH, zh, sizeof(zh));
    return gw_answer_problem(500, "not_read", (struct gw_text) { en, zh }, lang);
}

struct gw_kept_answer gw_answer_to_keep(const struct gw_answer *answer)
{
    return (struct gw_kept_answer) {
        .status = answer->status,
        .etag = answer->etag,
        .location = answer->location,
        .body = answer->body ? gw_buf_data(answer->body) : NULL,
        .body_len = answer->body ? gw_buf_len(answer->body) : 0,
    };
}

struct gw_answer gw_answer_kept(const struct gw_kept_answer *kept)
{
    struct gw_answer answer = { .status = kept->status };
    if (kept->body_len) {
        answer = gw_answer_json(gw_buf_copy(kept->body, kept->body_len));
        answer.status = answer.body ? kept->status : answer.status;
    }
    snprintf(answer.etag, sizeof(answer.etag), "%s", kept->etag);
    snprintf(answer.location, sizeof(answer.location), "%s", kept->location);
    return answer;
}

void gw_answer_send(struct gw_answer *answer, struct gw_request *request)
{
    const struct gw_reply reply = {
        .status = answer->status,
        .content_type = answer->content_type,
        .body = answer->body ? gw_buf_data(answer->body) : NULL,
        .body_len = answer->body ? gw_buf_len(answer->body) : 0,
        .etag = *answer->etag ? answer->etag : NULL,
        .location = *answer->location ? answer->location : NULL,
        .cookie = answer->cookie,
        .retry_after_s = answer->retry_after_s,
    };
    gw_request_reply(request, &reply);
    gw_buf_unref(&answer->body);
}
