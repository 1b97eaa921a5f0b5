#include "map/camera_words.h"

#include "map/labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS_MIN = 1 << 8,
    BUCKETS_MAX = 1 << 17, // more than there are runs in a district's words
    BUCKETS_A_CAMERA = 4,
};

// So that a tag is not found where a group has its name.
enum subject { TEXT, TAG, GROUP, KIND };

static uint32_t mix(uint64_t word)
{
    return (uint32_t)(word * UINT64_C(0x9e3779b97f4a7c15) >> 40);
}

static uint32_t hash_of(enum subject subject, const char *word, size_t len)
{
    uint64_t hash = subject;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)word[i]) * UINT64_C(0x100000001b3);
    return mix(hash);
}

static uint8_t lower(char c)
{
    return (uint8_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

// ---- the runs of a text ----

struct runs {
    const char *at;
    bool pair; // the two bytes at `at` had their turn
};

// The hash of the next run; false: there is none.
static bool next_run(struct runs *r, uint32_t *ret_hash)
{
    for (; r->at[0] && r->at[1]; r->at++, r->pair = false) {
        uint32_t two = (uint32_t)lower(r->at[0]) << 8 | lower(r->at[1]);
        if (!r->pair && !(two & 0x8080)) {
            r->pair = true;
            *ret_hash = mix(two | 1u << 24);
            return true;
        }
        if (r->at[2]) {
            *ret_hash = mix(two << 8 | lower(r->at[2]) | 1u << 25);
            r->at++;
            r->pair = false;
            return true;
        }
    }
    return false;
}

// ---- building: twice over all words, to count and to fill ----

struct pass {
    struct gw_camera_words *words;
    uint32_t *seen; // by bucket: the camera + 1 that was put there last
    uint32_t camera;
    bool fill;
};

static void put(struct pass *p, uint32_t hash)
{
    uint32_t bucket = hash & p->words->mask;
    if (p->seen[bucket] == p->camera + 1)
        return;
    p->seen[bucket] = p->camera + 1;
    uint32_t *end = &p->words->starts[bucket + 1];
    if (p->fill)
        p->words->items[*end] = p->camera;
    ++*end;
}

static void put_text(struct pass *p, const char *text)
{
    struct runs runs = { .at = text };
    for (uint32_t hash; next_run(&runs, &hash);)
        put(p, hash);
}

static void put_labels(struct pass *p, enum subject subject, const char *labels)
{
    for (; *labels; labels = gw_labels_next(labels))
        put(p, hash_of(subject, labels, gw_labels_first(labels)));
}

static void put_camera(struct pass *p, const struct gw_camera *c)
{
    put_text(p, c->id);
    put_text(p, c->name);
    put_text(p, c->initials);
    put_text(p, c->address);
    put_labels(p, TAG, c->tags);
    put_labels(p, GROUP, c->groups);
    put(p, hash_of(KIND, &(char) { (char)c->kind }, 1));
}

static void put_all(struct pass *p, const struct gw_camera *cameras, size_t n)
{
    memset(p->seen, 0, (p->words->mask + 1) * sizeof(*p->seen));
    for (p->camera = 0; p->camera < n; p->camera++)
        put_camera(p, &cameras[p->camera]);
}

// starts[b + 1] is what bucket b holds; afterwards it is where b begins, so that filling
// moves it to b's end, which is where b + 1 begins.
static uint32_t counts_to_starts(uint32_t *starts, uint32_t buckets)
{
    uint32_t total = 0;
    for (uint32_t b = 0; b < buckets; b++) {
        uint32_t count = starts[b + 1];
        starts[b + 1] = total;
        total += count;
    }
    return total;
}

int gw_camera_words_init(struct gw_camera_words *words, const struct gw_camera *cameras,
                         size_t n)
{
    uint32_t buckets = BUCKETS_MIN;
    while (buckets < BUCKETS_MAX && buckets < n * BUCKETS_A_CAMERA)
        buckets *= 2;
    struct gw_camera_words w = {
        .mask = buckets - 1,
        .starts = calloc((size_t)buckets + 1, sizeof(*w.starts)),
    };
    struct pass pass = { .words = &w, .seen = calloc(buckets, sizeof(*pass.seen)) };
    if (!w.starts || !pass.seen)
        goto fail;
    put_all(&pass, cameras, n);
    uint32_t total = counts_to_starts(w.starts, buckets);
    w.items = calloc((size_t)total + 1, sizeof(*w.items));
    if (!w.items)
        goto fail;
    pass.fill = true;
    put_all(&pass, cameras, n);
    free(pass.seen);
    *words = w;
    return 0;

fail:
    free(pass.seen);
    gw_camera_words_finish(&w);
    return -ENOMEM;
}

void gw_camera_words_finish(struct gw_camera_words *words)
{
    free(words->starts);
    free(words->items);
    *words = (struct gw_camera_words) { 0 };
}

// ---- asking ----

static struct gw_camera_bucket bucket_of(const struct gw_camera_words *words,
                                         uint32_t hash)
{
    if (!words->starts)
        return (struct gw_camera_bucket) { 0 };
    const uint32_t *start = &words->starts[hash & words->mask];
    return (struct gw_camera_bucket) { words->items + start[0], start[1] - start[0] };
}

bool gw_camera_words_with_text(const struct gw_camera_words *words, const char *text,
                               struct gw_camera_bucket ret_buckets[2])
{
    struct runs runs = { .at = text };
    struct gw_camera_bucket first, second;
    uint32_t hash;
    if (!next_run(&runs, &hash))
        return false;
    first = second = bucket_of(words, hash);
    while (next_run(&runs, &hash)) {
        struct gw_camera_bucket bucket = bucket_of(words, hash);
        if (bucket.count < first.count) {
            second = first;
            first = bucket;
        } else if (bucket.count < second.count || second.items == first.items) {
            second = bucket;
        }
    }
    ret_buckets[0] = first;
    ret_buckets[1] = second;
    return true;
}

struct gw_camera_bucket gw_camera_words_tagged(const struct gw_camera_words *words,
                                               const char *tag)
{
    return bucket_of(words, hash_of(TAG, tag, strlen(tag)));
}

struct gw_camera_bucket gw_camera_words_grouped(const struct gw_camera_words *words,
                                                const char *group)
{
    return bucket_of(words, hash_of(GROUP, group, strlen(group)));
}

struct gw_camera_bucket gw_camera_words_of_kind(const struct gw_camera_words *words,
                                                enum gw_camera_kind kind)
{
    return bucket_of(words, hash_of(KIND, &(char) { (char)kind }, 1));
}
