// What the store thread writes into the audit log for others.

#include "map/audit_writer.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "map/audit_verify.h"
#include "map/registry.h"
#include "map/store_audit.h"
#include "tests/unit/map/temp_dir.h"

#define DAY_MS GW_AUDIT_DAY_MS

static struct gw_audit_entry entry(uint64_t at_ms, const char *subject)
{
    return (struct gw_audit_entry) { .at_ms = at_ms,
                                     .who = "user: li",
                                     .address = "10.0.0.7",
                                     .session = "",
                                     .action = "watch_begin",
                                     .subject = subject,
                                     .outcome = "ok",
                                     .details = "" };
}

static struct gw_store *open_in_memory(void)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    assert_int_equal(gw_store_open(NULL, &store, error), 0);
    return store;
}

static void write_all(struct gw_audit_writer *w, struct gw_store *store, uint64_t unix_ms,
                      uint64_t now_ms)
{
    struct gw_audit_queue taken = gw_audit_queue_take(&w->queue);
    assert_int_equal(gw_store_begin(store), 0);
    assert_int_equal(gw_audit_writer_apply(w, &taken, store, unix_ms, now_ms), 0);
    assert_int_equal(gw_store_commit(store), 0);
    gw_audit_writer_done(w, &taken, 0, now_ms);
}

struct found {
    char text[256];
    unsigned count;
};

static int on_row(void *arg, const struct gw_audit_entry *row)
{
    struct found *found = arg;
    size_t at = strlen(found->text);
    found->count++;
    if (at < sizeof(found->text) - 1)
        snprintf(found->text + at, sizeof(found->text) - at, "%s:%s%s;", row->action,
                 row->subject, row->details);
    return 0;
}

static struct found ask(struct gw_store *store, const char *action, const char *subject)
{
    struct found found = { .count = 0 };
    struct gw_audit_place next;
    const struct gw_audit_query q = { .action = action, .subject = subject, .limit = 99 };
    assert_int_equal(gw_store_each_audit(store, &q, on_row, &found, &next), 0);
    return found;
}

static struct gw_audit_verdict verify(struct gw_store *store)
{
    struct gw_audit_verdict v;
    assert_int_equal(gw_audit_verify(store, &(struct gw_audit_check) { 0 }, &v), 0);
    assert_int_equal(v.fault, GW_AUDIT_GOOD);
    return v;
}

static void what_finds_no_room_is_counted_in_the_log(void **state)
{
    struct gw_audit_writer w = { .days = 180, .prune_ms = UINT64_MAX };
    struct gw_store *store = open_in_memory();
    const struct gw_audit_entry e = entry(1000, "C1");
    (void)state;
    for (uint64_t i = 1; i <= GW_AUDIT_WAITING_MAX; i++)
        assert_int_equal(gw_audit_writer_push(&w, &e, 0), i);
    for (int i = 0; i < 5; i++)
        assert_int_equal(gw_audit_writer_push(&w, &e, 0), 0);
    assert_int_equal(w.lost, 5);
    write_all(&w, store, 2000, 0);
    assert_int_equal(verify(store).entries, GW_AUDIT_WAITING_MAX + 1);
    assert_string_equal(ask(store, "entries_lost", "").text,
                        "entries_lost:{\"entries\":5};");
    assert_int_equal(gw_audit_writer_push(&w, &e, 0), GW_AUDIT_WAITING_MAX + 1);
    gw_audit_queue_finish(&w.queue);
    gw_store_close(store);
}

static void what_could_not_be_written_waits_in_its_order(void **state)
{
    struct gw_audit_writer w = { .days = 180, .prune_ms = UINT64_MAX };
    struct gw_store *store = open_in_memory();
    struct gw_audit_entry e = entry(1000, "first");
    (void)state;
    gw_audit_writer_push(&w, &e, 0);
    struct gw_audit_queue taken = gw_audit_queue_take(&w.queue);
    e.subject = "second"; // meanwhile
    gw_audit_writer_push(&w, &e, 0);
    w.awaited = 2;
    gw_audit_writer_done(&w, &taken, -ENOSPC, 10);
    assert_int_equal(w.failures, 1);
    assert_false(gw_audit_writer_is_due(&w, 10)); // nobody waits any more
    assert_true(gw_audit_writer_is_due(&w, 10 + GW_AUDIT_RETRY_MS));
    write_all(&w, store, 2000, 10 + GW_AUDIT_RETRY_MS);
    assert_string_equal(ask(store, "watch_begin", NULL).text,
                        "watch_begin:second;watch_begin:first;");
    assert_int_equal(w.written, 2);
    gw_store_close(store);
}

