#include "tests/farm/clip_load.h"

#include <errno.h>

#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>

static const AVRational clock_90k = { 1, FARM_CLOCK_HZ };

struct loader {
    AVFormatContext *format;
    AVBSFContext *to_annexb; // puts the parameter sets in front of each IDR, too
    AVPacket *packet;
    struct farm_clip *clip;
    int stream;
    int64_t step_90k;     // for frames without times
    int64_t next_dts_90k; // unknown before the first frame with a time
};

static const int64_t unknown = INT64_MIN;

// libavformat's errors in our words.
static int our_error(int r)
{
    switch (r) {
    case AVERROR(ENOENT): return -ENOENT;
    case AVERROR(ENOMEM): return -ENOMEM;
    default: return -EBADMSG;
    }
}

static int open_file(struct loader *l, const char *path)
{
    int r = avformat_open_input(&l->format, path, NULL, NULL);
    if (r >= 0)
        r = avformat_find_stream_info(l->format, NULL);
    if (r < 0)
        return our_error(r);

    for (unsigned i = 0; i < l->format->nb_streams; i++) {
        const AVStream *st = l->format->streams[i];
        if (st->codecpar->codec_id != AV_CODEC_ID_H264)
            continue;
        l->stream = (int)i;
        l->step_90k = st->avg_frame_rate.num > 0
                          ? av_rescale_q(1, av_inv_q(st->avg_frame_rate), clock_90k)
                          : FARM_CLOCK_HZ / 25;
        return 0;
    }
    return -ENOTSUP;
}

static int open_filter(struct loader *l)
{
    const AVStream *st = l->format->streams[l->stream];

    int r = av_bsf_alloc(av_bsf_get_by_name("h264_mp4toannexb"), &l->to_annexb);
    if (r < 0)
        return our_error(r);
    r = avcodec_parameters_copy(l->to_annexb->par_in, st->codecpar);
    if (r < 0)
        return our_error(r);
    l->to_annexb->time_base_in = st->time_base;
    r = av_bsf_init(l->to_annexb);
    return r < 0 ? our_error(r) : 0;
}

static int64_t to_90k(int64_t time, AVRational base)
{
    return time == AV_NOPTS_VALUE ? unknown : av_rescale_q(time, base, clock_90k);
}

static int add_packet(struct loader *l)
{
    AVRational base = l->to_annexb->time_base_out;
    int64_t dts = to_90k(l->packet->dts, base);
    int64_t pts = to_90k(l->packet->pts, base);

    if (dts == unknown)
        dts = l->next_dts_90k;
    if (dts != unknown)
        l->next_dts_90k = dts + l->step_90k;
    return farm_clip_add(l->clip, l->packet->data, (size_t)l->packet->size, dts, pts);
}

// Matroska has no decoding times for the first frames of a stream with B-frames,
// a bare H.264 file has no times at all.
static void fill_times(struct loader *l)
{
    int64_t next = l->next_dts_90k == unknown ? 0 : l->next_dts_90k;

    for (size_t i = l->clip->frame_count; i-- > 0;) {
        struct farm_frame *f = &l->clip->frames[i];
        if (f->dts_90k == unknown)
            f->dts_90k = next - l->step_90k;
        if (f->pts_90k == unknown)
            f->pts_90k = f->dts_90k;
        next = f->dts_90k;
    }
}

// A NULL packet flushes.
static int through_filter(struct loader *l, AVPacket *packet)
{
    int r = av_bsf_send_packet(l->to_annexb, packet);
    if (r < 0)
        return our_error(r);

    while ((r = av_bsf_receive_packet(l->to_annexb, l->packet)) >= 0) {
        int added = add_packet(l);
        av_packet_unref(l->packet);
        if (added)
            return added;
    }
    return r == AVERROR(EAGAIN) || r == AVERROR_EOF ? 0 : our_error(r);
}

static int read_all(struct loader *l)
{
    int r;

    while ((r = av_read_frame(l->format, l->packet)) >= 0) {
        int passed = 0;
        if (l->packet->stream_index == l->stream)
            passed = through_filter(l, l->packet);
        av_packet_unref(l->packet);
        if (passed)
            return passed;
    }
    return r == AVERROR_EOF ? through_filter(l, NULL) : our_error(r);
}

int farm_clip_load(const char *path, struct farm_clip **ret_clip)
{
    struct loader l = { .packet = av_packet_alloc(),
                        .clip = farm_clip_create(),
                        .next_dts_90k = unknown };

    int r = l.packet && l.clip ? 0 : -ENOMEM;
    if (!r)
        r = open_file(&l, path);
    if (!r)
        r = open_filter(&l);
    if (!r)
        r = read_all(&l);
    if (!r) {
        fill_times(&l);
        r = farm_clip_seal(l.clip);
    }
    if (!r) {
        *ret_clip = l.clip;
        l.clip = NULL;
    }

    farm_clip_destroy(l.clip);
    av_bsf_free(&l.to_annexb);
    av_packet_free(&l.packet);
    avformat_close_input(&l.format);
    return r;
}
