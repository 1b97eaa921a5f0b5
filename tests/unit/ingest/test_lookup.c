// The resolver is ours: it takes as long as the test says.

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "ingest/lookup.h"

#include <errno.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKUPS = 6 };

static sem_t may_answer;
static atomic_uint inside;
static atomic_uint most_inside;

// In libc's place, for libuv: "none" has no address, any other name has one.
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **ret_found)
{
    unsigned now = atomic_fetch_add(&inside, 1) + 1;
    if (now > atomic_load(&most_inside))
        atomic_store(&most_inside, now);
    sem_wait(&may_answer);
    atomic_fetch_sub(&inside, 1);
    (void)port;
    (void)hints;
    if (!strcmp(host, "none"))
        return EAI_NONAME;
    *ret_found = calloc(1, sizeof(**ret_found));
    return *ret_found ? 0 : EAI_MEMORY;
}

void freeaddrinfo(struct addrinfo *found)
{
    free(found);
}

struct done {
    unsigned calls;
    int status;
    bool found;
};

static void on_done(void *arg, int status, struct addrinfo *addresses)
{
    struct done *d = arg;
    d->calls++;
    d->status = status;
    d->found = addresses != NULL;
    uv_freeaddrinfo(addresses);
}

static void some_at_a_time_and_none_is_forgotten(void **state)
{
    uv_loop_t loop;
    struct gw_lookups all = { .loop = &loop };
    struct gw_lookup *lookups[LOOKUPS];
    struct done done[LOOKUPS] = { 0 };
    (void)state;

    assert_int_equal(sem_init(&may_answer, 0, 0), 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    for (int i = 0; i < LOOKUPS; i++)
        assert_int_equal(gw_lookup_start(&all, i == 1 ? "none" : "host", 554, on_done,
                                         &done[i], &lookups[i]),
                         0);
    assert_int_equal(all.under_way, GW_LOOKUPS_MAX);

    assert_true(gw_lookup_cancel(lookups[LOOKUPS - 1])); // the last of those that wait
    assert_true(gw_lookup_cancel(lookups[3]));           // one in their midst
    for (int i = 0; i < LOOKUPS; i++)
        sem_post(&may_answer);
    uv_run(&loop, UV_RUN_DEFAULT);

    for (int i = 0; i < LOOKUPS; i++)
        assert_int_equal(done[i].calls, i != 3 && i != LOOKUPS - 1);
    assert_true(done[0].found);
    assert_false(done[1].found);
    assert_true(done[1].status < 0);
    assert_true(done[4].found);
    assert_in_range(atomic_load(&most_inside), 1, GW_LOOKUPS_MAX);
    assert_int_equal(all.under_way, 0);
    assert_int_equal(uv_loop_close(&loop), 0);
    sem_destroy(&may_answer);
}

// One that the pool has taken cannot be called back: its end comes all the same.
static void what_is_under_way_ends_by_itself(void **state)
{
    uv_loop_t loop;
    struct gw_lookups all = { .loop = &loop };
    struct gw_lookup *lookup;
    struct done done = { 0 };
    (void)state;

    assert_int_equal(sem_init(&may_answer, 0, 0), 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(gw_lookup_start(&all, "host", 554, on_done, &done, &lookup), 0);
    assert_false(gw_lookup_cancel(lookup));
    assert_int_equal(done.calls, 0);
    sem_post(&may_answer);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(done.calls, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
    sem_destroy(&may_answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_at_a_time_and_none_is_forgotten),
        cmocka_unit_test(what_is_under_way_ends_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