static void entries_wait_for_others_but_not_long(void **state)
{
    struct gw_audit_writer w = { .days = 180, .prune_ms = UINT64_MAX };
    const struct gw_audit_entry e = entry(1000, "C1");
    (void)state;
    assert_false(gw_audit_writer_is_due(&w, 5000));
    gw_audit_writer_push(&w, &e, 5000);
    gw_audit_writer_push(&w, &e, 5200);
    assert_false(gw_audit_writer_is_due(&w, 5000 + GW_AUDIT_DELAY_MS - 1));
    assert_true(gw_audit_writer_is_due(&w, 5000 + GW_AUDIT_DELAY_MS));
    w.awaited = 2;
    assert_true(gw_audit_writer_is_due(&w, 5200));
    gw_audit_queue_finish(&w.queue);
}

static void what_is_older_than_the_days_kept_goes(void **state)
{
    struct gw_audit_writer w = { .days = 180 };
    struct gw_store *store = open_in_memory();
    const uint64_t now_ms = 1000 * DAY_MS;
    const uint64_t ages[] = { 181, 180, 179, 1 };
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const struct gw_audit_entry e = entry(now_ms - ages[i] * DAY_MS, "C1");
        gw_audit_writer_push(&w, &e, 0);
    }
    w.prune_ms = 1;
    write_all(&w, store, now_ms, 0); // not yet
    assert_int_equal(verify(store).entries, 4);
    assert_true(gw_audit_writer_is_due(&w, 1));
    write_all(&w, store, now_ms, 1);
    assert_int_equal(ask(store, "watch_begin", NULL).count, 3);
    assert_int_equal(verify(store).pruned, 1);
    assert_false(gw_audit_writer_is_due(&w, 2));
    gw_store_close(store);
}

// ---- with the store thread ----

// Old ones would be given up.
static uint64_t today_ms(void)
{
    return gw_clock_unix_us() / GW_MS;
}

struct world {
    struct temp_dir dir;
    struct gw_registry *reg;
};

static int set_up(void **state)
{
    char error[GW_REGISTRY_ERROR_MAX];
    struct world *w = calloc(1, sizeof(*w));
    if (!w || temp_dir_make(&w->dir) < 0 ||
        gw_registry_open(&(struct gw_registry_config) { .dir = w->dir.path }, &w->reg,
                         error) < 0)
        return -1;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    gw_registry_close(w->reg);
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static struct gw_store *look(struct world *w)
{
    char error[GW_STORE_ERROR_MAX];
    struct gw_store *store;
    assert_int_equal(gw_store_open(w->dir.path, &store, error), 0);
    return store;
}

static void what_was_awaited_is_on_disk(void **state)
{
    struct world *w = *state;
    for (int i = 1; i <= 3; i++) {
        char id[16];
        snprintf(id, sizeof(id), "C%d", i);
        const struct gw_audit_entry e = entry(today_ms(), id);
        uint64_t ticket = gw_registry_note(w->reg, &e);
        assert_int_equal(ticket, i);
        assert_int_equal(gw_registry_await_note(w->reg, ticket), 0);
        struct gw_store *store = look(w);
        assert_int_equal(ask(store, NULL, id).count, 1);
        gw_store_close(store);
    }
    assert_int_equal(gw_registry_await_note(w->reg, 0), -EIO); // that was lost
}

static void closing_writes_what_waits(void **state)
{
    struct world *w = *state;
    const struct gw_audit_entry e = entry(today_ms(), "C1");
    for (int i = 0; i < 1000; i++)
        assert_int_not_equal(gw_registry_note(w->reg, &e), 0);
    gw_registry_close(w->reg);
    w->reg = NULL;
    struct gw_store *store = look(w);
    assert_int_equal(verify(store).entries, 1000);
    gw_store_close(store);
}

static void *note_many(void *arg)
{
    struct world *w = arg;
    const struct gw_audit_entry e = entry(today_ms(), "C1");
    for (int i = 0; i < 200; i++) {
        uint64_t ticket = gw_registry_note(w->reg, &e);
        if (i % 50 == 0)
            assert_int_equal(gw_registry_await_note(w->reg, ticket), 0);
    }
    return NULL;
}

static void many_threads_note_at_once(void **state)
{
    enum { THREADS = 4 };
    struct world *w = *state;
    pthread_t threads[THREADS];
    struct gw_registry_audit_stats stats;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, note_many, w), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    gw_registry_audit_stats(w->reg, &stats);
    assert_int_equal(stats.written + stats.waiting, THREADS * 200);
    assert_int_equal(stats.lost, 0);
    gw_registry_close(w->reg);
    w->reg = NULL;
    struct gw_store *store = look(w);
    assert_int_equal(verify(store).entries, THREADS * 200);
    gw_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_finds_no_room_is_counted_in_the_log),
        cmocka_unit_test(what_could_not_be_written_waits_in_its_order),
        cmocka_unit_test(entries_wait_for_others_but_not_long),
        cmocka_unit_test(what_is_older_than_the_days_kept_goes),
        TEST(what_was_awaited_is_on_disk),
        TEST(closing_writes_what_waits),
        TEST(many_threads_note_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
