#include "mux/wall_frame.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t number(const cJSON *fields, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(fields, name);
    assert_true(cJSON_IsNumber(item));
    return (uint64_t)item->valuedouble;
}

static bool flag(const cJSON *fields, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(fields, name);
    assert_true(cJSON_IsBool(item));
    return cJSON_IsTrue(item);
}

static struct gw_wall_frame frame_of(const cJSON *fields)
{
    return (struct gw_wall_frame) {
        .header_bytes = GW_WALL_HEADER_BYTES,
        .kind = (enum gw_wall_kind)number(fields, "kind"),
        .key = flag(fields, "key"),
        .gap = flag(fields, "gap"),
        .codec = (enum gw_codec)number(fields, "codec"),
        .form = (enum gw_wall_form)number(fields, "form"),
        .stream = (uint32_t)number(fields, "stream"),
        .seq = (uint32_t)number(fields, "seq"),
        .arrived_unix_us = number(fields, "arrived_unix_us"),
        .pts_90k = (uint32_t)number(fields, "pts_90k"),
        .payload_bytes = (uint32_t)number(fields, "payload_bytes"),
    };
}

static void assert_same(const struct gw_wall_frame *a, const struct gw_wall_frame *b)
{
    assert_int_equal(a->header_bytes, b->header_bytes);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->key, b->key);
    assert_int_equal(a->gap, b->gap);
    assert_int_equal(a->codec, b->codec);
    assert_int_equal(a->form, b->form);
    assert_int_equal(a->stream, b->stream);
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->arrived_unix_us, b->arrived_unix_us);
    assert_int_equal(a->pts_90k, b->pts_90k);
    assert_int_equal(a->payload_bytes, b->payload_bytes);
}

static void check_golden(const cJSON *example)
{
    const char *hex = cJSON_GetObjectItemCaseSensitive(example, "hex")->valuestring;
    struct gw_wall_frame want =
        frame_of(cJSON_GetObjectItemCaseSensitive(example, "fields"));
    uint8_t bytes[GW_WALL_HEADER_BYTES];
    char got[2 * GW_WALL_HEADER_BYTES + 1];

    gw_wall_frame_write(&want, bytes);
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(got + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(got, hex);

    struct gw_wall_frame read;
    assert_int_equal(gw_wall_frame_read(bytes, sizeof(bytes), &read), 0);
    assert_same(&read, &want);
}

static void writes_and_reads_the_golden_bytes(void **state)
{
    static char text[64 * 1024];
    FILE *f = fopen(getenv("GW_WIRE_GOLDEN"), "rb");
    (void)state;

    assert_non_null(f);
    size_t len = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    cJSON *examples = cJSON_ParseWithLength(text, len);
    assert_true(cJSON_GetArraySize(examples) >= 6);
    const cJSON *example;
    cJSON_ArrayForEach(example, examples) check_golden(example);
    cJSON_Delete(examples);
}

static const struct gw_wall_frame some = {
    .kind = GW_WALL_MEDIA,
    .key = true,
    .codec = GW_CODEC_H264,
    .form = GW_WALL_FORM_AVCC,
    .stream = 7,
    .payload_bytes = 5,
};

static void a_cut_header_asks_for_more(void **state)
{
    uint8_t bytes[GW_WALL_HEADER_BYTES];
    struct gw_wall_frame h = { .stream = 42 };
    (void)state;

    gw_wall_frame_write(&some, bytes);
    for (size_t len = 0; len < sizeof(bytes); len++)
        assert_int_equal(gw_wall_frame_read(bytes, len, &h), -EAGAIN);
    assert_int_equal(h.stream, 42); // untouched on failure
}

static void a_longer_header_of_the_future_is_read(void **state)
{
    uint8_t bytes[GW_WALL_HEADER_BYTES + 8] = { 0 };
    struct gw_wall_frame h;
    (void)state;

    gw_wall_frame_write(&some, bytes);
    bytes[0] = sizeof(bytes);
    bytes[2] |= 0xfc; // flags that nobody knows yet
    assert_int_equal(gw_wall_frame_read(bytes, sizeof(bytes) - 1, &h), -EAGAIN);
    assert_int_equal(gw_wall_frame_read(bytes, sizeof(bytes), &h), 0);
    assert_int_equal(h.header_bytes, sizeof(bytes));
    assert_true(h.key);
    assert_false(h.gap);
}

static void hostile_headers_are_refused(void **state)
{
    uint8_t bytes[GW_WALL_HEADER_BYTES];
    struct gw_wall_frame h;
    (void)state;

    gw_wall_frame_write(&some, bytes);
    bytes[0] = GW_WALL_HEADER_BYTES - 1;
    assert_int_equal(gw_wall_frame_read(bytes, sizeof(bytes), &h), -EBADMSG);

    struct gw_wall_frame large = some;
    large.payload_bytes = GW_WALL_PAYLOAD_MAX + 1;
    gw_wall_frame_write(&large, bytes);
    assert_int_equal(gw_wall_frame_read(bytes, sizeof(bytes), &h), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_the_golden_bytes),
        cmocka_unit_test(a_cut_header_asks_for_more),
        cmocka_unit_test(a_longer_header_of_the_future_is_read),
        cmocka_unit_test(hostile_headers_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
