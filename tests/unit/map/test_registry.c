#include "map/registry.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "map/store.h"
#include "tests/unit/map/temp_dir.h"

// What the store thread reports, for the test to wait for.
struct inbox {
    pthread_mutex_t lock;
    pthread_cond_t news;
    unsigned done;
    unsigned changes;
    struct gw_registry_result last;
};

static const struct gw_editor test_editor = { .name = "test" };
static const struct gw_editor somebody = { .name = "somebody" };

struct world {
    struct temp_dir dir;
    struct inbox inbox;
    struct gw_registry *reg;
};

static void on_done(void *arg, const struct gw_registry_result *result)
{
    struct inbox *inbox = arg;
    pthread_mutex_lock(&inbox->lock);
    inbox->done++;
    inbox->last = *result;
    pthread_cond_broadcast(&inbox->news);
    pthread_mutex_unlock(&inbox->lock);
}

static void on_change(void *arg)
{
    struct inbox *inbox = arg;
    pthread_mutex_lock(&inbox->lock);
    inbox->changes++;
    pthread_cond_broadcast(&inbox->news);
    pthread_mutex_unlock(&inbox->lock);
}

static void wait_for(struct inbox *inbox, const unsigned *counter, unsigned n)
{
    pthread_mutex_lock(&inbox->lock);
    while (*counter < n)
        pthread_cond_wait(&inbox->news, &inbox->lock);
    pthread_mutex_unlock(&inbox->lock);
}

static void reopen(struct world *w)
{
    char error[GW_REGISTRY_ERROR_MAX];
    gw_registry_close(w->reg);
    assert_int_equal(
        gw_registry_open(&(struct gw_registry_config) { .dir = w->dir.path,
                                                        .on_change = on_change,
                                                        .arg = &w->inbox },
                         &w->reg, error),
        0);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    pthread_mutex_init(&w->inbox.lock, NULL);
    pthread_cond_init(&w->inbox.news, NULL);
    assert_int_equal(temp_dir_make(&w->dir), 0);
    reopen(w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    gw_registry_close(w->reg);
    temp_dir_remove(&w->dir);
    pthread_cond_destroy(&w->inbox.news);
    pthread_mutex_destroy(&w->inbox.lock);
    free(w);
    return 0;
}

static struct gw_registry_result write_camera(struct world *w, enum gw_write_mode mode,
                                              const struct gw_camera_edit *edit)
{
    unsigned before = w->inbox.done;
    assert_int_equal(
        gw_registry_write_camera(w->reg, mode, edit, &test_editor, on_done, &w->inbox),
        0);
    wait_for(&w->inbox, &w->inbox.done, before + 1);
    return w->inbox.last;
}

static struct gw_camera_edit gate(void)
{
    return (struct gw_camera_edit) {
        .id = "37081200001310000001",
        .name = "School gate",
        .lon = 116.5,
        .lat = 35.5,
        .division = "370812001001",
        .department = "Education",
        .url_main = "rtsp://admin:p@ss#1@10.0.0.1:554/ch1/main",
        .url_sub = "rtsp://admin:p@ss#1@10.0.0.1:554/ch1/sub",
    };
}

static struct gw_camera_edit only(const char *id)
{
    return (struct gw_camera_edit) { .id = id, .lon = NAN, .lat = NAN };
}

static void a_done_write_is_in_the_snapshot_and_on_disk(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    assert_int_equal(write_camera(w, GW_WRITE_CREATE, &edit).error, 0);

    for (int round = 0; round < 2; round++) {
        struct gw_snapshot *s = gw_registry_snapshot(w->reg);
        const struct gw_camera *c = gw_snapshot_camera(s, edit.id);
        assert_non_null(c);
        assert_int_equal(c->num, 1);
        assert_string_equal(c->name, "School gate");
        assert_string_equal(c->url_main, edit.url_main);
        assert_ptr_equal(gw_snapshot_camera_by_num(s, 1), c);
        gw_snapshot_unref(&s);
        reopen(w);
    }
}

static void an_old_snapshot_stays_as_it_was(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    struct gw_snapshot *before = gw_registry_snapshot(w->reg);
    write_camera(w, GW_WRITE_CREATE, &edit);

    struct gw_snapshot *after = gw_registry_snapshot(w->reg);
    assert_null(gw_snapshot_camera(before, edit.id));
    assert_true(gw_snapshot_version(after) > gw_snapshot_version(before));
    gw_snapshot_unref(&before);
    gw_snapshot_unref(&after);
}

static void patch_changes_what_is_given_and_keeps_the_password(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);

    struct gw_camera_edit patch = only(edit.id);
    patch.name = "South gate";
    patch.url_main = "rtsp://10.0.0.1:554/ch2/main";
    patch.url_sub = "";
    assert_int_equal(write_camera(w, GW_WRITE_PATCH, &patch).error, 0);

    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    const struct gw_camera *c = gw_snapshot_camera(s, edit.id);
    assert_string_equal(c->name, "South gate");
    assert_string_equal(c->url_main, "rtsp://admin:p%40ss%231@10.0.0.1:554/ch2/main");
    assert_string_equal(c->url_sub, "");
    assert_string_equal(c->department, "Education");
    assert_true(c->lon == 116.5);
    gw_snapshot_unref(&s);
}

