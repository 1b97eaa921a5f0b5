#include "map/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/map/temp_dir.h"

#define A "0000000000000000000000000000000000000000000000000000000000000001"
#define B "0000000000000000000000000000000000000000000000000000000000000002"
#define REGISTRY "registry 0123456789abcdef\n"

struct world {
    struct temp_dir dir;
    char path[128];
    struct gw_key_ring ring;
};

static int set_up(void **state)
{
    static struct world w;
    static const char text[] = REGISTRY "key " A "\nkey " B "\n";
    memset(&w, 0, sizeof(w));
    *state = &w;
    if (temp_dir_make(&w.dir) < 0)
        return -1;
    temp_dir_file(&w.dir, "gridwall.key", w.path);
    return gw_key_ring_parse(text, sizeof(text) - 1, &w.ring);
}

static int tear_down(void **state)
{
    struct world *w = *state;
    temp_dir_remove(&w->dir);
    return 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode;
}

static void what_was_written_is_read(void **state)
{
    struct world *w = *state;
    struct gw_key_ring read = { 0 };
    assert_int_equal(gw_key_file_write(w->path, &w->ring), 0);
    assert_int_equal(gw_key_file_read(w->path, &read), 0);
    assert_memory_equal(&read, &w->ring, sizeof(read));
    assert_int_equal(mode_of(w->path) & 0777, 0600);

    w->ring.count = 1;
    assert_int_equal(gw_key_file_write(w->path, &w->ring), 0);
    assert_int_equal(gw_key_file_read(w->path, &read), 0);
    assert_int_equal(read.count, 1);
    assert_int_equal(read.keys[0].bytes[GW_SEAL_KEY_BYTES - 1], 1);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
    struct world *w = *state;
    struct gw_key_ring read = { .count = 77 };
    static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
    assert_int_equal(gw_key_file_write(w->path, &w->ring), 0);
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        assert_int_equal(chmod(w->path, modes[i]), 0);
        assert_int_equal(gw_key_file_read(w->path, &read), -EPERM);
    }
    assert_int_equal(chmod(w->path, 0400), 0);
    assert_int_equal(read.count, 77);
    assert_int_equal(gw_key_file_read(w->path, &read), 0);
}

static void what_is_no_such_file_is_refused(void **state)
{
    struct world *w = *state;
    struct gw_key_ring read;
    static const char *const texts[] = {
        "",
        "# nothing\n",
        REGISTRY,
        "key " A "\n",
        REGISTRY REGISTRY "key " A "\n",
        REGISTRY "key " A "0\n",
        REGISTRY "key \n",
        REGISTRY "key " A "\nkey " B "\nkey " A "\n",
        REGISTRY "key " A "\nkeys\n",
        "registry 0123456789ABCDEF\nkey " A "\n",
        "registry 0123\nkey " A "\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        assert_int_equal(gw_key_ring_parse(texts[i], strlen(texts[i]), &read), -EBADMSG);
    assert_int_equal(gw_key_file_read(w->path, &read), -ENOENT);
    assert_int_equal(gw_key_file_read(w->dir.path, &read), -EBADMSG);

    char *big = calloc(1, GW_KEY_FILE_BYTES + 2);
    memset(big, '#', GW_KEY_FILE_BYTES + 1);
    temp_dir_write(&w->dir, "gridwall.key", big, w->path);
    assert_int_equal(chmod(w->path, 0600), 0);
    assert_int_equal(gw_key_file_read(w->path, &read), -EBADMSG);
    free(big);
}

// The key may lie on another medium, with a link to it.
static void a_link_stays_a_link(void **state)
{
    struct world *w = *state;
    struct gw_key_ring read;
    char medium[128];
    temp_dir_file(&w->dir, "a.txt", medium);
    assert_int_equal(gw_key_file_write(medium, &w->ring), 0);
    assert_int_equal(symlink(medium, w->path), 0);
    w->ring.count = 1;
    assert_int_equal(gw_key_file_write(w->path, &w->ring), 0);
    assert_true(S_ISLNK(mode_of(w->path)));
    assert_int_equal(gw_key_file_read(medium, &read), 0);
    assert_int_equal(read.count, 1);
}

static void what_a_killed_writer_left_is_no_hindrance(void **state)
{
    struct world *w = *state;
    struct gw_key_ring read;
    char left[128];
    temp_dir_write(&w->dir, "gridwall.key.new", "half", left);
    assert_int_equal(gw_key_file_write(w->path, &w->ring), 0);
    assert_int_equal(gw_key_file_read(w->path, &read), 0);
    assert_int_equal(access(left, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_written_is_read),
        TEST(a_file_that_others_may_read_is_refused),
        TEST(what_is_no_such_file_is_refused),
        TEST(a_link_stays_a_link),
        TEST(what_a_killed_writer_left_is_no_hindrance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
