// One question to several shards: each answers on its own thread, and when all have,
// the one that asked goes on. Nobody waits.
#ifndef GW_APP_GATHER_H
#define GW_APP_GATHER_H

#include "app/shard.h"

#include <stddef.h>
#include <stdint.h>

struct gw_gather_question {
    struct gw_shard *only; // who is asked; NULL: every shard
    size_t part_bytes;     // of one shard's answer, zeroed before

    // On the shard's thread. A shard that has ended is not asked: its part stays zero.
    void (*on_shard)(struct gw_shard *shard, void *arg, void *part);

    // On the thread of the shard that asked, once: the parts lie side by side.
    void (*on_answers)(struct gw_shard *home, void *arg, void *parts, uint32_t count);
    void *arg;
};

// `home` is the caller's shard; it does not end before on_answers has returned. The
// question is copied. Returns 0, or -ENOMEM: then nothing was asked.
int gw_gather(struct gw_shard *home, const struct gw_gather_question *question);

#endif
