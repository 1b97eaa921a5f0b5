// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

// Shell scripts stand in for gridwall-source: they end, crash, hang and speak as no
// worker should.

#include "base/clock.h"
#include "ingest/worker.h"
#include "ingest/worker/ending.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_MS = 10 };

// Answers to what a worker sends are read and dropped line by line.
#define RECORDS                                                                          \
    "say() { printf '%s RTSP/1.0\\r\\nCSeq: 1\\r\\n%s\\r\\n%s' \"$1\" \"$2\" \"$3\" "    \
    ">&3; }\n"                                                                           \
    "sdp='v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:0\r\n'\n"   \
    "say 'ANNOUNCE rtsp://e/s' 'Content-Length: '${#sdp}'\r\n' \"$sdp\"\n"               \
    "say 'SETUP rtsp://e/s/0' 'Transport: RTP/AVP/TCP;interleaved=0-1\r\n'\n"            \
    "say 'RECORD rtsp://e/s'\n"

struct world {
    char dir[64];
    char program[96];
    uv_loop_t loop;
    uv_timer_t timer;
    struct gw_worker_budget budget;
    struct gw_workers workers;
    struct gw_worker *worker;
    unsigned set_up, failed, described;
    enum gw_cause cause;
    enum gw_cause refusal;
    char said[GW_WORKER_SAID_MAX + 32];
    bool probe;
    uint64_t timeout_us;
};

static enum gw_cause on_setup(void *arg, const struct gw_media_format *media,
                              size_t count)
{
    struct world *w = arg;
    assert_int_equal(count, 1);
    assert_int_equal(media->codec, GW_CODEC_H264);
    w->set_up++;
    return w->refusal;
}

static bool on_packet(void *arg, enum gw_media_kind kind, const void *data, size_t len)
{
    (void)arg;
    (void)kind;
    (void)data;
    (void)len;
    return true;
}

static void on_failed(void *arg, enum gw_cause cause, const char *said)
{
    struct world *w = arg;
    w->failed++;
    w->cause = cause;
    snprintf(w->said, sizeof(w->said), "%s", said);
}

static void on_described(void *arg)
{
    struct world *w = arg;
    w->described++;
}

static void on_timer(uv_timer_t *timer)
{
    struct world *w = timer->data;
    gw_workers_tick(&w->workers, gw_clock_now_us());
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    assert_non_null(w);
    strcpy(w->dir, "/tmp/gw-worker-XXXXXX");
    assert_non_null(mkdtemp(w->dir));
    snprintf(w->program, sizeof(w->program), "%s/program", w->dir);
    assert_int_equal(uv_loop_init(&w->loop), 0);
    assert_int_equal(uv_timer_init(&w->loop, &w->timer), 0);
    w->timer.data = w;
    assert_int_equal(uv_timer_start(&w->timer, on_timer, TICK_MS, TICK_MS), 0);
    assert_int_equal(gw_workers_init(&w->workers, &w->loop), 0);
    w->workers.program = w->program;
    w->workers.files_dir = "";
    w->workers.budget = &w->budget;
    w->budget.max = 2;
    w->timeout_us = 60 * (uint64_t)GW_SECOND;
    *state = w;
    return 0;
}

static void run_until_gone(struct world *w)
{
    while (!gw_workers_are_gone(&w->workers))
        uv_run(&w->loop, UV_RUN_ONCE);
}

// Nothing is left behind: no child, no place in the budget.
static int teardown(void **state)
{
    struct world *w = *state;

    run_until_gone(w);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    assert_int_equal(w->budget.running, 0);
    assert_int_equal(w->workers.stats.running, 0);
    uv_close((uv_handle_t *)&w->timer, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    gw_workers_finish(&w->workers);
    (void)unlink(w->program);
    assert_int_equal(rmdir(w->dir), 0);
    free(w);
    return 0;
}

static int open_worker(struct world *w, const char *script)
{
    const struct gw_worker_config config = {
        .timeout_us = w->timeout_us,
        .stall_us = 60 * (uint64_t)GW_SECOND,
        .on_setup = on_setup,
        .on_packet = on_packet,
        .on_failed = on_failed,
        .on_described = w->probe ? on_described : NULL,
        .arg = w,
    };
    FILE *f = script ? fopen(w->program, "w") : NULL;
    if (f) {
        fprintf(f, "#!/bin/bash\n%s", script);
        assert_int_equal(fchmod(fileno(f), 0700), 0);
        assert_int_equal(fclose(f), 0);
    }
    return gw_worker_open(&w->workers, "http://u:secret@h/", &config, &w->worker);
}

static void an_exit_status_is_the_cause(void **state)
{
    struct world *w = *state;
    char script[64];

    snprintf(script, sizeof(script), "echo words >&2; exit %d",
             gw_worker_exit_status(GW_CAUSE_NOT_FOUND));
    assert_int_equal(open_worker(w, script), 0);
    run_until_gone(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->cause, GW_CAUSE_NOT_FOUND);
    assert_string_equal(w->said, "words");
    assert_int_equal(w->workers.stats.crashed, 0);
    assert_int_equal(w->workers.stats.started, 1);
}

static void a_crash_is_seen_and_counted(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, "kill -SEGV $$"), 0);
    run_until_gone(w);
    assert_int_equal(w->cause, GW_CAUSE_WORKER);
    assert_string_equal(w->said, "signal 11 ");
    assert_int_equal(open_worker(w, "exit 0"), 0);
    run_until_gone(w);
    assert_int_equal(w->cause, GW_CAUSE_WORKER);
    assert_int_equal(w->failed, 2);
    assert_int_equal(w->workers.stats.crashed, 2);
}

