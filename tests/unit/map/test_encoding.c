#include "map/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// "设备,名" in three encodings.
#define UTF8 "设备,名"
#define GBK "\xc9\xe8\xb1\xb8,\xc3\xfb"
#define UTF16 "\xbe\x8b\x07\x59,\0\x0d\x54"

struct journal {
    char text[256];
    size_t len;
    int stop;
};

static int on_text(void *arg, const char *text, size_t len)
{
    struct journal *j = arg;
    assert_true(j->len + len <= sizeof(j->text));
    memcpy(j->text + j->len, text, len);
    j->len += len;
    return j->stop;
}

// Every cut gives the same text.
static void expect(enum gw_encoding from, const char *data, size_t len, const char *text,
                   size_t text_len)
{
    for (size_t cut = 0; cut <= len; cut++) {
        struct journal j = { .len = 0 };
        struct gw_decoder *d = gw_decoder_create(from, on_text, &j);
        assert_int_equal(gw_decoder_feed(d, data, cut), 0);
        assert_int_equal(gw_decoder_feed(d, data + cut, len - cut), 0);
        assert_int_equal(gw_decoder_end(d), 0);
        assert_int_equal(j.len, text_len);
        assert_memory_equal(j.text, text, text_len);
        gw_decoder_destroy(d);
    }
}
#define EXPECT(from, data, text)                                                         \
    expect(from, data, sizeof(data) - 1, text, sizeof(text) - 1)

static void each_encoding_becomes_utf8(void **state)
{
    (void)state;
    EXPECT(GW_ENCODING_UTF8, UTF8, UTF8);
    EXPECT(GW_ENCODING_GB18030, GBK, UTF8);
    EXPECT(GW_ENCODING_UTF16LE, UTF16, UTF8);
    EXPECT(GW_ENCODING_UTF16BE, "\x8b\xbe\x59\x07", "设备");
    // Four bytes (U+20000), which GBK does not have.
    EXPECT(GW_ENCODING_GB18030, "a\x95\x32\x82\x36z", "a\xf0\xa0\x80\x80z");
    EXPECT(GW_ENCODING_UTF16LE, "\xff\xfe" UTF16, "\xef\xbb\xbf" UTF8);
}

static void what_is_no_character_is_marked_and_the_rest_is_kept(void **state)
{
    (void)state;
    EXPECT(GW_ENCODING_GB18030, "a\xff\n" GBK, "a\xff\n" UTF8);
    EXPECT(GW_ENCODING_GB18030, GBK "\xc9", UTF8 "\xff"); // cut off
    EXPECT(GW_ENCODING_GB18030, "\xff\xff\xff\xff\xff\xff\xff\xff\xff" GBK,
           "\xff\xff\xff\xff\xff\xff\xff\xff\xff" UTF8);
    EXPECT(GW_ENCODING_UTF16LE, "a\0\x00\xdc" UTF16, "a\xff" UTF8); // half a pair
    EXPECT(GW_ENCODING_UTF16LE, "a\0b", "a\xff");
}

static void the_caller_can_stop_it(void **state)
{
    (void)state;
    struct journal j = { .stop = -7 };
    struct gw_decoder *d = gw_decoder_create(GW_ENCODING_GB18030, on_text, &j);
    assert_int_equal(gw_decoder_feed(d, GBK, sizeof(GBK) - 1), -7);
    assert_int_equal(gw_decoder_feed(d, GBK, sizeof(GBK) - 1), -7);
    assert_int_equal(gw_decoder_end(d), -7);
    assert_int_equal(j.len, sizeof(UTF8) - 1);
    gw_decoder_destroy(d);
}

static enum gw_encoding guess(const char *data, size_t len)
{
    enum gw_encoding whole = GW_ENCODING_UTF8;
    for (size_t cut = 0; cut <= len; cut++) {
        struct gw_encoding_guess *g = calloc(1, sizeof(*g));
        gw_encoding_guess_feed(g, data, cut);
        gw_encoding_guess_feed(g, data + cut, len - cut);
        enum gw_encoding this = gw_encoding_guess_end(g);
        assert_true(cut == 0 || this == whole);
        whole = this;
        free(g);
    }
    return whole;
}
#define GUESS(data) guess(data, sizeof(data) - 1)

static void the_encoding_is_seen_from_the_lines(void **state)
{
    (void)state;
    assert_int_equal(GUESS(""), GW_ENCODING_UTF8);
    assert_int_equal(GUESS("id,name\nc1,gate\n"), GW_ENCODING_UTF8);
    assert_int_equal(GUESS("id,name\nc1," UTF8), GW_ENCODING_UTF8);
    assert_int_equal(GUESS("id,name\nc1,gate\nc2," GBK), GW_ENCODING_GB18030);
    // One broken line amid good ones is a broken line.
    assert_int_equal(GUESS(UTF8 "\n" UTF8 "\nc2,\xff\n"), GW_ENCODING_UTF8);
    // "联通" in GBK happens to be UTF-8, too.
    assert_int_equal(GUESS(GBK "\n" GBK "\n\xc1\xaa\xcd\xa8\n"), GW_ENCODING_GB18030);
    assert_int_equal(GUESS("\xff\xfe" UTF16), GW_ENCODING_UTF16LE);
    assert_int_equal(GUESS("\xfe\xff\x8b\xbe"), GW_ENCODING_UTF16BE);
    assert_int_equal(GUESS("\xef\xbb\xbf" GBK), GW_ENCODING_UTF8); // it says so
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_encoding_becomes_utf8),
        cmocka_unit_test(what_is_no_character_is_marked_and_the_rest_is_kept),
        cmocka_unit_test(the_caller_can_stop_it),
        cmocka_unit_test(the_encoding_is_seen_from_the_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
