// The audit log against whoever can write the database but has no key.

#include "map/audit_verify.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "map/store_audit.h"
#include "tests/unit/map/temp_dir.h"

enum { ENTRIES = 6, CHANGE_AT = 4 }; // entry 4 tells of a change

struct world {
    struct temp_dir dir;
    struct gw_store *store;
    sqlite3 *raw; // the intruder's
};

static void run(struct world *w, const char *sql)
{
    if (sqlite3_exec(w->raw, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(w->raw));
}

static void open_store(struct world *w)
{
    char error[GW_STORE_ERROR_MAX];
    gw_store_close(w->store);
    w->store = NULL;
    assert_int_equal(gw_store_open(w->dir.path, &w->store, error), 0);
}

static struct gw_audit_entry entry(uint64_t at_ms, const char *who, const char *subject)
{
    return (struct gw_audit_entry) { .at_ms = at_ms,
                                     .who = who,
                                     .address = "10.0.0.7",
                                     .session = "0123456789ab",
                                     .action = "watch_begin",
                                     .subject = subject,
                                     .outcome = "ok",
                                     .details = "{\"profile\":\"sub\"}" };
}

static void add(struct world *w, const struct gw_audit_entry *e)
{
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_add_audit(w->store, e), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
}

static void add_change(struct world *w)
{
    const struct gw_author author = { "user: wang", 1000 + CHANGE_AT, "10.0.0.8",
                                      "feed" };
    const struct gw_camera_row row = { .camera = { .id = "C1",
                                                   .name = "东门",
                                                   .lon = NAN,
                                                   .lat = NAN,
                                                   .division = "",
                                                   .department = "",
                                                   .cell = "",
                                                   .url_main = "rtsp://127.0.0.1/x",
                                                   .url_sub = "",
                                                   .tags = "",
                                                   .groups = "",
                                                   .address = "",
                                                   .initials = "" } };
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_note_camera(w->store, &author, NULL, &row), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
}

static void fill(struct world *w)
{
    for (int i = 1; i <= ENTRIES; i++) {
        struct gw_audit_entry e = entry(1000 + (uint64_t)i, "user: li", "C1");
        if (i == CHANGE_AT)
            add_change(w);
        else
            add(w, &e);
    }
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    char path[128];
    if (!w || temp_dir_make(&w->dir) < 0)
        return -1;
    open_store(w);
    fill(w);
    temp_dir_file(&w->dir, "gridwall.db", path);
    if (sqlite3_open(path, &w->raw) != SQLITE_OK)
        return -1;
    run(w, "PRAGMA synchronous = OFF; DROP TRIGGER audit_stays; DROP TRIGGER "
           "audit_is_kept; DROP TRIGGER changes_stay; DROP TRIGGER changes_are_kept");
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    sqlite3_close(w->raw);
    gw_store_close(w->store);
    temp_dir_remove(&w->dir);
    free(w);
    return 0;
}

static struct gw_audit_verdict verify(struct world *w,
                                      const struct gw_audit_anchor *anchor)
{
    struct gw_audit_verdict v;
    const struct gw_audit_check check = { .anchors = anchor, .anchor_count = !!anchor };
    assert_int_equal(gw_audit_verify(w->store, &check, &v), 0);
    return v;
}

#define assert_fault(w, what, seq)                                                       \
    do {                                                                                 \
        struct gw_audit_verdict found = verify(w, NULL);                                 \
        assert_string_equal(gw_audit_fault_name(found.fault),                            \
                            gw_audit_fault_name(what));                                  \
        assert_int_equal(found.fault_seq, seq);                                          \
    } while (0)

#define assert_good(w) assert_fault(w, GW_AUDIT_GOOD, 0)

static void a_log_that_nobody_touched_is_good(void **state)
{
    struct world *w = *state;
    struct gw_audit_verdict v = verify(w, NULL);
    assert_int_equal(v.fault, GW_AUDIT_GOOD);
    assert_int_equal(v.entries, ENTRIES);
    assert_int_equal(v.first_seq, 1);
    assert_int_equal(v.last_seq, ENTRIES);
    assert_int_equal(v.from_ms, 1001);
    assert_int_equal(v.to_ms, 1000 + ENTRIES);
    assert_int_equal(v.changes, 1);
    assert_true(v.has_key && !v.other_key);
}

// ---- single bytes ----

struct place {
    const char *table, *column;
    int64_t seq;
};

static sqlite3_stmt *prepare(struct world *w, const char *format, const struct place *at)
{
    sqlite3_stmt *stmt;
    char sql[256];
    snprintf(sql, sizeof(sql), format, at->table, at->column, (long long)at->seq);
    assert_int_equal(sqlite3_prepare_v2(w->raw, sql, -1, &stmt, NULL), SQLITE_OK);
    return stmt;
}

// A cell as it was, to be put back.
static sqlite3_value *take(struct world *w, const struct place *at)
{
    char sql[256];
    sqlite3_stmt *stmt;
    snprintf(sql, sizeof(sql), "SELECT %s FROM %s WHERE seq = %lld", at->column,
             at->table, (long long)at->seq);
    assert_int_equal(sqlite3_prepare_v2(w->raw, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    sqlite3_value *value = sqlite3_value_dup(sqlite3_column_value(stmt, 0));
    sqlite3_finalize(stmt);
    return value;
}

static void step(sqlite3_stmt *stmt)
{
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    sqlite3_finalize(stmt);
}

#define UPDATE "UPDATE %s SET %s = ?1 WHERE seq = %lld"

static void put_bytes(struct world *w, const struct place *at, const char *bytes, int len,
                      bool text)
{
    sqlite3_stmt *stmt = prepare(w, UPDATE, at);
    if (text)
        sqlite3_bind_text(stmt, 1, bytes, len, SQLITE_STATIC);
    else
        sqlite3_bind_blob(stmt, 1, bytes, len, SQLITE_STATIC);
    step(stmt);
}

static void put_back(struct world *w, const struct place *at, sqlite3_value *value)
{
    sqlite3_stmt *stmt = prepare(w, UPDATE, at);
    sqlite3_bind_value(stmt, 1, value);
    step(stmt);
    sqlite3_value_free(value);
}

// Each byte is flipped in turn; one is added, also a NUL; one is taken away.
static void flip_bytes(struct world *w, const struct place *at, enum gw_audit_fault fault,
                       int64_t seq)
{
    char bytes[GW_AUDIT_DETAILS_MAX];
    sqlite3_value *value = take(w, at);
    bool text = sqlite3_value_type(value) == SQLITE_TEXT;
    int len = sqlite3_value_bytes(value);
    memcpy(bytes, sqlite3_value_blob(value), (size_t)len);
    for (int i = 0; i < len; i++) {
        bytes[i] ^= 1;
        put_bytes(w, at, bytes, len, text);
        assert_fault(w, fault, seq);
        bytes[i] ^= 1;
    }
    for (int more = 0; more < 2; more++) {
        bytes[len] = more ? 'x' : '\0';
        put_bytes(w, at, bytes, len + 1, text);
        assert_fault(w, fault, seq);
    }
    put_bytes(w, at, bytes, len - 1, text);
    assert_fault(w, fault, seq);
    put_back(w, at, value);
    assert_good(w);
}

static void flip_number(struct world *w, const struct place *at,
                        enum gw_audit_fault fault, int64_t seq)
{
    sqlite3_value *value = take(w, at);
    for (int bit = 0; bit < 63; bit++) {
        sqlite3_stmt *stmt = prepare(w, UPDATE, at);
        sqlite3_bind_int64(stmt, 1, sqlite3_value_int64(value) ^ (1ll << bit));
        step(stmt);
        assert_fault(w, fault, seq);
    }
    put_back(w, at, value);
    assert_good(w);
}

static void every_byte_of_an_entry_counts(void **state)
{
    static const char *const columns[] = { "who",     "address", "session", "action",
                                           "subject", "outcome", "details", "hash" };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
        flip_bytes(w, &(struct place) { "audit", columns[i], 3 }, GW_AUDIT_ALTERED, 3);
    flip_number(w, &(struct place) { "audit", "at_ms", 3 }, GW_AUDIT_ALTERED, 3);
    flip_number(w, &(struct place) { "audit", "change", 3 }, GW_AUDIT_ALTERED, 3);
}

static void every_byte_of_a_change_counts(void **state)
{
    static const char *const columns[] = { "author", "subject", "id", "action", "after" };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
        flip_bytes(w, &(struct place) { "changes", columns[i], 1 }, GW_AUDIT_CHANGE,
                   CHANGE_AT);
    flip_number(w, &(struct place) { "changes", "at_ms", 1 }, GW_AUDIT_CHANGE, CHANGE_AT);
    run(w, "DELETE FROM changes");
    assert_fault(w, GW_AUDIT_CHANGE, CHANGE_AT);
}

// ---- whole entries ----

static void an_entry_that_is_gone_is_missed(void **state)
{
    struct world *w = *state;
    char sql[128];
    for (int i = 1; i <= ENTRIES; i++) {
        run(w, "BEGIN");
        snprintf(sql, sizeof(sql),
                 "CREATE TABLE kept AS SELECT * FROM audit WHERE seq = %d; "
                 "DELETE FROM audit WHERE seq = %d; COMMIT",
                 i, i);
        run(w, sql);
        assert_fault(w, i == ENTRIES ? GW_AUDIT_CUT : GW_AUDIT_MISSING, i);
        run(w, "INSERT INTO audit SELECT * FROM kept; DROP TABLE kept");
        assert_good(w);
    }
}

static void entries_that_change_places_are_told(void **state)
{
    struct world *w = *state;
    run(w, "UPDATE audit SET seq = -2 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq "
           "= 3; UPDATE audit SET seq = 3 WHERE seq = -2");
    assert_fault(w, GW_AUDIT_ALTERED, 2);
}

static void an_entry_added_behind_our_back_is_not_signed(void **state)
{
    struct world *w = *state;
    struct gw_audit_anchor end;
    struct gw_audit_entry e = entry(2000, "user: li", "C9");
    uint8_t hash[GW_AUDIT_HASH];
    assert_int_equal(gw_store_audit_end(w->store, &end), 0);
    e.seq = end.seq + 1;
    assert_int_equal(gw_audit_hash(end.hash, &e, hash), 0);
    run(w, "INSERT INTO audit SELECT 7, 2000, 0, who, address, session, action, 'C9', "
           "outcome, details, hash FROM audit WHERE seq = 6");
    put_bytes(w, &(struct place) { "audit", "hash", 7 }, (const char *)hash,
              GW_AUDIT_HASH, false);
    assert_fault(w, GW_AUDIT_UNSIGNED, 7);
    // Going on behind it does not make it ours.
    e = entry(3000, "user: li", "C1");
    add(w, &e);
    assert_fault(w, GW_AUDIT_TOLD, 8);
}

// The intruder knows how the log is made, and has no key.
static void cut_off_with_the_head(struct world *w, int64_t end)
{
    char sql[256];
    snprintf(sql, sizeof(sql),
             "DELETE FROM audit WHERE seq > %lld; UPDATE audit_head SET end_seq = %lld, "
             "end_hash = (SELECT hash FROM audit WHERE seq = %lld)",
             (long long)end, (long long)end, (long long)end);
    run(w, sql);
}

static void an_end_that_was_cut_off_is_told_for_ever(void **state)
{
    struct world *w = *state;
    struct gw_audit_entry e = entry(3000, "user: li", "C1");
    cut_off_with_the_head(w, 5);
    assert_fault(w, GW_AUDIT_HEAD, 5);
    add(w, &e); // a new head, signed
    add(w, &e);
    assert_fault(w, GW_AUDIT_TOLD, 6);
}

static void a_log_that_was_emptied_is_told_for_ever(void **state)
{
    struct world *w = *state;
    struct gw_audit_entry e = entry(3000, "user: li", "C1");
    run(w, "DELETE FROM audit; DELETE FROM audit_head");
    assert_fault(w, GW_AUDIT_EMPTIED, 1);
    open_store(w);
    assert_fault(w, GW_AUDIT_EMPTIED, 1);
    add(w, &e);
    assert_fault(w, GW_AUDIT_TOLD, 1);
}

static void a_log_in_the_making_may_be_empty(void **state)
{
    struct world *w = *state;
    struct gw_audit_entry e = entry(3000, "user: li", "C1");
    char path[128];
    // As a crash between the key and the first commit leaves it.
    run(w, "DELETE FROM audit; DELETE FROM audit_head");
    temp_dir_write(&w->dir, "audit.key",
                   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                   path);
    open_store(w);
    assert_good(w);
    add(w, &e);
    assert_int_equal(verify(w, NULL).entries, 1);
    assert_good(w);
}

// ---- the beginning ----

static size_t prune(struct world *w, uint64_t before_ms)
{
    size_t n = 99;
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_prune_audit(w->store, before_ms, 9000, &n), 0);
    assert_int_equal(gw_store_commit(w->store), 0);
    return n;
}

static void what_is_given_up_leaves_a_log_that_is_whole(void **state)
{
    struct world *w = *state;
    assert_int_equal(prune(w, 1001), 0);
    assert_int_equal(verify(w, NULL).entries, ENTRIES); // and nothing was noted
    assert_int_equal(prune(w, 1004), 3);
    struct gw_audit_verdict v = verify(w, NULL);
    assert_int_equal(v.fault, GW_AUDIT_GOOD);
    assert_int_equal(v.first_seq, 4);
    assert_int_equal(v.entries, ENTRIES - 3 + 1);
    assert_int_equal(v.pruned, 3);
    assert_int_equal(prune(w, 9001), 4);
    assert_good(w);
}

static void a_beginning_that_nobody_gave_up_is_missed(void **state)
{
    struct world *w = *state;
    run(w,
        "UPDATE audit_head SET base_seq = 2, base_hash = (SELECT hash FROM audit WHERE "
        "seq = 2); DELETE FROM audit WHERE seq <= 2");
    assert_fault(w, GW_AUDIT_BEGINNING, 2);
}

static void entries_stay_unless_they_were_given_up(void **state)
{
    struct world fresh = { .store = NULL };
    char path[128];
    (void)state;
    assert_int_equal(temp_dir_make(&fresh.dir), 0);
    open_store(&fresh);
    fill(&fresh);
    temp_dir_file(&fresh.dir, "gridwall.db", path);
    assert_int_equal(sqlite3_open(path, &fresh.raw), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(fresh.raw, "DELETE FROM audit WHERE seq = 1", NULL, NULL, NULL),
        SQLITE_CONSTRAINT);
    assert_int_equal(
        sqlite3_exec(fresh.raw, "UPDATE audit SET who = 'x'", NULL, NULL, NULL),
        SQLITE_CONSTRAINT);
    sqlite3_close(fresh.raw);
    gw_store_close(fresh.store);
    temp_dir_remove(&fresh.dir);
}

// ---- keys and anchors ----

static void another_key_is_told_and_is_no_break(void **state)
{
    struct world *w = *state;
    struct gw_audit_entry e = entry(3000, "user: li", "C1");
    char path[128];
    temp_dir_file(&w->dir, "audit.key", path);
    assert_int_equal(unlink(path), 0);
    open_store(w);
    struct gw_audit_verdict v = verify(w, NULL);
    assert_int_equal(v.fault, GW_AUDIT_GOOD);
    assert_false(v.has_key);
    add(w, &e); // makes one
    v = verify(w, NULL);
    assert_int_equal(v.fault, GW_AUDIT_GOOD);
    assert_int_equal(v.entries, ENTRIES + 2); // that it is another one, and this
    assert_true(v.has_key && !v.other_key);

    temp_dir_write(&w->dir, "audit.key",
                   "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
                   path);
    open_store(w);
    assert_true(verify(w, NULL).other_key);
}

static void a_key_is_nobody_elses_to_read(void **state)
{
    struct world *w = *state;
    char path[128];
    struct stat st;
    temp_dir_file(&w->dir, "audit.key", path);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0644), 0);
    open_store(w);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_damaged_key_is_refused_with_what_to_do(void **state)
{
    static const char *const bad[] = {
        "", "00", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefg\n",
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nfused\n",
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00\n"
    };
    struct world *w = *state;
    char error[GW_STORE_ERROR_MAX], path[128];
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct gw_store *store = NULL;
        temp_dir_write(&w->dir, "audit.key", bad[i], path);
        assert_int_equal(gw_store_open(w->dir.path, &store, error), -ENOKEY);
        assert_non_null(strstr(error, "audit.key"));
        assert_null(store);
    }
}