static const struct gw_camera_pose south = { 180, -10, 60, 120, 6.5 };

static struct gw_camera_edit with_record(void)
{
    struct gw_camera_edit edit = gate();
    edit.kind = "ptz";
    edit.pose = &south;
    edit.tags = "school; gate、school";
    edit.groups = "Morning";
    edit.address = "中山路 1 号";
    edit.name = "校门";
    for (int i = 0; i < GW_DETAILS; i++)
        edit.details[i] = gw_detail_name((enum gw_detail)i);
    edit.details[GW_DETAIL_POINT_TYPE] = "2";
    edit.details[GW_DETAIL_IPV4] = "10.0.0.1";
    edit.details[GW_DETAIL_IPV6] = "fe80::1";
    edit.details[GW_DETAIL_MAC] = "001122334455";
    edit.details[GW_DETAIL_INSTALLED] = "2019-05-01";
    edit.details[GW_DETAIL_DAYS_KEPT] = "30";
    return edit;
}

static void expect_record(struct world *w, const struct gw_camera_edit *edit)
{
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    const struct gw_camera *c = gw_snapshot_camera(s, edit->id);
    assert_non_null(c);
    assert_int_equal(c->kind, GW_KIND_PTZ);
    assert_memory_equal(&c->pose, &south, sizeof(south));
    assert_string_equal(c->tags, "gate,school");
    assert_string_equal(c->groups, "Morning");
    assert_string_equal(c->address, "中山路 1 号");
    assert_string_equal(c->initials, "xm");
    for (int i = 0; i < GW_DETAILS; i++)
        assert_string_equal(gw_camera_detail(c, (enum gw_detail)i), edit->details[i]);
    gw_snapshot_unref(&s);
}

static void the_whole_record_is_kept(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = with_record();
    assert_int_equal(write_camera(w, GW_WRITE_CREATE, &edit).error, 0);
    expect_record(w, &edit);
    reopen(w);
    expect_record(w, &edit);
}

static void patch_leaves_the_rest_of_the_record(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = with_record();
    struct gw_camera_edit patch = only(edit.id);
    const struct gw_camera_pose west = { 270, NAN, NAN, NAN, NAN };
    write_camera(w, GW_WRITE_CREATE, &edit);
    assert_int_equal(write_camera(w, GW_WRITE_PATCH, &patch).error, 0);
    expect_record(w, &edit);

    patch.pose = &west;
    patch.tags = "";
    patch.details[GW_DETAIL_MODEL] = "DS-2";
    patch.details[GW_DETAIL_CONTACT] = "";
    assert_int_equal(write_camera(w, GW_WRITE_PATCH, &patch).error, 0);
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    const struct gw_camera *c = gw_snapshot_camera(s, edit.id);
    assert_true(c->pose.azimuth_deg == 270 && c->pose.tilt_deg == -10);
    assert_string_equal(c->tags, "");
    assert_string_equal(c->groups, "Morning");
    assert_string_equal(gw_camera_detail(c, GW_DETAIL_MODEL), "DS-2");
    assert_string_equal(gw_camera_detail(c, GW_DETAIL_CONTACT), "");
    assert_string_equal(gw_camera_detail(c, GW_DETAIL_VENDOR), "vendor");
    gw_snapshot_unref(&s);
}

