#include "app/link_keys.h"

#include <errno.h>
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

#define DAY_MS (24 * 3600 * 1000ull)
#define NOW_MS (20000 * DAY_MS)

struct home {
    char dir[32];
    char file[64];
};

static int setup(void **state)
{
    struct home *h = calloc(1, sizeof(*h));
    strcpy(h->dir, "/tmp/gridwall-link-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    snprintf(h->file, sizeof(h->file), "%s/live-links.key", h->dir);
    *state = h;
    return 0;
}

static int teardown(void **state)
{
    struct home *h = *state;
    unlink(h->file);
    rmdir(h->dir);
    free(h);
    return 0;
}

static struct gw_live_link good_link(void)
{
    return (struct gw_live_link) {
        .camera = "37081202001320000001",
        .profile = GW_PROFILE_MAIN,
        .until_ms = NOW_MS + 1000,
        .account = 7,
        .generation = NOW_MS - 5,
        .origin = "https://video.example",
    };
}

// What a request for it says: the rest stands in the text.
static struct gw_live_link asked(void)
{
    struct gw_live_link link = good_link();
    link.until_ms = link.generation = link.account = 0;
    return link;
}

static struct gw_link_keys *keys_with_link(const struct home *h,
                                           char text[GW_LIVE_LINK_TEXT])
{
    struct gw_link_keys *k = gw_link_keys_open(h->dir);
    const struct gw_live_link link = good_link();
    assert_non_null(k);
    assert_int_equal(gw_link_keys_sign(k, &link, NOW_MS, text), 0);
    return k;
}

static void a_link_says_what_was_signed(void **state)
{
    char text[GW_LIVE_LINK_TEXT];
    struct gw_link_keys *k = keys_with_link(*state, text);
    struct gw_live_link link = asked();
    assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), 0);
    assert_int_equal(link.account, 7);
    assert_true(link.generation == NOW_MS - 5 && link.until_ms == NOW_MS + 1000);
    assert_string_equal(link.origin, "https://video.example");
    gw_link_keys_close(k);
}

static void a_link_is_over_at_its_time(void **state)
{
    char text[GW_LIVE_LINK_TEXT];
    struct gw_link_keys *k = keys_with_link(*state, text);
    struct gw_live_link link = asked();
    assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS + 999), 0);
    link = asked();
    assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS + 1000), -ETIME);
    gw_link_keys_close(k);
}

static void each_changed_byte_of_its_text_spoils_it(void **state)
{
    char text[GW_LIVE_LINK_TEXT], other[GW_LIVE_LINK_TEXT];
    struct gw_link_keys *k = keys_with_link(*state, text);
    static const char instead[] = "0123456789abcdefo.AZ%";
    for (size_t i = 0; text[i]; i++)
        for (const char *c = instead; *c; c++) {
            struct gw_live_link link = asked();
            if (text[i] == *c)
                continue;
            strcpy(other, text);
            other[i] = *c;
            assert_int_equal(gw_link_keys_check(k, other, &link, NOW_MS), -EACCES);
        }
    for (size_t len = 0; len < strlen(text); len++) {
        struct gw_live_link link = asked();
        strcpy(other, text);
        other[len] = '\0';
        assert_int_equal(gw_link_keys_check(k, other, &link, NOW_MS), -EACCES);
    }
    gw_link_keys_close(k);
}

static void it_is_for_its_camera_stream_and_page(void **state)
{
    char text[GW_LIVE_LINK_TEXT];
    struct gw_link_keys *k = keys_with_link(*state, text);
    struct gw_live_link link = asked();
    link.camera = "37081202001320000002";
    assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), -EACCES);
    link = asked();
    link.profile = GW_PROFILE_SUB;
    assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), -EACCES);
    static const char *const origins[] = { "", "null", "http://video.example",
                                           "https://video.example:8443",
                                           "https://evil.example" };
    for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
        link = asked();
        link.origin = origins[i];
        assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), -EACCES);
    }
    gw_link_keys_close(k);
}

static void one_for_any_page_asks_for_none(void **state)
{
    const struct home *h = *state;
    char text[GW_LIVE_LINK_TEXT];
    struct gw_link_keys *k = gw_link_keys_open(h->dir);
    struct gw_live_link link = good_link();
    link.origin = "";
    assert_int_equal(gw_link_keys_sign(k, &link, NOW_MS, text), 0);
    static const char *const origins[] = { "", "null", "https://evil.example" };
    for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
        link = asked();
        link.origin = origins[i];
        assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), 0);
    }
    gw_link_keys_close(k);
}

