// Property: how TCP cuts the stream must not change what the framer finds.
// The first input byte picks the cut; the rest is the stream.

#include "ingest/rtsp_framer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct digest {
    uint64_t hash; // of all units in order (FNV-1a)
    uint64_t garbage;
    int end; // how the run ended
};

static void add(struct digest *d, const void *data, size_t len)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < len; i++)
        d->hash = (d->hash ^ p[i]) * 1099511628211u;
}

static struct digest run(const uint8_t *data, size_t size, size_t chunk)
{
    struct digest d = { .hash = 14695981039346656037u, .end = -EAGAIN };
    struct gw_rtsp_framer f;
    struct gw_rtsp_unit unit;

    gw_rtsp_framer_init(&f);
    for (size_t at = 0; at < size && d.end == -EAGAIN; at += chunk) {
        size_t n = size - at < chunk ? size - at : chunk;
        uint8_t *copy = malloc(n); // gone afterwards: a borrow too long is seen
        if (!copy)
            abort();
        memcpy(copy, data + at, n);
        gw_rtsp_framer_feed(&f, copy, n);
        while (!(d.end = gw_rtsp_framer_next(&f, &unit))) {
            add(&d, &unit.type, sizeof(unit.type));
            add(&d, &unit.channel, sizeof(unit.channel));
            add(&d, &unit.head_len, sizeof(unit.head_len));
            add(&d, unit.data, unit.len);
        }
        free(copy);
    }
    d.garbage = f.garbage;
    gw_rtsp_framer_finish(&f);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct digest whole = run(data + 1, size - 1, size);
    struct digest cut = run(data + 1, size - 1, (size_t)data[0] + 1);
    if (whole.hash != cut.hash || whole.end != cut.end || whole.garbage != cut.garbage)
        abort();
    return 0;
}