static void replacing_clears_what_is_not_given(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = with_record(), bare = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);
    assert_int_equal(write_camera(w, GW_WRITE_REPLACE, &bare).error, 0);
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    const struct gw_camera *c = gw_snapshot_camera(s, edit.id);
    assert_int_equal(c->kind, GW_KIND_UNKNOWN);
    assert_true(isnan(c->pose.azimuth_deg));
    assert_string_equal(c->tags, "");
    assert_null(c->details);
    gw_snapshot_unref(&s);
}

static void a_bad_field_of_the_record_is_named(void **state)
{
    struct world *w = *state;
    static const struct gw_camera_pose nowhere = { NAN, -91, NAN, NAN, NAN };
    struct gw_camera_edit edits[] = { gate(), gate(), gate(), gate(), gate() };
    static const char *const fields[] = { "kind", "tilt_deg", "tags", "address", "mac" };
    edits[0].kind = "round";
    edits[1].pose = &nowhere;
    edits[2].tags = "a\nb";
    edits[3].address = "\xff";
    edits[4].details[GW_DETAIL_MAC] = "12";
    for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
        struct gw_registry_result result = write_camera(w, GW_WRITE_CREATE, &edits[i]);
        assert_int_equal(result.error, -EINVAL);
        assert_string_equal(result.field, fields[i]);
        assert_true(*result.en && *result.zh);
    }
}

static void a_password_never_follows_to_another_host(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);

    struct gw_camera_edit patch = only(edit.id);
    patch.url_main = "rtsp://10.0.0.1:8554/ch1/main";
    write_camera(w, GW_WRITE_PATCH, &patch);

    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    assert_string_equal(gw_snapshot_camera(s, edit.id)->url_main, patch.url_main);
    gw_snapshot_unref(&s);
}

static void refusals_say_why_and_change_nothing(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);

    assert_int_equal(write_camera(w, GW_WRITE_CREATE, &edit).error, -EEXIST);
    struct gw_camera_edit stranger = gate();
    stranger.id = "nobody";
    assert_int_equal(write_camera(w, GW_WRITE_PATCH, &stranger).error, -ENOENT);
    assert_int_equal(write_camera(w, GW_WRITE_REPLACE, &stranger).error, -ENOENT);

    edit.lat = 91;
    struct gw_registry_result result = write_camera(w, GW_WRITE_REPLACE, &edit);
    assert_int_equal(result.error, -EINVAL);
    assert_string_equal(result.field, "lat");
    assert_true(*result.en && *result.zh);

    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    size_t n;
    assert_true(gw_snapshot_cameras(s, &n)[0].lat == 35.5);
    assert_int_equal(n, 1);
    gw_snapshot_unref(&s);
}

static void the_number_of_a_deleted_camera_is_not_given_away(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);
    unsigned before = w->inbox.done;
    gw_registry_delete_camera(w->reg, edit.id, &test_editor, on_done, &w->inbox);
    wait_for(&w->inbox, &w->inbox.done, before + 1);
    assert_int_equal(w->inbox.last.error, 0);
    gw_registry_delete_camera(w->reg, edit.id, &test_editor, on_done, &w->inbox);
    wait_for(&w->inbox, &w->inbox.done, before + 2);
    assert_int_equal(w->inbox.last.error, -ENOENT);

    write_camera(w, GW_WRITE_CREATE, &edit);
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    assert_int_equal(gw_snapshot_camera(s, edit.id)->num, 2);
    gw_snapshot_unref(&s);
}

static struct gw_registry_result by_id(struct world *w,
                                       int (*call)(struct gw_registry *, const char *,
                                                   const struct gw_editor *,
                                                   gw_registry_done *, void *),
                                       const char *id)
{
    unsigned before = w->inbox.done;
    assert_int_equal(call(w->reg, id, &somebody, on_done, &w->inbox), 0);
    wait_for(&w->inbox, &w->inbox.done, before + 1);
    return w->inbox.last;
}

