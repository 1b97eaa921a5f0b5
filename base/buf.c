#include "base/buf.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct gw_buf {
    atomic_uint refs;
    size_t len;
    uint8_t data[];
};

struct gw_buf *gw_buf_create(size_t len)
{
    if (len > SIZE_MAX - sizeof(struct gw_buf))
        return NULL;
    struct gw_buf *b = malloc(sizeof(*b) + len);
    if (!b)
        return NULL;
    atomic_init(&b->refs, 1);
    b->len = len;
    return b;
}

struct gw_buf *gw_buf_copy(const void *data, size_t len)
{
    struct gw_buf *b = gw_buf_create(len);
    if (b && len)
        memcpy(b->data, data, len);
    return b;
}

struct gw_buf *gw_buf_ref(struct gw_buf *b)
{
    // Relaxed: whoever gave us `b` already ordered its contents before us.
    unsigned before = atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
    return b;
}

void gw_buf_unref(struct gw_buf **pb)
{
    struct gw_buf *b = *pb;
    *pb = NULL;

    // Acquire/release: every other holder's reads end before the free.
    if (b && atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1)
        free(b);
}

uint8_t *gw_buf_fill(struct gw_buf *b)
{
    assert(atomic_load_explicit(&b->refs, memory_order_relaxed) == 1);
    return b->data;
}

const uint8_t *gw_buf_data(const struct gw_buf *b)
{
    return b->data;
}

size_t gw_buf_len(const struct gw_buf *b)
{
    return b->len;
}
