#include "tests/farm/clip.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum nal_type { NAL_SLICE = 1, NAL_IDR = 5, NAL_SPS = 7, NAL_PPS = 8, NAL_AUD = 9 };

struct farm_clip *farm_clip_create(void)
{
    return calloc(1, sizeof(struct farm_clip));
}

void farm_clip_destroy(struct farm_clip *clip)
{
    if (!clip)
        return;
    farm_store_finish(&clip->store);
    free(clip->frames);
    free(clip);
}

static int type_of(struct farm_nal nal)
{
    return nal.data[0] & 0x1f;
}

static bool is_slice(struct farm_nal nal)
{
    return type_of(nal) >= NAL_SLICE && type_of(nal) <= NAL_IDR;
}

// The end of the start code 00 00 01 at or after `p`, or `end`.
static const uint8_t *after_start_code(const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 3; p++) {
        if (p[0] == 0 && p[1] == 0 && p[2] == 1)
            return p + 3;
    }
    return end;
}

// Returns the number of NAL units, or -EMSGSIZE.
static int split(const uint8_t *annexb, size_t len,
                 struct farm_nal nals[FARM_FRAME_NALS_MAX])
{
    const uint8_t *end = annexb + len;
    const uint8_t *start = after_start_code(annexb, end);
    int count = 0;

    while (start < end) {
        const uint8_t *next = after_start_code(start, end);
        const uint8_t *stop = next < end ? next - 3 : end;
        // Zeros after a NAL unit belong to the next start code: a unit itself
        // never ends in one (ITU-T H.264 section 7.4.1).
        while (stop > start && stop[-1] == 0)
            stop--;
        if (stop > start) {
            if (count == FARM_FRAME_NALS_MAX)
                return -EMSGSIZE;
            nals[count++] = (struct farm_nal) { start, (size_t)(stop - start) };
        }
        start = next;
    }
    return count;
}

static int keep_param(struct farm_param *param, struct farm_nal nal)
{
    if (param->len > 0)
        return 0;
    if (nal.len > FARM_PARAM_MAX)
        return -EMSGSIZE;
    memcpy(param->data, nal.data, nal.len);
    param->len = nal.len;
    return 0;
}

static int keep_params(struct farm_clip *clip, const struct farm_nal *nals, int count)
{
    int r = 0;

    for (int i = 0; i < count && !r; i++) {
        if (type_of(nals[i]) == NAL_SPS)
            r = keep_param(&clip->sps, nals[i]);
        else if (type_of(nals[i]) == NAL_PPS)
            r = keep_param(&clip->pps, nals[i]);
    }
    return r;
}

// Payloads of one access unit: runs of parameter sets as STAP-A, the rest singly.
static int packetise(struct farm_clip *clip, const struct farm_nal *nals, int count,
                     struct farm_frame *frame)
{
    bool slice_seen = false;
    int r = 0;

    for (int i = 0; i < count && !r;) {
        int run = i;
        while (run < count &&
               (type_of(nals[run]) == NAL_SPS || type_of(nals[run]) == NAL_PPS))
            run++;
        if (run > i) {
            r = farm_packetise_stap(&clip->store, nals + i, (size_t)(run - i));
            i = run;
            continue;
        }
        if (is_slice(nals[i]) && !slice_seen) {
            slice_seen = true;
            frame->proof_at = clip->store.count - frame->first;
        }
        if (type_of(nals[i]) != NAL_AUD)
            r = farm_packetise_nal(&clip->store, nals[i]);
        i++;
    }
    return r;
}

static int reserve_frame(struct farm_clip *clip)
{
    if (clip->frame_count < clip->frame_cap)
        return 0;

    size_t cap = clip->frame_cap ? 2 * clip->frame_cap : 256;
    struct farm_frame *frames = reallocarray(clip->frames, cap, sizeof(*frames));
    if (!frames)
        return -ENOMEM;
    clip->frames = frames;
    clip->frame_cap = cap;
    return 0;
}

int farm_clip_add(struct farm_clip *clip, const uint8_t *annexb, size_t len,
                  int64_t dts_90k, int64_t pts_90k)
{
    struct farm_nal nals[FARM_FRAME_NALS_MAX];
    struct farm_frame frame = { dts_90k, pts_90k, clip->store.count, 0, 0, false };
    bool slices = false;

    int count = split(annexb, len, nals);
    if (count < 0)
        return count;
    for (int i = 0; i < count; i++) {
        frame.key |= type_of(nals[i]) == NAL_IDR;
        slices |= is_slice(nals[i]);
    }
    if (!slices || (clip->frame_count == 0 && !frame.key))
        return 0;

    int r = reserve_frame(clip);
    if (!r)
        r = keep_params(clip, nals, count);
    if (!r)
        r = packetise(clip, nals, count, &frame);
    if (r)
        return r;

    frame.count = clip->store.count - frame.first;
    if (frame.count > FARM_FRAME_PAYLOADS_MAX)
        return -EMSGSIZE;
    clip->frames[clip->frame_count++] = frame;
    return 0;
}

int farm_clip_seal(struct farm_clip *clip)
{
    size_t count = clip->frame_count;

    if (count == 0 || clip->sps.len < 4 || clip->pps.len == 0)
        return -EBADMSG;

    int64_t origin = clip->frames[0].dts_90k;
    for (size_t i = 0; i < count; i++) {
        clip->frames[i].dts_90k -= origin;
        clip->frames[i].pts_90k -= origin;
        if (i > 0 && clip->frames[i].dts_90k <= clip->frames[i - 1].dts_90k)
            return -EBADMSG;
    }
    int64_t last = clip->frames[count - 1].dts_90k;
    int64_t step = count > 1 ? last / (int64_t)(count - 1) : FARM_CLOCK_HZ;
    clip->duration_90k = last + step;
    return 0;
}

const struct farm_frame *farm_clip_frame(const struct farm_clip *clip, uint64_t position)
{
    return &clip->frames[position % clip->frame_count];
}

int64_t farm_clip_time_90k(const struct farm_clip *clip, uint64_t position)
{
    return (int64_t)(position / clip->frame_count) * clip->duration_90k +
           farm_clip_frame(clip, position)->dts_90k;
}

uint64_t farm_clip_position_at(const struct farm_clip *clip, int64_t time_90k)
{
    assert(time_90k >= 0);

    uint64_t loop = (uint64_t)(time_90k / clip->duration_90k);
    int64_t within = time_90k % clip->duration_90k;
    size_t low = 0;
    size_t high = clip->frame_count; // may be the answer: the next loop's first

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (clip->frames[middle].dts_90k < within)
            low = middle + 1;
        else
            high = middle;
    }
    return loop * clip->frame_count + low;
}

uint64_t farm_clip_key_before(const struct farm_clip *clip, uint64_t position)
{
    while (!farm_clip_frame(clip, position)->key) // frame 0 is one: farm_clip_add()
        position--;
    return position;
}
