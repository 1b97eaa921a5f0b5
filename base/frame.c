#include "base/frame.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

bool gw_codec_is_audio(enum gw_codec codec)
{
    return codec >= GW_CODEC_AAC;
}

struct gw_frame *gw_frame_create(size_t cap)
{
    struct gw_frame *f = malloc(sizeof(*f) + cap);
    if (!f)
        return NULL;
    *f = (struct gw_frame) { .cap = cap };
    atomic_init(&f->refs, 1);
    return f;
}

struct gw_frame *gw_frame_create_like(const struct gw_frame *head)
{
    struct gw_frame *f = malloc(sizeof(*f) + head->len);
    if (!f)
        return NULL;
    *f = *head;
    f->cap = head->len;
    if (f->params)
        gw_buf_ref(f->params);
    if (f->audio_params)
        gw_buf_ref(f->audio_params);
    atomic_init(&f->refs, 1);
    return f;
}

int gw_frame_resize(struct gw_frame **pf, size_t cap)
{
    assert(cap >= (*pf)->len);
    assert(atomic_load_explicit(&(*pf)->refs, memory_order_relaxed) == 1);

    struct gw_frame *f = realloc(*pf, sizeof(*f) + cap);
    if (!f)
        return -ENOMEM;
    f->cap = cap;
    *pf = f;
    return 0;
}

struct gw_frame *gw_frame_ref(struct gw_frame *f)
{
    // Relaxed: whoever gave us `f` already ordered its contents before us.
    unsigned before = atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    assert(before > 0);
    (void)before;
    return f;
}

void gw_frame_unref(struct gw_frame **pf)
{
    struct gw_frame *f = *pf;
    *pf = NULL;

    // Acquire/release: every other holder's reads end before the free.
    if (f && atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) == 1) {
        gw_buf_unref(&f->params);
        gw_buf_unref(&f->audio_params);
        free(f);
    }
}
