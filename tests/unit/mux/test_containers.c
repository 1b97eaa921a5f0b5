// A foreign reader's opinion: real H.264 goes through the hub into files, and
// ffprobe reads them.
#include "mux/hub.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    FRAMES = 10,
    GOP = 5,
    T = 3600, // ticks of a frame
    CLIP_MAX = 16 * 1024,
    OUTPUT_MAX = 64 * 1024,
};

enum part { DELIMITER, SET, KEY, OTHER };

struct clip {
    const char *file;
    const char *codec; // as ffprobe calls it
    enum gw_codec number;
    enum part (*part)(const uint8_t *nal);
    int64_t shown_at[FRAMES]; // presentation order of each picture
};

static enum part h264_part(const uint8_t *nal)
{
    switch (nal[0] & 0x1f) {
    case 9: return DELIMITER;
    case 7:
    case 8: return SET;
    case 5: return KEY;
    default: return OTHER;
    }
}

static enum part h265_part(const uint8_t *nal)
{
    switch (nal[0] >> 1 & 0x3f) {
    case 35: return DELIMITER;
    case 32:
    case 33:
    case 34: return SET;
    case 20: return KEY; // IDR_N_LP
    default: return OTHER;
    }
}

static const struct clip plain = {
    "plain.h264", "h264", GW_CODEC_H264, h264_part, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }
};
static const struct clip bframes = {
    "bframes.h264", "h264", GW_CODEC_H264, h264_part, { 0, 3, 1, 2, 4, 5, 8, 6, 7, 9 }
};

static const struct clip h265 = {
    "bframes.h265", "hevc", GW_CODEC_H265, h265_part, { 0, 3, 1, 2, 4, 5, 8, 6, 7, 9 }
};

// Reads the clip's NAL units one after the other.
struct nals {
    uint8_t data[CLIP_MAX];
    size_t len;
    size_t pos;
};

static void open_clip(struct nals *n, const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", getenv("GW_TEST_DATA"), name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    n->len = fread(n->data, 1, sizeof(n->data), f);
    n->pos = 0;
    fclose(f);
}

static size_t start_code(const struct nals *n, size_t from)
{
    for (size_t i = from; i + 3 <= n->len; i++)
        if (memcmp(n->data + i, "\0\0\1", 3) == 0)
            return i;
    return n->len;
}

static const uint8_t *next_nal(struct nals *n, size_t *ret_len)
{
    size_t begin = start_code(n, n->pos) + 3;
    if (begin >= n->len)
        return NULL;
    size_t end = start_code(n, begin);
    n->pos = end;
    while (n->data[end - 1] == 0)
        end--;
    *ret_len = end - begin;
    return n->data + begin;
}

// What a NAL unit is appended to: a 32-bit length goes before it.
struct avcc {
    uint8_t data[CLIP_MAX];
    size_t len;
};

static void append(struct avcc *a, const uint8_t *nal, size_t len)
{
    assert_true(len < 65536 && a->len + 4 + len <= sizeof(a->data));
    uint8_t head[4] = { 0, 0, (uint8_t)(len >> 8), (uint8_t)len };
    memcpy(a->data + a->len, head, 4);
    memcpy(a->data + a->len + 4, nal, len);
    a->len += 4 + len;
}

struct feeder {
    struct gw_hub *hub;
    const struct clip *clip;
    struct gw_buf *params;
    uint32_t frames;
};

static void publish(struct feeder *f, const struct avcc *unit, bool key)
{
    struct gw_frame *frame = gw_frame_create(unit->len);
    assert_non_null(frame);
    assert_true(f->frames < FRAMES);
    memcpy(frame->data, unit->data, unit->len);
    frame->len = unit->len;
    frame->codec = f->clip->number;
    frame->key = key;
    frame->seq = f->frames;
    frame->pts_90k = f->clip->shown_at[f->frames] * T;
    frame->params = gw_buf_ref(f->params);
    f->frames++;
    gw_hub_publish(f->hub, 1, frame);
    gw_frame_unref(&frame);
}

// Publishes up to `count` frames of what is left in `n`.
static void feed(struct feeder *f, struct nals *n, uint32_t count)
{
    static struct avcc sets;
    static struct avcc unit;
    const uint8_t *nal;
    size_t len;

    for (uint32_t end = f->frames + count;
         f->frames < end && (nal = next_nal(n, &len));) {
        enum part part = f->clip->part(nal);
        if (part == DELIMITER) {
            sets.len = 0;
        } else if (part == SET) {
            append(&sets, nal, len);
        } else {
            if (part == KEY) {
                gw_buf_unref(&f->params);
                f->params = gw_buf_copy(sets.data, sets.len);
            }
            unit.len = 0;
            append(&unit, nal, len); // each picture of the clips is one slice
            publish(f, &unit, part == KEY);
        }
    }
}

static void write_out(void *arg, struct gw_packet *packet)
{
    assert_int_equal(fwrite(gw_packet_payload(packet), 1, packet->len, arg), packet->len);
}

