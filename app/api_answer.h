// What an API handler says, before it becomes an HTTP reply.
#ifndef GW_APP_API_ANSWER_H
#define GW_APP_API_ANSWER_H

#include "app/entity_tag.h"
#include "base/buf.h"
#include "base/text.h"
#include "map/editor.h"
#include "ws/server.h"

struct gw_answer {
    int status;
    const char *content_type;             // static
    struct gw_buf *body;                  // owned; NULL: none
    char etag[GW_ENTITY_TAG_MAX];         // "" for none
    char location[GW_CAMERA_ID_MAX + 32]; // "" for none
    const char *cookie;                   // value of Set-Cookie, borrowed; NULL: none
    uint32_t retry_after_s;               // 0 for none
};

// JSON with status 200; a NULL `body` (out of memory) becomes a 503. Takes `body`.
struct gw_answer gw_answer_json(struct gw_buf *body);

// The same for a record with a revision: with an entity tag.
struct gw_answer gw_answer_record(struct gw_buf *body, int64_t revision);

// Makes it a 304 where the client says that it has what is answered: `if_none_match` is
// that header's value.
void gw_answer_spare(struct gw_answer *answer, const char *if_none_match);

// An RFC 9457 problem.
struct gw_answer gw_answer_problem(int status, const char *code, struct gw_text detail,
                                   enum gw_lang lang);

// What the store in `data` could not read: an error of map/store.h, also -ENOMEM.
struct gw_answer gw_answer_not_read(int error, const char *data, enum gw_lang lang);

// What is kept of it, for who asks again by the same key; borrows. And the answer that it
// was: JSON, or without a body.
struct gw_kept_answer gw_answer_to_keep(const struct gw_answer *answer);
struct gw_answer gw_answer_kept(const struct gw_kept_answer *kept);

// Replies and frees what the answer holds.
void gw_answer_send(struct gw_answer *answer, struct gw_request *request);

#endif
