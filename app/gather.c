#include "app/gather.h"

#include "base/log.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

struct gathering {
    struct gw_shard *home;
    struct gw_gather_question question;
    atomic_uint missing; // shards that have not answered
    uint32_t count;
    max_align_t parts[];
};

static void *part_of(struct gathering *g, uint32_t i)
{
    return (char *)g->parts + i * g->question.part_bytes;
}

static int post_call(struct gw_shard *to, void (*call)(struct gw_shard *, void *),
                     struct gathering *g)
{
    const struct gw_message m = { .type = GW_MESSAGE_CALL, .call = call, .call_arg = g };
    int r = gw_shard_post(to, &m);
    if (r < 0)
        gw_log(GW_LOG_ERROR, "question_lost", "shard=%u error=%d", gw_shard_index(to), r);
    return r;
}

// All have answered; back on the shard that asked.
static void finish(struct gw_shard *shard, void *arg)
{
    struct gathering *g = arg;
    g->question.on_answers(shard, g->question.arg, g->parts, g->count);
    free(g);
    gw_shard_end_work(shard);
}

static void answered(struct gathering *g)
{
    // Release: our part is written before the last one reads them all.
    if (atomic_fetch_sub_explicit(&g->missing, 1, memory_order_acq_rel) == 1)
        (void)post_call(g->home, finish, g);
}

static void ask(struct gw_shard *shard, void *arg)
{
    struct gathering *g = arg;
    uint32_t i = g->question.only ? 0 : gw_shard_index(shard);

    if (gw_shard_router(shard))
        g->question.on_shard(shard, g->question.arg, part_of(g, i));
    answered(g);
}

int gw_gather(struct gw_shard *home, const struct gw_gather_question *question)
{
    struct gw_engine *engine = gw_shard_engine(home);
    uint32_t count = question->only ? 1 : gw_engine_shards(engine);
    struct gathering *g = calloc(1, sizeof(*g) + count * question->part_bytes);
    if (!g)
        return -ENOMEM;

    g->home = home;
    g->question = *question;
    g->count = count;
    atomic_init(&g->missing, count);
    gw_shard_begin_work(home);
    for (uint32_t i = 0; i < count; i++)
        if (post_call(question->only ? question->only : gw_engine_shard(engine, i), ask,
                      g) < 0)
            answered(g); // its part stays zero
    return 0;
}