// Runs ffprobe on `path` and returns its answer; nothing may go wrong with it.
static cJSON *probe(const char *path)
{
    static char output[OUTPUT_MAX];
    char command[2048];
    snprintf(command, sizeof(command),
             "%s -v error -count_frames -show_streams -show_packets -of json %s 2>&1",
             getenv("GW_FFPROBE"), path);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    size_t len = fread(output, 1, sizeof(output) - 1, p);
    assert_int_equal(pclose(p), 0);
    output[len] = 0;
    cJSON *json = cJSON_Parse(output); // an error message is no JSON
    if (!json)
        fail_msg("ffprobe: %s", output);
    return json;
}

static int64_t integer(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(item);
    return cJSON_IsString(item) ? strtoll(item->valuestring, NULL, 10)
                                : (int64_t)item->valuedouble;
}

static void check_packets(const cJSON *json, const struct clip *clip, uint32_t from,
                          int64_t ticks)
{
    const cJSON *packets = cJSON_GetObjectItemCaseSensitive(json, "packets");
    int64_t last_dts = INT64_MIN;
    uint32_t i = from;
    const cJSON *packet;

    cJSON_ArrayForEach(packet, packets)
    {
        int64_t dts = integer(packet, "dts");
        assert_true(i < FRAMES);
        assert_int_equal(integer(packet, "pts"), clip->shown_at[i] * ticks);
        assert_true(dts > last_dts);
        assert_true(dts <= clip->shown_at[i] * ticks);
        const char *flags = cJSON_GetObjectItem(packet, "flags")->valuestring;
        assert_int_equal(flags[0] == 'K', i % GOP == 0);
        last_dts = dts;
        i++;
    }
    assert_int_equal(i, FRAMES);
}

static void check_stream(const cJSON *json, const char *codec, uint32_t frames)
{
    const cJSON *streams = cJSON_GetObjectItemCaseSensitive(json, "streams");
    assert_int_equal(cJSON_GetArraySize(streams), 1);
    const cJSON *stream = cJSON_GetArrayItem(streams, 0);
    assert_string_equal(cJSON_GetObjectItem(stream, "codec_name")->valuestring, codec);
    assert_int_equal(integer(stream, "width"), 64);
    assert_int_equal(integer(stream, "height"), 48);
    assert_int_equal(integer(stream, "nb_read_frames"), frames); // all decode
}

// Joins after `join` frames and checks what the file holds from `from` on.
static void check_file(const struct clip *clip, enum gw_form form, uint32_t join,
                       uint32_t from)
{
    static struct nals nals;
    char path[] = "/tmp/gridwall-test-XXXXXX";
    FILE *out = fdopen(mkstemp(path), "wb");
    struct feeder f = {
        .hub = gw_hub_create(&(struct gw_hub_config) { .gop_max_bytes = 1 << 20 }),
        .clip = clip,
    };
    struct gw_subscription *sub;

    assert_non_null(out);
    assert_non_null(f.hub);
    open_clip(&nals, clip->file);
    feed(&f, &nals, join);
    const struct gw_packet_taker taker = {
        .form = form,
        .on_packet = write_out,
        .arg = out,
    };
    assert_int_equal(gw_hub_subscribe_packets(f.hub, 1, &taker, &sub), 0);
    feed(&f, &nals, FRAMES);
    assert_int_equal(f.frames, FRAMES);
    gw_hub_destroy(f.hub);
    gw_buf_unref(&f.params);
    fclose(out);

    cJSON *json = probe(path);
    check_packets(json, clip, from, form == GW_FORM_FLV ? T / 90 : T);
    check_stream(json, clip->codec, FRAMES - from);
    cJSON_Delete(json);
    unlink(path);
}

static void ffprobe_reads_our_flv(void **state)
{
    (void)state;
    check_file(&plain, GW_FORM_FLV, 0, 0);
    check_file(&bframes, GW_FORM_FLV, 0, 0);
}

static void ffprobe_reads_our_mp4(void **state)
{
    (void)state;
    check_file(&plain, GW_FORM_MP4, 0, 0);
    check_file(&bframes, GW_FORM_MP4, 0, 0);
}

// ffprobe of Debian 12 does not read enhanced FLV: test_flv.c has its bytes.
static void ffprobe_reads_our_mp4_with_h265(void **state)
{
    (void)state;
    check_file(&h265, GW_FORM_MP4, 0, 0);
    check_file(&h265, GW_FORM_MP4, GOP + 2, GOP);
}

static void whoever_joins_late_begins_at_the_key_frame(void **state)
{
    (void)state;
    check_file(&bframes, GW_FORM_FLV, GOP + 2, GOP);
    check_file(&bframes, GW_FORM_MP4, GOP + 2, GOP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ffprobe_reads_our_flv),
        cmocka_unit_test(ffprobe_reads_our_mp4),
        cmocka_unit_test(ffprobe_reads_our_mp4_with_h265),
        cmocka_unit_test(whoever_joins_late_begins_at_the_key_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
