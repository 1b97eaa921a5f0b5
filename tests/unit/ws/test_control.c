#include "ws/control.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int parse(const char *text, struct gw_control *ret)
{
    // An exact copy without a NUL: reading past the end is seen.
    size_t len = strlen(text);
    char *exact = malloc(len ? len : 1);
    memcpy(exact, text, len);
    int r = gw_control_parse(exact, len, ret);
    free(exact);
    return r;
}

static void reads_the_messages_of_the_page(void **state)
{
    struct gw_control c;
    (void)state;
    assert_int_equal(
        parse("{\"type\":\"open\",\"ref\":7,\"camera\":\"37081200001310000001\","
              "\"profile\":\"sub\",\"form\":\"avcc\",\"later\":[1,{}]}",
              &c),
        0);
    assert_int_equal(c.type, GW_CONTROL_OPEN);
    assert_int_equal(c.ref, 7);
    assert_string_equal(c.camera, "37081200001310000001");
    assert_int_equal(c.profile, GW_PROFILE_SUB);
    assert_int_equal(c.form, GW_FORM_WALL_AVCC);
    assert_int_equal(parse("{\"type\":\"open\",\"ref\":2147483647,\"camera\":\"兴隆\","
                           "\"profile\":\"main\",\"form\":\"mp4\"} \r\n",
                           &c),
                     0);
    assert_int_equal(c.ref, 2147483647);
    assert_int_equal(c.form, GW_FORM_WALL_MP4);
    assert_int_equal(parse("{\"type\":\"close\",\"ref\":0}", &c), 0);
    assert_int_equal(c.type, GW_CONTROL_CLOSE);
    assert_int_equal(parse("{\"type\":\"ping\",\"t\":-123.5}", &c), 0);
    assert_int_equal(c.type, GW_CONTROL_PING);
    assert_true(c.t == -123.5);
}

static void refuses_what_breaks_the_rules(void **state)
{
    static const char *const bad[] = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"type\":7}",
        "{\"type\":\"shout\"}",
        "{\"type\":\"close\"}",
        "{\"type\":\"close\",\"ref\":\"7\"}",
        "{\"type\":\"close\",\"ref\":-1}",
        "{\"type\":\"close\",\"ref\":1.5}",
        "{\"type\":\"close\",\"ref\":2147483648}",
        "{\"type\":\"close\",\"ref\":1} x",
        "{\"type\":\"ping\"}",
        "{\"type\":\"ping\",\"t\":\"1\"}",
        "{\"type\":\"ping\",\"t\":1e999}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":\"\",\"profile\":\"sub\",\"form\":"
        "\"mp4\"}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":\"a/"
        "b\",\"profile\":\"sub\",\"form\":\"mp4\"}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":\"a\",\"profile\":\"third\",\"form\":"
        "\"mp4\"}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":\"a\",\"profile\":\"sub\",\"form\":"
        "\"flv\"}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":\"a\\nb\",\"profile\":\"sub\",\"form\":"
        "\"mp4\"}",
        "{\"type\":\"open\",\"ref\":1,\"camera\":"
        "\"12345678901234567890123456789012345678901234567890123456789012345\","
        "\"profile\":\"sub\",\"form\":\"mp4\"}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct gw_control c = { .ref = 42 };
        assert_int_equal(parse(bad[i], &c), -EBADMSG);
        assert_int_equal(c.ref, 42); // untouched
    }
    struct gw_control c;
    assert_int_equal(gw_control_parse("{\"type\":\"ping\",\"t\":1}\0", 22, &c), -EBADMSG);
}

static void every_cut_of_a_message_is_refused(void **state)
{
    static const char whole[] = "{\"type\":\"ping\",\"t\":125}";
    (void)state;
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        struct gw_control c;
        char *cut = malloc(len + 1);
        memcpy(cut, whole, len);
        assert_int_equal(gw_control_parse(cut, len, &c), -EBADMSG);
        free(cut);
    }
}

static void refuses_a_message_over_the_limit(void **state)
{
    char text[GW_CONTROL_IN_MAX + 1];
    struct gw_control c;
    (void)state;
    memset(text, ' ', sizeof(text));
    memcpy(text, "{\"type\":\"ping\",\"t\":1}", 21);
    assert_int_equal(gw_control_parse(text, GW_CONTROL_IN_MAX, &c), 0);
    assert_int_equal(gw_control_parse(text, GW_CONTROL_IN_MAX + 1, &c), -EMSGSIZE);
}

static void names_the_ref_of_a_bad_message(void **state)
{
    uint32_t ref = 42;
    (void)state;
    assert_int_equal(gw_control_parse_ref("{\"ref\":9}", 9, &ref), 0);
    assert_int_equal(ref, 9);
    assert_int_equal(gw_control_parse_ref("{\"ref\":-}", 9, &ref), -EBADMSG);
    assert_int_equal(ref, 9);
}

static void writes_the_messages_of_the_engine(void **state)
{
    char out[GW_CONTROL_OUT_MAX];
    uint32_t ref = 7;
    struct gw_source_status live = { .stream = 25,
                                     .state = GW_SOURCE_LIVE,
                                     .since_us = 1000 };
    (void)state;
    size_t len = gw_control_closed(out, 7);
    assert_int_equal(len, strlen(out));
    assert_string_equal(out, "{\"type\":\"closed\",\"ref\":7}");
    gw_control_dropped(out, 25, 12);
    assert_string_equal(out, "{\"type\":\"dropped\",\"stream\":25,\"frames\":12}");
    gw_control_pong(out, 123.5, 1700000000000000);
    assert_string_equal(out,
                        "{\"type\":\"pong\",\"t\":123.5,\"now_us\":1700000000000000}");
    gw_control_opened(out, 7, &live, 1501000);
    assert_string_equal(out, "{\"type\":\"opened\",\"ref\":7,\"stream\":25,\"state\":"
                             "{\"name\":\"live\",\"attempt\":0,\"age_ms\":1500}}");
    gw_control_error(out, &ref, "busy", (struct gw_text) { "a \"b\"\n", "忙" });
    assert_string_equal(out, "{\"type\":\"error\",\"ref\":7,\"code\":\"busy\","
                             "\"en\":\"a \\\"b\\\"\\u000a\",\"zh\":\"忙\"}");
}

static void every_state_and_cause_fits(void **state)
{
    char out[GW_CONTROL_OUT_MAX];
    (void)state;
    for (int s = 0; s < GW_SOURCE_STATES; s++)
        for (int cause = 0; cause < GW_CAUSES; cause++) {
            struct gw_source_status status = {
                .stream = UINT32_MAX,
                .state = (enum gw_source_state)s,
                .cause = (enum gw_cause)cause,
                .attempt = UINT32_MAX,
                .retry_at_us = UINT64_MAX,
            };
            gw_control_opened(out, UINT32_MAX, &status, UINT64_MAX - 1);
            assert_non_null(strstr(out, gw_source_state_name(status.state)));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_messages_of_the_page),
        cmocka_unit_test(refuses_what_breaks_the_rules),
        cmocka_unit_test(every_cut_of_a_message_is_refused),
        cmocka_unit_test(refuses_a_message_over_the_limit),
        cmocka_unit_test(names_the_ref_of_a_bad_message),
        cmocka_unit_test(writes_the_messages_of_the_engine),
        cmocka_unit_test(every_state_and_cause_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
