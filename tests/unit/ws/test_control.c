#include "ws/control.h"

#include "base/clock.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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
    assert_string_equal(c.wish.camera, "37081200001310000001");
    assert_int_equal(c.wish.profile, GW_PROFILE_SUB);
    assert_int_equal(c.wish.form, GW_FORM_WALL_AVCC);
    assert_int_equal(parse("{\"type\":\"open\",\"ref\":2147483647,\"camera\":\"兴隆\","
                           "\"profile\":\"main\",\"form\":\"mp4\"} \r\n",
                           &c),
                     0);
    assert_int_equal(c.ref, 2147483647);
    assert_int_equal(c.wish.form, GW_FORM_WALL_MP4);
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
    gw_control_pong(out, 123.5, 1700000000000000);
    assert_string_equal(out,
                        "{\"type\":\"pong\",\"t\":123.5,\"now_us\":1700000000000000}");
    gw_control_opened(out, 7, &live, 1501000);
    assert_string_equal(out, "{\"type\":\"opened\",\"ref\":7,\"stream\":25,\"state\":"
                             "{\"name\":\"live\",\"attempt\":0,\"age_ms\":1500}}");
    live.key_interval_us = 2 * GW_SECOND; // as usual: not worth a word
    gw_control_state(out, &live, 1501000);
    assert_null(strstr(out, "key_frame_s"));
    live.key_interval_us = 12 * GW_SECOND - 20000;
    gw_control_state(out, &live, 1501000);
    assert_non_null(strstr(out, "\"key_frame_s\":12,\"en\":\"This camera sends a key "
                                "frame every 12 s;"));
    gw_control_error(out, &ref, "busy", (struct gw_text) { "a \"b\"\n", "忙" });
    assert_string_equal(out, "{\"type\":\"error\",\"ref\":7,\"code\":\"busy\","
                             "\"en\":\"a \\\"b\\\"\\u000a\",\"zh\":\"忙\"}");
}

// ---- docs/wire-control-golden.json, which the page is tested with too ----

static cJSON *read_golden(void)
{
    size_t len;
    char *text = NULL;
    size_t room = 0;
    FILE *f = fopen(getenv("GW_CONTROL_GOLDEN"), "r");
    assert_non_null(f);
    len = (size_t)getdelim(&text, &room, '\0', f);
    fclose(f);
    cJSON *json = cJSON_ParseWithLength(text, len);
    assert_non_null(json);
    free(text);
    return json;
}

static const char *text_of(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItem(json, name));
}

static void check_open(const cJSON *means, const struct gw_control *c)
{
    assert_int_equal(c->type, GW_CONTROL_OPEN);
    assert_string_equal(c->wish.camera, text_of(means, "camera"));
    assert_int_equal(c->wish.profile == GW_PROFILE_SUB,
                     strcmp(text_of(means, "profile"), "sub") == 0);
    assert_int_equal(c->wish.form, strcmp(text_of(means, "form"), "mp4") == 0
                                       ? GW_FORM_WALL_MP4
                                       : GW_FORM_WALL_AVCC);
    assert_int_equal(c->wish.join == GW_JOIN_KEY,
                     strcmp(text_of(means, "join"), "key") == 0);
    assert_int_equal(c->limited, cJSON_HasObjectItem(means, "frames"));
}

static void check_meaning(const cJSON *means, const struct gw_control *c)
{
    const cJSON *urgent = cJSON_GetObjectItem(means, "urgent");
    const cJSON *frames = cJSON_GetObjectItem(means, "frames");
    const cJSON *audio = cJSON_GetObjectItem(means, "audio");
    const char *type = text_of(means, "type");

    assert_int_equal(c->ref, cJSON_GetObjectItem(means, "ref")->valueint);
    if (urgent)
        assert_int_equal(c->urgent, cJSON_IsTrue(urgent));
    if (frames)
        assert_int_equal(c->frames, frames->valueint);
    if (audio)
        assert_int_equal(c->wish.audio, cJSON_IsTrue(audio));
    if (strcmp(type, "open") == 0)
        check_open(means, c);
    else if (strcmp(type, "urgent") == 0)
        assert_int_equal(c->type, GW_CONTROL_URGENT);
    else if (strcmp(type, "audio") == 0)
        assert_int_equal(c->type, GW_CONTROL_AUDIO);
    else if (strcmp(type, "credit") == 0)
        assert_int_equal(c->type, GW_CONTROL_CREDIT);
    else
        assert_int_equal(c->type, GW_CONTROL_CLOSE);
}

// What the engine says of it.
static void write_meaning(char *out, const cJSON *means)
{
    if (strcmp(text_of(means, "type"), "hello") == 0) {
        gw_control_hello(out, (uint64_t)cJSON_GetObjectItem(means, "now_us")->valuedouble,
                         cJSON_IsTrue(cJSON_GetObjectItem(means, "audio")));
        return;
    }
    if (strcmp(text_of(means, "type"), "error") == 0) {
        gw_control_cannot_carry(
            out, (uint32_t)cJSON_GetObjectItem(means, "ref")->valueint,
            (enum gw_codec)cJSON_GetObjectItem(means, "codec")->valueint,
            (struct gw_text) { text_of(means, "en"), text_of(means, "zh") });
        return;
    }
    bool credit = strcmp(text_of(means, "reason"), "credit") == 0;
    gw_control_dropped(out, (uint32_t)cJSON_GetObjectItem(means, "stream")->valueint,
                       (uint64_t)cJSON_GetObjectItem(means, "frames")->valueint,
                       credit ? GW_DROP_CREDIT : GW_DROP_SLOW);
}

static void agrees_with_the_golden_messages(void **state)
{
    cJSON *golden = read_golden();
    const cJSON *example;
    char out[GW_CONTROL_OUT_MAX];
    (void)state;

    cJSON_ArrayForEach(example, cJSON_GetObjectItem(golden, "page"))
    {
        struct gw_control c;
        assert_int_equal(parse(text_of(example, "text"), &c), 0);
        check_meaning(cJSON_GetObjectItem(example, "means"), &c);
    }
    cJSON_ArrayForEach(example, cJSON_GetObjectItem(golden, "refused"))
    {
        struct gw_control c;
        if (parse(example->valuestring, &c) != -EBADMSG)
            fail_msg("accepted: %s", example->valuestring);
    }
    cJSON_ArrayForEach(example, cJSON_GetObjectItem(golden, "engine"))
    {
        write_meaning(out, cJSON_GetObjectItem(example, "means"));
        assert_string_equal(out, text_of(example, "text"));
    }
    cJSON_Delete(golden);
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

static void audio_comes_only_to_those_who_ask(void **state)
{
#define OPEN                                                                             \
    "{\"type\":\"open\",\"ref\":7,\"camera\":\"a\",\"profile\":\"sub\",\"form\":"        \
    "\"avcc\""
    struct gw_control c;
    (void)state;

    assert_int_equal(parse(OPEN "}", &c), 0);
    assert_false(c.wish.audio);
    assert_int_equal(parse(OPEN ",\"audio\":true}", &c), 0);
    assert_true(c.wish.audio);
    assert_int_equal(parse(OPEN ",\"audio\":1}", &c), -EBADMSG);
#undef OPEN
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
        cmocka_unit_test(agrees_with_the_golden_messages),
        cmocka_unit_test(every_state_and_cause_fits),
        cmocka_unit_test(audio_comes_only_to_those_who_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