static void a_removed_camera_comes_back_under_its_own_number(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = with_record(), other = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);
    assert_int_equal(by_id(w, gw_registry_restore_camera, edit.id).error, -EEXIST);
    assert_int_equal(by_id(w, gw_registry_delete_camera, edit.id).error, 0);
    // Another one with its id stands in the way, until it is removed itself.
    write_camera(w, GW_WRITE_CREATE, &other);
    assert_int_equal(by_id(w, gw_registry_restore_camera, edit.id).error, -EEXIST);
    reopen(w);
    assert_int_equal(by_id(w, gw_registry_delete_camera, edit.id).error, 0);
    assert_int_equal(by_id(w, gw_registry_restore_camera, edit.id).error, 0);
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    assert_int_equal(gw_snapshot_camera(s, edit.id)->num, 2); // removed last
    assert_string_equal(gw_snapshot_camera(s, edit.id)->url_main, other.url_main);
    gw_snapshot_unref(&s);
    assert_int_equal(by_id(w, gw_registry_restore_camera, "nobody").error, -ENOENT);
}

static int append_change(void *arg, const struct gw_change *change)
{
    char *text = arg;
    size_t at = strlen(text);
    assert_true(change->at_ms > 0);
    snprintf(text + at, 4096 - at, "%s %s %s %s>%s\n", change->author, change->id,
             change->action, change->before, change->after);
    return 0;
}

static void every_change_has_an_author_and_no_password(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = only("c1");
    char error[GW_STORE_ERROR_MAX], text[4096] = "", page[4096] = "";
    struct gw_store *store;
    edit.url_main = "rtsp://admin:s3cret@10.0.0.1/1";
    write_camera(w, GW_WRITE_CREATE, &edit);
    edit.name = "Gate";
    edit.url_main = "rtsp://admin:0ther@10.0.0.1/1";
    write_camera(w, GW_WRITE_PATCH, &edit);
    write_camera(w, GW_WRITE_PATCH, &edit); // the same again is no change
    by_id(w, gw_registry_delete_camera, "c1");
    by_id(w, gw_registry_restore_camera, "c1");
    by_id(w, gw_registry_restore_camera, "c1"); // refused
    assert_int_equal(gw_store_open(w->dir.path, &store, error), 0);
    assert_int_equal(gw_store_each_change(store, "c1", 0, append_change, text), 0);
    assert_int_equal(gw_store_each_change(store, NULL, 2, append_change, page), 0);
    gw_store_close(store);
    const char *created = "test c1 created >{\"kind\":\"unknown\",\"pull\":\"on_demand\","
                          "\"url_main\":\"rtsp://10.0.0.1/1\"}\n";
    char all[4096];
    snprintf(all, sizeof(all),
             "somebody c1 restored >\n"
             "somebody c1 removed {\"name\":\"Gate\",\"kind\":\"unknown\","
             "\"pull\":\"on_demand\",\"url_main\":\"rtsp://10.0.0.1/1\"}>\n"
             "test c1 changed {\"name\":\"\",\"url_main\":\"rtsp://10.0.0.1/1\"}>"
             "{\"name\":\"Gate\",\"url_main\":\"rtsp://10.0.0.1/1\"}\n%s",
             created);
    assert_string_equal(text, all);
    assert_string_equal(page, created);
}

static int64_t revision_of(struct world *w, const char *id)
{
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    int64_t revision = gw_snapshot_camera(s, id)->revision;
    gw_snapshot_unref(&s);
    return revision;
}

