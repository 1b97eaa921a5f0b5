#include "app/entrance.h"

#include "app/api_answer.h"
#include "base/log.h"

#include <stdlib.h>

struct entering {
    struct gw_shard *shard;
    struct gw_request *request;
    struct gw_entrance entrance;
};

static void reply(struct gw_request *request, const struct gw_entrance *entrance)
{
    struct gw_answer answer = { .status = 204, .cookie = entrance->cookie };
    gw_answer_send(&answer, request);
}

// Back on the shard.
static void finish(struct gw_shard *shard, void *arg)
{
    struct entering *e = arg;
    reply(e->request, &e->entrance);
    free(e);
    gw_shard_end_work(shard);
}

// On the store thread.
static void on_kept(void *arg, const struct gw_registry_result *result)
{
    struct entering *e = arg;
    if (result->error)
        gw_log(GW_LOG_ERROR, "session_not_kept", "error=\"%s\"", result->en);
    gw_shard_reply(e->shard, finish, e);
}

void gw_entrance_reply(struct gw_shard *shard, struct gw_request *request,
                       const struct gw_entrance *entrance)
{
    struct gw_access *access = gw_engine_access(gw_shard_engine(shard));
    struct entering *e = *entrance->digest ? malloc(sizeof(*e)) : NULL;
    if (e) {
        *e = (struct entering) { shard, request, *entrance };
        gw_shard_begin_work(shard);
        if (gw_access_keep(access, &e->entrance, on_kept, e) == 0)
            return;
        gw_shard_end_work(shard);
    }
    if (*entrance->digest)
        gw_log(GW_LOG_ERROR, "session_not_kept", "error=\"too many changes wait\"");
    free(e);
    reply(request, entrance);
}
