#include "tests/unit/ingest/fed_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void on_frame(void *arg, struct gw_frame *frame, uint32_t timestamp)
{
    struct fed *f = arg;

    assert_true(f->count < FED_FRAMES);
    f->frames[f->count] = gw_frame_ref(frame);
    f->timestamps[f->count++] = timestamp;
}

int fed_set_up(const struct gw_payload_format *format, void **state)
{
    static struct fed f;
    f = (struct fed) { 0 };
    f.unit = gw_access_unit_create(
        format, &(struct gw_access_unit_config) { .on_frame = on_frame, .arg = &f });
    *state = &f;
    return f.unit ? 0 : -1;
}

int fed_tear_down(void **state)
{
    struct fed *f = *state;

    gw_access_unit_destroy(f->unit);
    for (int i = 0; i < f->count; i++)
        gw_frame_unref(&f->frames[i]);
    return 0;
}

int fed_packet(struct fed *f, uint32_t timestamp, bool marker, const void *data,
               size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    if (len)
        memcpy(exact, data, len);
    struct gw_rtp_packet p = {
        .timestamp = timestamp, .marker = marker, .payload = exact, .len = len
    };
    int r = gw_access_unit_packet(f->unit, &p);
    free(exact);
    return r;
}