static void links_outlive_the_engine_and_their_key_is_its_owners(void **state)
{
    const struct home *h = *state;
    char text[GW_LIVE_LINK_TEXT];
    struct stat st;
    gw_link_keys_close(keys_with_link(h, text));
    assert_int_equal(stat(h->file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    struct gw_link_keys *again = gw_link_keys_open(h->dir);
    struct gw_live_link link = asked();
    assert_int_equal(gw_link_keys_check(again, text, &link, NOW_MS), 0);
    gw_link_keys_close(again);

    unlink(h->file); // who wants all links to end removes the keys
    again = gw_link_keys_open(h->dir);
    link = asked();
    assert_int_equal(gw_link_keys_check(again, text, &link, NOW_MS), -EACCES);
    gw_link_keys_close(again);
}

static void a_new_key_comes_in_time_and_the_old_one_stays_good_once(void **state)
{
    const struct home *h = *state;
    char first[GW_LIVE_LINK_TEXT], later[GW_LIVE_LINK_TEXT], last[GW_LIVE_LINK_TEXT];
    struct gw_link_keys *k = gw_link_keys_open(h->dir);
    struct gw_live_link link = good_link(), read;
    link.until_ms = NOW_MS + 100 * DAY_MS; // longer than any: only the key ends it
    assert_int_equal(gw_link_keys_sign(k, &link, NOW_MS, first), 0);
    uint64_t now_ms = NOW_MS + GW_LINK_KEY_DAYS * DAY_MS;
    assert_int_equal(gw_link_keys_sign(k, &link, now_ms - 1, later), 0);
    assert_string_equal(later, first);
    assert_int_equal(gw_link_keys_sign(k, &link, now_ms, later), 0);
    assert_string_not_equal(later, first);
    gw_link_keys_close(k);

    k = gw_link_keys_open(h->dir);
    read = asked();
    assert_int_equal(gw_link_keys_check(k, first, &read, now_ms), 0);
    read = asked();
    assert_int_equal(gw_link_keys_check(k, later, &read, now_ms), 0);
    now_ms += GW_LINK_KEY_DAYS * DAY_MS;
    assert_int_equal(gw_link_keys_sign(k, &link, now_ms, last), 0);
    read = asked();
    assert_int_equal(gw_link_keys_check(k, first, &read, now_ms), -EACCES);
    read = asked();
    assert_int_equal(gw_link_keys_check(k, later, &read, now_ms), 0);
    gw_link_keys_close(k);
}

static void a_damaged_file_of_keys_makes_way_for_a_new_one(void **state)
{
    const struct home *h = *state;
    static const char *const contents[] = { "nonsense\n", "1 00\n", "\n", "5" };
    for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++) {
        char text[GW_LIVE_LINK_TEXT];
        struct gw_live_link link = asked();
        FILE *f = fopen(h->file, "w");
        assert_non_null(f);
        fputs(contents[i], f);
        fclose(f);
        struct gw_link_keys *k = keys_with_link(h, text);
        assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), 0);
        gw_link_keys_close(k);
    }
}

static void links_work_though_their_key_cannot_be_written(void **state)
{
    char text[GW_LIVE_LINK_TEXT];
    struct gw_live_link link = asked();
    (void)state;
    struct gw_link_keys *k =
        keys_with_link(&(struct home) { .dir = "/proc/nowhere" }, text);
    assert_int_equal(gw_link_keys_check(k, text, &link, NOW_MS), 0);
    gw_link_keys_close(k);
}

static void a_link_is_found_in_a_query(void **state)
{
    char text[GW_LIVE_LINK_TEXT];
    (void)state;
    assert_false(gw_live_link_find("", text));
    assert_false(gw_live_link_find("audio=1&xlink=5&links=4&link", text));
    assert_true(gw_live_link_find("link=", text));
    assert_string_equal(text, "");
    assert_true(gw_live_link_find("audio=1&link=a.b&join=key", text));
    assert_string_equal(text, "a.b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_says_what_was_signed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_is_over_at_its_time, setup, teardown),
        cmocka_unit_test_setup_teardown(each_changed_byte_of_its_text_spoils_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(it_is_for_its_camera_stream_and_page, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_for_any_page_asks_for_none, setup, teardown),
        cmocka_unit_test_setup_teardown(
            links_outlive_the_engine_and_their_key_is_its_owners, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_new_key_comes_in_time_and_the_old_one_stays_good_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_file_of_keys_makes_way_for_a_new_one,
                                        setup, teardown),
        cmocka_unit_test(links_work_though_their_key_cannot_be_written),
        cmocka_unit_test(a_link_is_found_in_a_query),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
