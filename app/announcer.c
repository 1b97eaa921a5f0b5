#include "app/announcer.h"

#include "app/json.h"
#include "app/rights.h"
#include "base/log.h"
#include "base/table.h"
#include "ws/server.h"

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

static void post_to_all(struct gw_engine *engine, struct gw_buf *nums)
{
    for (uint32_t i = 0; i < gw_engine_shards(engine); i++) {
        struct gw_message m = { .type = GW_MESSAGE_STATES, .text = gw_buf_ref(nums) };
        if (gw_shard_post(gw_engine_shard(engine, i), &m) < 0)
            gw_buf_unref(&m.text); // the next full read of the map repairs it
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct gw_announcer *a = timer->data;
    struct gw_buf *nums = gw_buf_copy(a->changed, a->count * sizeof(*a->changed));
    gw_table_finish(&a->noted);
    a->count = 0;
    if (nums)
        post_to_all(gw_shard_engine(a->shard), nums);
    gw_buf_unref(&nums);
}

// One telling: most walls are of guests who see the same.
struct telling {
    struct gw_json_world world;
    struct gw_scope_view room;
    const uint32_t *nums;
    size_t count;
    const struct gw_guest *guest; // whom `text` is for, and who sees as much
    struct gw_buf *text;          // NULL: none was made yet, or out of memory
};

static struct gw_buf *text_for(void *arg, const struct gw_guest *guest)
{
    struct telling *t = arg;
    bool same = t->text && (guest == t->guest ||
                            (!gw_guest_scope(guest) && !gw_guest_scope(t->guest)));
    if (!same) {
        gw_buf_unref(&t->text);
        t->guest = guest;
        t->world.view = gw_rights_view(guest, t->world.snapshot, &t->room);
        t->text = gw_json_changed_cameras(&t->world, t->nums, t->count);
    }
    return t->text ? gw_buf_ref(t->text) : NULL;
}

void gw_announcer_tell(struct gw_shard *shard, const struct gw_buf *nums)
{
    struct gw_engine *engine = gw_shard_engine(shard);
    struct gw_snapshot *snapshot = gw_registry_snapshot(gw_engine_registry(engine));
    struct telling t = {
        .world = { .snapshot = snapshot, .states = gw_engine_states(engine) },
        .nums = (const uint32_t *)(const void *)gw_buf_data(nums),
        .count = gw_buf_len(nums) / sizeof(uint32_t),
    };
    gw_server_broadcast(gw_shard_server(shard), text_for, &t);
    gw_buf_unref(&t.text);
    gw_snapshot_unref(&snapshot);
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