static void every_write_of_a_camera_has_a_revision_of_its_own(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate(), cell = only(edit.id);
    int64_t seen[6];
    write_camera(w, GW_WRITE_CREATE, &edit);
    seen[0] = revision_of(w, edit.id);
    edit.name = "North gate";
    write_camera(w, GW_WRITE_REPLACE, &edit);
    seen[1] = revision_of(w, edit.id);
    write_camera(w, GW_WRITE_REPLACE, &edit);
    assert_int_equal(revision_of(w, edit.id), seen[1]); // the same again is no change
    by_id(w, gw_registry_delete_camera, edit.id);
    by_id(w, gw_registry_restore_camera, edit.id);
    seen[2] = revision_of(w, edit.id);
    by_id(w, gw_registry_delete_camera, edit.id);
    reopen(w);
    write_camera(w, GW_WRITE_CREATE, &edit); // another camera by the same id
    seen[3] = revision_of(w, edit.id);
    cell.cell = "370812001001001";
    write_camera(w, GW_WRITE_PATCH, &cell);
    seen[4] = revision_of(w, edit.id);
    cell.cell = "";
    write_camera(w, GW_WRITE_PATCH, &cell);
    seen[5] = revision_of(w, edit.id);
    for (int i = 1; i < 6; i++)
        assert_true(seen[i] > seen[i - 1]);
}

// Many who saw the same and write at once.
struct racer {
    struct world *w;
    pthread_t thread;
    struct gw_precondition when;
    char name[16];
    pthread_mutex_t lock;
    pthread_cond_t news;
    bool done;
    int error;
};

static void on_raced(void *arg, const struct gw_registry_result *result)
{
    struct racer *racer = arg;
    pthread_mutex_lock(&racer->lock);
    racer->error = result->error;
    racer->done = true;
    pthread_cond_signal(&racer->news);
    pthread_mutex_unlock(&racer->lock);
}

static void *race(void *arg)
{
    struct racer *racer = arg;
    struct gw_camera_edit edit = only(gate().id);
    edit.name = racer->name;
    const struct gw_editor editor = { .name = racer->name, .when = &racer->when };
    assert_int_equal(gw_registry_write_camera(racer->w->reg, GW_WRITE_PATCH, &edit,
                                              &editor, on_raced, racer),
                     0);
    pthread_mutex_lock(&racer->lock);
    while (!racer->done)
        pthread_cond_wait(&racer->news, &racer->lock);
    pthread_mutex_unlock(&racer->lock);
    return NULL;
}

static void of_writers_who_saw_the_same_exactly_one_wins(void **state)
{
    enum { WRITERS = 8, ROUNDS = 4 };
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);
    for (int round = 0; round < ROUNDS; round++) {
        struct racer racers[WRITERS] = { 0 };
        int64_t seen = revision_of(w, edit.id);
        for (int i = 0; i < WRITERS; i++) {
            struct racer *racer = &racers[i];
            racer->w = w;
            racer->when.match =
                (struct gw_revisions) { .given = true, .count = 1, .list = { seen } };
            snprintf(racer->name, sizeof(racer->name), "%d of %d", i, round);
            pthread_mutex_init(&racer->lock, NULL);
            pthread_cond_init(&racer->news, NULL);
            assert_int_equal(pthread_create(&racer->thread, NULL, race, racer), 0);
        }
        const char *winner = NULL;
        for (int i = 0; i < WRITERS; i++) {
            pthread_join(racers[i].thread, NULL);
            if (racers[i].error == 0) {
                assert_null(winner);
                winner = racers[i].name;
            } else {
                assert_int_equal(racers[i].error, -ESTALE);
            }
        }
        struct gw_snapshot *s = gw_registry_snapshot(w->reg);
        assert_non_null(winner);
        assert_string_equal(gw_snapshot_camera(s, edit.id)->name, winner);
        gw_snapshot_unref(&s);
    }
}

static void what_another_process_writes_is_noticed(void **state)
{
    struct world *w = *state;
    struct gw_store *other;
    char error[GW_STORE_ERROR_MAX];
    assert_int_equal(gw_store_open(w->dir.path, &other, error), 0);
    unsigned before = w->inbox.changes;

    assert_int_equal(gw_store_begin(other), 0);
    struct gw_cell cell = {
        .code = "370812001001001",
        .name = "Cell",
        .division = "",
        .parent = "",
        .level = 3,
        .geometry = "{\"type\":\"Polygon\",\"coordinates\":"
                    "[[[116,35],[117,35],[117,36],[116,36],[116,35]]]}",
    };
    assert_int_equal(gw_store_put_cell(other, &cell), 0);
    assert_int_equal(gw_store_commit(other), 0);
    gw_store_close(other);
    wait_for(&w->inbox, &w->inbox.changes, before + 1);

    // And the next camera is put into the new cell.
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    assert_non_null(gw_snapshot_cell(s, cell.code));
    assert_string_equal(gw_snapshot_camera(s, edit.id)->cell, cell.code);
    gw_snapshot_unref(&s);
}