static void an_anchor_knows_its_entry(void **state)
{
    struct world *w = *state;
    struct gw_audit_anchor end, other;
    char text[GW_AUDIT_ANCHOR_TEXT];
    assert_int_equal(gw_store_audit_end(w->store, &end), 0);
    gw_audit_anchor_write(&end, text);
    assert_int_equal(gw_audit_anchor_read(text, &other), 0);
    assert_int_equal(verify(w, &other).fault, GW_AUDIT_GOOD);
    other.hash[31] ^= 1;
    assert_int_equal(verify(w, &other).fault, GW_AUDIT_NOT_ANCHOR);
    other = end;
    other.seq = ENTRIES + 1; // held outside, not here any more
    assert_int_equal(verify(w, &other).fault, GW_AUDIT_CUT);
}

// ---- in and out ----

static void what_was_rolled_back_was_never_there(void **state)
{
    struct world *w = *state;
    struct gw_audit_entry e = entry(3000, "user: li", "C1");
    assert_int_equal(gw_store_begin(w->store), 0);
    assert_int_equal(gw_store_add_audit(w->store, &e), 0);
    gw_store_rollback(w->store);
    add(w, &e);
    struct gw_audit_verdict v = verify(w, NULL);
    assert_int_equal(v.fault, GW_AUDIT_GOOD);
    assert_int_equal(v.last_seq, ENTRIES + 1);
}