static void the_order_comes_on_standard_input_only(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, "order=$(cat)\n"
                                    "[[ $order == *secret* ]] || exit 1\n"
                                    "grep -q secret /proc/$$/cmdline /proc/$$/environ && "
                                    "exit 1\n"
                                    "echo right >&2"),
                     0);
    run_until_gone(w);
    assert_string_equal(w->said, "right");
}

// It is killed, though SIGTERM is ignored, and by us: that is no crash.
static void a_worker_that_says_nothing_is_killed(void **state)
{
    struct world *w = *state;

    w->timeout_us = 0; // what is left is the time for analysis
    assert_int_equal(open_worker(w, "trap '' TERM; while :; do sleep 0.1; done"), 0);
    run_until_gone(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->cause, GW_CAUSE_TIMEOUT);
    assert_int_equal(w->workers.stats.hung, 1);
    assert_int_equal(w->workers.stats.crashed, 0);
}

static void one_that_hangs_up_and_stays_is_killed(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, "exec 3>&-; while :; do sleep 0.1; done"), 0);
    run_until_gone(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->cause, GW_CAUSE_CLOSED);
    assert_int_equal(w->workers.stats.hung, 1);
}

static void one_that_is_closed_says_nothing_more(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, "trap '' TERM; while :; do sleep 0.1; done"), 0);
    gw_worker_close(w->worker);
    run_until_gone(w);
    assert_int_equal(w->failed, 0);
    assert_int_equal(w->workers.stats.crashed, 0);
    assert_int_equal(w->workers.stats.hung, 0);
}

static void nonsense_is_not_taken(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, "while printf '\\1\\2\\3' >&3; do :; done"), 0);
    run_until_gone(w);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->cause, GW_CAUSE_NOT_RTSP);
}

static void what_the_owner_refuses_ends_with_its_word(void **state)
{
    struct world *w = *state;

    w->refusal = GW_CAUSE_CODEC;
    assert_int_equal(open_worker(w, RECORDS "exec sleep 60"), 0);
    run_until_gone(w);
    assert_int_equal(w->set_up, 1);
    assert_int_equal(w->failed, 1);
    assert_int_equal(w->cause, GW_CAUSE_CODEC);
}

static void a_probe_asks_for_no_packet(void **state)
{
    struct world *w = *state;

    w->probe = true;
    assert_int_equal(open_worker(w, RECORDS "exec sleep 60"), 0);
    run_until_gone(w);
    assert_int_equal(w->described, 1);
    assert_int_equal(w->set_up, 0);
    assert_int_equal(w->failed, 0);
}

static void there_are_no_more_than_the_budget(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, "sleep 0.1"), 0);
    assert_int_equal(open_worker(w, NULL), 0);
    assert_int_equal(open_worker(w, NULL), -ENOBUFS);
    assert_int_equal(w->workers.stats.refused, 1);
    run_until_gone(w);
    assert_int_equal(w->failed, 2);
    assert_int_equal(open_worker(w, NULL), 0);
}

static void without_the_program_none_starts(void **state)
{
    struct world *w = *state;

    assert_int_equal(open_worker(w, NULL), -ENOENT);
    assert_int_equal(w->workers.stats.refused, 1);
    assert_int_equal(w->workers.stats.started, 0);
    assert_int_equal(w->failed, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_exit_status_is_the_cause),
        TEST(a_crash_is_seen_and_counted),
        TEST(the_order_comes_on_standard_input_only),
        TEST(a_worker_that_says_nothing_is_killed),
        TEST(one_that_hangs_up_and_stays_is_killed),
        TEST(one_that_is_closed_says_nothing_more),
        TEST(nonsense_is_not_taken),
        TEST(what_the_owner_refuses_ends_with_its_word),
        TEST(a_probe_asks_for_no_packet),
        TEST(there_are_no_more_than_the_budget),
        TEST(without_the_program_none_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