static void close_finishes_what_is_queued(void **state)
{
    struct world *w = *state;
    enum { WRITES = 600 };
    char id[WRITES][16];
    for (int i = 0; i < WRITES; i++) {
        struct gw_camera_edit edit = gate();
        snprintf(id[i], sizeof(id[i]), "c%04d", i);
        edit.id = id[i];
        assert_int_equal(gw_registry_write_camera(w->reg, GW_WRITE_CREATE, &edit,
                                                  &test_editor, on_done, &w->inbox),
                         0);
    }
    gw_registry_close(w->reg);
    w->reg = NULL;
    assert_int_equal(w->inbox.done, WRITES);
    reopen(w);
    struct gw_snapshot *s = gw_registry_snapshot(w->reg);
    size_t n;
    gw_snapshot_cameras(s, &n);
    assert_int_equal(n, WRITES);
    gw_snapshot_unref(&s);
}

static void the_database_is_for_its_owner_only(void **state)
{
    struct world *w = *state;
    struct gw_camera_edit edit = gate();
    write_camera(w, GW_WRITE_CREATE, &edit);
    static const char *const names[] = { "gridwall.db", "gridwall.db-wal" };
    for (int i = 0; i < 2; i++) {
        char path[128];
        struct stat st;
        temp_dir_file(&w->dir, names[i], path);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

static void a_directory_that_cannot_be_used_is_explained(void **state)
{
    struct world *w = *state;
    char error[GW_REGISTRY_ERROR_MAX];
    char path[128];
    struct gw_registry *reg = NULL;

    assert_int_equal(
        gw_registry_open(&(struct gw_registry_config) { .dir = "/nonexistent/data" },
                         &reg, error),
        -ENOENT);
    assert_non_null(strstr(error, "/nonexistent/data"));
    temp_dir_write(&w->dir, "a.txt", "x", path);
    assert_int_equal(
        gw_registry_open(&(struct gw_registry_config) { .dir = path }, &reg, error),
        -ENOTDIR);
    assert_non_null(strstr(error, path));
    assert_null(reg);
}

static void garbage_in_place_of_the_database_is_explained(void **state)
{
    (void)state;
    struct temp_dir dir;
    char error[GW_REGISTRY_ERROR_MAX];
    char path[128];
    struct gw_registry *reg = NULL;
    assert_int_equal(temp_dir_make(&dir), 0);
    temp_dir_write(&dir, "gridwall.db", "This is a letter to my aunt, not a database.",
                   path);
    assert_int_equal(
        gw_registry_open(&(struct gw_registry_config) { .dir = dir.path }, &reg, error),
        -EBADMSG);
    assert_non_null(strstr(error, "gridwall.db"));
    temp_dir_remove(&dir);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_done_write_is_in_the_snapshot_and_on_disk),
        TEST(an_old_snapshot_stays_as_it_was),
        TEST(patch_changes_what_is_given_and_keeps_the_password),
        TEST(the_whole_record_is_kept),
        TEST(patch_leaves_the_rest_of_the_record),
        TEST(replacing_clears_what_is_not_given),
        TEST(a_bad_field_of_the_record_is_named),
        TEST(a_password_never_follows_to_another_host),
        TEST(refusals_say_why_and_change_nothing),
        TEST(the_number_of_a_deleted_camera_is_not_given_away),
        TEST(a_removed_camera_comes_back_under_its_own_number),
        TEST(every_change_has_an_author_and_no_password),
        TEST(every_write_of_a_camera_has_a_revision_of_its_own),
        TEST(of_writers_who_saw_the_same_exactly_one_wins),
        TEST(what_another_process_writes_is_noticed),
        TEST(close_finishes_what_is_queued),
        TEST(the_database_is_for_its_owner_only),
        TEST(a_directory_that_cannot_be_used_is_explained),
        TEST(garbage_in_place_of_the_database_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
