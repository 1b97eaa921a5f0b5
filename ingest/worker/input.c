#include "ingest/worker/input.h"

#include "base/clock.h"
#include "ingest/worker/audio_filter.h"
#include "ingest/worker/failure.h"
#include "ingest/worker/file.h"

#include <errno.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

enum {
    PROBE_BYTES = 1024 * 1024, // to learn what comes; a key frame of 4K fits
    STREAMS_MAX = 64,
};

// Not one more than issue and cameras need: each is code that strangers' bytes reach.
static const char FORMATS[] = "flv,live_flv,mpegts,hls,mov,matroska,mpeg";
static const char CODECS[] = "h264,hevc,aac";

// What an address may lead to: a playlist or a redirection names others. Never a file.
static const char *const PROTOCOLS[GW_SCHEMES] = {
    [GW_SCHEME_RTMP] = "rtmp,tcp",
    [GW_SCHEME_HTTP] = "http,https,tls,tcp,crypto",
    [GW_SCHEME_HTTPS] = "http,https,tls,tcp,crypto",
    [GW_SCHEME_SRT] = "srt",
    [GW_SCHEME_UDP] = "udp",
    [GW_SCHEME_FILE] = "none",
};

struct gw_input {
    AVFormatContext *format;
    AVStream *video; // the format's
    AVBSFContext *annex_b;
    AVStream *audio; // likewise; NULL: none is wanted, or there
    AVBSFContext *sound;
    AVPacket *packet;     // on its way into one of the two filters
    struct gw_file *file; // with FILE
    int (*open)(AVFormatContext *, AVIOContext **, const char *, int, AVDictionary **);
    bool hears; // the sound is wanted
    uint64_t stall_us;
    uint64_t deadline_us; // of what is waited for
    bool restarted;       // and nothing read since
    bool pictured;        // the last that was read was of the video
};

static int is_late(void *arg)
{
    const struct gw_input *in = arg;
    return gw_clock_now_us() >= in->deadline_us;
}

// libavformat does not tell a name without an address from other failures.
static enum gw_cause resolve(const struct gw_stream_url *url)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;

    if (getaddrinfo(url->host, NULL, &hints, &found))
        return GW_CAUSE_UNRESOLVED;
    freeaddrinfo(found);
    return GW_CAUSE_NONE;
}

// libavformat knows streamid and passphrase as options, and neither in an address.
static int set_srt_login(AVDictionary **options, const struct gw_stream_url *url)
{
    int r = *url->user ? av_dict_set(options, "streamid", url->user, 0) : 0;
    if (r >= 0 && *url->password)
        r = av_dict_set(options, "passphrase", url->password, 0);
    return r;
}

static int set_options(AVDictionary **options, const struct gw_stream_url *url)
{
    int r = av_dict_set(options, "protocol_whitelist", PROTOCOLS[url->scheme], 0);
    if (r >= 0)
        r = av_dict_set(options, "format_whitelist", FORMATS, 0);
    if (r >= 0)
        r = av_dict_set(options, "codec_whitelist", CODECS, 0);
    if (r >= 0 && url->scheme == GW_SCHEME_SRT && url->user)
        r = set_srt_login(options, url);
    return r;
}

// Every connection, also those that a playlist names: libavformat verifies nobody's
// certificate unless it is told to.
static int open_verified(AVFormatContext *format, AVIOContext **ret_io, const char *url,
                         int flags, AVDictionary **options)
{
    const struct gw_input *in = format->opaque;
    int r = av_dict_set(options, "tls_verify", "1", 0);
    return r < 0 ? r : in->open(format, ret_io, url, flags, options);
}

static int create_format(struct gw_input *in)
{
    in->format = avformat_alloc_context();
    if (!in->format)
        return AVERROR(ENOMEM);
    in->format->opaque = in;
    in->open = in->format->io_open;
    in->format->io_open = open_verified;
    in->format->interrupt_callback = (AVIOInterruptCB) { is_late, in };
    in->format->probesize = PROBE_BYTES;
    in->format->max_analyze_duration = GW_WORKER_ANALYSE_US;
    in->format->fps_probe_size = 0; // the rate tells us nothing
    in->format->max_streams = STREAMS_MAX;
    if (in->file)
        in->format->pb = gw_file_io(in->file);
    return 0;
}

