#include "app/announcer.h"

#include "app/json.h"
#include "base/log.h"
#include "base/table.h"

#include <errno.h>
#include <stdlib.h>

enum {
    PERIOD_MS = 1000,
    FIRST_ROOM = 64, // cameras; never more than the shard owns
};

struct gw_announcer {
    struct gw_shard *shard;
    uv_timer_t timer;      // runs only while something is to be said
    struct gw_table noted; // which of them stand in `changed` already
    uint32_t *changed;     // camera numbers
    size_t count;
    size_t room;
};

static void broadcast(struct gw_engine *engine, struct gw_buf *text)
{
    for (uint32_t i = 0; i < gw_engine_shards(engine); i++) {
        struct gw_message m = { .type = GW_MESSAGE_BROADCAST, .text = gw_buf_ref(text) };
        if (gw_shard_post(gw_engine_shard(engine, i), &m) < 0)
            gw_buf_unref(&m.text); // the next full read of the map repairs it
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct gw_announcer *a = timer->data;
    struct gw_engine *engine = gw_shard_engine(a->shard);
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));

    struct gw_buf *text =
        gw_json_changed_cameras(snapshot, gw_engine_states(engine), a->changed, a->count);
    gw_snapshot_unref(&snapshot);
    gw_table_finish(&a->noted);
    a->count = 0;
    if (text)
        broadcast(engine, text);
    gw_buf_unref(&text);
}

int gw_announcer_create(struct gw_shard *shard, struct gw_announcer **ret_announcer)
{
    struct gw_announcer *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->shard = shard;
    a->timer.data = a;
    gw_table_init(&a->noted);
    uv_timer_init(gw_shard_loop(shard), &a->timer);
    *ret_announcer = a;
    return 0;
}

static int append(struct gw_announcer *a, uint32_t camera_num)
{
    if (a->count == a->room) {
        size_t room = a->room ? a->room * 2 : FIRST_ROOM;
        uint32_t *changed = realloc(a->changed, room * sizeof(*changed));
        if (!changed)
            return -ENOMEM;
        a->changed = changed;
        a->room = room;
    }
    a->changed[a->count++] = camera_num;
    return 0;
}

void gw_announcer_note(struct gw_announcer *a, uint32_t camera_num)
{
    if (gw_table_get(&a->noted, camera_num))
        return;
    if (append(a, camera_num) < 0 || gw_table_put(&a->noted, camera_num, a) < 0)
        gw_log(GW_LOG_ERROR, "state_not_announced", "camera=%u", camera_num);
    if (!uv_is_active((uv_handle_t *)&a->timer))
        uv_timer_start(&a->timer, on_timer, PERIOD_MS, 0);
}

static void on_closed(uv_handle_t *handle)
{
    struct gw_announcer *a = handle->data;
    gw_table_finish(&a->noted);
    free(a->changed);
    free(a);
}

void gw_announcer_destroy(struct gw_announcer *a)
{
    if (a)
        uv_close((uv_handle_t *)&a->timer, on_closed);
}
