// A shard's two queues, in a running engine: what people ask and who comes anew do not
// wait until the frames that came before them are dealt with.

#include "app/engine.h"
#include "app/gather.h"
#include "app/shard.h"
#include "base/frame.h"
#include "base/queue.h"
#include "tests/harness/scratch.h"
#include "ws/server.h"

#include <semaphore.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum {
    FRAMES = 16 * GW_QUEUE_TURN_MAX,
    // What may go before: the loop finds both queues ready and takes a turn of frames
    // first, and the question comes while one turn is under way.
    TURNS_BEFORE = 2,
    NO_STREAM = 77, // nobody watches it: its frames are let go at once
};

struct shard_test {
    char dir[SCRATCH_PATH_MAX];
    struct gw_settings settings;
    struct gw_engine *engine;
    struct gw_shard *shard;
    struct gw_frame *frame; // one for all, so that its references tell how many wait
    sem_t held;             // the shard's thread stands in hold()
    sem_t go_on;
    sem_t answered;
    unsigned waiting; // frames, when the question was answered
    uint32_t connections;
};

static int set_up_with(void **state, char *shards)
{
    struct shard_test *t = calloc(1, sizeof(*t));
    char error[GW_SAY_MAX];

    assert_non_null(t);
    scratch_create(t->dir);
    char *args[] = { "serve",       "--no-auth", "--data", t->dir, "--listen",
                     "127.0.0.1:0", "--shards",  shards,   NULL };
    assert_int_equal(gw_settings_init(&t->settings), 0);
    int r = gw_settings_from_args(&t->settings, 8, args, error);
    if (r == 0)
        r = gw_engine_start(&t->settings, &t->engine, error);
    if (r < 0)
        fail_msg("%s", error);
    t->shard = gw_engine_shard(t->engine, 0);
    t->frame = gw_frame_create(1);
    assert_non_null(t->frame);
    assert_int_equal(sem_init(&t->held, 0, 0), 0);
    assert_int_equal(sem_init(&t->go_on, 0, 0), 0);
    assert_int_equal(sem_init(&t->answered, 0, 0), 0);
    *state = t;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(state, "1");
}

static int set_up_two(void **state)
{
    return set_up_with(state, "2");
}

static int tear_down(void **state)
{
    struct shard_test *t = *state;

    gw_engine_stop(t->engine);
    assert_int_equal(atomic_load(&t->frame->refs), 1); // none was lost on its way
    gw_frame_unref(&t->frame);
    gw_settings_finish(&t->settings);
    scratch_remove(t->dir);
    sem_destroy(&t->held);
    sem_destroy(&t->go_on);
    sem_destroy(&t->answered);
    free(t);
    return 0;
}

static void hold(struct gw_shard *shard, void *arg)
{
    struct shard_test *t = arg;
    (void)shard;
    sem_post(&t->held);
    sem_wait(&t->go_on);
}

static void look(struct gw_shard *shard, void *arg)
{
    struct shard_test *t = arg;
    struct gw_server_stats stats;

    t->waiting = atomic_load(&t->frame->refs) - 1;
    gw_server_stats(gw_shard_server(shard), &stats);
    t->connections = stats.connections;
    sem_post(&t->answered);
}

static void call(struct shard_test *t, void (*what)(struct gw_shard *, void *))
{
    const struct gw_message m = { .type = GW_MESSAGE_CALL, .call = what, .call_arg = t };
    assert_int_equal(gw_shard_post(t->shard, &m), 0);
}

// The shard is busy, and meanwhile frames gather, far more than a turn takes.
static void let_frames_gather(struct shard_test *t)
{
    call(t, hold);
    sem_wait(&t->held);
    for (int i = 0; i < FRAMES; i++) {
        const struct gw_message m = {
            .type = GW_MESSAGE_FRAME,
            .stream = NO_STREAM,
            .frame = gw_frame_ref(t->frame),
        };
        assert_int_equal(gw_shard_post(t->shard, &m), 0);
    }
}

static void a_question_does_not_wait_behind_pictures(void **state)
{
    struct shard_test *t = *state;

    let_frames_gather(t);
    call(t, look);
    sem_post(&t->go_on);
    sem_wait(&t->answered);
    assert_in_range(t->waiting, FRAMES - TURNS_BEFORE * GW_QUEUE_TURN_MAX, FRAMES);
}

// Its thread has taken over the connection by then: what one queue holds keeps its order.
static void a_newcomer_does_not_wait_behind_pictures(void **state)
{
    struct shard_test *t = *state;
    int ends[2];

    let_frames_gather(t);
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    const struct gw_message m = { .type = GW_MESSAGE_ADOPT, .fd = ends[0] };
    assert_int_equal(gw_shard_post(t->shard, &m), 0);
    call(t, look);
    sem_post(&t->go_on);
    sem_wait(&t->answered);
    assert_int_equal(t->connections, 1);
    assert_in_range(t->waiting, FRAMES - TURNS_BEFORE * GW_QUEUE_TURN_MAX, FRAMES);
    close(ends[1]);
}

// A shard that asks the others while it ends, and they have ended before it.
struct late {
    struct shard_test *t;
    uint32_t parts;
};

static void on_part(struct gw_shard *shard, void *arg, void *part)
{
    (void)shard;
    (void)arg;
    *(bool *)part = true; // not on one that has ended
}

static void on_parts(struct gw_shard *home, void *arg, void *parts, uint32_t count)
{
    struct late *late = arg;
    (void)home;
    for (uint32_t i = 0; i < count; i++)
        late->parts += ((bool *)parts)[i];
    sem_post(&late->t->answered);
}

static void on_ask(struct gw_shard *shard, void *arg)
{
    const struct gw_gather_question question = {
        .part_bytes = sizeof(bool),
        .on_shard = on_part,
        .on_answers = on_parts,
        .arg = arg,
    };
    assert_int_equal(gw_gather(shard, &question), 0);
}

static void a_shard_that_has_ended_keeps_none_waiting(void **state)
{
    struct shard_test *t = *state;
    struct late late = { .t = t };
    const struct gw_message ask = { .type = GW_MESSAGE_CALL,
                                    .call = on_ask,
                                    .call_arg = &late };

    assert_int_equal(gw_engine_shards(t->engine), 2);
    gw_shard_end(t->shard);
    gw_shard_await_end(t->shard);
    assert_int_equal(gw_shard_post(gw_engine_shard(t->engine, 1), &ask), 0);
    sem_wait(&t->answered);
    assert_int_equal(late.parts, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_question_does_not_wait_behind_pictures, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_newcomer_does_not_wait_behind_pictures, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_shard_that_has_ended_keeps_none_waiting,
                                        set_up_two, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