static int open_format(struct gw_input *in, const struct gw_stream_url *url)
{
    char text[GW_STREAM_URL_MAX + 1];
    bool login = url->scheme != GW_SCHEME_SRT; // has set_srt_login()
    AVDictionary *options = NULL;

    if (gw_stream_url_write(url, login ? url->user : NULL, url->password, text))
        return AVERROR(EINVAL);
    int r = create_format(in);
    if (r >= 0)
        r = set_options(&options, url);
    if (r >= 0)
        r = avformat_open_input(&in->format, text, NULL, &options);
    av_dict_free(&options);
    return r;
}

static enum gw_cause choose_video(struct gw_input *in)
{
    int best = av_find_best_stream(in->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (best < 0)
        return GW_CAUSE_NO_VIDEO;
    in->video = in->format->streams[best];
    enum AVCodecID codec = in->video->codecpar->codec_id;
    return codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC ? GW_CAUSE_NONE
                                                                  : GW_CAUSE_CODEC;
}

static void choose_audio(struct gw_input *in)
{
    int best = av_find_best_stream(in->format, AVMEDIA_TYPE_AUDIO, -1, in->video->index,
                                   NULL, 0);
    if (best >= 0 && gw_audio_filter_takes(in->format->streams[best]->codecpar))
        in->audio = in->format->streams[best];
}

// A playlist does not fetch what is not wanted.
static void discard_others(struct gw_input *in)
{
    for (unsigned i = 0; i < in->format->nb_streams; i++) {
        AVStream *stream = in->format->streams[i];
        if (stream != in->video && stream != in->audio)
            stream->discard = AVDISCARD_ALL;
    }
}

// A sound that cannot be told to the engine is left out.
static void open_sound(struct gw_input *in)
{
    choose_audio(in);
    if (in->audio && gw_audio_filter_open(in->audio, &in->sound) < 0)
        in->audio = NULL;
}

// One form for all: start codes, and parameter sets in band, so that new ones reach
// the engine wherever the source puts them.
static int open_annex_b(struct gw_input *in)
{
    bool h264 = in->video->codecpar->codec_id == AV_CODEC_ID_H264;
    int r = av_bsf_list_parse_str(h264 ? "h264_mp4toannexb" : "hevc_mp4toannexb",
                                  &in->annex_b);
    if (r >= 0)
        r = avcodec_parameters_copy(in->annex_b->par_in, in->video->codecpar);
    if (r < 0)
        return r;
    in->annex_b->time_base_in = in->video->time_base;
    return av_bsf_init(in->annex_b);
}

static enum gw_cause analyse(struct gw_input *in, int *ret_error)
{
    in->deadline_us = gw_clock_now_us() + GW_WORKER_ANALYSE_US;
    int r = avformat_find_stream_info(in->format, NULL);
    if (r >= 0 && !in->format->nb_streams && is_late(in))
        r = AVERROR_EXIT;
    if (r < 0) {
        *ret_error = r;
        return gw_failure_cause(r);
    }
    enum gw_cause cause = choose_video(in);
    if (cause)
        return cause;
    if (in->hears)
        open_sound(in);
    discard_others(in);
    in->packet = av_packet_alloc();
    r = in->packet ? open_annex_b(in) : AVERROR(ENOMEM);
    *ret_error = r < 0 ? r : 0;
    return r < 0 ? gw_failure_cause(r) : GW_CAUSE_NONE;
}

static enum gw_cause open_place(struct gw_input *in, const struct gw_worker_order *order,
                                const struct gw_stream_url *url)
{
    if (url->scheme == GW_SCHEME_FILE)
        return gw_file_open(order->files_dir, url->path, &in->file);
    return resolve(url);
}

enum gw_cause gw_input_open(const struct gw_worker_order *order,
                            const struct gw_stream_url *url, struct gw_input **ret_input,
                            int *ret_error)
{
    *ret_error = 0;
    if (!PROTOCOLS[url->scheme])
        return GW_CAUSE_BAD_URL;
    struct gw_input *in = calloc(1, sizeof(*in));
    if (!in)
        return GW_CAUSE_OUR_LIMIT;
    in->hears = order->audio;
    in->stall_us = order->stall_us;
    in->pictured = true;
    in->deadline_us = gw_clock_now_us() + order->timeout_us;

    enum gw_cause cause = open_place(in, order, url);
    if (!cause) {
        *ret_error = open_format(in, url);
        cause = *ret_error < 0 ? gw_failure_cause(*ret_error) : analyse(in, ret_error);
    }
    if (cause) {
        gw_input_close(in); // takes a half-opened one
        return cause;
    }
    *ret_input = in;
    return GW_CAUSE_NONE;
}

void gw_input_close(struct gw_input *in)
{
    if (!in)
        return;
    av_packet_free(&in->packet);
    av_bsf_free(&in->annex_b);
    av_bsf_free(&in->sound);
    avformat_close_input(&in->format);
    gw_file_close(in->file);
    free(in);
}

const AVCodecParameters *gw_input_video(const struct gw_input *in)
{
    return in->annex_b->par_out;
}

const AVCodecParameters *gw_input_audio(const struct gw_input *in)
{
    return in->audio ? in->sound->par_out : NULL;
}

bool gw_input_is_recorded(const struct gw_input *in)
{
    return in->format->duration > 0 || strcmp(in->format->iformat->name, "hls") == 0;
}

static int begin_again(struct gw_input *in)
{
    int64_t start = in->format->start_time == AV_NOPTS_VALUE ? 0 : in->format->start_time;

    if (in->restarted)
        return AVERROR_INVALIDDATA; // there is no picture in it
    in->restarted = true;
    return avformat_seek_file(in->format, -1, INT64_MIN, start, start, 0);
}

// Into its filter, from which it may come out later.
static int read_packet(struct gw_input *in)
{
    int r = av_read_frame(in->format, in->packet);
    if (r == AVERROR_EOF && in->file)
        return begin_again(in);
    if (r < 0)
        return r;
    if (in->packet->stream_index == in->video->index)
        return av_bsf_send_packet(in->annex_b, in->packet);
    bool heard = in->audio && in->packet->stream_index == in->audio->index;
    if (!heard || av_bsf_send_packet(in->sound, in->packet) < 0)
        av_packet_unref(in->packet);
    return 0;
}

// Where the source leaves one of the two out, they are the same. Without both there is
// no moment at which the picture could be shown.
static bool has_times(AVPacket *packet)
{
    if (packet->dts == AV_NOPTS_VALUE)
        packet->dts = packet->pts;
    if (packet->pts == AV_NOPTS_VALUE)
        packet->pts = packet->dts;
    return packet->pts != AV_NOPTS_VALUE;
}

// A sound that the filter cannot read is left out, packet by packet.
static bool take_sound(struct gw_input *in, AVPacket *packet)
{
    if (!in->audio || av_bsf_receive_packet(in->sound, packet) < 0)
        return false;
    // A file that begins again: the sound waits for its picture.
    if (has_times(packet) && !in->restarted)
        return true;
    av_packet_unref(packet);
    return false;
}

static int finish(AVPacket *packet, const AVBSFContext *filter,
                  enum gw_input_medium medium)
{
    av_packet_rescale_ts(packet, filter->time_base_out, (AVRational) { 1, 90000 });
    packet->stream_index = medium;
    return 0;
}

// The deadline is for a picture: a sound does not move it.
static void expect_picture(struct gw_input *in)
{
    if (in->pictured)
        in->deadline_us = gw_clock_now_us() + in->stall_us;
    in->pictured = false;
}

int gw_input_read(struct gw_input *in, AVPacket *packet, bool *ret_restarted)
{
    expect_picture(in);
    for (;;) {
        if (take_sound(in, packet)) {
            *ret_restarted = false;
            return finish(packet, in->sound, GW_INPUT_AUDIO);
        }
        int r = av_bsf_receive_packet(in->annex_b, packet);
        if (!r && has_times(packet))
            break;
        if (!r)
            av_packet_unref(packet);
        else if (r != AVERROR(EAGAIN))
            return r;
        else if ((r = read_packet(in)) < 0)
            return r;
        // Packets of other streams come without end: they are no pictures.
        if (is_late(in))
            return AVERROR_EXIT;
    }
    in->pictured = true;
    *ret_restarted = in->restarted;
    in->restarted = false;
    return finish(packet, in->annex_b, GW_INPUT_VIDEO);
}
