// A question or a change of accounts on its way through the pool and the store thread,
// for the files of the API that make such (api_accounts.c, api_screens.c).
#ifndef GW_APP_ACCOUNT_WORK_H
#define GW_APP_ACCOUNT_WORK_H

#include "app/access.h"
#include "app/api_answer.h"
#include "app/json_account.h"
#include "app/shard.h"

struct gw_account_work {
    uv_work_t work;
    struct gw_shard *shard;
    struct gw_request *request;
    enum gw_lang lang;
    char author[GW_AUTHOR_MAX + 1];

    bool read; // of one of this name, or where there is none of all
    enum gw_account_kind kind;
    char name[GW_ACCOUNT_NAME_MAX + 1];
    enum gw_role role; // read, removed: only of this one; GW_ROLES: any
    enum gw_account_verb verb;
    bool checks_old; // a place was taken with gw_access_may_try()
    char address[GW_ADDRESS_MAX];
    char session[GW_GUEST_TAG_MAX + 1];
    struct gw_account_wish wish;
    // What becomes of it, before the answer; NULL: nothing. On the shard.
    void (*on_done)(struct gw_account_work *w);

    char word[GW_SECRET_TEXT]; // of a new token
    char secret[GW_PASSWORD_HASH];
    struct gw_answer answer; // where it is known already
    bool answered;
    struct gw_registry_result result;
};

// Begins it, with nothing asked for yet. Returns NULL after it has replied.
struct gw_account_work *gw_account_work_create(struct gw_shard *shard,
                                               struct gw_request *request,
                                               const struct gw_request_info *info);

// Carries it out and replies; it is gone then.
void gw_account_work_start(struct gw_account_work *w);

// Replies instead; it is gone then.
void gw_account_work_refuse(struct gw_account_work *w, int status, const char *code,
                            struct gw_text why, uint32_t wait_s);

#endif