static void long_texts_are_cut_behind_a_character(void **state)
{
    struct world *w = *state;
    char who[GW_AUDIT_WHO_MAX + 3] = "", got[64];
    struct gw_audit_entry e = entry(3000, who, "C1");
    memset(who, 'x', sizeof(who));
    memcpy(who + GW_AUDIT_WHO_MAX - 1, "王", sizeof("王"));
    add(w, &e);
    assert_good(w);
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(w->raw,
                                        "SELECT length(who) FROM audit WHERE seq = 7", -1,
                                        &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    snprintf(got, sizeof(got), "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    assert_string_equal(got, "127");
}

struct page {
    int64_t seqs[64];
    size_t n;
};

static int on_row(void *arg, const struct gw_audit_entry *row)
{
    struct page *page = arg;
    page->seqs[page->n++] = row->seq;
    return 0;
}

static size_t ask(struct world *w, struct gw_audit_query q, size_t pages_of)
{
    struct page page = { .n = 0 };
    struct gw_audit_place next;
    do {
        q.limit = pages_of;
        assert_int_equal(gw_store_each_audit(w->store, &q, on_row, &page, &next), 0);
        q.before_ms = next.at_ms;
        q.before_seq = next.seq;
    } while (next.seq);
    for (size_t i = 1; i < page.n; i++)
        assert_true(page.seqs[i] < page.seqs[i - 1]);
    return page.n;
}

static void questions_find_each_entry_once(void **state)
{
    struct world *w = *state;
    struct gw_audit_entry e = entry(1006, "user: wang", "C2"); // the same moment
    add(w, &e);
    for (size_t pages_of = 1; pages_of < 9; pages_of++) {
        assert_int_equal(ask(w, (struct gw_audit_query) { 0 }, pages_of), 7);
        assert_int_equal(ask(w, (struct gw_audit_query) { .who = "user: li" }, pages_of),
                         5);
        assert_int_equal(ask(w, (struct gw_audit_query) { .subject = "C1" }, pages_of),
                         6);
        assert_int_equal(
            ask(w, (struct gw_audit_query) { .action = "camera_created" }, pages_of), 1);
        assert_int_equal(
            ask(w, (struct gw_audit_query) { .who = "user: wang", .subject = "C1" },
                pages_of),
            1);
        assert_int_equal(
            ask(w, (struct gw_audit_query) { .from_ms = 1002, .to_ms = 1006 }, pages_of),
            4);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_log_that_nobody_touched_is_good),
        TEST(every_byte_of_an_entry_counts),
        TEST(every_byte_of_a_change_counts),
        TEST(an_entry_that_is_gone_is_missed),
        TEST(entries_that_change_places_are_told),
        TEST(an_entry_added_behind_our_back_is_not_signed),
        TEST(an_end_that_was_cut_off_is_told_for_ever),
        TEST(a_log_that_was_emptied_is_told_for_ever),
        TEST(a_log_in_the_making_may_be_empty),
        TEST(what_is_given_up_leaves_a_log_that_is_whole),
        TEST(a_beginning_that_nobody_gave_up_is_missed),
        TEST(entries_stay_unless_they_were_given_up),
        TEST(another_key_is_told_and_is_no_break),
        TEST(a_key_is_nobody_elses_to_read),
        TEST(a_damaged_key_is_refused_with_what_to_do),
        TEST(an_anchor_knows_its_entry),
        TEST(what_was_rolled_back_was_never_there),
        TEST(long_texts_are_cut_behind_a_character),
        TEST(questions_find_each_entry_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
